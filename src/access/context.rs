//! The context of the request that is judged: what the plan fixes, what nature fixes, what is unknown, what is free.
//!
//! The principal itself calls Amazon MQ directly, with no session policy, and with no session tags but those that the plan
//! tells of.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::facts::{Fact, broker_fact, keys_of, principal_fact, shown_tag, tag};
use super::origin::{Origin, origin};
use super::overrides::Overrides;
use crate::aws::Operation;
use crate::aws::condition_keys::{self, ConditionKey, KeyType};
use crate::completion::IgnoredTags;
use crate::graph::{BrokerFacts, PrincipalFacts, PrincipalKind, Tags};
use crate::iam::{Context, ContextTable, KeyFacts, KeyKind, KeyName, KeyState, KeyValue};
use crate::text::{Hole, Shape, Text};

/// Where a key's value comes from.
#[derive(Clone, Debug)]
pub(super) enum KeyRule {
    Fixed(KeyValue),
    Principal,
    Broker,
}

/// Every key that the policies look at, with where its value comes from.
#[derive(Debug, Default)]
pub struct Keys {
    sources: BTreeMap<KeyName, KeyRule>,
}

impl Keys {
    /// Decides where the value of each of `names` comes from.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a KeyName>, overrides: &Overrides) -> Self {
        let mut sources = BTreeMap::new();
        for name in names {
            if sources.contains_key(name) {
                continue;
            }
            let source = match overrides.get(name) {
                Some(values) => KeyRule::Fixed(overridden(name, values)),
                None => match origin(name) {
                    Origin::Principal | Origin::Session => KeyRule::Principal,
                    Origin::Broker => KeyRule::Broker,
                    Origin::Nature(value) => KeyRule::Fixed(KeyValue::one(value)),
                    Origin::Never | Origin::NoSuchKey => KeyRule::Fixed(KeyValue::Absent),
                    Origin::Organization => {
                        KeyRule::Fixed(KeyValue::Unknown(Hole::new("", documented(name), Shape::ANY)))
                    }
                    Origin::Free => KeyRule::Fixed(KeyValue::Free(facts(name, None))),
                },
            };
            sources.insert(name.clone(), source);
        }
        Self { sources }
    }

    /// Where the value of a key comes from; `None` for a key that no policy looks at.
    pub(super) fn rule(&self, name: &KeyName) -> Option<&KeyRule> {
        self.sources.get(name)
    }

    /// The facts that the policies look at of a principal.
    pub fn of_principal<'k>(
        &self,
        kind: PrincipalKind,
        principal: &PrincipalFacts,
        names: impl IntoIterator<Item = &'k KeyName>,
    ) -> Vec<(KeyName, Fact)> {
        self.facts(
            names,
            |source| matches!(source, KeyRule::Principal),
            |name| principal_fact(name.lower(), kind, principal),
        )
    }

    /// What somebody of whom nothing is known may bring, of what else hangs on the principal.
    pub fn of_anybody<'k>(&self, names: impl IntoIterator<Item = &'k KeyName>) -> Vec<(KeyName, Fact)> {
        let is_brought = |name: &&KeyName| origin(name) == Origin::Session;
        let names = names.into_iter().filter(is_brought);
        self.facts(names, |source| matches!(source, KeyRule::Principal), |_| Fact::Session(false))
    }

    /// What a request about a broker holds for a key, if the key is the broker's.
    pub(super) fn fact_of_broker(
        &self,
        operation: Operation,
        broker: &BrokerFacts,
        name: &KeyName,
    ) -> Option<Fact> {
        is_of_broker(self, name).then(|| broker_fact(name.lower(), operation, broker))
    }

    /// The facts that the policies look at of a broker, for an operation.
    pub fn of_broker<'k>(
        &self,
        operation: Operation,
        broker: &BrokerFacts,
        names: impl IntoIterator<Item = &'k KeyName>,
    ) -> Vec<(KeyName, Fact)> {
        self.facts(
            names,
            |source| matches!(source, KeyRule::Broker),
            |name| broker_fact(name.lower(), operation, broker),
        )
    }

    fn facts<'k>(
        &self,
        names: impl IntoIterator<Item = &'k KeyName>,
        which: impl Fn(&KeyRule) -> bool,
        fact: impl Fn(&KeyName) -> Fact,
    ) -> Vec<(KeyName, Fact)> {
        let names = names.into_iter().filter(|name| self.sources.get(*name).is_some_and(&which));
        names.map(|name| (name.clone(), fact(name))).collect()
    }
}

/// Whether a key's value comes from the broker, and from nothing else.
pub(super) fn is_of_broker(keys: &Keys, name: &KeyName) -> bool {
    matches!(keys.sources.get(name), Some(KeyRule::Broker))
}

/// Whether a key's value comes from the principal.
pub(super) fn is_of_principal(keys: &Keys, name: &KeyName) -> bool {
    matches!(keys.sources.get(name), Some(KeyRule::Principal))
}

/// What a request holds for the tag key `key`, in lower case, where it brings `tags`.
pub fn tag_value(tags: &Tags, key: &str) -> KeyValue {
    value_of(&KeyName::new(key), &tag(tags, key))
}

/// The same of something that is there, of which the provider does not show some tags.
pub fn shown_tag_value(tags: &Tags, ignored: Option<&IgnoredTags>, arn: &Text, key: &str) -> KeyValue {
    value_of(&KeyName::new(key), &shown_tag(tags, ignored, arn, key))
}

