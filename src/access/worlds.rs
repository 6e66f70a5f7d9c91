//! Verdicts on worlds that never are: with the policies of one state, and facts of the other. They tell which of several
//! changes makes a difference.

use super::calls::Authority;
use super::layers::Layers;
use crate::aws::Operation;
use crate::graph::{BrokerFacts, PrincipalFacts, PrincipalKind};
use crate::iam::Verdict;

/// A principal, and the policies that bear on it, as they are put together.
#[derive(Clone)]
pub struct World<'a> {
    /// What the principal is.
    pub kind: PrincipalKind,
    /// What is known of the principal.
    pub principal: &'a PrincipalFacts,
    /// The policies that bear on it.
    pub layers: Layers,
}

impl Authority<'_> {
    /// The verdicts on an operation in such a world, on brokers with these facts, each in its turn.
    pub fn in_world<'b>(
        &self,
        world: &World<'_>,
        operation: Operation,
        brokers: impl IntoIterator<Item = &'b BrokerFacts>,
    ) -> Vec<Verdict> {
        self.on_facts((world.kind, world.principal), operation, brokers, (&world.layers, &[]))
    }
}
