//! What the operations on a broker need beside their own call, and whether each principal has it.
//!
//! What is needed is data ([`crate::aws::requirements`]); whether it is allowed is decided by the same engine and the
//! same layers as the matrix. Principals whose policies say the same about the actions are asked once. A question is
//! asked about any broker of a region first: only what that leaves unknown is asked again for the single broker.

mod context;
mod deployer;

mod gaps;
mod keys;
mod needs;
mod provider;
mod questions;
mod resources;
mod service;
mod set;
mod supposed;

use std::sync::OnceLock;

use crate::access::{Matrix, Overrides, Verdict};
use crate::aws::Operation;
use crate::aws::arn::Place;
use crate::graph::{BrokerFacts, Graph, State as When};

use needs::Needs;
use questions::{On, is_of_key};
use service::Service;

pub use deployer::{CallState, Deployer, PlannedCall};
pub use gaps::{Gap, NeededCall};
pub use set::ActionSet;
pub use supposed::Standing;

/// The answer to whether a principal may make a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Whatever the request's context.
    Allowed,
    /// Never.
    Denied,
    /// It depends on what only the request brings.
    Conditional,
    /// It depends on what nothing tells.
    Unknown,
}

/// What is wrong with one principal, broker and operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// Required, and certainly not allowed.
    pub missing: ActionSet,
    /// Required and neither allowed nor denied; or perhaps required and not allowed.
    pub unresolved: ActionSet,
    /// Of these, what may fail though the operation's own call is allowed.
    pub doubtful: ActionSet,
    /// Listed by other sources, and certainly not allowed.
    pub advised: ActionSet,
}

/// The answers of a class of principals to the actions, by the actions.
#[derive(Clone, Copy, Debug, Default)]
struct Answers {
    allowed: ActionSet,
    denied: ActionSet,
    conditional: ActionSet,
    /// Neither: to be asked for the single broker.
    open: ActionSet,
}

/// A broker, with what its operations need.
struct Prepared<'g> {
    facts: &'g BrokerFacts,
    needs: [Needs; 3],
    place: usize,
}

/// Whether principals have what the operations need.
pub struct Requirements<'g> {
    graph: &'g Graph,
    matrix: &'g Matrix,
    overrides: &'g Overrides,
    keys: keys::Keys<'g>,
    brokers: Vec<Option<Prepared<'g>>>,
    places: Vec<Place>,
    services: OnceLock<Vec<Service<'g>>>,
    gaps: OnceLock<Vec<Gap>>,
}

/// The state after apply is what is asked about.
const AFTER: When = When::After;

impl<'g> Requirements<'g> {
    /// Prepares the brokers; principals are looked at once something is asked.
    pub fn new(graph: &'g Graph, matrix: &'g Matrix, overrides: &'g Overrides) -> Self {
        let mut places: Vec<Place> = Vec::new();
        let brokers = graph.brokers.iter().map(|&node| {
            let broker = graph.broker(node)?;
            let facts = broker.facts.after.as_ref()?;
            let place = resources::place_of(facts);
            let known = places.iter().position(|known| *known == place);
            let place = known.unwrap_or_else(|| {
                places.push(place);
                places.len().saturating_sub(1)
            });
            let needs = needs::of_broker(graph, broker, AFTER)?;
            Some(Prepared { facts, needs, place })
        });
        let brokers = brokers.collect();
        let keys = keys::Keys::new(graph, AFTER);
        let (services, gaps) = (OnceLock::new(), OnceLock::new());
        Self { graph, matrix, overrides, keys, brokers, places, services, gaps }
    }

    /// What is wrong with an operation of a principal on a broker, by their positions in the graph; nothing where the
    /// operation itself is neither allowed nor conditional.
    pub fn cell(&self, principal: usize, broker: usize, operation: Operation) -> Cell {
        match self.matrix.verdict(AFTER, principal, broker, operation) {
            Some(Verdict::Allowed) => self.judge(principal, broker, operation, true),
            Some(Verdict::Conditional { .. }) => self.judge(principal, broker, operation, false),
            _ => Cell::default(),
        }
    }

    fn judge(&self, principal: usize, broker: usize, operation: Operation, is_allowed: bool) -> Cell {
        let Some(prepared) = self.brokers.get(broker).and_then(Option::as_ref) else {
            return Cell::default();
        };
        let needs = prepared.needs.get(operation.index()).copied().unwrap_or_default();
        if needs.all().is_empty() {
            return Cell::default();
        }
        needs.cell(self.answers(principal, broker, prepared, needs.all()), is_allowed)
    }

    /// The answers to `wanted` for one broker.
    fn answers(
        &self,
        principal: usize,
        broker: usize,
        prepared: &Prepared<'g>,
        wanted: ActionSet,
    ) -> Answers {
        let general = self.in_general(principal, prepared.place);
        self.with_open(general, wanted, |service, position| {
            service.about_broker(self, principal, position, (broker, prepared))
        })
    }

    /// The answers about any broker of a place.
    fn in_general(&self, principal: usize, place: usize) -> Answers {
        let mut answers = Answers::default();
        for service in self.services() {
            answers.join(service.general(self, principal, place));
        }
        answers
    }

    /// The answers, with those to `wanted` that are open asked again.
    fn with_open(
        &self,
        mut answers: Answers,
        wanted: ActionSet,
        mut ask: impl FnMut(&Service<'g>, usize) -> Option<State>,
    ) -> Answers {
        for position in answers.open.and(wanted).positions() {
            let service = self.services().iter().find(|service| service.actions.contains(position));
            if let Some(state) = service.and_then(|service| ask(service, position)) {
                answers.set(position, state);
            }
        }
        answers
    }

    fn services(&self) -> &[Service<'g>] {
        self.services.get_or_init(|| Service::all(self, self.wanted()))
    }

    /// Everything that some operation on some broker needs.
    fn wanted(&self) -> ActionSet {
        let needs = self.brokers.iter().flatten().flat_map(|prepared| prepared.needs);
        needs.fold(ActionSet::EMPTY, |all, needs| all.or(needs.all()))
    }
}

impl Needs {
    /// What is wrong where these are the answers.
    fn cell(self, answers: Answers, is_allowed: bool) -> Cell {
        let open = answers.open.or(answers.conditional);
        let unsettled = self.unsettled.without(answers.allowed);
        let doubtful = if is_allowed { open } else { answers.open };
        Cell {
            missing: self.required.and(answers.denied),
            unresolved: self.required.and(open).or(unsettled),
            doubtful: self.required.and(doubtful).or(unsettled),
            advised: self.advised.and(answers.denied),
        }
    }
}

impl Answers {
    fn set(&mut self, position: usize, state: State) {
        let mut one = ActionSet::EMPTY;
        one.insert(position);
        self.open = self.open.without(one);
        let set = match state {
            State::Allowed => &mut self.allowed,
            State::Denied => &mut self.denied,
            State::Conditional => &mut self.conditional,
            State::Unknown => &mut self.open,
        };
        *set = set.or(one);
    }

    fn join(&mut self, other: Self) {
        self.allowed = self.allowed.or(other.allowed);
        self.denied = self.denied.or(other.denied);
        self.conditional = self.conditional.or(other.conditional);
        self.open = self.open.or(other.open);
    }
}
