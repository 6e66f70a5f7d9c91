//! What the bitsets leave of the policies of a group of brokers, to be explored.
//!
//! It is made of nothing but what the key of the question names: who asks an equal question gets the same answer, with the
//! same requests as examples, whoever was first.

use super::layers::Attached;
use crate::iam::{Effect, PolicyDocument, PolicyLayers};
use crate::text::Hole;

/// A statement that possibly applies.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct OpenStatement {
    pub(super) effect: Effect,
    /// Its conditions, where they leave it open.
    pub(super) conditions: Option<usize>,
    /// Its resources, where nothing is known of them.
    pub(super) resources: Option<usize>,
    /// What it hangs on that it is attached.
    pub(super) unless: Option<Hole>,
}

/// The statements that possibly apply, without conditions that are known to hold, and what else may be in the documents:
/// by layer, each in a document of its own.
pub(super) struct LeftOpen {
    boundaries: usize,
    layers: Vec<Vec<PolicyDocument>>,
}

impl LeftOpen {
    /// Nothing yet. Behind the layer of the identity policies stand so many boundaries, then the service control policies.
    pub(super) fn new(boundaries: usize) -> Self {
        Self { boundaries, layers: Vec::new() }
    }

    /// Adds a layer: documents of which parts are unknown, or that are attached perhaps, and statements with their
    /// documents and their positions there. Where identity policies of which nothing is known are `granted`, they are
    /// taken to allow.
    pub(super) fn push(
        &mut self,
        documents: &[PolicyDocument],
        hanging: &[&Attached],
        statements: &[(OpenStatement, &PolicyDocument, usize)],
        granted: bool,
    ) {
        let is_boundary = (1..=self.boundaries).contains(&self.layers.len());
        let mut layer = Vec::new();
        for attached in hanging {
            if let Some(document) = documents.get(attached.document) {
                let mut rest = document.unknown_part();
                if granted {
                    rest = rest.known_part();
                }
                layer.push(match &attached.unless {
                    Some(hole) => rest.perhaps(hole),
                    None => rest,
                });
            }
            // Where it is not attached it does not bound.
            layer.extend(attached.unless.iter().filter(|_| is_boundary).map(PolicyDocument::unknown));
        }
        for (open, document, position) in statements {
            let statement = document.with_statement(*position, open.conditions.is_some());
            layer.push(match &open.unless {
                Some(hole) => statement.perhaps(hole),
                None => statement,
            });
        }
        self.layers.push(layer);
    }

    /// The layers; `allows_all` is one of the identity policies.
    pub(super) fn layers<'d>(&'d self, allows_all: Option<&'d PolicyDocument>) -> PolicyLayers<'d> {
        let mut layers = self.layers.iter().map(|layer| layer.iter().collect::<Vec<_>>());
        let mut identity = layers.next().unwrap_or_default();
        identity.extend(allows_all);
        PolicyLayers {
            identity,
            boundaries: layers.by_ref().take(self.boundaries).collect(),
            service_control: layers.collect(),
            ..PolicyLayers::default()
        }
    }
}