/// What a request holds for `aws:TagKeys` where it brings `tags`.
pub fn tag_keys(tags: &Tags) -> KeyValue {
    value_of(&KeyName::new("aws:TagKeys"), &keys_of(tags))
}

/// Facts as the evaluation looks them up.
pub(super) fn table(entries: &[(KeyName, Fact)]) -> ContextTable {
    let mut table = ContextTable::new();
    for (name, fact) in entries {
        table.insert(name.spelled(), value_of(name, fact));
    }
    table
}

fn value_of(name: &KeyName, fact: &Fact) -> KeyValue {
    match fact {
        Fact::Absent => KeyValue::Absent,
        Fact::One(text) => KeyValue::one(text.clone()),
        Fact::Many(texts) => KeyValue::list(texts.iter().cloned()),
        Fact::Unknown(hole) => KeyValue::Unknown(hole.clone()),
        Fact::Member(form) => KeyValue::Free(facts_of_member(name, form.clone())),
        Fact::Session(always) => KeyValue::Free(KeyFacts { may_be_absent: !always, ..facts(name, None) }),
    }
}

/// The context of one request.
pub(super) struct Judged<'a> {
    /// Where the keys come from.
    pub keys: &'a Keys,
    /// The facts of the principal.
    pub principal: &'a ContextTable,
    /// The facts of the broker.
    pub broker: &'a ContextTable,
}

impl Context for Judged<'_> {
    fn key(&self, name: &KeyName) -> KeyState<'_> {
        match self.keys.sources.get(name) {
            Some(KeyRule::Fixed(value)) => value.state(),
            Some(KeyRule::Principal) => self.principal.key(name),
            Some(KeyRule::Broker) => self.broker.key(name),
            None => KeyState::Absent,
        }
    }
}

fn overridden(name: &KeyName, values: &[String]) -> KeyValue {
    let multivalued = condition_keys::find(name.lower()).is_some_and(|key| key.multivalued);
    match values {
        [] => KeyValue::Absent,
        [only] if !multivalued => KeyValue::one(only.as_str()),
        several => KeyValue::list(several.iter().map(String::as_str)),
    }
}

/// A key that the caller brings as it likes; `form` is what every value has in common.
pub fn free(name: &KeyName, form: Option<Text>) -> KeyValue {
    KeyValue::Free(facts(name, form))
}

/// A key as it is shown: as the policy spells it, save what is sensitive.
pub fn shown_key(name: &KeyName) -> Cow<'_, str> {
    if name.is_sensitive() {
        condition_keys::spelling_of_sensitive(name.spelled())
    } else {
        Cow::Borrowed(name.spelled())
    }
}

/// The documented spelling of a key, as it is shown.
fn documented(name: &KeyName) -> String {
    if name.is_sensitive() { shown_key(name) } else { condition_keys::spelling(name.spelled()) }.into_owned()
}

/// What is known of a key that the caller brings.
fn facts(name: &KeyName, form: Option<Text>) -> KeyFacts {
    let known: Option<&ConditionKey> = condition_keys::find(name.lower());
    KeyFacts {
        name: documented(name).into(),
        kind: known.map_or(KeyKind::String, |key| match key.value_type {
            KeyType::String => KeyKind::String,
            KeyType::Arn => KeyKind::Arn,
            KeyType::Bool => KeyKind::Bool,
            KeyType::Date => KeyKind::Date,
            KeyType::IpAddress => KeyKind::IpAddress,
            KeyType::Numeric => KeyKind::Numeric,
        }),
        multivalued: known.is_some_and(|key| key.multivalued),
        may_be_absent: known.is_none_or(|key| !key.is_always_present()),
        form,
    }
}

/// A key of a group differs by member. All members are users, who always have a name, an ARN and an id.
fn facts_of_member(name: &KeyName, form: Option<Text>) -> KeyFacts {
    let is_tag = name.lower().starts_with("aws:principaltag/");
    KeyFacts { may_be_absent: is_tag, ..facts(name, form) }
}

#[cfg(test)]
mod tests {
    use super::{KeyRule, Keys, Overrides};
    use crate::iam::{KeyName, KeyState};

    fn fixed(given: &[(&str, &str)], key: &str) -> Option<String> {
        let pairs: Vec<(String, String)> =
            given.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let name = KeyName::new(key);
        let keys = Keys::new([&name], &Overrides::new(&pairs).unwrap());
        let Some(KeyRule::Fixed(value)) = keys.rule(&name) else { return None };
        match value.state() {
            KeyState::Present { values, .. } => values.first().map(|value| value.text().to_string()),
            _ => None,
        }
    }

    #[test]
    fn the_time_is_one_in_both_of_its_keys() {
        let noon = ("aws:CurrentTime", "2026-06-01T12:00:00Z");
        assert_eq!(fixed(&[noon], "aws:EpochTime").as_deref(), Some("1780315200"));
        let epoch = ("aws:epochtime", "1780315200");
        assert_eq!(fixed(&[epoch], "aws:CurrentTime").as_deref(), Some(noon.1));
        assert_eq!(fixed(&[], "aws:EpochTime"), None);
    }

    #[test]
    fn a_key_that_is_not_known_is_absent_and_can_be_set() {
        assert_eq!(fixed(&[], "aws:MFAPresent"), None);
        assert_eq!(fixed(&[("aws:MFAPresent", "true")], "aws:mfapresent").as_deref(), Some("true"));
    }
}
