//! Access to a protected broker.

use super::{Draft, Kind, Rule, Severity, Subject};
use super::{matters, mend};
use crate::intent::What;

pub(super) const RULE: Rule = Rule {
    id: "protected-broker",
    kind: Kind::Excess,
    severity: Severity::Error,
    summary: "A principal will be able to do what a block `protect` says that nobody may",
    documentation: "\
# protected-broker

A block `protect` of the intent says that nobody may do something with a broker, but for the principals in `except`,
and after apply somebody else can. A verdict that depends on the request (`conditional`) counts as given.

Wrong, with an intent that protects the broker from being deleted:

```hcl
Statement = [{ Effect = \"Allow\", Action = [\"mq:RebootBroker\", \"mq:DeleteBroker\"], Resource = \"*\" }]
```

Right:

```hcl
Statement = [{ Effect = \"Allow\", Action = \"mq:RebootBroker\", Resource = \"*\" }]
```
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    matters::of(subject, What::Protected)
        .map(|told| {
            let mut draft = matters::given(&told, subject);
            draft.message = format!(
                "{} will be able to {}, which nobody may by {}.",
                told.principal,
                told.deed(),
                told.block()
            );
            draft.help =
                "Take it out of the statement that gives it, or deny it; who may do it all the same stands in `except`."
                    .into();
            draft.fix = mend::excess(&told, subject);
            draft
        })
        .collect()
}
