//! Calls that operations need, asked about with policies supposed to be other than the plan has them.

use super::keys::Who;
use super::resources::differ;
use super::service::Service;
use super::{AFTER, On, Requirements, State, is_of_key};
use crate::access::{Added, Alike, Asker, Authority, Call, Supposed};
use crate::aws::requirements::Requirements as Data;
use crate::hash::HashMap;
use crate::iam::{KeyName, Subject};

/// What decides the calls of an action by a principal: those who have it in common get the same answers, as long as
/// nothing that is supposed looks at the principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Standing {
    service: usize,
    /// As the callers of the service number it.
    number: usize,
    principal: Option<usize>,
}

impl Requirements<'_> {
    /// The resources that an action is checked on when it is needed for a broker, by its position in the graph.
    pub fn checked_on(&self, action: &str, broker: usize) -> &[Subject] {
        match self.service_of(action) {
            Some((_, service, index)) => service.resources(self, index, broker),
            None => &[],
        }
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

    /// What decides the calls of an action by a principal; `None` where the principal does not exist after apply.
    pub fn standing(&self, principal: usize, action: &str) -> Option<Standing> {
        let (position, service, index) = self.service_of(action)?;
        let number = service.callers.standing(service.callers.class_of(principal)?, index)?;
        // The policy of a key may name the principal.
        let principal = Self::is_about_key(action).then_some(principal);
        Some(Standing { service: position, number, principal })
    }

    /// Whether a principal may make calls of an action that operations on any of the brokers need, with further
    /// policies. `None` where the principal does not exist after apply.
    pub fn supposing(
        &self,
        principal: usize,
        action: &str,
        brokers: &[usize],
        added: Added<'_>,
    ) -> Option<State> {
        let (_, service, index) = self.service_of(action)?;
        let node = self.graph.principal(*self.graph.principals.get(principal)?)?;
        let who = Who { kind: node.kind, facts: node.facts.get(AFTER).as_ref()? };
        service.callers.ask_one(principal, index, added, |asker| {
            let concerned = asker.concerned_by(action);
            let mut known: HashMap<Alike, State> = HashMap::default();
            let mut answer = |call: &Call<'_>| {
                if Self::is_about_key(action) {
                    return self.keys.answer(asker, &who, call);
                }
                match concerned.alike(call) {
                    Some(alike) => *known.entry(alike).or_insert_with(|| State::of(&asker.verdict(call))),
                    None => State::of(&asker.verdict(call)),
                }
            };
            let Some(check) = Data::shipped().check(action) else { return State::Allowed };
            let mut all = State::Allowed;
            for &broker in brokers {
                let Some(on) = self.on(broker) else { continue };
                all = all.and(self.each(
                    action,
                    check,
                    on,
                    service.resources(self, index, broker),
                    &mut answer,
                ));
                if all == State::Denied {
                    break;
                }
            }
            all
        })
    }

    /// The service of an action with its number, and the position of the action in it.
    fn service_of(&self, action: &str) -> Option<(usize, &Service<'_>, usize)> {
        let position = Data::shipped().position(action)?;
        let services = self.services().iter().enumerate();
        services.into_iter().find_map(|(number, service)| Some((number, service, service.index(position)?)))
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
                let Some(on) = self.on(broker) else { return Vec::new() };
                let one = |resource: &Subject| {
                    let keys = self.context(action, check, on, resource);
                    let value = |name: &KeyName| keys.value(name);
                    ask(asker, &Call { action, resource: resource.clone(), keys: &value })
                };
                self.checked_on(action, broker).iter().map(one).collect()
            };
            calls.iter().map(each).collect()
        })
    }

    pub(super) fn on(&self, broker: usize) -> Option<On<'_>> {
        let prepared = self.brokers.get(broker)?.as_ref()?;
        Some(On::broker(self.places.get(prepared.place)?, prepared.facts))
    }
}
