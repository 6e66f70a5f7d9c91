//! A Deny of an action that does not exist.

use super::without_effect::unknown_actions;
use super::{Kind, Rule, Severity};
use crate::iam::Effect;

pub(super) const RULE: Rule = Rule {
    id: "deny-unknown-action",
    kind: Kind::Mistake,
    severity: Severity::Error,
    summary: "Deny without effect: an action that does not exist",
    documentation: "\
# deny-unknown-action

A Deny lists an action that Amazon MQ does not have. IAM takes such a policy without a word, and it keeps nobody from
anything. Where other actions of the statement exist, the finding is a warning.

Wrong:

```hcl
{ Effect = \"Deny\", Action = \"mq:RestartBroker\", Resource = \"*\" }
```

Right:

```hcl
{ Effect = \"Deny\", Action = \"mq:RebootBroker\", Resource = \"*\" }
```
",
    check: |subject| unknown_actions(subject, Effect::Deny),
};
