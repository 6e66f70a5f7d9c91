//! Which change of the organization makes a principal bound by other service control policies.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::NodeIndex;

use super::cause::{Cause, What};
use super::differences::{Difference, Input};
use crate::access::Matrix;
use crate::graph::{Graph, LevelPolicy, PerState, PrincipalFacts, State};
use crate::text::Text;

/// A policy at a root, unit or account.
type Rail<'a> = (&'a str, NodeIndex);

/// Each service control policy that binds the account of a principal in one state and not in the other, or otherwise.
pub(super) fn differing(graph: &Graph, matrix: &Matrix, principal: &PrincipalFacts) -> Vec<Difference> {
    let account = principal.account.unmarked();
    let (before, after) = (rails(graph, &account, State::Before), rails(graph, &account, State::After));
    let documents = matrix.documents();
    let mut found = Vec::new();
    for rail in before.keys().chain(after.keys()).copied().collect::<BTreeSet<Rail<'_>>>() {
        let document = |state| documents.of_policy(rail.1, state);
        let says_otherwise = document(State::Before) != document(State::After);
        let causes = match (before.get(&rail), after.get(&rail)) {
            (Some(_), Some(_)) if says_otherwise => match graph.policy(rail.1) {
                Some(policy) => vec![Cause { address: policy.id.clone(), what: What::PolicyChanged }],
                None => continue,
            },
            (None, Some(new)) => linked(graph, &account, rail, new, State::After),
            (Some(old), None) => linked(graph, &account, rail, old, State::Before),
            _ => continue,
        };
        let swapped =
            |state| documents.with_other_rail(graph, matrix.all_compiled(), (&account, state), rail);
        let levels = PerState { before: swapped(State::Before), after: swapped(State::After) };
        found.push(Difference { input: Input::Rail(levels), causes });
    }
    found
}

fn rails<'g>(graph: &'g Graph, account: &Text, state: State) -> BTreeMap<Rail<'g>, Vec<&'g LevelPolicy>> {
    let mut found: BTreeMap<Rail<'g>, Vec<&LevelPolicy>> = BTreeMap::new();
    for level in graph.guard_rails.get(state).get(account).into_iter().flatten() {
        for entry in &level.policies {
            found.entry((&level.target, entry.policy)).or_default().push(entry);
        }
    }
    found
}

/// Why a policy binds in `state` alone: the account gets there by a move, or the attachment comes or goes.
fn linked(
    graph: &Graph,
    account: &Text,
    (target, _): Rail<'_>,
    entries: &[&LevelPolicy],
    state: State,
) -> Vec<Cause> {
    let moved = graph.relocations.get(account);
    if let Some(moved) = moved.filter(|moved| !moved.ways.get(state.other()).contains(target)) {
        let movers = moved.movers.iter();
        return movers.map(|address| Cause { address: address.clone(), what: What::AccountMoved }).collect();
    }
    let what = match state {
        State::Before => What::PolicyDetached,
        State::After => What::PolicyAttached,
    };
    entries.iter().map(|entry| Cause { address: entry.via.clone(), what }).collect()
}
