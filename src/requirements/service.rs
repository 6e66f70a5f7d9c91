//! The calls of one AWS service: each question is asked once of all who get the same answer.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::keys::Who;
use super::questions::{On, differs_by_action, is_of_key};
use super::{AFTER, ActionSet, Answers, Prepared, Requirements, State, resources};
use crate::access::{Added, Alike, Callers};
use crate::aws::arn::Place;
use crate::aws::requirements::{Check, Requirements as Data};
use crate::hash::HashMap;
use crate::iam::Subject;

/// The actions of one service, and who may make which calls.
pub(super) struct Service<'g> {
    pub(super) actions: ActionSet,
    pub(super) callers: Callers<'g>,
    questions: Vec<Question>,
    /// By class of principals and place: the answers about any broker of the place.
    general: Vec<Vec<OnceLock<Answers>>>,
    known: Mutex<Known>,
}

/// A call that is needed.
struct Question {
    /// The position of the action among all that requirements name.
    position: usize,
    action: &'static str,
    check: &'static Check,
    /// The first question that differs from this one in nothing but the name of the action.
    same: usize,
    /// By place: the resources that the call is checked on for any broker.
    in_general: Vec<OnceLock<Box<[Subject]>>>,
    /// By broker: the resources that the call is checked on.
    resources: Vec<OnceLock<Box<[Subject]>>>,
}

/// Answers, by what decides calls of an action ([`Callers::standing`]) and by question.
#[derive(Default)]
struct Known {
    /// About any broker, by place.
    general: HashMap<(usize, usize), Arc<[State]>>,
    /// For all brokers.
    single: HashMap<(usize, usize), Arc<[State]>>,
    /// Calls of AWS KMS: by principal, question and broker.
    of_keys: HashMap<(usize, usize, usize), State>,
}

impl<'g> Service<'g> {
    /// The services of the actions that are wanted.
    pub(super) fn all(all: &Requirements<'g>, wanted: ActionSet) -> Vec<Self> {
        let mut groups: Vec<(&str, ActionSet, Vec<Question>)> = Vec::new();
        let actions = Data::shipped().actions().enumerate();
        for (position, (action, check)) in actions.filter(|(position, _)| wanted.contains(*position)) {
            let service = action.split_once(':').map_or(action, |(service, _)| service);
            if groups.last().is_none_or(|(last, ..)| *last != service) {
                groups.push((service, ActionSet::EMPTY, Vec::new()));
            }
            let Some((_, set, questions)) = groups.last_mut() else { continue };
            set.insert(position);
            let is_same = |other: &Question| other.check == check && !differs_by_action(action);
            let same = questions.iter().position(is_same).unwrap_or(questions.len());
            // Resources are prepared for the first of those that are the same.
            let is_first = same == questions.len();
            let slots = |count| (0..count).filter(|_| is_first).map(|_| OnceLock::new()).collect();
            let (in_general, resources) = (slots(all.places.len()), slots(all.brokers.len()));
            questions.push(Question { position, action, check, same, in_general, resources });
        }
        let names = |(_, _, questions): &(_, _, Vec<Question>)| {
            questions.iter().map(|question| question.action).collect()
        };
        let names: Vec<Vec<&str>> = groups.iter().map(names).collect();
        let policies = all.keys.policies();
        let callers = Callers::of_groups(all.graph, all.matrix, all.overrides, AFTER, &names, policies);
        let service = |((_, actions, questions), callers): ((_, ActionSet, _), Callers<'g>)| {
            let row = || all.places.iter().map(|_| OnceLock::new()).collect();
            let general = (0..callers.len()).map(|_| row()).collect();
            Self { actions, callers, questions, general, known: Mutex::default() }
        };
        groups.into_iter().zip(callers).map(service).collect()
    }

