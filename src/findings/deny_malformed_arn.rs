//! A Deny on an ARN that nothing in Amazon MQ has.

use super::without_effect::malformed_arns;
use super::{Kind, Rule, Severity};
use crate::iam::Effect;

pub(super) const RULE: Rule = Rule {
    id: "deny-malformed-arn",
    kind: Kind::Mistake,
    severity: Severity::Error,
    summary: "Deny without effect: an ARN of the wrong shape",
    documentation: "\
# deny-malformed-arn

An ARN in a Deny has a shape that no broker and no configuration has, so nothing is protected by it. Where other ARNs
of the statement are of the right shape, the finding is a warning. The ARN of a broker is
`arn:PARTITION:mq:REGION:ACCOUNT:broker:NAME:ID`; allow-malformed-arn lists what is often written instead.

Wrong:

```hcl
{ Effect = \"Deny\", Action = \"mq:DeleteBroker\", Resource = \"arn:aws:mq:*:*:broker/production\" }
```

Right:

```hcl
{ Effect = \"Deny\", Action = \"mq:DeleteBroker\", Resource = \"arn:aws:mq:*:*:broker:production:*\" }
```
",
    check: |subject| malformed_arns(subject, Effect::Deny),
};
