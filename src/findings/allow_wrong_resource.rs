//! An Allow on resources that the action is never checked on.

use super::without_effect::wrong_resources;
use super::{Kind, Rule, Severity};
use crate::iam::Effect;

pub(super) const RULE: Rule = Rule {
    id: "allow-wrong-resource",
    kind: Kind::Mistake,
    severity: Severity::Warning,
    summary: "Allow without effect: an action on resources that it is never checked on",
    documentation: "\
# allow-wrong-resource

`mq:CreateBroker`, `mq:CreateConfiguration`, `mq:ListBrokers`, `mq:ListConfigurations`,
`mq:DescribeBrokerEngineTypes` and `mq:DescribeBrokerInstanceOptions` have no resource types: they are checked on `*`.
An Allow that limits them to ARNs grants nothing. The same goes for an action on brokers that is given configurations
alone, and the other way round. Actions that a wildcard brings along (`mq:*` on one broker) are no mistake.

Wrong:

```hcl
{
  Effect   = \"Allow\"
  Action   = [\"mq:CreateBroker\", \"mq:RebootBroker\"]
  Resource = aws_mq_broker.orders.arn
}
```

Right:

```hcl
{
  Effect   = \"Allow\"
  Action   = \"mq:CreateBroker\"
  Resource = \"*\"
},
{
  Effect   = \"Allow\"
  Action   = \"mq:RebootBroker\"
  Resource = aws_mq_broker.orders.arn
}
```
",
    check: |subject| wrong_resources(subject, Effect::Allow),
};
