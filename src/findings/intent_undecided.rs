//! Access of which it is not known whether it is as it is meant.

use super::matters;
use super::{Draft, Kind, Rule, Severity, Subject};
use crate::access::{Reason, Supposed, Verdict};
use crate::graph::State;
use crate::intent::{What, call, verdict_without_mfa};

pub(super) const RULE: Rule = Rule {
    id: "intent-undecided",
    kind: Kind::Unknown,
    severity: Severity::Warning,
    summary: "Whether access is as the intent says hangs on a value known only after apply",
    documentation: "\
# intent-undecided

Whether a principal can do something with a broker, or whether a block of the intent names the broker, hangs on a value
that nothing given to the tool tells before apply. It is neither a gap nor an excess; it is not known which.

Wrong: `mqwarden check plan.json`, where a policy of the plan, or a tag that `brokers_where` looks at, is
`(known after apply)`.

Right: give the saved plan, whose configuration tells what the policy will say:

```text
mqwarden check plan.json --plan-file tfplan --config-dir .
```
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    matters::of(subject, What::Undecided)
        .map(|told| {
            let mut draft = told.draft();
            let on = reason(&told, subject);
            draft.message = match (told.matter.block, on) {
                (Some(_), Some(on)) => {
                    format!("Whether {} can {}, as {} would have it, hangs on {on}.", told.principal, told.deed(), told.block())
                }
                (None, Some(on)) => {
                    format!("Whether {} can {}, which no block lets it, hangs on {on}.", told.principal, told.deed())
                }
                (_, None) => format!(
                    "Whether {} may {} is not known: which brokers {} is about hangs on values known only after apply.",
                    told.principal,
                    told.deed(),
                    told.block()
                ),
            };
            draft.help = if subject.has_source {
                "A value made during apply stays unknown: write the policy, or the block, so that it does not hang on it."
            } else {
                "Give the saved plan with --plan-file and the configuration's folder with --config-dir."
            }
            .into();
            draft.location = told.block_location();
            draft
        })
        .collect()
}

/// What the first of the verdicts hangs on; `None` where it is decided.
fn reason(told: &matters::Told<'_>, subject: &Subject<'_>) -> Option<String> {
    let (principal, broker) = (told.matter.principal, *told.matter.brokers.first()?);
    let act = told.matter.act;
    let verdict = match act.operation() {
        Some(operation) => subject.matrix.verdict(State::After, principal, broker, operation).cloned(),
        None => {
            subject.authority.on_broker(State::After, principal, broker, &call(act, &[]), Supposed::default())
        }
    };
    let verdict = match verdict {
        Some(Verdict::Unknown { .. } | Verdict::Denied) | None => verdict,
        // What is given may be given without MFA, or not.
        Some(_) => verdict_without_mfa(subject.authority, principal, broker, act, Supposed::default()),
    };
    let Some(Verdict::Unknown { because, .. }) = verdict else { return None };
    let mut reasons = because.iter().map(|reason| match reason {
        Reason::Hole(hole) => hole.to_string(),
        Reason::NotUnderstood(problem) => format!("a policy that is not valid ({problem})"),
    });
    let first =
        reasons.next().unwrap_or_else(|| "more combinations of request keys than are explored".into());
    Some(match reasons.count() {
        0 => first,
        more => format!("{first} and {more} more"),
    })
}
