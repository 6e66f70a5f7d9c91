//! Calls that operations need, asked about with policies supposed to be other than the plan has them.

use std::cell::RefCell;

use super::keys::Who;
use super::resources::differ;
use super::{AFTER, On, Requirements, State, is_of_key};
use crate::access::{Alike, Asker, Authority, Call, Supposed};
use crate::aws::requirements::{Check, Requirements as Data};
use crate::hash::HashMap;
use crate::iam::KeyName;
use crate::text::Text;

impl Requirements<'_> {
    /// The resources that an action is checked on when it is needed for a broker, by its position in the graph.
    pub fn checked_on(&self, action: &str, broker: usize) -> Vec<Text> {
        let check = Data::shipped().check(action);
        check.and_then(|check| Some(self.on(broker, check)?.1)).unwrap_or_default()
    }

    /// Those of the brokers for which a call of the action may be another one than for the brokers before them.
    pub fn differing(&self, action: &str, brokers: &[usize]) -> Vec<usize> {
        let differs = Data::shipped().check(action).is_none_or(differ);
        let mut places = Vec::new();
        let mut is_new = |broker: &usize| {
            let place = self.brokers.get(*broker).and_then(Option::as_ref).map(|prepared| prepared.place);
            let is_new = !places.contains(&place);
            places.push(place);
            is_new || differs
        };
        brokers.iter().copied().filter(|broker| is_new(broker)).collect()
    }

    /// Whether the action is checked on a key, whose own policy counts.
    pub fn is_about_key(action: &str) -> bool {
        Data::shipped().check(action).is_some_and(is_of_key)
    }

    /// Whether a principal may make calls that operations on brokers need, each an action and a broker, with policies
    /// changed. `None` where the principal does not exist after apply.
    pub fn supposing(
        &self,
        authority: &Authority<'_>,
        principal: usize,
        calls: &[(&str, usize)],
        supposed: Supposed<'_>,
    ) -> Option<Vec<State>> {
        let node = self.graph.principal(*self.graph.principals.get(principal)?)?;
        let who = Who { kind: node.kind, facts: node.facts.get(AFTER).as_ref()? };
        let known: RefCell<HashMap<(String, Alike), State>> = RefCell::default();
        self.with_calls(authority, principal, calls, supposed, |asker, call| {
            if Self::is_about_key(call.action) {
                return self.keys.answer(asker, &who, call);
            }
            let Some(alike) = asker.alike(call) else { return State::of(&asker.verdict(call)) };
            let alike = (call.action.to_owned(), alike);
            if let Some(state) = known.borrow().get(&alike) {
                return *state;
            }
            let state = State::of(&asker.verdict(call));
            known.borrow_mut().insert(alike, state);
            state
        })
        .map(|answers| {
            answers.into_iter().map(|each| each.into_iter().fold(State::Allowed, State::and)).collect()
        })
    }

    /// Gives `ask` calls that operations on brokers need, each once for every resource that it is checked on.
    pub fn with_calls<T>(
        &self,
        authority: &Authority<'_>,
        principal: usize,
        calls: &[(&str, usize)],
        supposed: Supposed<'_>,
        ask: impl Fn(&Asker<'_>, &Call<'_>) -> T,
    ) -> Option<Vec<Vec<T>>> {
        authority.with_asker(AFTER, principal, supposed, self.keys.policies(), |asker| {
            let each = |&(action, broker): &(&str, usize)| {
                let Some(check) = Data::shipped().check(action) else { return Vec::new() };
                let Some((on, resources)) = self.on(broker, check) else { return Vec::new() };
                let one = |resource: Text| {
                    let keys = self.context(action, check, on, &resource);
                    let value = |name: &KeyName| keys.value(name);
                    ask(asker, &Call { action, resource, keys: &value })
                };
                resources.into_iter().map(one).collect()
            };
            calls.iter().map(each).collect()
        })
    }

    fn on(&self, broker: usize, check: &Check) -> Option<(On<'_>, Vec<Text>)> {
        let prepared = self.brokers.get(broker)?.as_ref()?;
        let place = self.places.get(prepared.place)?;
        let on = On::broker(place, prepared.facts);
        Some((on, on.resources(check)))
    }
}
