//! What would change a verdict.

use super::{Explanation, LayerExplained, PolicyExplained, StatementExplained};
use crate::access::{KeyAnswer, RequestContext, Verdict};
use crate::text::Truth;

pub(super) fn of(explanation: &Explanation<'_>) -> Vec<String> {
    let layers = &explanation.layers;
    match explanation.verdict {
        None => vec!["The principal or the broker does not exist after apply.".into()],
        Some(Verdict::Denied) => denied(explanation),
        Some(Verdict::Allowed) => {
            let mut hints: Vec<String> =
                layers.iter().filter_map(|layer| without(layer, layers.len())).collect();
            hints.push("A Deny in any layer would deny it.".into());
            hints
        }
        Some(Verdict::Conditional { allowed_when, denied_when }) => vec![
            format!("It is allowed, for example, when {}.", context(allowed_when)),
            format!("It is denied, for example, when {}.", context(denied_when)),
        ],
        Some(Verdict::Unknown { because, explored }) => {
            let mut hints: Vec<String> = because
                .iter()
                .map(|reason| match reason {
                    crate::access::Reason::Hole(hole) => format!("It hangs on {hole}."),
                    crate::access::Reason::NotUnderstood(problem) => {
                        format!("It hangs on what cannot be understood: {problem}.")
                    }
                })
                .collect();
            if !explored {
                hints.push("There are more combinations of request keys than are explored: fix some with --context KEY=VALUE.".into());
            }
            hints
        }
    }
}

/// What of a layer has to stay: of several statements that allow it, one.
fn without(layer: &LayerExplained, layers: usize) -> Option<String> {
    let allowing = statements(std::slice::from_ref(layer), |statement| statement.allows() == Truth::True);
    let all = match allowing.len() {
        0 => return None,
        1 => "",
        _ => "all of ",
    };
    let hint = format!("t would be denied without {all}{}.", list(&allowing, " and "));
    Some(if layers > 1 { format!("{}: i{hint}", layer.name) } else { format!("I{hint}") })
}

fn denied(explanation: &Explanation<'_>) -> Vec<String> {
    if explanation.is_across_accounts {
        return vec![
            "Principal and broker are in different accounts: Amazon MQ has no policies on brokers that could let anybody in."
                .into(),
        ];
    }
    let layers = &explanation.layers;
    let denying = statements(layers, |statement| statement.denies() == Truth::True);
    let mut hints = Vec::new();
    if !denying.is_empty() {
        hints.push(format!(
            "{} denies it, whatever else allows: it would have to go.",
            list(&denying, " and ")
        ));
    }
    for layer in layers.iter().filter(|layer| layer.allows.is_false()) {
        hints.push(format!(
            "{}: no statement allows it. An Allow of {} on {} would.",
            layer.name,
            explanation.operation.action(),
            explanation.resource
        ));
    }
    if hints.is_empty() {
        hints.push("No request brings about at once what the statements that allow it ask for, and nothing that denies it.".into());
    }
    hints
}

/// The statements of what is attached for certain, by policy and number, for which `wanted` holds.
fn statements(layers: &[LayerExplained], wanted: impl Fn(&StatementExplained) -> bool) -> Vec<String> {
    let named = |policy: &PolicyExplained, statement: &StatementExplained| match &statement.sid {
        Some(sid) => format!("\"{sid}\" of {}", policy.id),
        None => format!("Statement[{}] of {}", statement.index, policy.id),
    };
    let policies = layers.iter().flat_map(|layer| &layer.policies).filter(|one| one.is_attached.is_true());
    let found =
        policies.flat_map(|policy| policy.statements.iter().map(move |statement| (policy, statement)));
    found
        .filter(|(_, statement)| wanted(statement))
        .map(|(policy, statement)| named(policy, statement))
        .collect()
}

fn list(items: &[String], between: &str) -> String {
    items.join(between)
}

fn context(context: &RequestContext) -> String {
    let entries: Vec<String> = context
        .iter()
        .map(|(key, answer)| match answer {
            KeyAnswer::Absent => format!("{key} is absent"),
            KeyAnswer::One(value) => format!("{key} is \"{value}\""),
            KeyAnswer::List(values) => format!(
                "{key} is {}",
                values.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(", ")
            ),
        })
        .collect();
    entries.join(" and ")
}
