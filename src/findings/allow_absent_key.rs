//! An Allow with a condition key that the call never brings.

use super::without_effect::absent_keys;
use super::{Kind, Rule, Severity};
use crate::iam::Effect;

pub(super) const RULE: Rule = Rule {
    id: "allow-absent-key",
    kind: Kind::Mistake,
    severity: Severity::Warning,
    summary: "Allow without effect, or without limit: a condition key that the call never brings",
    documentation: "\
# allow-absent-key

A condition of an Allow needs a key that a request for the action never has, so it never holds and nothing is granted.
Amazon MQ has no condition keys of its own: `mq:ResourceTag/…` and `mq:BrokerInstanceType` do not exist.
`aws:ResourceTag/…` tells nothing when a broker is created, and `aws:RequestTag/…` only when tags are set.

With `StringNotEquals`, `Null` set to `true`, or an operator with `IfExists`, it is the other way round: a condition
on a key that no request has always holds, and limits nothing.

Wrong:

```hcl
Condition = { StringEquals = { \"mq:ResourceTag/team\" = \"orders\" } }
```

Right:

```hcl
Condition = { StringEquals = { \"aws:ResourceTag/team\" = \"orders\" } }
```
",
    check: |subject| absent_keys(subject, Effect::Allow),
};
