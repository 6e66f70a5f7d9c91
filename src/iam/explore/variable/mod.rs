//! The keys that are explored: those that only the request brings, and those that hang on something unknown.

mod classes;
mod sampling;

use std::collections::{BTreeMap, BTreeSet};

use crate::iam::condition::Condition;
use crate::iam::key::{Context, KeyFacts, KeyKind, KeyName, KeyState};
use crate::iam::pattern::Pattern;
use crate::iam::request::Request;
use crate::iam::selection::Selection;
use crate::iam::statement::{Effect, Statement};
use crate::iam::subject::Subject;
use crate::text::{Hole, Piece, Shape, Text};

use super::aims::Wish;
use super::automaton::Fuel;
use super::candidates::{Compared, is_value};
use super::derive::derive;
use super::forms::form_of;
use super::language::Machine;
use super::samples::Explored;
use classes::{classes, lists};
use sampling::samples;

/// What a key holds: its values, and whether it is multivalued; nothing if it is absent.
pub(super) type Held = Option<(Vec<Subject>, bool)>;

/// Contexts that no condition tells apart, by one of them.
#[derive(Clone, Debug)]
pub(super) struct Class {
    /// What each key of the variable holds.
    pub(super) held: Vec<Held>,
}

/// One or several keys that are explored as one.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) keys: Vec<KeyName>,
    /// The documented spelling of each key.
    pub(super) spelled: Vec<String>,
    /// Whether only the request brings it; else it hangs on the hole.
    pub(super) free: bool,
    pub(super) hole: Option<Hole>,
    facts: KeyFacts,
    /// Whether something sensitive is behind its values: then none is shown.
    pub(super) sensitive: bool,
    pub(super) classes: Vec<Class>,
    /// For each key of one value: any value at all.
    pub(super) beyond: Vec<Subject>,
    /// Whether the classes stand for everything.
    pub(super) complete: bool,
    /// The holes because of which they do not.
    pub(super) because: BTreeSet<Hole>,
    /// The values of policies that cannot be understood, because of which they do not.
    pub(super) not_understood: Vec<usize>,
}

/// Steps of automata that every key has, so that it has some values.
const LEAST_STEPS_FOR_KEY: usize = 50_000;
/// Steps of automata for the values of one key.
const MOST_STEPS_FOR_KEY: usize = 2_000_000;
/// Steps of automata for the values of all keys of one verdict.
const MOST_STEPS: usize = 4_000_000;

const CURRENT_TIME: &str = "aws:currenttime";
const EPOCH_TIME: &str = "aws:epochtime";

/// Finds the keys to explore and their classes.
pub(super) fn variables<C: Context + ?Sized>(
    statements: &[&Statement],
    request: &Request,
    context: &C,
) -> Vec<Variable> {
    let mut variables = collect(statements, context);
    let keys = variables.iter().flat_map(|v| v.keys.iter().cloned()).collect();
    let mut explored = Explored { keys, ..Explored::default() };
    explored.samples =
        variables.iter().flat_map(|variable| samples(variable, statements, &explored, context)).collect();
    let mut fuel = MOST_STEPS;
    for variable in &mut variables {
        let uses = Uses::of(variable, statements);
        let most = fuel.clamp(LEAST_STEPS_FOR_KEY, MOST_STEPS_FOR_KEY);
        let mut own = Fuel(most);
        fill(variable, &uses, statements, &explored, request, context, &mut own);
        fuel = fuel.saturating_sub(most.saturating_sub(own.0));
    }
    variables
}

fn collect<C: Context + ?Sized>(statements: &[&Statement], context: &C) -> Vec<Variable> {
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    enum Identity {
        Time,
        Key(KeyName),
        Hole(Hole),
    }
    let mut found: BTreeMap<Identity, Variable> = BTreeMap::new();
    for key in statements.iter().flat_map(|statement| statement.condition_keys()) {
        let (identity, facts, hole) = match context.key(key) {
            KeyState::Free(facts) if key.is(CURRENT_TIME) || key.is(EPOCH_TIME) => {
                (Identity::Time, facts.clone(), None)
            }
            KeyState::Free(facts) => (Identity::Key(key.clone()), facts.clone(), None),
            KeyState::Unknown(hole) => {
                (Identity::Hole(hole.clone()), unknown_facts(key, statements), Some(hole.clone()))
            }
            KeyState::Present { .. } | KeyState::Absent => continue,
        };
        let spelling = facts.spelling(key);
        let variable = found.entry(identity).or_insert_with(|| Variable {
            keys: Vec::new(),
            spelled: Vec::new(),
            free: hole.is_none(),
            hole,
            facts,
            sensitive: false,
            classes: Vec::new(),
            beyond: Vec::new(),
            complete: true,
            because: BTreeSet::new(),
            not_understood: Vec::new(),
        });
        if let Some(at) = variable.keys.iter().position(|known| known == key) {
            // Policies may spell a tag's key differently: always the same spelling is shown.
            if let Some(spelled) = variable.spelled.get_mut(at).filter(|spelled| **spelled > spelling) {
                *spelled = spelling;
            }
        } else {
            variable.keys.push(key.clone());
            variable.spelled.push(spelling);
        }
    }
    found.into_values().collect()
}

