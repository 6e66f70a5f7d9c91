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
mod resources;
mod set;

use std::sync::{Mutex, OnceLock, PoisonError};

use crate::access::{Alike, Asker, Call, Callers, Matrix, Overrides, Verdict};
use crate::aws::Operation;
use crate::aws::arn::Place;
use crate::aws::requirements::{Check, CheckedOn, Requirements as Data};
use crate::graph::{BrokerFacts, Graph, PrincipalKind, State as When, Tags};
use crate::hash::HashMap;
use crate::iam::{KeyName, Request};
use crate::text::{Text, Truth};

use context::TagsOf;
use needs::Needs;
use resources::Resources;

pub use deployer::{CallState, Deployer, PlannedCall};
pub use gaps::{Gap, NeededCall};
pub use set::ActionSet;

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

/// The actions of one service, and the principals in classes that get the same answers to them.
struct Service<'g> {
    actions: ActionSet,
    callers: Callers<'g>,
    /// By class and place: the answers about any broker of the place.
    general: Vec<Vec<OnceLock<Answers>>>,
    /// By class: the answers about single brokers.
    single: Vec<Mutex<Single>>,
    /// By principal, action and broker: calls of AWS KMS.
    of_keys: Mutex<HashMap<(usize, usize, usize), State>>,
}

