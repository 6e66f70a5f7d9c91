//! Verdicts on worlds that never are: with the policies of one state, and facts of the other. They tell which of several
//! changes makes a difference.

use super::calls::{Authority, Call, Supposed};
use super::layers::Layers;
use super::matrix::is_other_account;
use crate::aws::Operation;
use crate::aws::operations::Target;
use crate::graph::{BrokerFacts, PrincipalFacts, PrincipalKind};
use crate::iam::{KeyName, Reason, Verdict, explore};
use crate::text::{Text, Truth};

/// A principal and a broker, as they are put together.
#[derive(Clone)]
pub struct World<'a> {
    /// What the principal is.
    pub kind: PrincipalKind,
    /// What is known of the principal.
    pub principal: &'a PrincipalFacts,
    /// The policies that bear on it.
    pub layers: Layers,
    /// What is known of the broker.
    pub broker: &'a BrokerFacts,
}

impl Authority<'_> {
    /// The verdict on an operation in such a world.
    pub fn in_world(&self, world: &World<'_>, operation: Operation) -> Verdict {
        let elsewhere = is_other_account(&world.principal.account, &world.broker.account);
        if elsewhere.is_true() {
            return Verdict::Denied;
        }
        let keys = |name: &KeyName| self.of_broker(operation, world.broker, name);
        let resource = match operation.target() {
            Target::AnyResource => Text::from("*"),
            Target::Broker => world.broker.arn.clone(),
        };
        let call = Call { action: operation.action(), resource, keys: &keys };
        let who = (world.kind, world.principal);
        let verdict =
            self.with_layers(who, &world.layers, &call, Supposed::default(), |layers, request, context| {
                explore(layers, request, context)
            });
        if elsewhere == Truth::Maybe && verdict != Verdict::Denied {
            let accounts = [&world.principal.account, &world.broker.account];
            let because = accounts.into_iter().flat_map(Text::holes).next().cloned().map(Reason::Hole);
            return Verdict::Unknown { because: because.into_iter().collect(), explored: true };
        }
        verdict
    }
}
