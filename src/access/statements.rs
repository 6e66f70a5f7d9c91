//! What each statement says of each broker, computed once per distinct element for all principals.

use std::collections::{BTreeMap, BTreeSet};

use fixedbitset::FixedBitSet;
use rayon::prelude::*;

use super::bits::Bits;
use super::brokers::Brokers;
use super::context::{Judged, Keys, is_of_broker, table};
use crate::aws::Operation;
use crate::aws::operations::Target;
use crate::hash::HashMap;
use crate::iam::{ContextTable, Effect, Entry, KeyName, Operator, PolicyDocument, Selection, Statement};
use crate::text::{Hole, Shape, Text, Truth};

/// A statement that concerns an operation.
#[derive(Clone, Debug)]
pub(super) struct Live {
    /// Allow or Deny; `None` where that is unknown.
    pub(super) effect: Option<Effect>,
    /// The brokers for which it applies, whoever the principal is and whatever else the request brings.
    pub(super) bits: Bits,
    /// The brokers whose ARN its resources match perhaps: depending on the principal, the request, or a hole.
    pub(super) open_arns: FixedBitSet,
    /// Whether it hangs on something unknown that this is one of its actions.
    pub(super) is_open_action: bool,
    /// Its conditions, numbered: equal conditions have equal numbers.
    pub(super) conditions: usize,
    /// The keys that it looks at.
    pub(super) keys: Vec<KeyName>,
}

/// What a document says of one operation.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// The brokers for which some statement allows.
    pub(super) allows: Bits,
    /// The brokers for which some statement denies.
    pub(super) denies: Bits,
    /// The statements that possibly apply to some broker.
    pub(super) statements: Vec<Live>,
    /// Whether the document, or a part of it, is unknown or cannot be understood.
    pub(super) hangs_on_itself: bool,
}

/// What every document says, per operation.
pub(super) struct Statements {
    by_document: Vec<[Said; 3]>,
}

impl Statements {
    /// Evaluates all documents over all brokers of one state.
    pub(super) fn new(documents: &[PolicyDocument], brokers: &Brokers<'_>, keys: &Keys) -> Self {
        let elements = Elements::new(documents, brokers, keys);
        let by_document = documents
            .par_iter()
            .enumerate()
            .map(|(number, document)| {
                Operation::ALL.map(|operation| elements.said(number, document, operation, brokers))
            })
            .collect();
        Self { by_document }
    }

    /// What the document says of an operation.
    pub(super) fn get(&self, document: usize, operation: Operation) -> Option<&Said> {
        self.by_document.get(document)?.get(operation.index())
    }
}

/// Elements that statements share, each evaluated once.
struct Elements {
    /// By document and statement: the number of its resource element, and of its conditions.
    numbers: BTreeMap<(usize, usize), (usize, usize)>,
    /// By resource element: the brokers whose ARN matches, and the answer for `*`.
    resources: Vec<(Bits, Truth)>,
    /// By conditions: per operation, the brokers for which they hold.
    conditions: Vec<[Bits; 3]>,
}

impl Elements {
    fn new(documents: &[PolicyDocument], brokers: &Brokers<'_>, keys: &Keys) -> Self {
        let mut numbers = BTreeMap::new();
        let mut resource_numbers = HashMap::default();
        let mut resources: Vec<&Statement> = Vec::new();
        let mut condition_numbers = HashMap::default();
        let mut conditions: Vec<&Statement> = Vec::new();
        for (number, document) in documents.iter().enumerate() {
            for (index, statement) in document.statements().iter().enumerate() {
                if brokers.requests().iter().all(|request| statement.concerns_action(request).is_false()) {
                    continue;
                }
                let place = (number, index);
                let resource =
                    *resource_numbers.entry(ResourceKey::new(statement, place)).or_insert_with(|| {
                        resources.push(statement);
                        resources.len().saturating_sub(1)
                    });
                let condition =
                    *condition_numbers.entry(ConditionsKey::new(statement, place)).or_insert_with(|| {
                        conditions.push(statement);
                        conditions.len().saturating_sub(1)
                    });
                numbers.insert(place, (resource, condition));
            }
        }
        let undetermined = Undetermined::new(keys);
        let resources =
            resources.par_iter().map(|statement| over_arns(statement, brokers, &undetermined)).collect();
        let conditions = conditions
            .par_iter()
            .map(|statement| {
                Operation::ALL.map(|operation| over_facts(statement, operation, brokers, &undetermined))
            })
            .collect();
        Self { numbers, resources, conditions }
    }

    fn said(
        &self,
        number: usize,
        document: &PolicyDocument,
        operation: Operation,
        brokers: &Brokers<'_>,
    ) -> Said {
        let mut said = Said {
            allows: Bits::none(brokers.len()),
            denies: Bits::none(brokers.len()),
            statements: Vec::new(),
            hangs_on_itself: false,
        };
        if document.is_broken() || !document.unknown_statements().is_empty() {
            let anything = Bits::all(brokers.exists(), Truth::Maybe);
            said.allows.or(&anything);
            said.denies.or(&anything);
            said.hangs_on_itself = true;
        }
        for (index, statement) in document.statements().iter().enumerate() {
            let Some(request) = brokers.requests().get(operation.index()) else { continue };
            let concerns = statement.concerns_action(request);
            let Some(&(resource, conditions)) = self.numbers.get(&(number, index)) else { continue };
            if concerns.is_false() {
                continue;
            }
            let (Some((on_brokers, on_any)), Some(holds)) =
                (self.resources.get(resource), self.conditions.get(conditions))
            else {
                continue;
            };
            let mut bits = match operation.target() {
                Target::AnyResource => Bits::all(brokers.exists(), *on_any),
                Target::Broker => on_brokers.clone(),
            };
            let mut open_arns = bits.possible.clone();
            open_arns.difference_with(&bits.certain);
            if let Some(holds) = holds.get(operation.index()) {
                bits.and(holds);
            }
            bits.only_if(concerns);
            if bits.is_none() {
                continue;
            }
            let effect = statement.effect();
            if effect != Some(Effect::Deny) {
                said.allows.or(&only_certain_if(&bits, effect.is_some()));
            }
            if effect != Some(Effect::Allow) {
                said.denies.or(&only_certain_if(&bits, effect.is_some()));
            }
            let keys = statement.condition_keys().cloned().collect();
            open_arns.intersect_with(&bits.possible);
            said.statements.push(Live {
                effect,
                bits,
                open_arns,
                is_open_action: concerns.is_maybe(),
                conditions,
                keys,
            });
        }
        said
    }
}

