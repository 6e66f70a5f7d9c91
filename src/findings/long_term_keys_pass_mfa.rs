//! A Deny without MFA that does not reach long-term access keys.

use super::about_mq::{AboutMq, certainly_concerns, needs_key};
use super::words::quoted;
use super::written::{Remark, statements};
use super::{Draft, Kind, Rule, Severity, Subject};
use crate::iam::{Comparison, Condition, Effect, Relation};

pub(super) const RULE: Rule = Rule {
    id: "long-term-keys-pass-mfa",
    kind: Kind::Mistake,
    severity: Severity::Warning,
    summary: "A Deny without MFA lets long-term access keys pass",
    documentation: "\
# long-term-keys-pass-mfa

A Deny is to hold whoever has not signed in with MFA, and compares `aws:MultiFactorAuthPresent` with `false` (or
`aws:MultiFactorAuthAge` with a number). A request made with long-term access keys does not have these keys at all, so
that the condition does not hold and the Deny does not fire. With `IfExists` it does.

Wrong:

```hcl
{
  Effect    = \"Deny\"
  Action    = \"mq:DeleteBroker\"
  Resource  = \"*\"
  Condition = { Bool = { \"aws:MultiFactorAuthPresent\" = \"false\" } }
}
```

Right:

```hcl
{
  Effect    = \"Deny\"
  Action    = \"mq:DeleteBroker\"
  Resource  = \"*\"
  Condition = { BoolIfExists = { \"aws:MultiFactorAuthPresent\" = \"false\" } }
}
```
",
    check,
};

const PRESENT: &str = "aws:multifactorauthpresent";
const AGE: &str = "aws:multifactorauthage";

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    statements(subject, |about| {
        if about.effect != Effect::Deny {
            return None;
        }
        let guard = about.statement.conditions().iter().find(|condition| is_guard(condition))?;
        if has_another(about) {
            return None;
        }
        let key = guard.key().spelled();
        let (operator, written) = if guard.key().is(PRESENT) {
            ("BoolIfExists", "Bool")
        } else {
            ("NumericGreaterThanIfExists", "NumericGreaterThan")
        };
        Some(Remark {
            message: format!(
                "a request with long-term access keys does not have `{key}`: for that it does not deny {}",
                quoted(about.listed.iter().map(super::about_mq::Listed::text))
            ),
            help: format!("Write `{operator}` for `{written}`, which holds without the key too."),
            detail: key.into(),
            element: Some("Condition"),
            severity: None,
        })
    })
}

/// Whether the condition tells requests without MFA, and does not hold for one that lacks the key.
fn is_guard(condition: &Condition) -> bool {
    let operator = condition.operator();
    let tells = match operator.comparison {
        Comparison::Bool => {
            let says_false = condition
                .values()
                .iter()
                .any(|value| value.as_known().is_some_and(|value| value.eq_ignore_ascii_case("false")));
            condition.key().is(PRESENT) && says_false != operator.negated
        }
        Comparison::Numeric(Relation::Greater | Relation::GreaterOrEqual) => condition.key().is(AGE),
        _ => false,
    };
    tells && needs_key(condition)
}

/// Whether another Deny of the document is for the requests that lack the key.
fn has_another(about: &AboutMq<'_>) -> bool {
    let actions = about.actions();
    about.document.statements().iter().any(|other| {
        let for_absent = |condition: &Condition| {
            (condition.key().is(PRESENT) || condition.key().is(AGE)) && !needs_key(condition)
        };
        other.index() != about.statement.index()
            && other.effect() == Some(Effect::Deny)
            && other.conditions().iter().any(for_absent)
            && actions.iter().all(|action| certainly_concerns(other, action))
    })
}
