//! Power over brokers that a principal does not have itself, and can get.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use super::{Draft, Kind, Related, Rule, Severity, Subject, undecided_access};
use crate::access::{KeyAnswer, Reason, RequestContext};
use crate::aws::Operation;
use crate::reach::{Basis, Deed, Findable, Made, Path, Step};

pub(super) const RULE: Rule = Rule {
    id: "indirect-power",
    kind: Kind::Excess,
    severity: Severity::Warning,
    summary: "A principal that is denied an operation can get it by other calls",
    documentation: "\
# indirect-power

A principal may not create, reboot or delete a broker itself, but it may change its own policies, attach a policy,
write a new version of one, rewrite the trust policy of a stronger role, pass a stronger role to a service, or become
somebody who may. The verdicts do not show this: they say what is allowed as things stand.

Each path comes with its steps, and the statement that allows each of them. A path that consists of nothing but roles
that are assumed as their trust policies want it is a note; every other is a warning.

Wrong: a deployment role that may do as it likes with IAM.

```hcl
statement {
  actions   = [\"iam:PutRolePolicy\"]
  resources = [\"*\"]
}
```

Right: the roles that it is there for, and a permissions boundary that they must have.

```hcl
statement {
  actions   = [\"iam:PutRolePolicy\"]
  resources = [\"arn:aws:iam::123456789012:role/app-*\"]
  condition {
    test     = \"StringEquals\"
    variable = \"iam:PermissionsBoundary\"
    values   = [\"arn:aws:iam::123456789012:policy/app-boundary\"]
  }
}
```

What counts and what does not: `docs/indirect-power.md`.
",
    check,
};

/// Brokers that a message names; of more it gives the number.
const MOST_NAMES: usize = 3;
/// Sets of operations that a message tells apart.
const MOST_SETS: usize = 2;
/// Other calls that a path names; of more it gives the number.
const MOST_ALTERNATIVES: usize = 6;

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    let found = subject.reach.ways();
    let mut drafts: Vec<Draft> = found
        .ways
        .iter()
        .flat_map(|findable| {
            let last = findable.paths.len().saturating_sub(1);
            let paths = findable.paths.iter().enumerate();
            paths.map(move |(place, path)| draft(subject, findable, path, findable.has_more && place == last))
        })
        .collect();
    drafts.extend(undecided(&found.open, subject.has_source));
    if found.is_cut {
        drafts.push(Draft {
            identity: "cut".into(),
            message: "The search for indirect power was given up before it was through: there are too many \
                      principals that may change policies or assume roles."
                .into(),
            help: "Analyse parts of the configuration apart; the paths found so far are right.".into(),
            severity: Some(Severity::Note),
            ..Draft::default()
        });
    }
    drafts
}

fn draft(subject: &Subject<'_>, findable: &Findable, path: &Path, has_more: bool) -> Draft {
    let who = name(subject, findable.subject);
    let how = if path.end == findable.subject {
        "changing its own policies".into()
    } else {
        format!("becoming {}", name(subject, path.end))
    };
    let message =
        format!("{who} may not {} itself, but can get there by {how}.", power(subject, &path.cells));
    let mut related: Vec<Related> = path.steps.iter().flat_map(|step| steps(subject, step)).collect();
    if let Some(others) = alternatives(&path.alternatives) {
        related.push(Related { message: others, location: None });
    }
    if has_more {
        related.push(Related {
            message: "There are further paths, which are not shown.".into(),
            location: None,
        });
    }
    let brokers: BTreeSet<usize> = path.cells.iter().map(|(broker, _)| *broker).collect();
    let operations: BTreeSet<Operation> = path.cells.iter().map(|(_, operation)| *operation).collect();
    let one = |set: &BTreeSet<usize>| match (set.len(), set.first()) {
        (1, Some(&broker)) => Some(broker_id(subject, broker)),
        _ => None,
    };
    let first = path.steps.first().and_then(|step| step.calls.first()).and_then(|made| made.basis.first());
    Draft {
        identity: identity(subject, path),
        principal: Some(who),
        broker: one(&brokers),
        operation: if operations.len() == 1 {
            operations.first().map(|operation| operation.name())
        } else {
            None
        },
        message,
        help: help(path).into(),
        location: first.and_then(|basis| (subject.locate)(&basis.policy, basis.attribute)),
        related,
        severity: path.is_assuming().then_some(Severity::Note),
        ..Draft::default()
    }
}

