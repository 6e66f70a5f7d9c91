//! An Allow on an ARN that nothing in Amazon MQ has.

use super::without_effect::malformed_arns;
use super::{Kind, Rule, Severity};
use crate::iam::Effect;

pub(super) const RULE: Rule = Rule {
    id: "allow-malformed-arn",
    kind: Kind::Mistake,
    severity: Severity::Warning,
    summary: "Allow without effect: an ARN of the wrong shape",
    documentation: "\
# allow-malformed-arn

An ARN in an Allow has a shape that no broker and no configuration has. It matches nothing that is meant, so it grants
nothing. The ARN of a broker is `arn:PARTITION:mq:REGION:ACCOUNT:broker:NAME:ID`.

| written | what is wrong | write |
| --- | --- | --- |
| `…:broker/*` | parts are set apart by `:` | `…:broker:*` |
| `…:broker:orders` | the id is missing | `…:broker:orders:*` |
| `…:broker:b-*` | a name that begins with `b-` | `…:broker:*:b-*` |
| `…:broker:b-1234…` | the name is missing | `…:broker:*:b-1234…` |
| `arn:aws:ec2:…:broker/i-…` | the service is `mq`, and `i-…` an instance | `arn:aws:mq:…:broker:NAME:*` |
| `…:configuration:orders` | configurations are named by id | `…:configuration:c-…` |
| `arn:aws:mq:::broker:*` | region and account are missing | `arn:aws:mq:*:*:broker:*` |
| a non-breaking hyphen | looks like `-`, and is not | `-` |

Wrong:

```hcl
Resource = \"arn:aws:mq:eu-west-1:123456789012:broker/*\"
```

Right:

```hcl
Resource = \"arn:aws:mq:eu-west-1:123456789012:broker:*\"
```
",
    check: |subject| malformed_arns(subject, Effect::Allow),
};
