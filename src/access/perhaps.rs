//! Policies that are attached perhaps.

use super::layers::{Attached, Layers};
use crate::iam::{PolicyDocument, PolicyLayers};

/// Documents that are attached perhaps, as documents each of whose statements applies perhaps.
pub(super) struct Perhaps {
    identity: Vec<Option<PolicyDocument>>,
    boundaries: Vec<Option<(PolicyDocument, PolicyDocument)>>,
}

impl Perhaps {
    pub(super) fn new(documents: &[PolicyDocument], layers: &Layers) -> Self {
        let perhaps = |attached: &Attached| {
            let document = documents.get(attached.document)?;
            attached.unless.as_ref().map(|hole| (document.perhaps(hole), PolicyDocument::unknown(hole)))
        };
        Self {
            identity: layers
                .identity
                .iter()
                .map(|attached| perhaps(attached).map(|(document, _)| document))
                .collect(),
            boundaries: layers.boundaries.iter().map(perhaps).collect(),
        }
    }

    pub(super) fn layers<'d>(&'d self, documents: &'d [PolicyDocument], layers: &Layers) -> PolicyLayers<'d> {
        let certain = |attached: &Attached| documents.get(attached.document);
        let identity = layers.identity.iter().zip(&self.identity);
        let boundaries = layers.boundaries.iter().zip(&self.boundaries);
        PolicyLayers {
            identity: identity
                .filter_map(|(attached, perhaps)| perhaps.as_ref().or_else(|| certain(attached)))
                .collect(),
            boundaries: boundaries
                .map(|(attached, perhaps)| match perhaps {
                    Some((document, anything)) => vec![document, anything],
                    None => certain(attached).into_iter().collect(),
                })
                .collect(),
            ..PolicyLayers::default()
        }
    }
}
