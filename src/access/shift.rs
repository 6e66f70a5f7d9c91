//! What changes between two states in which an operation is allowed under conditions.

use super::calls::{Authority, CallContext, Supposed};
use super::on_broker::BrokerCall;
use crate::aws::Operation;
use crate::graph::State;
use crate::iam::{Asked, Probe, Tried, decide, probes};

/// Requests that are tried, at most: conditions rarely tell apart more.
const MOST_REQUESTS: usize = 96;

/// For which requests something changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    /// Some request is allowed that was denied.
    pub gains: bool,
    /// Some request is denied that was allowed.
    pub loses: bool,
}

impl Authority<'_> {
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
    let keys = probes(before, after);
    let decided = |asked: &Asked<'_, CallContext<'_>>, fixed: &[&Probe]| {
        decide(asked.layers, asked.request, &Tried { base: asked.context, fixed }).allowed
    };
    let mut shift = Shift::default();
    for request in combined(&keys) {
        let (before, after) = (decided(before, &request), decided(after, &request));
        shift.gains |= before.is_false() && after.is_true();
        shift.loses |= before.is_true() && after.is_false();
    }
    shift
}

/// Every combination of what is tried for the keys, as far as there are not too many.
fn combined(keys: &[Vec<Probe>]) -> Vec<Vec<&Probe>> {
    let mut requests: Vec<Vec<&Probe>> = vec![Vec::new()];
    for probes in keys.iter().filter(|probes| !probes.is_empty()) {
        let with_each = |request: &Vec<_>| {
            let request = request.clone();
            probes.iter().map(move |probe| request.iter().copied().chain([probe]).collect())
        };
        requests = requests.iter().flat_map(with_each).take(MOST_REQUESTS).collect();
    }
    requests
}
