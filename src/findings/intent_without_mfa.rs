//! Access that is meant with MFA alone and given without.

use super::{Draft, Kind, Rule, Severity, Subject};
use super::{matters, mend};
use crate::intent::What;

pub(super) const RULE: Rule = Rule {
    id: "intent-without-mfa",
    kind: Kind::Excess,
    severity: Severity::Error,
    summary: "A principal may do something only with MFA, by the intent, and will be able to without",
    documentation: "\
# intent-without-mfa

A block `access` says `only_with_mfa`, and after apply a request without MFA is allowed. Requests without MFA are those
of sessions that did without (`aws:MultiFactorAuthPresent` is `false`) and those of long-term access keys, which do not
have the key at all. `--context` and the settings of the intent do not change what is asked here.

Wrong: the guard does not reach long-term access keys.

```hcl
Statement = [
  { Effect = \"Allow\", Action = \"mq:RebootBroker\", Resource = \"*\" },
  {
    Effect    = \"Deny\"
    Action    = \"mq:RebootBroker\"
    Resource  = \"*\"
    Condition = { Bool = { \"aws:MultiFactorAuthPresent\" = \"false\" } }
  },
]
```

Right:

```hcl
Statement = [{
  Effect    = \"Allow\"
  Action    = \"mq:RebootBroker\"
  Resource  = \"*\"
  Condition = { Bool = { \"aws:MultiFactorAuthPresent\" = \"true\" } }
}]
```
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    matters::of(subject, What::WithoutMfa)
        .map(|told| {
            let mut draft = matters::given(&told, subject);
            draft.message = format!(
                "{} may {} only with MFA by {}, and will be able to without.",
                told.principal,
                told.deed(),
                told.block()
            );
            draft.help = "Allow it on condition that aws:MultiFactorAuthPresent is true (`Bool`), or deny it while it \
                          is false or absent (`BoolIfExists`)."
                .into();
            draft.fix = mend::excess(&told, subject);
            draft
        })
        .collect()
}
