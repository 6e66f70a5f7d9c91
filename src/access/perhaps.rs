//! Policies that are attached perhaps.

use super::layers::{Attached, Layers};
use crate::iam::{PolicyDocument, PolicyLayers};

/// Documents that are attached perhaps, as documents each of whose statements applies perhaps.
pub(super) struct Perhaps {
    identity: Vec<Option<PolicyDocument>>,
    boundaries: Vec<Option<(PolicyDocument, PolicyDocument)>>,
    service_control: Vec<Vec<Option<PolicyDocument>>>,
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
            service_control: layers
                .service_control
                .iter()
                .map(|level| {
                    level.iter().map(|attached| perhaps(attached).map(|(document, _)| document)).collect()
                })
                .collect(),
        }
    }

    pub(super) fn layers<'d>(&'d self, documents: &'d [PolicyDocument], layers: &Layers) -> PolicyLayers<'d> {
        let certain = |attached: &Attached| documents.get(attached.document);
        let identity = layers.identity.iter().zip(&self.identity);
        let boundaries = layers.boundaries.iter().zip(&self.boundaries);
        let levels = layers.service_control.iter().zip(&self.service_control);
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
            service_control: levels
                .map(|(level, perhaps)| {
                    let documents = level.iter().zip(perhaps);
                    documents
                        .filter_map(|(attached, perhaps)| perhaps.as_ref().or_else(|| certain(attached)))
                        .collect()
                })
                .collect(),
            ..PolicyLayers::default()
        }
    }
}
