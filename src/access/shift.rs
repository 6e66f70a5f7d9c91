//! What changes between two states in which an operation is allowed under conditions.

use super::calls::{Authority, CallContext, Supposed};
use super::on_broker::BrokerCall;
use crate::aws::Operation;
use crate::graph::State;
use crate::iam::{Asked, Probe, Probes, Tried, decide, probes};

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
    /// Whether anything differs between the states that conditions may look at: the policies that bear on the principal,
    /// what is known of it, or of the broker.
    pub fn may_shift(&self, principal: usize, broker: usize) -> bool {
        let graph = self.graph();
        let of_principal = graph.principals.get(principal).and_then(|&node| graph.principal(node));
        let of_broker = graph.brokers.get(broker).and_then(|&node| graph.broker(node));
        self.layers(State::Before, principal) != self.layers(State::After, principal)
            || of_principal.is_some_and(|one| one.facts.before != one.facts.after)
            || of_broker.is_some_and(|one| one.facts.before != one.facts.after)
    }

    /// Whether some requests for an operation on a broker are decided in another way after apply than before. Requests are
    /// tried that the conditions of either state tell apart: what is found is so, and not everything may be found.
    pub fn shift(&self, principal: usize, broker: usize, operation: Operation) -> Shift {
        let call = BrokerCall { action: operation.action(), like: operation, fixed: &[] };
        let none = Supposed::default();
        let shift = self.with_broker_request(
            State::Before,
            principal,
            broker,
            &call,
            none,
            |layers, request, context| {
                let before = Asked { layers, request, context };
                self.with_broker_request(
                    State::After,
                    principal,
                    broker,
                    &call,
                    none,
                    |layers, request, context| between(&before, &Asked { layers, request, context }),
                )
            },
        );
        shift.flatten().unwrap_or_default()
    }
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