fn help(path: &Path) -> &'static str {
    match path.steps.first().map(|step| &step.deed) {
        Some(Deed::Assume { .. }) if path.is_assuming() => {
            "If that is meant, accept the finding; else limit who may assume the role, in its trust policy or in \
             the policies of who assumes it."
        }
        Some(Deed::Pass { .. }) => {
            "Limit `iam:PassRole` to the roles that the service is meant to have, and set `iam:PassedToService`."
        }
        _ => {
            "Limit the calls to the principals and policies that they are meant for, or set a permissions boundary \
             that denies what must stay denied."
        }
    }
}

fn name(subject: &Subject<'_>, principal: usize) -> String {
    subject.reach.principal(principal).map(|principal| principal.id.to_string()).unwrap_or_default()
}

fn broker_id(subject: &Subject<'_>, broker: usize) -> String {
    let node = subject.graph.brokers.get(broker).and_then(|&node| subject.graph.broker(node));
    node.map(|broker| broker.id.to_string()).unwrap_or_default()
}

/// "reboot and delete a, b and 3 more".
fn power(subject: &Subject<'_>, cells: &[(usize, Operation)]) -> String {
    let mut by_broker: BTreeMap<usize, BTreeSet<Operation>> = BTreeMap::new();
    for (broker, operation) in cells {
        by_broker.entry(*broker).or_default().insert(*operation);
    }
    let mut by_operations: BTreeMap<BTreeSet<Operation>, Vec<usize>> = BTreeMap::new();
    for (broker, operations) in by_broker {
        by_operations.entry(operations).or_default().push(broker);
    }
    if by_operations.len() > MOST_SETS {
        let operations: BTreeSet<Operation> = by_operations.keys().flatten().copied().collect();
        let mut brokers: Vec<usize> = by_operations.into_values().flatten().collect();
        brokers.sort_unstable();
        return format!("{} (not each of them everywhere)", power_over(subject, &operations, &brokers));
    }
    let parts: Vec<String> =
        by_operations.iter().map(|(operations, brokers)| power_over(subject, operations, brokers)).collect();
    join(&parts, "and")
}

fn power_over(subject: &Subject<'_>, operations: &BTreeSet<Operation>, brokers: &[usize]) -> String {
    let verbs: Vec<String> = operations.iter().map(|operation| operation.name().to_owned()).collect();
    let mut names: Vec<String> =
        brokers.iter().take(MOST_NAMES).map(|&broker| broker_id(subject, broker)).collect();
    let more = brokers.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    format!("{} {}", join(&verbs, "or"), join(&names, "and"))
}

/// "a, b and c".
fn join(words: &[String], last_word: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {last_word} {last}", first.join(", ")),
    }
}

/// A step in words, with the statements behind it: one line with the place of each.
fn steps(subject: &Subject<'_>, step: &Step) -> Vec<Related> {
    let actor = name(subject, step.actor);
    let what = match &step.deed {
        Deed::Change { on } => {
            let on = if **on == *actor { "itself" } else { on };
            format!("{actor} calls {} on {on}", calls(&step.calls))
        }
        Deed::Assume { role } => format!("{actor} assumes {} ({})", name(subject, *role), calls(&step.calls)),
        Deed::Pass { role, service } => {
            format!("{actor} passes {} to {service} ({})", name(subject, *role), calls(&step.calls))
        }
        Deed::TakeOver { user } => {
            format!("{actor} makes credentials of {} ({})", name(subject, *user), calls(&step.calls))
        }
    };
    let mut behind: Vec<&Basis> = Vec::new();
    for basis in step.calls.iter().flat_map(|call| call.basis.iter()) {
        if !behind.contains(&basis) {
            behind.push(basis);
        }
    }
    let (trust, own): (Vec<&Basis>, Vec<&Basis>) =
        behind.into_iter().partition(|basis| basis.attribute == "assume_role_policy");
    let mut line = what;
    if !own.is_empty() {
        let texts: Vec<String> = own.iter().map(|basis| statement(basis)).collect();
        let _ = write!(line, ", by {}", join(&texts, "and"));
    } else if trust.is_empty() {
        line.push_str(", by what the step before wrote");
    }
    let conditions: BTreeSet<String> = step
        .calls
        .iter()
        .filter_map(|call| call.when.as_deref())
        .map(condition)
        .filter(|c| !c.is_empty())
        .collect();
    if !conditions.is_empty() {
        let conditions: Vec<String> = conditions.into_iter().collect();
        let _ = write!(line, ", when {}", join(&conditions, "and"));
    }
    let place = |basis: &&Basis| (subject.locate)(&basis.policy, basis.attribute);
    let mut related = vec![Related { message: line, location: own.first().and_then(place) }];
    for basis in trust {
        let message = format!("{} lets it, by {}", basis.policy, statement(basis));
        related.push(Related { message, location: place(&basis) });
    }
    related
}

