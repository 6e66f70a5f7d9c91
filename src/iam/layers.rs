//! The layers of policies that a request has to pass, and the decision.

use super::document::PolicyDocument;
use super::key::Context;
use super::request::Request;
use super::statement::{Effect, Statement};
use crate::text::Truth;

/// The policies that a request of one principal has to pass.
///
/// In each layer a statement has to allow the request; a denying statement in any of them denies it.
#[derive(Clone, Debug, Default)]
pub struct PolicyLayers<'a> {
    /// The identity policies: of the principal, and of a user's groups.
    pub identity: Vec<&'a PolicyDocument>,
    /// The permissions boundary; several, where each has to allow.
    pub boundaries: Vec<Vec<&'a PolicyDocument>>,
    /// The session policies, if the session has any.
    pub session: Option<Vec<&'a PolicyDocument>>,
    /// The service control policies, by level from the root down.
    pub service_control: Vec<Vec<&'a PolicyDocument>>,
    /// The trust policy of the role that is to be assumed.
    pub trust: Option<Vec<&'a PolicyDocument>>,
}

/// A layer of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The identity policies.
    Identity,
    /// The permissions boundary with this index.
    Boundary(usize),
    /// The session policies.
    Session,
    /// The service control policies of the level with this index.
    ServiceControl(usize),
    /// The trust policy of the role that is to be assumed.
    Trust,
}

impl<'a> PolicyLayers<'a> {
    /// The layers that have to allow a request, each with its documents.
    pub fn iter(&self) -> impl Iterator<Item = (Layer, &[&'a PolicyDocument])> {
        let boundaries = self.boundaries.iter().enumerate();
        let levels = self.service_control.iter().enumerate();
        std::iter::once((Layer::Identity, &*self.identity))
            .chain(boundaries.map(|(index, set)| (Layer::Boundary(index), &**set)))
            .chain(self.session.as_deref().map(|set| (Layer::Session, set)))
            .chain(levels.map(|(index, set)| (Layer::ServiceControl(index), &**set)))
            .chain(self.trust.as_deref().map(|set| (Layer::Trust, set)))
    }
}

/// The outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Every layer allows it and none denies it.
    Allowed,
    /// A statement denies it.
    ExplicitDeny,
    /// No statement denies it, but a layer does not allow it.
    ImplicitDeny,
}

/// The decision on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is allowed.
    pub allowed: Truth,
    /// Whether a statement denies it.
    pub denied: Truth,
}

impl Decision {
    /// The outcome, if it is certain.
    pub fn outcome(self) -> Option<Outcome> {
        match (self.allowed, self.denied) {
            (Truth::True, _) => Some(Outcome::Allowed),
            (_, Truth::True) => Some(Outcome::ExplicitDeny),
            (Truth::False, Truth::False) => Some(Outcome::ImplicitDeny),
            _ => None,
        }
    }
}

/// Decides a request. What the context leaves free counts as unknown; [`super::explore`] goes further.
#[inline]
pub fn decide<C: Context + ?Sized>(layers: &PolicyLayers<'_>, request: &Request, context: &C) -> Decision {
    let mut denied = Truth::False;
    let mut allowed = set(&layers.identity, request, context, &mut denied);
    for boundary in &layers.boundaries {
        allowed = allowed.and(set(boundary, request, context, &mut denied));
    }
    if let Some(session) = &layers.session {
        allowed = allowed.and(set(session, request, context, &mut denied));
    }
    for level in &layers.service_control {
        allowed = allowed.and(set(level, request, context, &mut denied));
    }
    if let Some(trust) = &layers.trust {
        allowed = allowed.and(set(trust, request, context, &mut denied));
    }
    Decision { allowed: allowed.and(!denied), denied }
}

/// Whether a set of documents allows the request; joins to `denied` whether one denies it.
fn set<C: Context + ?Sized>(
    documents: &[&PolicyDocument],
    request: &Request,
    context: &C,
    denied: &mut Truth,
) -> Truth {
    let mut allowed = Truth::False;
    for document in documents {
        document.judge(request, context, &mut allowed, denied);
    }
    allowed
}

/// A statement that applies, or may apply, to a request.
#[derive(Clone, Copy, Debug)]
pub struct Applying<'a> {
    /// The layer.
    pub layer: Layer,
    /// The place of the document in its layer.
    pub document_index: usize,
    /// The document.
    pub document: &'a PolicyDocument,
    /// The statement.
    pub statement: &'a Statement,
    /// Whether it certainly applies.
    pub applies: Truth,
}

/// The statements that apply, or may apply, to a request, in the order of the layers.
pub fn applying<'a, C: Context + ?Sized>(
    layers: &PolicyLayers<'a>,
    request: &Request,
    context: &C,
) -> Vec<Applying<'a>> {
    let mut found = Vec::new();
    for (layer, documents) in layers.iter() {
        for (document_index, &document) in documents.iter().enumerate() {
            for statement in document.statements() {
                let applies = statement.applies(request, context);
                if !applies.is_false() {
                    found.push(Applying { layer, document_index, document, statement, applies });
                }
            }
        }
    }
    found
}

/// The statements that decide a concrete request: those that deny it if one does, else those that allow it if it is
/// allowed, else none.
pub fn deciding<'a, C: Context + ?Sized>(
    layers: &PolicyLayers<'a>,
    request: &Request,
    context: &C,
) -> Vec<Applying<'a>> {
    let effect = match decide(layers, request, context).outcome() {
        Some(Outcome::Allowed) => Effect::Allow,
        Some(Outcome::ExplicitDeny) => Effect::Deny,
        Some(Outcome::ImplicitDeny) | None => return Vec::new(),
    };
    let mut found = applying(layers, request, context);
    found.retain(|item| item.applies.is_true() && item.statement.effect() == Some(effect));
    found
}