    /// The position of an action among those of the service; `position` is the one among all that requirements name.
    pub(super) fn index(&self, position: usize) -> Option<usize> {
        self.questions.iter().position(|question| question.position == position)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answers of a principal about any broker of a place.
    pub(super) fn general(&self, all: &Requirements<'_>, principal: usize, place: usize) -> Answers {
        let Some(class) = self.callers.class_of(principal) else { return Answers::default() };
        let slot = self.general.get(class).and_then(|row| row.get(place));
        let Some(slot) = slot else { return Answers::default() };
        *slot.get_or_init(|| {
            let mut answers = Answers::default();
            for (index, question) in self.questions.iter().enumerate() {
                let states = self.callers.standing(class, index).and_then(|standing| {
                    let key = (standing, question.same);
                    let known = self.known().general.get(&key).cloned();
                    known.or_else(|| {
                        let states = self.ask_in_general(all, standing, question)?;
                        self.known().general.insert(key, Arc::clone(&states));
                        Some(states)
                    })
                });
                let state = states.and_then(|states| states.get(place).copied());
                answers.set(question.position, state.unwrap_or(State::Unknown));
            }
            answers
        })
    }

    /// Asks about any broker, place by place.
    fn ask_in_general(
        &self,
        all: &Requirements<'_>,
        standing: usize,
        question: &Question,
    ) -> Option<Arc<[State]>> {
        let same = self.questions.get(question.same)?;
        self.callers.ask(standing, |asker| {
            let state = |(place, prepared): (&Place, &OnceLock<Box<[Subject]>>)| {
                let on = On::any(place);
                let resources = prepared.get_or_init(|| on.prepared(question.check));
                all.ask_in_general(asker, question.action, question.check, on, resources)
            };
            all.places.iter().zip(&same.in_general).map(state).collect()
        })
    }

    /// The answer of a principal about one broker; `None` where it is the same for all.
    pub(super) fn about_broker(
        &self,
        all: &Requirements<'_>,
        principal: usize,
        position: usize,
        (broker, prepared): (usize, &Prepared<'_>),
    ) -> Option<State> {
        let index = self.index(position)?;
        let question = self.questions.get(index)?;
        let state = if is_of_key(question.check) {
            let on = On::broker(all.places.get(prepared.place)?, prepared.facts);
            self.of_key(all, principal, index, (broker, on))
        } else if resources::differ(question.check) {
            self.single(all, principal, index, broker)
        } else {
            return None;
        };
        Some(state.unwrap_or(State::Unknown))
    }

    /// The resources that a question is about, of one broker.
    pub(super) fn resources(&self, all: &Requirements<'_>, index: usize, broker: usize) -> &[Subject] {
        let same = self.questions.get(index).and_then(|question| self.questions.get(question.same));
        let Some((question, slot)) = same.and_then(|same| Some((same, same.resources.get(broker)?))) else {
            return &[];
        };
        slot.get_or_init(|| all.on(broker).map(|on| on.prepared(question.check)).unwrap_or_default())
    }

    /// The answers of a principal about each broker; `None` where they are the same for all, or hang on the brokers' keys.
    pub(super) fn about_each(
        &self,
        all: &Requirements<'_>,
        principal: usize,
        position: usize,
    ) -> Option<Arc<[State]>> {
        let index = self.index(position)?;
        let check = self.questions.get(index)?.check;
        (!is_of_key(check) && resources::differ(check)).then(|| self.each(all, principal, index))?
    }

    fn single(&self, all: &Requirements<'_>, principal: usize, index: usize, broker: usize) -> Option<State> {
        self.each(all, principal, index)?.get(broker).copied()
    }

    /// Who is asked about one broker is asked about the others too.
    fn each(&self, all: &Requirements<'_>, principal: usize, index: usize) -> Option<Arc<[State]>> {
        let question = self.questions.get(index)?;
        let standing = self.callers.standing(self.callers.class_of(principal)?, index)?;
        let key = (standing, question.same);
        if let Some(states) = self.known().single.get(&key) {
            return Some(Arc::clone(states));
        }
        let states: Arc<[State]> = self.callers.ask(standing, |asker| {
            let concerned = asker.concerned_by(question.action);
            let mut known: HashMap<Alike, State> = HashMap::default();
            let mut state = |broker: usize| {
                let Some(on) = all.on(broker) else { return State::Unknown };
                let resources = self.resources(all, index, broker);
                all.each(question.action, question.check, on, resources, |call| match concerned.alike(call) {
                    Some(alike) => *known.entry(alike).or_insert_with(|| State::of(&asker.verdict(call))),
                    None => State::of(&asker.verdict(call)),
                })
            };
            (0..all.brokers.len()).map(&mut state).collect()
        })?;
        self.known().single.insert(key, Arc::clone(&states));
        Some(states)
    }

    fn of_key(
        &self,
        all: &Requirements<'_>,
        principal: usize,
        index: usize,
        (broker, on): (usize, On<'_>),
    ) -> Option<State> {
        let question = self.questions.get(index)?;
        let key = (principal, index, broker);
        if let Some(state) = self.known().of_keys.get(&key) {
            return Some(*state);
        }
        let node = all.graph.principal(*all.graph.principals.get(principal)?)?;
        let who = Who { kind: node.kind, facts: node.facts.get(AFTER).as_ref()? };
        let state = self.callers.ask_one(principal, index, Added::default(), |asker| {
            let resources = self.resources(all, index, broker);
            all.each(question.action, question.check, on, resources, |call| {
                all.keys.answer(asker, &who, call)
            })
        })?;
        self.known().of_keys.insert(key, state);
        Some(state)
    }
}