fn calls(made: &[Arc<Made>]) -> String {
    let names: Vec<String> = made.iter().map(|made| call(made)).collect();
    names.join(", ")
}

fn call(made: &Made) -> String {
    match &made.with {
        Some(with) => format!("{} {with}", made.action),
        None => made.action.to_owned(),
    }
}

fn statement(basis: &Basis) -> String {
    let sid = basis.sid.as_ref().map(|sid| format!(" ({sid})")).unwrap_or_default();
    match basis.attribute {
        "assume_role_policy" => format!("statement {}{sid} of its trust policy", basis.statement),
        _ => format!("statement {}{sid} of {}", basis.statement, basis.policy),
    }
}

/// A context in words: "`aws:MultiFactorAuthPresent` is true".
pub(super) fn condition(when: &RequestContext) -> String {
    let parts: Vec<String> = when
        .iter()
        .map(|(key, answer)| match answer {
            KeyAnswer::Absent => format!("{key} is absent"),
            KeyAnswer::One(value) => format!("{key} is {value}"),
            KeyAnswer::List(values) => format!("{key} is [{}]", values.join(", ")),
        })
        .collect();
    join(&parts, "and")
}

fn alternatives(made: &[Made]) -> Option<String> {
    if made.is_empty() {
        return None;
    }
    let mut names: Vec<String> = made.iter().take(MOST_ALTERNATIVES).map(call).collect();
    let more = made.len().saturating_sub(MOST_ALTERNATIVES);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    Some(format!("Instead of the last call it may also make: {}.", join(&names, "and")))
}

/// What tells one path from another, wherever its statements move.
fn identity(subject: &Subject<'_>, path: &Path) -> String {
    let mut text = String::new();
    for step in &path.steps {
        let (target, how) = match &step.deed {
            Deed::Change { on } => (on.to_string(), "change"),
            Deed::Assume { role } => (name(subject, *role), "assume"),
            Deed::Pass { role, service } => (name(subject, *role), *service),
            Deed::TakeOver { user } => (name(subject, *user), "take over"),
        };
        let _ = write!(text, "{how} {target} ");
        for call in &step.calls {
            let _ = write!(text, "{} ", call.action);
        }
    }
    text
}

/// Steps that hang on something unknown are no path, and are told of once.
fn undecided(open: &BTreeMap<Reason, usize>, has_source: bool) -> Option<Draft> {
    let (first, _) = open.iter().next()?;
    let count = open.values().max().copied().unwrap_or_default();
    let (what, help) = match first {
        Reason::Hole(hole) => (hole.to_string(), undecided_access::help(hole, has_source)),
        Reason::NotUnderstood(problem) => {
            (format!("a policy that is not valid ({problem})"), "Mend the policy.".into())
        }
    };
    let more = match open.len().saturating_sub(1) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let principals = if count == 1 { "1 principal".into() } else { format!("{count} principals") };
    Some(Draft {
        identity: "undecided".into(),
        message: format!(
            "Whether {principals} can get power over brokers by other calls hangs on {what}{more}, which nothing \
             given tells."
        ),
        help,
        severity: Some(Severity::Note),
        ..Draft::default()
    })
}

#[cfg(test)]
mod tests {
    use super::{condition, join};
    use crate::access::KeyAnswer;

    #[test]
    fn lists_and_contexts_are_put_in_words() {
        let words =
            |list: &[&str]| join(&list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(), "and");
        assert_eq!(words(&["a"]), "a");
        assert_eq!(words(&["a", "b", "c"]), "a, b and c");
        let when = [
            ("aws:MultiFactorAuthPresent".to_owned(), KeyAnswer::One("true".into())),
            ("aws:SourceVpc".to_owned(), KeyAnswer::Absent),
        ];
        let text = "aws:MultiFactorAuthPresent is true and aws:SourceVpc is absent";
        assert_eq!(condition(&when.into()), text);
    }
}
