//! What changes between two states in which an operation is allowed under conditions.

use super::alike::Alike;
use super::calls::{Asker, Authority, Call, CallContext};
use super::layers::Layers;
use super::on_broker::{resource, value};
use crate::aws::Operation;
use crate::graph::{BrokerFacts, PerState, PrincipalFacts, State};
use crate::hash::HashMap;
use crate::iam::{Asked, KeyName, Probe, Probes, Tried, decide, probes};

/// Combinations that are tried, at most: conditions rarely tell apart more.
const MOST_REQUESTS: usize = 96;
/// Statements of which each gets requests of its own where there are more combinations.
const MOST_STATEMENTS: usize = 24;
/// Values of one key that are tried beside what meets a statement.
const MOST_VALUES: usize = 12;

/// For which requests something changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    /// Some request is allowed that was denied.
    pub gains: bool,
    /// Some request is denied that was allowed.
    pub loses: bool,
}

impl Authority<'_> {
    /// Whether some requests for an operation are decided in another way after apply than before, by broker. Requests are tried
    /// that the conditions of either state tell apart: what is found is so, and not everything may be found. Brokers of
    /// which nothing has changed are left out, and calls that differ in nothing that a policy looks at are tried once.
    pub fn shifts(
        &self,
        principal: usize,
        operation: Operation,
        brokers: impl IntoIterator<Item = usize>,
    ) -> Vec<(usize, Shift)> {
        let graph = self.graph();
        let Some(&node) = graph.principals.get(principal) else { return Vec::new() };
        let Some(kind) = graph.principal(node).map(|principal| principal.kind) else { return Vec::new() };
        let mut found = Vec::new();
        // In most plans a principal is the same to all brokers.
        let mut by_facts: Vec<(PerState<&PrincipalFacts>, Vec<Lasting<'_>>)> = Vec::new();
        // Conditions look at the policies that bear on the principal, at what is known of it, and of the broker.
        let has_changed = self.layers(State::Before, principal) != self.layers(State::After, principal)
            || graph.principal(node).is_some_and(|one| one.facts.before != one.facts.after);
        for position in brokers {
            let facts = |state| self.broker(state, position);
            let (Some(before), Some(after)) = (facts(State::Before), facts(State::After)) else { continue };
            if !has_changed && before == after {
                continue;
            }
            let own = |state, facts: &BrokerFacts| graph.facts_in(node, state, &facts.account);
            let (own_before, own_after) = (own(State::Before, before), own(State::After, after));
            let (Some(own_before), Some(own_after)) = (own_before, own_after) else { continue };
            let both = PerState { before, after };
            let same = |known: &PerState<&PrincipalFacts>| {
                std::ptr::eq(known.before, own_before) && std::ptr::eq(known.after, own_after)
            };
            match by_facts.iter_mut().find(|(known, _)| same(known)) {
                Some((_, list)) => list.push((position, both)),
                None => {
                    by_facts
                        .push((PerState { before: own_before, after: own_after }, vec![(position, both)]));
                }
            }
        }
        for (own, brokers) in by_facts {
            let layers =
                |state| Layers::in_account(graph, self.documents(), node, state, Some(*own.get(state)));
            let (before, after) = (layers(State::Before), layers(State::After));
            self.with_excerpts((kind, own.before), &before, operation, &[], |before| {
                self.with_excerpts((kind, own.after), &after, operation, &[], |after| {
                    found.extend(each(operation, before, after, &brokers));
                });
            });
        }
        found
    }
}

/// A broker that is there in both states: its position, and what is known of it.
type Lasting<'g> = (usize, PerState<&'g BrokerFacts>);

/// What changes for an operation on each of the brokers.
fn each(
    operation: Operation,
    before: &Asker<'_>,
    after: &Asker<'_>,
    brokers: &[Lasting<'_>],
) -> Vec<(usize, Shift)> {
    let action = operation.action();
    let concerned = (before.concerned_by(action), after.concerned_by(action));
    let mut known: HashMap<(Alike, Alike), Shift> = HashMap::default();
    let of_broker = |(position, both): &Lasting<'_>| {
        let keys_before = |name: &KeyName| value(before.keys.fact_of_broker(operation, both.before, name)?);
        let keys_after = |name: &KeyName| value(after.keys.fact_of_broker(operation, both.after, name)?);
        let call = |facts: &BrokerFacts| resource(operation, facts).into();
        let call_before = Call { action, resource: call(both.before), keys: &keys_before };
        let call_after = Call { action, resource: call(both.after), keys: &keys_after };
        let tried = || {
            before.with_request(&call_before, |layers, request, context| {
                let before = Asked { layers, request, context };
                after.with_request(&call_after, |layers, request, context| {
                    between(&before, &Asked { layers, request, context })
                })
            })
        };
        let shift = match (concerned.0.alike(&call_before), concerned.1.alike(&call_after)) {
            (Some(before), Some(after)) => *known.entry((before, after)).or_insert_with(tried),
            _ => tried(),
        };
        (*position, shift)
    };
    brokers.iter().map(of_broker).collect()
}

/// What changes from one to the other.
fn between(before: &Asked<'_, CallContext<'_>>, after: &Asked<'_, CallContext<'_>>) -> Shift {
    let probes = probes(before, after);
    let decided = |asked: &Asked<'_, CallContext<'_>>, fixed: &[&Probe]| {
        decide(asked.layers, asked.request, &Tried { base: asked.context, fixed }).allowed
    };
    let mut shift = Shift::default();
    for request in requests(&probes) {
        let (before, after) = (decided(before, &request), decided(after, &request));
        shift.gains |= before.is_false() && after.is_true();
        shift.loses |= before.is_true() && after.is_false();
        if shift.gains && shift.loses {
            break;
        }
    }
    shift
}

/// Every combination of what is tried for the keys, as far as there are not too many; and for each statement a request that
/// meets its conditions, with those that differ from it in one key.
fn requests(probes: &Probes) -> Vec<Vec<&Probe>> {
    let mut requests: Vec<Vec<&Probe>> = vec![Vec::new()];
    for tried in probes.keys.iter().filter(|tried| !tried.is_empty()) {
        let with_each = |request: &Vec<_>| {
            let request = request.clone();
            tried.iter().map(move |probe| request.iter().copied().chain([probe]).collect())
        };
        requests = requests.iter().flat_map(with_each).take(MOST_REQUESTS).collect();
    }
    if requests.len() < MOST_REQUESTS {
        return requests;
    }
    let at = |key: usize, place: usize| probes.keys.get(key).and_then(|tried| tried.get(place));
    for meeting in probes.meeting.iter().take(MOST_STATEMENTS) {
        let with = |changed: Option<(usize, usize)>| {
            let place = |(key, place): (usize, &usize)| match changed {
                Some((other, place)) if other == key => at(key, place),
                _ => at(key, *place),
            };
            meeting.iter().enumerate().filter_map(place).collect::<Vec<&Probe>>()
        };
        requests.push(with(None));
        for (key, tried) in probes.keys.iter().enumerate() {
            requests.extend((0..tried.len().min(MOST_VALUES)).map(|place| with(Some((key, place)))));
        }
    }
    requests
}