/// What is assumed of a key that hangs on a hole and of which no table tells anything.
fn unknown_facts(key: &KeyName, statements: &[&Statement]) -> KeyFacts {
    let conditions = statements.iter().flat_map(|statement| statement.conditions());
    let multivalued = conditions.filter(|c| c.key() == key).any(|c| c.operator().quantifier.is_some());
    KeyFacts {
        name: key.spelled().into(),
        kind: KeyKind::String,
        multivalued,
        may_be_absent: true,
        form: None,
    }
}

/// Where a variable is looked at.
struct Uses<'a> {
    /// Conditions on one of its keys.
    conditions: Vec<&'a Condition>,
    /// The same by statement, with the effects of the statements.
    statements: Vec<(Option<Effect>, Vec<&'a Condition>)>,
    /// Conditions on other keys whose values name one of its keys.
    values: Vec<&'a Condition>,
    /// Resource elements whose patterns name one of its keys.
    resources: Vec<&'a Statement>,
}

impl<'a> Uses<'a> {
    fn of(variable: &Variable, statements: &[&'a Statement]) -> Self {
        let named = |key: &KeyName| variable.keys.contains(key);
        let mut uses = Self {
            conditions: Vec::new(),
            statements: Vec::new(),
            values: Vec::new(),
            resources: Vec::new(),
        };
        for statement in statements {
            let mut own = Vec::new();
            for condition in statement.conditions() {
                if named(condition.key()) {
                    own.push(condition);
                } else if condition.keys().any(named) {
                    uses.values.push(condition);
                }
            }
            if !own.is_empty() {
                uses.conditions.extend(&own);
                uses.statements.push((statement.effect(), own));
            }
            let patterns = statement.resources().into_iter().flat_map(Selection::patterns);
            if patterns.flat_map(Pattern::variables).any(named) {
                uses.resources.push(statement);
            }
        }
        uses
    }
}

fn fill<C: Context + ?Sized>(
    variable: &mut Variable,
    uses: &Uses<'_>,
    statements: &[&Statement],
    explored: &Explored,
    request: &Request,
    context: &C,
    fuel: &mut Fuel,
) {
    let mut compared = Compared::default();
    variable.sensitive = is_sensitive(uses, statements, request, context);
    for (effect, conditions) in &uses.statements {
        let mut wish = Wish::new(*effect);
        for condition in conditions {
            let any = compared.condition(condition, explored, context);
            if !any.is_empty() {
                wish.conditions.push((any, !condition.operator().negated));
            }
            variable.because.extend(condition.holes().cloned());
        }
        if !wish.conditions.is_empty() {
            compared.wishes.push(wish);
        }
    }
    let doubled = partners(variable, uses, statements, explored, context, &mut compared);
    derived(variable, uses, explored, request, context, &mut compared);
    let samples = variable.keys.iter().filter_map(|key| explored.samples.get(key));
    let samples = samples.flat_map(|samples| &samples.held).flatten();
    compared.literals.extend(samples.filter_map(|value| value.as_known().map(Into::into)));
    compared.sort();
    let form = variable.facts.form.clone();
    let kind = variable.facts.kind;
    let mut candidates =
        compared.candidates(kind, &form.clone().unwrap_or_else(|| form_of(kind)), doubled, fuel);
    if kind == KeyKind::String && form.is_none() && variable.facts.name.contains('/') {
        // The value of a tag can be empty; of other keys, what is empty is not sent.
        candidates.values.push(String::new());
    }
    variable.complete = candidates.complete;
    variable.not_understood = compared.not_understood;
    let mut seen = BTreeSet::new();
    candidates.values.retain(|value| seen.insert(value.clone()));
    let lists = if variable.facts.multivalued {
        lists(variable, uses, &candidates.values, context)
    } else {
        candidates.values.into_iter().map(|value| vec![value]).collect()
    };
    classes(variable, uses, lists, request, context);
    if variable.complete {
        variable.because.clear();
    } else if !variable.facts.multivalued {
        variable.beyond = variable.keys.iter().map(|key| any_value(key, &variable.facts)).collect();
    }
}

/// Whether something that the variable is compared with is sensitive. What stands in a pattern with another key may be made
/// of whatever that one is compared with.
fn is_sensitive<C: Context + ?Sized>(
    uses: &Uses<'_>,
    statements: &[&Statement],
    request: &Request,
    context: &C,
) -> bool {
    let compared = |condition: &&Condition| condition.values().iter().any(Text::is_sensitive);
    let meets_others = !uses.values.is_empty()
        || uses.conditions.iter().any(|condition| condition.keys().any(|key| key != condition.key()));
    let all = || statements.iter().flat_map(|statement| statement.conditions());
    if meets_others && all().any(|condition| compared(&condition)) {
        return true;
    }
    let held = |condition: &&Condition| match context.key(condition.key()) {
        KeyState::Present { values, .. } => values.iter().any(|value| value.text().is_sensitive()),
        KeyState::Absent | KeyState::Free(_) | KeyState::Unknown(_) => false,
    };
    let patterns = uses.resources.iter().filter_map(|statement| statement.resources());
    uses.conditions.iter().any(compared)
        || uses.values.iter().any(|condition| compared(condition) || held(condition))
        || !uses.resources.is_empty() && request.resource().text().is_sensitive()
        || patterns.flat_map(Selection::patterns).any(|pattern| pattern.source().is_sensitive())
}

/// A value of the key's form with holes of its own.
fn any_value(key: &KeyName, facts: &KeyFacts) -> Subject {
    let mut value = Text::builder();
    let form = facts.form.clone().unwrap_or_else(|| match facts.kind {
        KeyKind::Arn => form_of(KeyKind::Arn),
        _ => Text::hole(Hole::new("", "value", Shape::ANY)),
    });
    for (index, piece) in form.pieces().enumerate() {
        match piece {
            Piece::Literal(text) => value.push_str(text),
            Piece::Hole(hole) => {
                let own = Hole::new(SYMBOLIC, format!("{}#{index}", key.lower()), hole.shape().clone());
                value.push_hole(&own)
            }
        };
    }
    Subject::new(value.finish())
}

/// The address of holes that stand for whatever a key holds; no resource has it.
pub(super) const SYMBOLIC: &str = "any value";

/// Joins what the keys are compared with that this variable is compared with; tells whether there are any.
///
/// Two explored keys that have to be equal, or not to be, share their values, and there are two of every class, so
/// that both can be brought about. Other patterns over two explored keys are left open.
fn partners<C: Context + ?Sized>(
    variable: &Variable,
    uses: &Uses<'_>,
    statements: &[&Statement],
    explored: &Explored,
    context: &C,
    compared: &mut Compared,
) -> bool {
    for condition in &uses.values {
        if explored.contains(condition.key()) {
            compared.partners.insert(condition.key().clone());
        }
    }
    let mut joined: BTreeSet<KeyName> = variable.keys.iter().cloned().collect();
    while let Some(partner) = compared.partners.iter().find(|key| !joined.contains(key)).cloned() {
        joined.insert(partner.clone());
        for condition in statements.iter().flat_map(|statement| statement.conditions()) {
            if *condition.key() == partner {
                compared.condition(condition, explored, context);
            } else if condition.keys().any(|key| *key == partner) {
                if explored.contains(condition.key()) {
                    compared.partners.insert(condition.key().clone());
                } else {
                    compared.open = true;
                }
            }
        }
        // What a partner's own values are derived from is not joined, and neither are values of another form.
        let in_resources = statements.iter().filter_map(|statement| statement.resources());
        let mut in_resources = in_resources.flat_map(Selection::patterns).flat_map(Pattern::variables);
        compared.open |= in_resources.any(|key| *key == partner)
            || !is_alike(&partner, &variable.facts, statements, context);
    }
    joined.len() > variable.keys.len()
}

/// Whether the key has texts of the same form as values.
fn is_alike<C: Context + ?Sized>(
    key: &KeyName,
    facts: &KeyFacts,
    statements: &[&Statement],
    context: &C,
) -> bool {
    let assumed;
    let other = match context.key(key) {
        KeyState::Free(other) => other,
        KeyState::Unknown(_) => {
            assumed = unknown_facts(key, statements);
            &assumed
        }
        KeyState::Present { .. } | KeyState::Absent => return false,
    };
    let text = matches!(facts.kind, KeyKind::String | KeyKind::Arn);
    text && !facts.multivalued && !other.multivalued && facts.kind == other.kind && facts.form == other.form
}

/// Values that make a pattern with the variable in it match what it is matched with.
fn derived<C: Context + ?Sized>(
    variable: &mut Variable,
    uses: &Uses<'_>,
    explored: &Explored,
    request: &Request,
    context: &C,
    compared: &mut Compared,
) {
    let mut against = |pattern: &Pattern, subject: &Subject| {
        for key in &variable.keys {
            if !pattern.variables().any(|name| name == key) {
                continue;
            }
            let kind = variable.facts.kind;
            // Times are spelled in more than one way.
            let can_be = |text: &str| kind == KeyKind::Date || is_value(kind, text);
            let found = derive(pattern, key, subject, can_be, context);
            for value in found.values {
                if found.folding && value.to_lowercase() != value.to_uppercase() {
                    match Machine::folding(&value) {
                        Some(machine) => compared.machines.push(vec![machine]),
                        None => compared.open = true,
                    }
                }
                compared.literals.push(value);
            }
            if !found.complete {
                compared.open = true;
                variable.because.extend(subject.holes().chain(pattern.source().holes()).cloned());
            }
        }
    };
    for statement in &uses.resources {
        for pattern in statement.resources().into_iter().flat_map(Selection::patterns) {
            against(pattern, request.resource());
        }
    }
    for condition in uses.values.iter().chain(&uses.conditions) {
        if explored.contains(condition.key()) {
            continue;
        }
        if let KeyState::Present { values, .. } = context.key(condition.key()) {
            for pattern in condition.patterns() {
                for value in values {
                    against(pattern, value);
                }
            }
        }
    }
}
