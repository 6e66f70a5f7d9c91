//! Findings that the intent accepts, until a day.

use super::{Acceptance, Finding};
use crate::intent::{Accept, Intent};
use crate::source::Location;

/// Marks the findings that the intent accepts. Gives notes on what it accepts in vain, or no longer.
///
/// A day is compared with the day on which the plan was made, so that the same plan gives the same answer tomorrow.
pub fn accept(findings: &mut [Finding], intent: &Intent, timestamp: Option<&str>) -> Vec<String> {
    let today = timestamp.and_then(|timestamp| timestamp.get(..10));
    let mut notes = Vec::new();
    for accept in &intent.accept {
        let place = place(&accept.location);
        let matching = || findings.iter().enumerate().filter(|(_, finding)| is_about(accept, finding));
        let matched: Vec<usize> = matching().map(|(position, _)| position).collect();
        if matched.is_empty() {
            notes.push(format!("accept ({place}) matches no finding: it can go"));
            continue;
        }
        match (accept.until.as_deref(), today) {
            (Some(until), Some(today)) if today > until => {
                notes.push(format!(
                    "accept ({place}) ended on {until}, before this plan was made: {} again",
                    match matched.len() {
                        1 => "1 finding counts".to_owned(),
                        count => format!("{count} findings count"),
                    }
                ));
                continue;
            }
            (Some(until), None) => notes.push(format!(
                "accept ({place}) ends on {until}, but the plan does not tell when it was made: it still holds"
            )),
            _ => {}
        }
        for position in matched {
            if let Some(finding) = findings.get_mut(position).filter(|finding| finding.accepted.is_none()) {
                finding.accepted = Some(Acceptance {
                    reason: accept.reason.to_string(),
                    until: accept.until.as_deref().map(str::to_owned),
                });
            }
        }
    }
    notes
}

fn place(location: &Location) -> String {
    format!("{}:{}", location.file, location.line)
}

/// Whether all that an `accept` block names fits a finding.
fn is_about(accept: &Accept, finding: &Finding) -> bool {
    let fits = |patterns: &[crate::intent::Pattern], id: Option<&str>| {
        patterns.is_empty() || id.is_some_and(|id| patterns.iter().any(|pattern| pattern.matches(id)))
    };
    let named = |names: &[Box<str>], name: Option<&str>| {
        names.is_empty() || name.is_some_and(|name| names.iter().any(|wanted| &**wanted == name))
    };
    let by_fingerprint = accept.fingerprints.is_empty()
        || accept.fingerprints.iter().any(|fingerprint| finding.has_fingerprint(fingerprint));
    by_fingerprint
        && named(&accept.rules, Some(finding.rule))
        && named(&accept.operations, finding.operation)
        && fits(&accept.principals, finding.principal.as_deref())
        && fits(&accept.brokers, finding.broker.as_deref())
}
