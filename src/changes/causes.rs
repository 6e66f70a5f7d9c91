//! Which change of which resource makes the difference.
//!
//! Whatever differs between the two states is put back alone, in the world as it will be. What then changes the verdict is
//! a cause. Where nothing does alone (two new policies allow the same), whatever brings the change about alone in the
//! world as it is counts; where nothing does that either, everything that differs.

use std::collections::BTreeSet;

use super::cause::{Cause, What};
use super::differences::{Both, Difference, Lasting};
use super::{Access, AccessChange};
use crate::access::{Authority, Matrix, Verdict, World};
use crate::aws::Operation;
use crate::graph::{Broker, BrokerFacts, Graph, PerState, State};

/// Finds causes.
pub(super) struct Causes<'a> {
    graph: &'a Graph,
    matrix: &'a Matrix,
    authority: &'a Authority<'a>,
}

impl<'a> Causes<'a> {
    pub(super) fn new(graph: &'a Graph, matrix: &'a Matrix, authority: &'a Authority<'a>) -> Self {
        Self { graph, matrix, authority }
    }

    /// The causes of a change, sorted.
    pub(super) fn of(&self, change: &AccessChange) -> Vec<Cause> {
        let Some(&node) = self.graph.principals.get(change.principal) else { return Vec::new() };
        let Some(principal) = self.graph.principal(node) else { return Vec::new() };
        let cause = |address: &str, what| Cause { address: address.into(), what };
        let (before, after) = match (&principal.facts.before, &principal.facts.after) {
            (None, _) => return vec![cause(&principal.id, What::PrincipalCreated)],
            (_, None) => return vec![cause(&principal.id, What::PrincipalDeleted)],
            (Some(before), Some(after)) => (before, after),
        };
        let mut causes = BTreeSet::new();
        let mut lasting = Vec::new();
        for broker in change.brokers.iter().filter_map(|&position| self.broker(position)) {
            match (&broker.facts.before, &broker.facts.after) {
                (None, _) => drop(causes.insert(cause(&broker.id, What::BrokerCreated))),
                (_, None) => drop(causes.insert(cause(&broker.id, What::BrokerDeleted))),
                (Some(before), Some(after)) => lasting.push(Lasting::new(&broker.id, before, after)),
            }
        }
        if !lasting.is_empty() {
            let facts = PerState { before, after };
            let both = Both::new((self.graph, self.matrix), (node, principal), facts);
            let differences = both.differences();
            // Where an operation stays conditional, conditions are what differs.
            let exactly = change.before == change.after;
            for &operation in &*change.operations {
                self.of_operation(&both, (&differences, &lasting), (operation, exactly), &mut causes);
            }
        }
        causes.into_iter().collect()
    }

    fn broker(&self, position: usize) -> Option<&'a Broker> {
        self.graph.broker(*self.graph.brokers.get(position)?)
    }

    /// The causes on an operation. What differs beside the brokers is the same for all of them.
    fn of_operation(
        &self,
        both: &Both<'_>,
        (differences, brokers): (&[Difference], &[Lasting<'_>]),
        (operation, exactly): (Operation, bool),
        causes: &mut BTreeSet<Cause>,
    ) {
        let mut open: Vec<&Lasting<'_>> = brokers.iter().collect();
        let asked = |state| Asked { operation, exactly, state };
        if exactly {
            // What allows more and what allows less show in different worlds.
            let found = causes.len();
            for state in [State::After, State::Before] {
                self.in_state(both, (differences, &open), asked(state), causes);
            }
            if causes.len() > found {
                return;
            }
            // No example of a request differs: it is the policies that do.
            let of_policies = differences.iter().filter(|difference| !difference.is_of_facts());
            causes.extend(of_policies.flat_map(|difference| difference.causes.iter().cloned()));
            if causes.len() > found {
                return;
            }
        }
        for state in [State::After, State::Before] {
            let is_settled = self.in_state(both, (differences, &open), asked(state), causes);
            let mut is_settled = is_settled.into_iter();
            open.retain(|_| !is_settled.next().unwrap_or_default());
            if open.is_empty() {
                return;
            }
        }
        causes.extend(differences.iter().flat_map(|difference| difference.causes.iter().cloned()));
        let own = open.iter().flat_map(|broker| &broker.differences);
        causes.extend(own.map(|difference| difference.cause.clone()));
    }

    /// The causes that show in the world of a state: by broker, whether there is one.
    fn in_state(
        &self,
        both: &Both<'_>,
        (differences, brokers): (&[Difference], &[&Lasting<'_>]),
        asked: Asked,
        causes: &mut BTreeSet<Cause>,
    ) -> Vec<bool> {
        let state = asked.state;
        let facts = || brokers.iter().map(|broker| *broker.facts.get(state));
        let mut found = vec![false; brokers.len()];
        let mut all = facts().chain(brokers.iter().flat_map(|broker| broker.swapped(state)));
        let mut plain = self.accesses(&both.world(state, None), asked, &mut all);
        let mut with_own = plain.split_off(brokers.len()).into_iter();
        for ((broker, plain), found) in brokers.iter().zip(&plain).zip(&mut found) {
            for (difference, access) in broker.differences.iter().zip(with_own.by_ref()) {
                if access != *plain {
                    *found = true;
                    causes.insert(difference.cause.clone());
                }
            }
        }
        for difference in differences {
            let world = both.world(state, Some(&difference.input));
            let accesses = self.accesses(&world, asked, &mut facts());
            let mut matters = false;
            for ((access, plain), found) in accesses.iter().zip(&plain).zip(&mut found) {
                matters |= access != plain;
                *found |= access != plain;
            }
            if matters {
                causes.extend(difference.causes.iter().cloned());
            }
        }
        found
    }

    fn accesses(
        &self,
        world: &World<'_>,
        asked: Asked,
        brokers: &mut dyn Iterator<Item = &BrokerFacts>,
    ) -> Vec<Seen> {
        let verdicts = self.authority.in_world(world, asked.operation, brokers);
        let seen = |verdict| {
            let access = Access::of(Some(&verdict));
            Seen { access, verdict: asked.exactly.then_some(verdict) }
        };
        verdicts.into_iter().map(seen).collect()
    }
}

/// What is asked of a world.
#[derive(Clone, Copy)]
struct Asked {
    operation: Operation,
    /// Whether the requests that a verdict names count.
    exactly: bool,
    /// The state that the world is like.
    state: State,
}

/// What is seen in a world.
#[derive(PartialEq, Eq)]
struct Seen {
    access: Access,
    verdict: Option<Verdict>,
}
