//! An Allow of an action that does not exist.

use super::without_effect::unknown_actions;
use super::{Kind, Rule, Severity};
use crate::iam::Effect;

pub(super) const RULE: Rule = Rule {
    id: "allow-unknown-action",
    kind: Kind::Mistake,
    severity: Severity::Warning,
    summary: "Allow without effect: an action that does not exist",
    documentation: "\
# allow-unknown-action

An Allow lists an action that Amazon MQ does not have. IAM takes such a policy without a word, and it grants nothing.
Messages are among the common ones: sending and receiving is not authorized by IAM, but by the broker's own users.

Wrong:

```hcl
Action = [\"mq:ModifyBroker\", \"mq:TagResource\", \"mq:SendMessage\"]
```

Right:

```hcl
Action = [\"mq:UpdateBroker\", \"mq:CreateTags\"]
```
",
    check: |subject| unknown_actions(subject, Effect::Allow),
};
