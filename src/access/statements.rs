//! What each statement says of each broker, computed once per distinct element for all principals.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use fixedbitset::FixedBitSet;
use rayon::prelude::*;

use super::bits::Bits;
use super::brokers::Brokers;
use super::context::{Judged, Keys, is_of_broker, is_of_principal, table};
use super::facts::Fact;
use super::numbers::Numbers;
use crate::aws::Operation;
use crate::aws::operations::Target;
use crate::hash::HashMap;
use crate::iam::{Condition, Effect, KeyName, Pattern, PolicyDocument, Selection, Statement};
use crate::text::Truth;

/// A statement that concerns an operation.
#[derive(Clone, Debug)]
pub(super) struct Live {
    /// Its position in the document.
    pub(super) position: usize,
    /// Allow or Deny; `None` where that is unknown.
    pub(super) effect: Option<Effect>,
    /// The brokers for which it applies, whoever the principal is and whatever else the request brings.
    pub(super) bits: Bits,
    /// The brokers whose ARN its resources match perhaps: depending on the principal, the request, or a hole.
    pub(super) open_arns: FixedBitSet,
    /// Whether its resources are patterns, so that an open answer is one about the ARN of that broker.
    pub(super) looks_at_arns: bool,
    /// Its resources, numbered: equal elements have equal numbers.
    pub(super) resources: usize,
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
pub(super) struct Statements<'a> {
    documents: &'a [PolicyDocument],
    brokers: &'a Brokers<'a>,
    elements: Elements<'a>,
    /// By document: the facts about the principal that it looks at.
    principal_keys: Vec<Vec<KeyName>>,
    /// By document, per operation: what it says to every principal; `None` where that hangs on the principal.
    to_everybody: Vec<Option<[Arc<Said>; 3]>>,
    /// What a document says to principals with these facts.
    to_principals: Mutex<HashMap<(usize, Operation, Facts), Arc<Said>>>,
}

impl<'a> Statements<'a> {
    /// Evaluates all documents over all brokers of one state.
    pub(super) fn new(
        documents: &'a [PolicyDocument],
        numbers: &'a Numbers<'a>,
        brokers: &'a Brokers<'a>,
        keys: &'a Keys,
    ) -> Self {
        let elements = Elements::new(numbers, brokers, keys);
        let principal_keys: Vec<Vec<KeyName>> = documents
            .iter()
            .map(|document| {
                let names = document.statements().iter().flat_map(Statement::condition_keys);
                let names: BTreeSet<&KeyName> = names.filter(|name| is_of_principal(keys, name)).collect();
                names.into_iter().cloned().collect()
            })
            .collect();
        let to_everybody = documents
            .par_iter()
            .zip(&principal_keys)
            .enumerate()
            .map(|(number, (document, principal_keys))| {
                let says = |operation| Arc::new(elements.said(number, document, operation, brokers, &[]));
                principal_keys.is_empty().then(|| Operation::ALL.map(says))
            })
            .collect();
        let to_principals = Mutex::default();
        Self { documents, brokers, elements, principal_keys, to_everybody, to_principals }
    }

    /// What the document says of an operation to a principal with these facts.
    pub(super) fn get(
        &self,
        number: usize,
        operation: Operation,
        principal: &[(KeyName, Fact)],
    ) -> Option<Arc<Said>> {
        if let Some(said) = self.to_everybody.get(number)? {
            return said.get(operation.index()).cloned();
        }
        let names = self.principal_keys.get(number)?;
        let facts: Facts = principal.iter().filter(|(name, _)| names.contains(name)).cloned().collect();
        let known = || self.to_principals.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (number, operation, facts);
        if let Some(said) = known().get(&key) {
            return Some(said.clone());
        }
        let document = self.documents.get(number)?;
        let said = Arc::new(self.elements.said(number, document, operation, self.brokers, &key.2));
        Some(known().entry(key).or_insert(said).clone())
    }
}

