//! Values of keys that stand in patterns.

use std::collections::BTreeSet;

use super::classes::spelled;
use super::{Uses, Variable};
use crate::iam::condition::Condition;
use crate::iam::explore::automaton::Fuel;
use crate::iam::explore::candidates::Compared;
use crate::iam::explore::forms::form_of;
use crate::iam::explore::samples::{Explored, Samples, is_typed};
use crate::iam::key::{Context, KeyKind, KeyName};
use crate::iam::statement::Statement;
use crate::iam::subject::Subject;
use crate::text::Truth;

/// Steps of automata for the values that stand for a key in patterns.
const MOST_STEPS_FOR_SAMPLES: usize = 200_000;
/// Values that stand for a key in patterns.
const MOST_SAMPLES: usize = 8;

/// Some values of the keys of a variable that other conditions or resources name, of each that its own conditions tell
/// apart one.
pub(super) fn samples<C: Context + ?Sized>(
    variable: &Variable,
    statements: &[&Statement],
    explored: &Explored,
    context: &C,
) -> Vec<(KeyName, Samples)> {
    let uses = Uses::of(variable, statements);
    let kind = variable.facts.kind;
    if !variable.free || variable.facts.multivalued || !is_typed(kind) || uses.values.is_empty() {
        return Vec::new();
    }
    let with: BTreeSet<&KeyName> = uses.values.iter().map(|condition| condition.key()).collect();
    let conditions = statements.iter().flat_map(|statement| statement.conditions());
    let joined = conditions.filter(|condition| with.contains(condition.key()));
    let conditions: Vec<&Condition> = uses.conditions.iter().copied().chain(joined).collect();
    let mut compared = Compared::default();
    for condition in &conditions {
        compared.condition(condition, explored, context);
    }
    compared.sort();
    let found = compared.candidates(kind, &form_of(kind), false, &mut Fuel(MOST_STEPS_FOR_SAMPLES));
    let mut seen = BTreeSet::new();
    let mut values = found.values;
    values.retain(|value| {
        let subject = Subject::from(value.as_str());
        let answers = conditions.iter().map(|condition| condition.value_matches(&subject, context));
        let answers: Vec<Truth> = answers.collect();
        seen.insert((answers, (kind == KeyKind::Bool).then(|| value.clone())))
    });
    values.truncate(MOST_SAMPLES);
    let of_key = |key: &KeyName| {
        let value = |value: &String| Some(Subject::new(spelled(key, value)));
        let absent = variable.facts.may_be_absent.then_some(None);
        let held = values.iter().map(value).chain(absent).collect();
        (key.clone(), Samples { held, complete: kind == KeyKind::Bool })
    };
    variable.keys.iter().map(of_key).collect()
}
