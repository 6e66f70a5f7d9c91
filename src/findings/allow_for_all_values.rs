//! `ForAllValues:` in an Allow.

use super::about_mq::{AboutMq, needs_key};
use super::written::{Remark, statements};
use super::{Draft, Kind, Rule, Severity, Subject};
use crate::access::shown_key;
use crate::aws::condition_keys::{self, ConditionKey};
use crate::iam::{Condition, Effect, Quantifier};

pub(super) const RULE: Rule = Rule {
    id: "allow-for-all-values",
    kind: Kind::Mistake,
    severity: Severity::Warning,
    summary: "An Allow with ForAllValues holds for a request without the key",
    documentation: "\
# allow-for-all-values

`ForAllValues:` asks whether each value of the request's key is among those listed. A request that does not have the
key has no value that is not, so the condition holds, and the Allow grants what it was to limit. A second condition that
asks for the key closes that. For `aws:TagKeys` the finding is a note: a request without tags may be what is meant.

Wrong:

```hcl
Condition = {
  \"ForAllValues:StringEquals\" = { \"aws:PrincipalOrgPaths\" = [\"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/\"] }
}
```

Right:

```hcl
Condition = {
  \"ForAllValues:StringEquals\" = { \"aws:PrincipalOrgPaths\" = [\"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/\"] }
  Null                        = { \"aws:PrincipalOrgPaths\" = \"false\" }
}
```
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    statements(subject, |about| {
        if about.effect != Effect::Allow {
            return None;
        }
        let condition = about.statement.conditions().iter().find(|condition| is_open(about, condition))?;
        let key = shown_key(condition.key());
        Some(Remark {
            message: format!(
                "`ForAllValues` on `{key}` holds for a request without the key, which it allows"
            ),
            help: format!(
                "Add `Null = {{ \"{key}\" = \"false\" }}` to the condition; for a key of one value leave out \
                 `ForAllValues:`."
            ),
            detail: key.into(),
            element: Some("Condition"),
            severity: is_tag_keys(condition).then_some(Severity::Note),
            ..Remark::default()
        })
    })
}

fn is_tag_keys(condition: &Condition) -> bool {
    condition.key().is("aws:tagkeys")
}

/// Whether a request without the key passes this condition, and all others of the statement.
fn is_open(about: &AboutMq<'_>, condition: &Condition) -> bool {
    let always = condition_keys::find(condition.key().spelled()).is_some_and(ConditionKey::is_always_present);
    let closes = |other: &Condition| {
        let same = other.key() == condition.key();
        let with_tags = is_tag_keys(condition) && other.key().lower().starts_with("aws:requesttag/");
        (same || with_tags) && needs_key(other)
    };
    condition.operator().quantifier == Some(Quantifier::All)
        && !condition.operator().if_exists
        && !always
        && !about.statement.conditions().iter().any(closes)
}