/// Facts about a principal.
type Facts = Vec<(KeyName, Fact)>;

/// The brokers whose ARN a resource element matches, and those for whose requests it matches `*`.
type OnResources = (Bits, Bits);

/// Elements that statements share, each evaluated once.
struct Elements<'a> {
    numbers: &'a Numbers<'a>,
    brokers: &'a Brokers<'a>,
    keys: &'a Keys,
    /// By resource element: per operation, what it matches; `None` where it looks at the principal.
    resources: Vec<Option<[Arc<OnResources>; 3]>>,
    /// By conditions: per operation, the brokers for which they hold; `None` where they look at the principal.
    conditions: Vec<Option<[Arc<Bits>; 3]>>,
    resources_for: Mutex<HashMap<(usize, Operation, Facts), Arc<OnResources>>>,
    conditions_for: Mutex<HashMap<(usize, Operation, Facts), Arc<Bits>>>,
}

impl<'a> Elements<'a> {
    fn new(numbers: &'a Numbers<'a>, brokers: &'a Brokers<'a>, keys: &'a Keys) -> Self {
        let resources = numbers.resources.par_iter().map(|statement| {
            let mut variables = resource_keys(statement);
            let is_personal = variables.any(|name| is_of_principal(keys, name));
            let over = |operation| Arc::new(over_arns(statement, operation, brokers, keys, &[]));
            let differs = || resource_keys(statement).any(|name| is_of_broker(keys, name));
            (!is_personal).then(|| match Operation::ALL {
                all if differs() => all.map(over),
                [any, ..] => {
                    let same = over(any);
                    [Arc::clone(&same), Arc::clone(&same), same]
                }
            })
        });
        let conditions = numbers.conditions.par_iter().map(|statement| {
            let mut names = condition_keys(statement);
            let is_personal = names.any(|name| is_of_principal(keys, name));
            let over = |operation| Arc::new(over_facts(statement, operation, brokers, keys, &[]));
            (!is_personal).then(|| Operation::ALL.map(over))
        });
        Self {
            numbers,
            brokers,
            keys,
            resources: resources.collect(),
            conditions: conditions.collect(),
            resources_for: Mutex::default(),
            conditions_for: Mutex::default(),
        }
    }

    fn resources(
        &self,
        number: usize,
        operation: Operation,
        principal: &[(KeyName, Fact)],
    ) -> Option<Arc<OnResources>> {
        if let Some(same) = self.resources.get(number)? {
            return same.get(operation.index()).cloned();
        }
        let statement = self.numbers.resources.get(number)?;
        let key = (number, operation, among(principal, || resource_keys(statement)));
        let known = || self.resources_for.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(&key) {
            return Some(found.clone());
        }
        let found = Arc::new(over_arns(statement, operation, self.brokers, self.keys, &key.2));
        Some(known().entry(key).or_insert(found).clone())
    }

    fn conditions(
        &self,
        number: usize,
        operation: Operation,
        principal: &[(KeyName, Fact)],
    ) -> Option<Arc<Bits>> {
        if let Some(same) = self.conditions.get(number)? {
            return same.get(operation.index()).cloned();
        }
        let statement = self.numbers.conditions.get(number)?;
        let key = (number, operation, among(principal, || condition_keys(statement)));
        let known = || self.conditions_for.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(&key) {
            return Some(found.clone());
        }
        let found = Arc::new(over_facts(statement, operation, self.brokers, self.keys, &key.2));
        Some(known().entry(key).or_insert(found).clone())
    }