fn only_certain_if(bits: &Bits, certain: bool) -> Bits {
    let mut bits = bits.clone();
    bits.only_if(if certain { Truth::True } else { Truth::Maybe });
    bits
}

/// A resource element: statements with equal elements match the same ARNs.
#[derive(PartialEq, Eq, Hash)]
enum ResourceKey {
    /// The patterns, and whether each is one with variables.
    Patterns { negated: bool, patterns: Vec<(Text, bool)> },
    /// An element with parts that are unknown stands for itself.
    Itself(usize, usize),
}

impl ResourceKey {
    fn new(statement: &Statement, place: (usize, usize)) -> Self {
        let patterns = |selection: &Selection| -> Option<Vec<(Text, bool)>> {
            let pattern = |entry: &Entry| match entry {
                Entry::Pattern(pattern) => {
                    Some((pattern.source().clone(), pattern.variables().next().is_some()))
                }
                Entry::Unknown(_) | Entry::NotUnderstood => None,
            };
            selection.entries().iter().map(pattern).collect()
        };
        let negated = statement.resources().is_some_and(Selection::is_negated);
        match statement.resources().and_then(patterns) {
            Some(patterns) => Self::Patterns { negated, patterns },
            None => Self::Itself(place.0, place.1),
        }
    }
}

/// The conditions of a statement: statements with equal conditions hold for the same requests.
#[derive(PartialEq, Eq, Hash)]
enum ConditionsKey {
    /// Each condition: operator, key, values, whether the values are ones with variables.
    Conditions(Vec<(Operator, String, Vec<Text>, usize)>),
    /// Conditions that are unknown in part stand for themselves.
    Itself(usize, usize),
}

impl ConditionsKey {
    fn new(statement: &Statement, place: (usize, usize)) -> Self {
        if statement.is_doubtful() || statement.has_unknown_conditions() {
            return Self::Itself(place.0, place.1);
        }
        let conditions = statement.conditions().iter().map(|condition| {
            let key = condition.key().lower().to_owned();
            (condition.operator(), key, condition.values().to_vec(), condition.keys().count())
        });
        Self::Conditions(conditions.collect())
    }
}

/// A context in which everything that is not the broker's is undetermined.
struct Undetermined<'a> {
    keys: &'a Keys,
}

impl<'a> Undetermined<'a> {
    fn new(keys: &'a Keys) -> Self {
        Self { keys }
    }

    fn with<'b>(&'b self, broker: &'b ContextTable, principal: &'b ContextTable) -> Judged<'b> {
        Judged { keys: self.keys, principal, broker }
    }
}

/// The brokers whose ARN a statement's resources match, and whether they match `*`.
fn over_arns(statement: &Statement, brokers: &Brokers<'_>, undetermined: &Undetermined<'_>) -> (Bits, Truth) {
    let principal = unknown_principal(statement, undetermined.keys);
    let nothing = ContextTable::new();
    let context = undetermined.with(&nothing, &principal);
    let mut bits = Bits::none(brokers.len());
    for (broker, subject) in brokers.arns() {
        bits.set(broker, statement.matches_resource(subject, &context));
    }
    (bits, statement.matches_resource(brokers.any_resource(), &context))
}

/// The brokers for whose facts a statement's conditions hold.
fn over_facts(
    statement: &Statement,
    operation: Operation,
    brokers: &Brokers<'_>,
    undetermined: &Undetermined<'_>,
) -> Bits {
    let keys: BTreeSet<&KeyName> = statement.condition_keys().collect();
    if keys.is_empty() {
        return Bits::all(brokers.exists(), Truth::True);
    }
    let principal = unknown_principal(statement, undetermined.keys);
    let of_broker: Vec<&KeyName> =
        keys.into_iter().filter(|name| is_of_broker(undetermined.keys, name)).collect();
    let mut bits = Bits::none(brokers.len());
    for (facts, members) in brokers.by_facts(undetermined.keys, operation, &of_broker) {
        let broker = table(&facts);
        let answer = statement.conditions_hold(&undetermined.with(&broker, &principal));
        for member in members {
            bits.set(member, answer);
        }
    }
    bits
}

/// A principal of which nothing is known.
fn unknown_principal(statement: &Statement, keys: &Keys) -> ContextTable {
    use super::context::{Fact, is_of_principal};
    let hole = Hole::new("", "the principal", Shape::ANY);
    let facts: Vec<_> = statement
        .condition_keys()
        .filter(|name| is_of_principal(keys, name))
        .map(|name| (name.clone(), Fact::Unknown(hole.clone())))
        .collect();
    table(&facts)
}
