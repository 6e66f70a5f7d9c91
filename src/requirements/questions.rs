//! Single questions: whether an asker may make a call that an operation needs.

use super::context::{self, TagsOf};
use super::resources::{Resources, differ};
use super::{Requirements, State};
use crate::access::{Asker, Call};
use crate::aws::arn::Place;
use crate::aws::requirements::{Check, CheckedOn};
use crate::graph::{BrokerFacts, PrincipalKind, Tags};
use crate::iam::{KeyName, Subject};
use crate::text::{Text, Truth};

/// What a call is about.
#[derive(Clone, Copy)]
pub(super) struct On<'a> {
    pub(super) place: &'a Place,
    /// The broker; `None` for any of the place.
    pub(super) broker: Option<&'a BrokerFacts>,
    /// The configuration, with its tags, where the call is about one.
    pub(super) configuration: Option<(&'a Text, &'a Tags)>,
    /// The tags that a call on something that exists sets or removes.
    pub(super) request: Option<&'a Tags>,
}

impl<'a> On<'a> {
    /// Any broker of a place.
    pub(super) const fn any(place: &'a Place) -> Self {
        Self { place, broker: None, configuration: None, request: None }
    }

    /// One broker.
    pub(super) const fn broker(place: &'a Place, broker: &'a BrokerFacts) -> Self {
        Self { place, broker: Some(broker), configuration: None, request: None }
    }

    /// The resources that a call is checked on.
    pub(super) fn resources(self, check: &Check) -> Vec<Text> {
        let Self { place, broker, configuration, .. } = self;
        Resources { place, broker, configuration: configuration.map(|(arn, _)| arn) }.of(check)
    }

    /// The same, to be matched with patterns.
    pub(super) fn prepared(self, check: &Check) -> Box<[Subject]> {
        self.resources(check).into_iter().map(Subject::new).collect()
    }
}

impl Requirements<'_> {
    /// Asks about a call on any broker of a place. What hangs on what the single broker tells is left open.
    pub(super) fn ask_in_general(
        &self,
        asker: &Asker<'_>,
        action: &str,
        check: &Check,
        on: On<'_>,
        resources: &[Subject],
    ) -> State {
        // The policy of the key counts as well.
        if is_of_key(check) {
            return State::Unknown;
        }
        let hangs_on_tags = differs_by_action(action) && asker.looks_at_request_tags();
        self.each(action, check, on, resources, |call| match asker.decision(call).allowed {
            Truth::True => State::Allowed,
            Truth::False => State::Denied,
            Truth::Maybe if hangs_on_tags => State::Unknown,
            // Where policies tell brokers apart, each is asked about anyway.
            Truth::Maybe if differ(check) && asker.concerned_by(action).alike(call).is_none() => {
                State::Unknown
            }
            Truth::Maybe => State::of(&asker.verdict(call)),
        })
    }

    /// Asks about a call on all the resources that it is checked on.
    pub(super) fn ask(&self, asker: &Asker<'_>, action: &str, check: &Check, on: On<'_>) -> State {
        self.each(action, check, on, &on.prepared(check), |call| State::of(&asker.verdict(call)))
    }

    /// Asks about a call on each of the resources, as far as it is not denied on one of them.
    pub(super) fn each(
        &self,
        action: &str,
        check: &Check,
        on: On<'_>,
        resources: &[Subject],
        mut ask: impl FnMut(&Call<'_>) -> State,
    ) -> State {
        let mut state = State::Allowed;
        for resource in resources {
            let keys = self.context(action, check, on, resource);
            let value = |name: &KeyName| keys.value(name);
            state = state.and(ask(&Call { action, resource: resource.clone(), keys: &value }));
            if state == State::Denied {
                break;
            }
        }
        state
    }

    /// What a call holds for condition keys.
    pub(super) fn context<'a>(
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

    pub(super) fn tags_of_role(&self, arn: &Text) -> TagsOf<'_> {
        let principals = self.graph.principals.iter().filter_map(|&node| self.graph.principal(node));
        principals
            .filter(|principal| principal.kind == PrincipalKind::Role)
            .filter_map(|principal| principal.facts.after.as_ref())
            .find(|facts| facts.arn.equals(arn) == Truth::True)
            .map_or(TagsOf::NotTold, |facts| TagsOf::These(&facts.tags))
    }
}

/// Whether the tags that a call brings hang on which action it is.
pub(super) fn differs_by_action(action: &str) -> bool {
    action.starts_with("mq:")
}

pub(super) fn is_of_key(check: &Check) -> bool {
    check.checked_on.contains(&CheckedOn::CustomerKey)
}
