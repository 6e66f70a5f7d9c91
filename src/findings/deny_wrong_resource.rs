//! A Deny on resources that the action is never checked on.

use super::without_effect::wrong_resources;
use super::{Kind, Rule, Severity};
use crate::iam::Effect;

pub(super) const RULE: Rule = Rule {
    id: "deny-wrong-resource",
    kind: Kind::Mistake,
    severity: Severity::Error,
    summary: "Deny without effect: an action on resources that it is never checked on",
    documentation: "\
# deny-wrong-resource

`mq:CreateBroker`, `mq:CreateConfiguration`, `mq:ListBrokers`, `mq:ListConfigurations`,
`mq:DescribeBrokerEngineTypes` and `mq:DescribeBrokerInstanceOptions` have no resource types: they are checked on `*`.
A Deny that limits them to ARNs denies nothing. The same goes for an action on brokers that is given configurations
alone, and the other way round. Where other actions of the statement are denied, the finding is a warning.

Wrong:

```hcl
{ Effect = \"Deny\", Action = \"mq:CreateBroker\", Resource = \"arn:aws:mq:*:*:broker:*\" }
```

Right:

```hcl
{ Effect = \"Deny\", Action = \"mq:CreateBroker\", Resource = \"*\" }
```
",
    check: |subject| wrong_resources(subject, Effect::Deny),
};