/// The answers of a class about single brokers.
#[derive(Default)]
struct Single {
    /// By action and broker.
    known: HashMap<(usize, usize), State>,
    /// By action, and what the call is to the class.
    alike: HashMap<(usize, Alike), State>,
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
        let answers = self.answers(principal, broker, prepared, needs.all());
        let open = answers.open.or(answers.conditional);
        let unsettled = needs.unsettled.without(answers.allowed);
        let doubtful = if is_allowed { open } else { answers.open };
        Cell {
            missing: needs.required.and(answers.denied),
            unresolved: needs.required.and(open).or(unsettled),
            doubtful: needs.required.and(doubtful).or(unsettled),
            advised: needs.advised.and(answers.denied),
        }
    }

    /// The answers to `wanted` for one broker.
    fn answers(
        &self,
        principal: usize,
        broker: usize,
        prepared: &Prepared<'g>,
        wanted: ActionSet,
    ) -> Answers {
        let mut answers = Answers::default();
        for service in self.services().iter().filter(|service| !service.actions.and(wanted).is_empty()) {
            let general = service.general(self, principal, prepared.place);
            let again = general.open.and(wanted);
            answers.join(general);
            if again.is_empty() {
                continue;
            }
            for position in again.positions() {
                let Some((action, check)) = Data::shipped().actions().nth(position) else { continue };
                let about = (position, action, check);
                let state = if is_of_key(check) {
                    self.of_key(service, principal, about, broker, prepared)
                } else if resources::differ(check) {
                    self.single(service, principal, about, broker, prepared)
                } else {
                    continue;
                };
                answers.set(position, state);
            }
        }
        answers
    }

    fn services(&self) -> &[Service<'g>] {
        self.services.get_or_init(|| {
            let wanted = self.wanted();
            let actions = || Data::shipped().actions().enumerate().filter(|(at, _)| wanted.contains(*at));
            let mut groups: Vec<(&str, ActionSet, Vec<&str>)> = Vec::new();
            for (position, (action, _)) in actions() {
                let service = action.split_once(':').map_or(action, |(service, _)| service);
                if groups.last().is_none_or(|(last, ..)| *last != service) {
                    groups.push((service, ActionSet::EMPTY, Vec::new()));
                }
                if let Some((_, set, names)) = groups.last_mut() {
                    set.insert(position);
                    names.push(action);
                }
            }
            let names: Vec<Vec<&str>> = groups.iter().map(|(_, _, names)| names.clone()).collect();
            let policies = self.keys.policies();
            let callers =
                Callers::of_groups(self.graph, self.matrix, self.overrides, AFTER, &names, policies);
            let service = |((_, actions, _), callers): ((_, ActionSet, _), Callers<'g>)| {
                let row = || self.places.iter().map(|_| OnceLock::new()).collect();
                let general = (0..callers.len()).map(|_| row()).collect();
                let single = (0..callers.len()).map(|_| Mutex::default()).collect();
                Service { actions, callers, general, single, of_keys: Mutex::default() }
            };
            groups.into_iter().zip(callers).map(service).collect()
        })
    }

    /// Everything that some operation on some broker needs.
    fn wanted(&self) -> ActionSet {
        let needs = self.brokers.iter().flatten().flat_map(|prepared| prepared.needs);
        needs.fold(ActionSet::EMPTY, |all, needs| all.or(needs.all()))
    }

    fn single(
        &self,
        service: &Service<'g>,
        principal: usize,
        (position, action, check): (usize, &str, &Check),
        broker: usize,
        prepared: &Prepared<'g>,
    ) -> State {
        let Some(class) = service.callers.class_of(principal) else { return State::Unknown };
        let Some(single) = service.single.get(class) else { return State::Unknown };
        let known = || single.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (position, broker);
        if let Some(state) = known().known.get(&key) {
            return *state;
        }
        let state = self.places.get(prepared.place).and_then(|place| {
            let on = On { place, broker: Some(prepared.facts), configuration: None, request: None };
            service.callers.ask(class, |asker| {
                self.each(action, check, on, |call| {
                    let Some(alike) = asker.alike(call) else { return State::of(&asker.verdict(call)) };
                    let alike = (position, alike);
                    if let Some(state) = known().alike.get(&alike) {
                        return *state;
                    }
                    let state = State::of(&asker.verdict(call));
                    known().alike.insert(alike, state);
                    state
                })
            })
        });
        let state = state.unwrap_or(State::Unknown);
        known().known.insert(key, state);
        state
    }

    fn of_key(
        &self,
        service: &Service<'g>,
        principal: usize,
        (position, action, check): (usize, &str, &Check),
        broker: usize,
        prepared: &Prepared<'g>,
    ) -> State {
        let key = (principal, position, broker);
        if let Some(state) = service.of_keys.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return *state;
        }
        let state = self.places.get(prepared.place).and_then(|place| {
            let on = On { place, broker: Some(prepared.facts), configuration: None, request: None };
            self.ask_about_key(&service.callers, principal, (action, check), on, AFTER)
        });
        let state = state.unwrap_or(State::Unknown);
        service.of_keys.lock().unwrap_or_else(PoisonError::into_inner).insert(key, state);
        state
    }

    /// Asks one principal about a call on the key of a broker.
    fn ask_about_key(
        &self,
        callers: &Callers<'_>,
        principal: usize,
        (action, check): (&str, &Check),
        on: On<'_>,
        state: When,
    ) -> Option<State> {
        let node = self.graph.principal(*self.graph.principals.get(principal)?)?;
        let facts = node.facts.get(state).as_ref()?;
        let who = keys::Who { kind: node.kind, facts };
        callers.ask_one(principal, |asker| {
            self.each(action, check, on, |call| self.keys.answer(asker, &who, call))
        })
    }

    /// Asks about a call on any broker of a place. What hangs on what the single broker tells is left open.
    fn ask_in_general(&self, asker: &Asker<'_>, action: &str, check: &Check, on: On<'_>) -> State {
        // The policy of the key counts as well.
        if is_of_key(check) {
            return State::Unknown;
        }
        let hangs_on_tags = check_differs_by_action(action) && asker.looks_at_request_tags();
        self.each(action, check, on, |call| match asker.decision(call).allowed {
            Truth::True => State::Allowed,
            Truth::False => State::Denied,
            Truth::Maybe if hangs_on_tags => State::Unknown,
            Truth::Maybe => State::of(&asker.verdict(call)),
        })
    }

    /// Asks about a call on all the resources that it is checked on.
    fn ask(&self, asker: &Asker<'_>, action: &str, check: &Check, on: On<'_>) -> State {
        self.each(action, check, on, |call| State::of(&asker.verdict(call)))
    }

    fn each(&self, action: &str, check: &Check, on: On<'_>, ask: impl Fn(&Call<'_>) -> State) -> State {
        let mut state = State::Allowed;
        for resource in self.resources(check, on) {
            let keys = self.context(action, check, on, &resource);
            let value = |name: &KeyName| keys.value(name);
            state = state.and(ask(&Call { action, resource: resource.clone(), keys: &value }));
            if state == State::Denied {
                break;
            }
        }
        state
    }

    #[expect(clippy::unused_self, reason = "it is asked like the other questions")]
    fn resources(&self, check: &Check, on: On<'_>) -> Vec<Text> {
        let On { place, broker, configuration, .. } = on;
        Resources { place, broker, configuration: configuration.map(|(arn, _)| arn) }.of(check)
    }

    /// What a call holds for condition keys.
    fn context<'a>(
        &'a self,
        action: &'a str,
        check: &'a Check,
        on: On<'a>,
        resource: &Text,
    ) -> context::Keys<'a> {
        let of_broker = match on.configuration {
            Some((_, tags)) => TagsOf::These(tags),
            None => on.broker.map_or(TagsOf::NotTold, |broker| TagsOf::These(&broker.tags)),
        };
        let (request, resource) = match action {
            "mq:CreateTags" | "mq:DeleteTags" if on.request.is_some() => {
                (on.request.map_or(TagsOf::None, TagsOf::These), of_broker)
            }
            // Whether the tags of what is being created count as its own already is not documented.
            "mq:CreateTags" | "mq:DeleteTags" => (of_broker, TagsOf::NotTold),
            "mq:CreateBroker" | "mq:CreateConfiguration" => (of_broker, TagsOf::None),
            "mq:CreateReplicaBroker" => (TagsOf::None, TagsOf::NotTold),
            _ if action.starts_with("mq:") => (TagsOf::None, of_broker),
            _ if is_of_key(check) => {
                (TagsOf::None, self.keys.tags(resource).map_or(TagsOf::NotTold, TagsOf::These))
            }
            "iam:PassRole" => (TagsOf::None, self.tags_of_role(resource)),
            _ if check.checked_on == [CheckedOn::Anything] => (TagsOf::None, TagsOf::None),
            _ => (TagsOf::NotTold, TagsOf::NotTold),
        };
        context::Keys { action, check, place: on.place, request, resource }
    }

    fn tags_of_role(&self, arn: &Text) -> TagsOf<'_> {
        let principals = self.graph.principals.iter().filter_map(|&node| self.graph.principal(node));
        principals
            .filter(|principal| principal.kind == PrincipalKind::Role)
            .filter_map(|principal| principal.facts.after.as_ref())
            .find(|facts| facts.arn.equals(arn) == Truth::True)
            .map_or(TagsOf::NotTold, |facts| TagsOf::These(&facts.tags))
    }
}

