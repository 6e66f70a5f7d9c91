//! The calls of one AWS service: each question is asked once of all who get the same answer.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::keys::Who;
use super::questions::{On, differs_by_action, is_of_key};
use super::{AFTER, ActionSet, Answers, Prepared, Requirements, State, resources};
use crate::access::{Alike, Callers, Supposed};
use crate::aws::arn::Place;
use crate::aws::requirements::{Check, Requirements as Data};
use crate::hash::HashMap;

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
}

/// Answers, by what decides calls of an action ([`Callers::standing`]) and by question.
#[derive(Default)]
struct Known {
    /// By place.
    general: HashMap<(usize, usize, usize), State>,
    /// By broker.
    single: HashMap<(usize, usize, usize), State>,
    /// By what the call is to who asks.
    alike: HashMap<(usize, usize, Alike), State>,
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
            questions.push(Question { position, action, check, same });
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
                let state = self.callers.standing(class, index).and_then(|standing| {
                    let key = (standing, question.same, place);
                    let known = self.known().general.get(&key).copied();
                    known.or_else(|| {
                        let state = self.ask_in_general(all, standing, question, all.places.get(place)?)?;
                        self.known().general.insert(key, state);
                        Some(state)
                    })
                });
                answers.set(question.position, state.unwrap_or(State::Unknown));
            }
            answers
        })
    }

    fn ask_in_general(
        &self,
        all: &Requirements<'_>,
        standing: usize,
        question: &Question,
        place: &Place,
    ) -> Option<State> {
        let on = On::any(place);
        self.callers.ask(standing, |asker| all.ask_in_general(asker, question.action, question.check, on))
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
        let on = On::broker(all.places.get(prepared.place)?, prepared.facts);
        let state = if is_of_key(question.check) {
            self.of_key(all, principal, index, (broker, on))
        } else if resources::differ(question.check) {
            self.single(all, principal, index, (broker, on))
        } else {
            return None;
        };
        Some(state.unwrap_or(State::Unknown))
    }

    fn single(
        &self,
        all: &Requirements<'_>,
        principal: usize,
        index: usize,
        (broker, on): (usize, On<'_>),
    ) -> Option<State> {
        let question = self.questions.get(index)?;
        let standing = self.callers.standing(self.callers.class_of(principal)?, index)?;
        let key = (standing, question.same, broker);
        if let Some(state) = self.known().single.get(&key) {
            return Some(*state);
        }
        let state = self.callers.ask(standing, |asker| {
            all.each(question.action, question.check, on, |call| {
                let Some(alike) = asker.alike(call) else { return State::of(&asker.verdict(call)) };
                let alike = (standing, question.same, alike);
                if let Some(state) = self.known().alike.get(&alike) {
                    return *state;
                }
                let state = State::of(&asker.verdict(call));
                self.known().alike.insert(alike, state);
                state
            })
        })?;
        self.known().single.insert(key, state);
        Some(state)
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
        let state = self.callers.ask_one(principal, index, Supposed::default(), |asker| {
            all.each(question.action, question.check, on, |call| all.keys.answer(asker, &who, call))
        })?;
        self.known().of_keys.insert(key, state);
        Some(state)
    }
}
