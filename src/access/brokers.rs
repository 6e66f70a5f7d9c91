//! The brokers of one state, prepared for matching, and grouped by the facts that policies look at.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use fixedbitset::FixedBitSet;

use super::context::Keys;
use super::facts::Fact;
use crate::aws::Operation;
use crate::graph::{BrokerFacts, Graph, State};
use crate::hash::HashMap;
use crate::iam::{KeyName, Request, Subject};
use crate::text::Text;

/// The brokers of one state, by position.
pub(super) struct Brokers<'g> {
    facts: Vec<Option<&'g BrokerFacts>>,
    arns: Vec<Option<Subject>>,
    any_resource: Subject,
    requests: Vec<Request>,
    exists: FixedBitSet,
    by_account: BTreeMap<Text, FixedBitSet>,
}

impl<'g> Brokers<'g> {
    pub(super) fn new(graph: &'g Graph, state: State) -> Self {
        let facts: Vec<Option<&BrokerFacts>> = graph
            .brokers
            .iter()
            .map(|&node| graph.broker(node).and_then(|broker| broker.facts.get(state).as_ref()))
            .collect();
        let arns = facts.iter().map(|facts| facts.map(|facts| Subject::new(facts.arn.clone()))).collect();
        let mut exists = FixedBitSet::with_capacity(facts.len());
        exists.extend(
            facts.iter().enumerate().filter(|(_, facts)| facts.is_some()).map(|(position, _)| position),
        );
        let mut by_account: BTreeMap<Text, FixedBitSet> = BTreeMap::new();
        for (position, facts) in facts.iter().enumerate() {
            if let Some(facts) = facts {
                let members = by_account.entry(facts.account.unmarked());
                members.or_insert_with(|| FixedBitSet::with_capacity(exists.len())).insert(position);
            }
        }
        // The actions alone: which resource they are on is asked apart.
        let requests =
            Operation::ALL.iter().map(|operation| Request::new(operation.action(), Text::from("*")));
        Self {
            facts,
            arns,
            any_resource: Subject::new(Text::from("*")),
            requests: requests.collect(),
            exists,
            by_account,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.facts.len()
    }

    /// Those that exist in this state.
    pub(super) fn exists(&self) -> &FixedBitSet {
        &self.exists
    }

    /// Those that exist, by the account that they live in.
    pub(super) fn by_account(&self) -> impl Iterator<Item = (&Text, &FixedBitSet)> {
        self.by_account.iter()
    }

    /// Those that exist in an account for certain.
    pub(super) fn in_account(&self, account: &Text) -> FixedBitSet {
        self.by_account.get(account).cloned().unwrap_or_else(|| FixedBitSet::with_capacity(self.len()))
    }

    /// Those that may be in an account that is not known, and in none of `others`.
    pub(super) fn perhaps_in_account(&self, account: &Text, others: &[Text]) -> FixedBitSet {
        let mut found = FixedBitSet::with_capacity(self.len());
        for (own, brokers) in &self.by_account {
            if !others.contains(own) && !own.equals(account).is_false() {
                found.union_with(brokers);
            }
        }
        found
    }

    pub(super) fn facts(&self, position: usize) -> Option<&'g BrokerFacts> {
        self.facts.get(position).copied().flatten()
    }

    pub(super) fn arn(&self, position: usize) -> Option<&Subject> {
        self.arns.get(position)?.as_ref()
    }

    /// The text `*`, for calls that name no resource.
    pub(super) fn any_resource(&self) -> &Subject {
        &self.any_resource
    }

    /// A request for each operation, on no resource in particular.
    pub(super) fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// The brokers grouped by what a request about them holds for `names`.
    pub(super) fn by_facts(
        &self,
        keys: &Keys,
        operation: Operation,
        names: &[&KeyName],
    ) -> BTreeMap<Vec<(KeyName, Fact)>, Vec<usize>> {
        if names.is_empty() {
            return BTreeMap::from([(Vec::new(), self.exists.ones().collect())]);
        }
        let mut groups: HashMap<Vec<Option<Fact>>, Vec<usize>> = HashMap::default();
        for position in self.exists.ones() {
            if let Some(facts) = self.facts(position) {
                let facts = names.iter().map(|name| keys.fact_of_broker(operation, facts, name)).collect();
                groups.entry(facts).or_default().push(position);
            }
        }
        let with_names = |facts: Vec<Option<Fact>>| -> Vec<(KeyName, Fact)> {
            names.iter().zip(facts).filter_map(|(&name, fact)| Some((name.clone(), fact?))).collect()
        };
        // In the order of the facts, not of their hashes.
        groups.into_iter().map(|(facts, members)| (with_names(facts), members)).collect::<BTreeMap<_, _>>()
    }
}

/// By operation and key, the brokers in groups of equal values.
type Known = BTreeMap<(Operation, KeyName), Arc<[FixedBitSet]>>;

/// Groups of brokers by one key of one operation, kept once computed.
#[derive(Default)]
pub(super) struct Partitions {
    known: Mutex<Known>,
}

impl Partitions {
    /// The brokers grouped by what a request about them holds for `name`.
    pub(super) fn get(
        &self,
        brokers: &Brokers<'_>,
        keys: &Keys,
        operation: Operation,
        name: &KeyName,
    ) -> Arc<[FixedBitSet]> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = known.entry((operation, name.clone())).or_insert_with(|| {
            let groups = brokers.by_facts(keys, operation, &[name]);
            let sets = groups.into_values().map(|members| {
                let mut set = FixedBitSet::with_capacity(brokers.len());
                set.extend(members);
                set
            });
            sets.collect()
        });
        entry.clone()
    }
}
