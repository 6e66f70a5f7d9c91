//! IAM: policy documents, patterns, conditions, variables and the evaluation of requests. Knows neither Terraform nor
//! Amazon MQ.
//!
//! There is one evaluator, three-valued from the ground up: [`decide`] gives the decision on a request whose context
//! is fixed, [`explore`] the verdict over all contexts that a request can bring.

mod condition;
mod derived;
mod document;
mod explore;
mod glob;
mod holes;
mod key;
mod key_name;
mod layers;
mod node;
mod operator;
mod parse;
mod pattern;
mod principal;
mod reader;
mod refused;
mod request;
mod resource_policy;
mod selection;
mod statement;
mod subject;
#[cfg(test)]
mod tests;
mod token;
mod value;

pub use condition::Condition;
pub use document::{PolicyDocument, Problem};
pub use explore::{Asked, KeyAnswer, Probe, Probes, Reason, RequestContext, Tried, Verdict, explore, probes};
pub use key::{
    Context, ContextTable, KeyFacts, KeyKind, KeyName, KeyState, KeyValue, Meeting, Question, Role,
    is_spelling_of,
};
pub use layers::{Applying, Decision, Layer, Outcome, PolicyLayers, applying, decide, deciding};
pub use operator::{Comparison, Operator, Quantifier, Relation};
pub use pattern::{Pattern, PatternKind, Tokens};
pub use principal::{Identity, Naming, Principal, PrincipalEntry, Requester};
pub use request::Request;
pub use resource_policy::{Caller, Through};
pub use selection::{Entry, Selection};
pub use statement::{Effect, Statement};
pub use subject::Subject;
pub use value::{iso_8601, seconds_of};