/// What a call is about.
#[derive(Clone, Copy)]
struct On<'a> {
    place: &'a Place,
    /// The broker; `None` for any of the place.
    broker: Option<&'a BrokerFacts>,
    /// The configuration, with its tags, where the call is about one.
    configuration: Option<(&'a Text, &'a Tags)>,
    /// The tags that a call on something that exists sets or removes.
    request: Option<&'a Tags>,
}

/// Whether the tags that a call brings hang on which action it is.
fn check_differs_by_action(action: &str) -> bool {
    action.starts_with("mq:")
}

fn is_of_key(check: &Check) -> bool {
    check.checked_on.contains(&CheckedOn::CustomerKey)
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

impl Service<'_> {
    /// The answers of a principal about any broker of a place.
    fn general(&self, all: &Requirements<'_>, principal: usize, place: usize) -> Answers {
        let Some(class) = self.callers.class_of(principal) else { return Answers::default() };
        let slot = self.general.get(class).and_then(|row| row.get(place));
        let (Some(slot), Some(place)) = (slot, all.places.get(place)) else { return Answers::default() };
        *slot.get_or_init(|| {
            let on = On { place, broker: None, configuration: None, request: None };
            let answers = self.callers.ask(class, |asker| {
                let mut answers = Answers::default();
                let mut known: Vec<(&Check, Vec<Truth>, State)> = Vec::new();
                let actions = Data::shipped().actions().enumerate();
                for (position, (action, check)) in actions.filter(|(at, _)| self.actions.contains(*at)) {
                    // Actions of a service differ in what they are checked on, and in which statements name them.
                    let concerned = asker.concerned(&Request::new(action, Text::from("*")));
                    let same = known.iter().find(|(other, statements, _)| {
                        *other == check && *statements == concerned && !check_differs_by_action(action)
                    });
                    let state = match same {
                        Some((_, _, state)) => *state,
                        None => all.ask_in_general(asker, action, check, on),
                    };
                    known.push((check, concerned, state));
                    answers.set(position, state);
                }
                answers
            });
            answers.unwrap_or_default()
        })
    }
}