    fn said(
        &self,
        number: usize,
        document: &PolicyDocument,
        operation: Operation,
        brokers: &Brokers<'_>,
        principal: &[(KeyName, Fact)],
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
            let Some(&(resource, conditions)) = self.numbers.of_statement.get(&(number, index)) else {
                continue;
            };
            if concerns.is_false() {
                continue;
            }
            let on = self.resources(resource, operation, principal);
            let holds = self.conditions(conditions, operation, principal);
            let (Some(on), Some(holds)) = (on, holds) else { continue };
            let (on_brokers, on_any) = &*on;
            let mut bits = match operation.target() {
                Target::AnyResource => on_any.clone(),
                Target::Broker => on_brokers.clone(),
            };
            let mut open_arns = bits.possible.clone();
            open_arns.difference_with(&bits.certain);
            bits.and(&holds);
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
                position: index,
                effect,
                bits,
                open_arns,
                looks_at_arns: statement
                    .resources()
                    .is_some_and(|selection| selection.patterns().next().is_some()),
                resources: resource,
                is_open_action: concerns.is_maybe(),
                conditions,
                keys,
            });
        }
        said
    }
}

/// The facts that one of `names` looks at.
fn among<'k, I: Iterator<Item = &'k KeyName>>(principal: &[(KeyName, Fact)], names: impl Fn() -> I) -> Facts {
    principal.iter().filter(|(fact, _)| names().any(|name| name == fact)).cloned().collect()
}

/// The keys that the policy variables of a statement's resources name.
fn resource_keys(statement: &Statement) -> impl Iterator<Item = &KeyName> {
    statement.resources().into_iter().flat_map(Selection::patterns).flat_map(Pattern::variables)
}

/// The keys that a statement's conditions look at.
fn condition_keys(statement: &Statement) -> impl Iterator<Item = &KeyName> {
    statement.conditions().iter().flat_map(Condition::keys)
}

fn only_certain_if(bits: &Bits, certain: bool) -> Bits {
    let mut bits = bits.clone();
    bits.only_if(if certain { Truth::True } else { Truth::Maybe });
    bits
}

/// The brokers whose ARN a statement's resources match, and those for whose requests they match `*`, for a principal with
/// these facts.
fn over_arns(
    statement: &Statement,
    operation: Operation,
    brokers: &Brokers<'_>,
    keys: &Keys,
    principal: &[(KeyName, Fact)],
) -> OnResources {
    let principal = table(principal);
    let of_broker: BTreeSet<&KeyName> =
        resource_keys(statement).filter(|name| is_of_broker(keys, name)).collect();
    let of_broker: Vec<&KeyName> = of_broker.into_iter().collect();
    let (mut own, mut any) = (Bits::none(brokers.len()), Bits::none(brokers.len()));
    for (facts, members) in brokers.by_facts(keys, operation, &of_broker) {
        let broker = table(&facts);
        let context = Judged { keys, principal: &principal, broker: &broker };
        let on_any = statement.matches_resource(brokers.any_resource(), &context);
        for member in members {
            let Some(arn) = brokers.arn(member) else { continue };
            own.set(member, statement.matches_resource(arn, &context));
            any.set(member, on_any);
        }
    }
    (own, any)
}

/// The brokers for whose facts a statement's conditions hold, for a principal with these facts.
fn over_facts(
    statement: &Statement,
    operation: Operation,
    brokers: &Brokers<'_>,
    keys: &Keys,
    principal: &[(KeyName, Fact)],
) -> Bits {
    let names: BTreeSet<&KeyName> = condition_keys(statement).collect();
    if names.is_empty() && !statement.is_doubtful() && !statement.has_unknown_conditions() {
        return Bits::all(brokers.exists(), Truth::True);
    }
    let principal = table(principal);
    let of_broker: Vec<&KeyName> = names.into_iter().filter(|name| is_of_broker(keys, name)).collect();
    let mut bits = Bits::none(brokers.len());
    for (facts, members) in brokers.by_facts(keys, operation, &of_broker) {
        let broker = table(&facts);
        let answer = statement.conditions_hold(&Judged { keys, principal: &principal, broker: &broker });
        for member in members {
            bits.set(member, answer);
        }
    }
    bits
}
