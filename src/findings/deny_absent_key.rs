//! A Deny with a condition key that the call never brings.

use super::without_effect::absent_keys;
use super::{Kind, Rule, Severity};
use crate::iam::Effect;

pub(super) const RULE: Rule = Rule {
    id: "deny-absent-key",
    kind: Kind::Mistake,
    severity: Severity::Error,
    summary: "Deny without effect, or of everything: a condition key that the call never brings",
    documentation: "\
# deny-absent-key

A condition of a Deny needs a key that a request for the action never has, so the Deny never fires. Amazon MQ has no
condition keys of its own: `mq:ResourceTag/…` and `mq:BrokerInstanceType` do not exist. Where the condition can hold for
other actions of the statement, the finding is a warning.

With `StringNotEquals`, `Null` set to `true`, or an operator with `IfExists`, it is the other way round: a condition
on a key that no request has always holds, and every call is denied. That is a warning too.

Wrong:

```hcl
{
  Effect    = \"Deny\"
  Action    = \"mq:DeleteBroker\"
  Resource  = \"*\"
  Condition = { StringEquals = { \"mq:ResourceTag/environment\" = \"production\" } }
}
```

Right:

```hcl
{
  Effect    = \"Deny\"
  Action    = \"mq:DeleteBroker\"
  Resource  = \"*\"
  Condition = { StringEquals = { \"aws:ResourceTag/environment\" = \"production\" } }
}
```
",
    check: |subject| absent_keys(subject, Effect::Deny),
};
