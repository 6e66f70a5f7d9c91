//! The verdict over all contexts that a request can bring.

mod aims;
mod automaton;
mod candidates;
mod derive;
mod forms;
mod language;
#[cfg(test)]
mod many_tests;
mod overlay;
mod probe;
mod product;
mod samples;
mod search;
#[cfg(test)]
mod tests;
mod texts;
#[cfg(test)]
mod typed_tests;
mod variable;

use std::collections::BTreeMap;

pub use self::probe::{Asked, Probe, Probes, Tried, probes};

use self::search::{LiveLayer, Search};
use self::variable::variables;
use super::document::{PolicyDocument, Problem};
use super::key::Context;
use super::layers::{PolicyLayers, decide};
use super::request::Request;
use super::statement::Statement;
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
///
/// The classes of every free key come from the conditions that name it; one of each class is tried, and of the keys
/// only those that still matter. What is unknown is tried the same way, by the answers to the questions that it
/// leaves open.
pub fn explore<C: Context + ?Sized>(layers: &PolicyLayers<'_>, request: &Request, context: &C) -> Verdict {
    match decide(layers, request, context).allowed {
        Truth::True => return Verdict::Allowed,
        Truth::False => return Verdict::Denied,
        Truth::Maybe => {}
    }
    let live = live(layers, request, context);
    let statements: Vec<&Statement> =
        live.iter().flat_map(|layer| layer.statements.iter().copied()).collect();
    let variables = variables(&statements, request, context);
    Search::new(&live, layers, request, &variables, context).run()
}

/// The layers without the statements that cannot apply.
fn live<'a, C: Context + ?Sized>(
    layers: &PolicyLayers<'a>,
    request: &Request,
    context: &C,
) -> Vec<LiveLayer<'a>> {
    let reduce = |documents: &[&'a PolicyDocument]| {
        let statements = documents.iter().flat_map(|document| document.statements());
        let can_apply = |statement: &&Statement| !statement.applies(request, context).is_false();
        LiveLayer {
            statements: statements.filter(can_apply).collect(),
            documents: documents.iter().copied().filter(|document| document.has_unknown()).collect(),
        }
    };
    layers.iter().map(|(_, documents)| reduce(documents)).collect()
}
