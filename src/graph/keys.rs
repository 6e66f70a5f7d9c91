//! Keys of AWS KMS that the plan holds, with their policies, and the service-linked role of Amazon MQ.

use super::build::{Builder, document};
use super::facts::{self, values};
use super::{Document, PerState, State, Tags};
use crate::plan::{ResourceChange, Value};
use crate::text::{Text, Truth};

/// A key of AWS KMS.
#[derive(Clone, Debug)]
pub struct Key {
    /// The resource address: of the key, or of a policy for a key that the plan does not hold.
    pub id: Box<str>,
    /// What is known of it in each state; `None` where it does not exist, or the plan does not say.
    pub facts: PerState<Option<KeyFacts>>,
}

/// What is known of a key in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    /// Its ARN.
    pub arn: Text,
    /// Its tags.
    pub tags: Tags,
    /// Its policy; `None` where it has the one that AWS gives to a key without: the account is let in.
    pub policy: Option<Document>,
}

/// The types whose resources are keys with a policy of their own.
const KEYS: [&str; 3] = ["aws_kms_external_key", "aws_kms_key", "aws_kms_replica_key"];

/// The service that the service-linked role belongs to.
const SERVICE: &str = "mq.amazonaws.com";
/// The name of the role.
const ROLE: &str = "AWSServiceRoleForAmazonMQ";

impl Builder<'_> {
    pub(super) fn add_keys(&mut self) {
        for kind in KEYS {
            for resource in self.managed(kind) {
                let at = |state| values(resource, state).map(|values| self.key(resource, values, state));
                let facts = PerState { before: at(State::Before), after: at(State::After) };
                self.graph.keys.push(Key { id: resource.address_text.clone(), facts });
            }
        }
        for resource in self.managed("aws_kms_key_policy") {
            for state in [State::Before, State::After] {
                self.key_policy(resource, state);
            }
        }
        self.graph.keys.sort_by(|a, b| a.id.cmp(&b.id));
    }

    fn key(&self, resource: &ResourceChange, values: &Value, state: State) -> KeyFacts {
        let arn = facts::text_or_hole(resource, values, "arn", crate::text::Shape::ANY);
        let policy = match values.member("policy") {
            // Computed: the policy that AWS gives to a key without.
            Value::Unknown(_) if state == State::After && !(self.configured)(&resource.address, "policy") => {
                None
            }
            value => document(value),
        };
        KeyFacts { arn, tags: facts::tags(resource, values), policy }
    }

    /// A policy that is a resource of its own replaces that of its key.
    fn key_policy(&mut self, resource: &ResourceChange, state: State) {
        let Some(values) = values(resource, state) else { return };
        let Some(named) = values.member("key_id").to_text() else { return };
        let policy = document(values.member("policy"));
        let is_named = |key: &Key| {
            key.facts.get(state).as_ref().is_some_and(|facts| {
                let by_id = named.as_known().is_some_and(|id| ends_with(&facts.arn, id));
                let by_reference = named.holes().any(|hole| hole.address() == &*key.id);
                by_id || by_reference || facts.arn.equals(&named) == Truth::True
            })
        };
        if let Some(key) = self.graph.keys.iter_mut().find(|key| is_named(key)) {
            if let Some(facts) = key.facts.get_mut(state) {
                facts.policy = policy;
            }
            return;
        }
        let place = &self.provider(resource).place;
        let is_arn = named.as_known().is_none_or(|named| named.starts_with("arn:"));
        let arn = if is_arn { named } else { place.key(&named) };
        let hole = crate::text::Hole::new(&*resource.address_text, "tags", crate::text::Shape::ANY);
        let shown = KeyFacts { arn, tags: Tags::Unknown(hole), policy };
        let id = resource.address_text.clone();
        if let Some(key) = self.graph.keys.iter_mut().find(|key| key.id == id) {
            *key.facts.get_mut(state) = Some(shown);
            return;
        }
        let mut facts = PerState::default();
        *facts.get_mut(state) = Some(shown);
        self.graph.keys.push(Key { id, facts });
    }

    /// Notes in which accounts the plan shows the service-linked role of Amazon MQ.
    pub(super) fn add_service_linked_roles(&mut self) {
        for resource in self.managed("aws_iam_service_linked_role") {
            let account = self.provider(resource).place.account.unmarked();
            for state in [State::Before, State::After] {
                let shown = values(resource, state).map(|values| values.member("aws_service_name"));
                if shown.and_then(Value::as_str) == Some(SERVICE) {
                    self.graph.service_linked_roles.get_mut(state).insert(account.clone());
                }
            }
        }
        for resource in self.data("aws_iam_role") {
            let name = resource.after.as_ref().map(|values| values.member("name"));
            if name.and_then(Value::as_str) == Some(ROLE) {
                let account = self.provider(resource).place.account.unmarked();
                for state in [State::Before, State::After] {
                    self.graph.service_linked_roles.get_mut(state).insert(account.clone());
                }
            }
        }
    }
}

/// Whether a text ends in the key id `id`.
fn ends_with(arn: &Text, id: &str) -> bool {
    arn.as_known().and_then(|arn| arn.strip_suffix(id)).is_some_and(|rest| rest.ends_with("key/"))
}

#[cfg(test)]
mod tests {
    use super::ends_with;

    #[test]
    fn key_ids_end_arns_as_a_whole() {
        assert!(ends_with(&"arn:aws:kms:eu-west-1:1:key/abc".into(), "abc"));
        assert!(!ends_with(&"arn:aws:kms:eu-west-1:1:key/abc".into(), "bc"));
    }
}
