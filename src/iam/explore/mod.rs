//! The verdict over all contexts that a request can bring.

use std::collections::BTreeMap;

use super::document::Problem;
use super::key::Context;
use super::layers::{PolicyLayers, decide};
use super::request::Request;
use crate::text::{Hole, Truth};

/// What a request context holds for a free key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyAnswer {
    /// The request does not have the key.
    Absent,
    /// One value.
    One(String),
    /// The values of a multivalued key.
    List(Vec<String>),
}

/// The free keys of one request, by their documented spelling.
pub type RequestContext = BTreeMap<String, KeyAnswer>;

/// Why a verdict is unknown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A value known only after apply.
    Hole(Hole),
    /// A part of a policy that cannot be understood.
    NotUnderstood(Problem),
}

/// The answer to whether a request is allowed, over every context that it can bring and everything unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Whatever the context, it is allowed.
    Allowed,
    /// Whatever the context, it is denied.
    Denied,
    /// It depends on what only the request brings.
    Conditional {
        /// A context with which it is allowed, whatever the unknown values are.
        allowed_when: RequestContext,
        /// A context with which it is denied, whatever the unknown values are.
        denied_when: RequestContext,
    },
    /// It depends on what is unknown.
    Unknown {
        /// Why, sorted.
        because: Vec<Reason>,
        /// Whether all contexts were looked at; if not, they were too many.
        explored: bool,
    },
}

/// The verdict on a request.
pub fn explore<C: Context + ?Sized>(layers: &PolicyLayers<'_>, request: &Request, context: &C) -> Verdict {
    match decide(layers, request, context).allowed {
        Truth::True => Verdict::Allowed,
        Truth::False => Verdict::Denied,
        Truth::Maybe => Verdict::Unknown { because: Vec::new(), explored: false },
    }
}
