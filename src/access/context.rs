//! The context of the request that is judged: what the plan fixes, what nature fixes, what is unknown, what is free.
//!
//! The principal itself calls Amazon MQ directly, with no session policy, and with no session tags but those that the plan
//! tells of.

use std::collections::BTreeMap;

use crate::aws::condition_keys::{self, ConditionKey, KeyType, Presence};
use crate::aws::{Operation, arn};
use crate::completion::IgnoredTags;
use crate::graph::{BrokerFacts, PrincipalFacts, PrincipalKind, Tags};
use crate::iam::{Context, ContextTable, KeyFacts, KeyKind, KeyName, KeyState, KeyValue, is_spelling_of};
use crate::text::{CharSet, Hole, Run, Shape, Text};

/// What a request holds for a key, in a form that can be compared: principals with the same facts are of one class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// The request does not have the key.
    Absent,
    /// One value.
    One(Text),
    /// A list.
    Many(Vec<Text>),
    /// It hangs on something that nothing tells.
    Unknown(Hole),
    /// Each member of the group brings its own; the form that all of them have.
    Member(Option<Text>),
    /// The session brings it as it likes; whether it always does.
    Session(bool),
}

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

/// A key of `--context` that cannot be fixed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the plan fixes the key {key} for each principal and broker: it cannot be set with --context; leave it out"
)]
pub struct FixedByPlan {
    /// The key, as given.
    pub key: String,
}

/// What the user fixes for the whole analysis: by key, its values; none means absent.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    entries: BTreeMap<KeyName, Vec<String>>,
}

impl Overrides {
    /// Takes `KEY=VALUE` pairs: an empty value means absent, several values are a list.
    pub fn new(pairs: &[(String, String)]) -> Result<Self, FixedByPlan> {
        let mut entries: BTreeMap<KeyName, Vec<String>> = BTreeMap::new();
        for (key, value) in pairs {
            let name = KeyName::new(key);
            if is_fixed(&name) {
                return Err(FixedByPlan { key: key.clone() });
            }
            let values = entries.entry(name).or_default();
            if !value.is_empty() {
                values.push(value.clone());
            }
        }
        Ok(Self { entries })
    }
}

/// Keys that the plan, or the nature of the request, fixes.
fn is_fixed(name: &KeyName) -> bool {
    !matches!(origin(name), Origin::Free | Origin::Session | Origin::Organization)
        && name.lower() != "aws:userid"
}

/// What decides the value of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Principal,
    Broker,
    Nature(&'static str),
    Never,
    Organization,
    /// The caller brings it as it likes, and whether it can hangs on the kind of principal.
    Session,
    Free,
}

fn origin(name: &KeyName) -> Origin {
    let lower = name.lower();
    match lower {
        "aws:principalarn" | "aws:principalaccount" | "aws:principaltype" | "aws:username" | "aws:userid" => {
            Origin::Principal
        }
        "aws:requestedregion" | "aws:resourceaccount" | "aws:tagkeys" => Origin::Broker,
        "aws:securetransport" => Origin::Nature("true"),
        "aws:viaawsservice" | "aws:principalisawsservice" => Origin::Nature("false"),
        "aws:principalorgid" | "aws:principalorgpaths" | "aws:resourceorgid" | "aws:resourceorgpaths" => {
            Origin::Organization
        }
        _ if lower.starts_with("aws:principaltag/") => Origin::Principal,
        _ if lower.starts_with("aws:resourcetag/") || lower.starts_with("aws:requesttag/") => Origin::Broker,
        _ if ["aws:calledvia", "aws:sourceorg", "aws:principalservice"]
            .iter()
            .any(|stem| lower.starts_with(stem)) =>
        {
            Origin::Never
        }
        // The principal of a session of the root user is that user.
        "aws:assumedroot" | "aws:sourceaccount" | "aws:sourcearn" => Origin::Never,
        "aws:tokenissuetime" => Origin::Session,
        _ if is_federation(lower)
            || condition_keys::find(lower).is_some_and(|key| key.presence == Presence::OfRoles) =>
        {
            Origin::Session
        }
        _ if lower.starts_with("aws:") || condition_keys::find(lower).is_some() => Origin::Free,
        // Keys of a service are in the requests to that service alone, and Amazon MQ has none.
        _ => Origin::Never,
    }
}

/// Keys that a federated session carries: those of identity providers, named by host, and of SAML.
fn is_federation(lower: &str) -> bool {
    lower.split_once(':').is_some_and(|(prefix, _)| prefix == "saml" || prefix.contains('.'))
}

impl Keys {
    /// Decides where the value of each of `names` comes from.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a KeyName>, overrides: &Overrides) -> Self {
        let mut sources = BTreeMap::new();
        for name in names {
            if sources.contains_key(name) {
                continue;
            }
            let source = match overrides.entries.get(name) {
                Some(values) => KeyRule::Fixed(overridden(name, values)),
                None => match origin(name) {
                    Origin::Principal | Origin::Session => KeyRule::Principal,
                    Origin::Broker => KeyRule::Broker,
                    Origin::Nature(value) => KeyRule::Fixed(KeyValue::one(value)),
                    Origin::Never => KeyRule::Fixed(KeyValue::Absent),
                    Origin::Organization => {
                        let spelled = condition_keys::spelling(name.spelled()).into_owned();
                        KeyRule::Fixed(KeyValue::Unknown(Hole::new("", spelled, Shape::ANY)))
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

fn keys_of(tags: &Tags) -> Fact {
    match tags {
        Tags::Known(tags) if tags.is_empty() => Fact::Absent,
        Tags::Known(tags) => Fact::Many(tags.keys().cloned().collect()),
        Tags::Unknown(hole) => Fact::Unknown(hole.clone()),
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

fn principal_fact(lower: &str, kind: PrincipalKind, principal: &PrincipalFacts) -> Fact {
    let is_group = kind == PrincipalKind::Group;
    match lower {
        "aws:principalaccount" => Fact::One(principal.account.clone()),
        "aws:principaltype" => {
            let is_user = matches!(kind, PrincipalKind::User | PrincipalKind::Group);
            Fact::One(Text::from(if is_user { "User" } else { "AssumedRole" }))
        }
        "aws:principalarn" if is_group => Fact::Member(member_arn(principal)),
        "aws:principalarn" => Fact::One(principal.arn.clone()),
        "aws:username" | "aws:userid" if is_group => Fact::Member(None),
        "aws:username" if kind == PrincipalKind::User => Fact::One(principal.name.clone()),
        "aws:username" => Fact::Absent,
        "aws:userid" => user_id(kind, principal),
        // Whoever acts as a role does so with temporary credentials; a user may.
        "aws:tokenissuetime" => Fact::Session(is_role(kind)),
        _ if !lower.starts_with("aws:principaltag/") => {
            if is_role(kind) {
                Fact::Session(false)
            } else {
                Fact::Absent
            }
        }
        _ => match lower.strip_prefix("aws:principaltag/") {
            Some(_) if is_group => Fact::Member(None),
            Some(key) if is_brought(&principal.session_tags, key) => Fact::Session(false),
            Some(key) => shown_tag(&principal.tags, principal.ignored_tags.as_deref(), &principal.arn, key),
            None => Fact::Absent,
        },
    }
}

const fn is_role(kind: PrincipalKind) -> bool {
    matches!(kind, PrincipalKind::Role | PrincipalKind::PermissionSet)
}

/// `AIDA…` of a user, `AROA…:SESSION` of a role; the session is the caller's to name.
fn user_id(kind: PrincipalKind, principal: &PrincipalFacts) -> Fact {
    match (principal.unique_id.holes().next(), kind) {
        (Some(hole), _) => Fact::Unknown(hole.clone()),
        (None, PrincipalKind::User) => Fact::One(principal.unique_id.clone()),
        (None, _) => {
            let session = Hole::new("", "session name", Shape::IAM_NAME);
            let form =
                Text::builder().push_text(&principal.unique_id).push_str(":").push_hole(&session).finish();
            Fact::Member(Some(form))
        }
    }
}

/// The form of a member's ARN: a user of the group's account, of any path and name.
fn member_arn(group: &PrincipalFacts) -> Option<Text> {
    let [head, partition, service, _, account, _] = arn::split(&group.arn)?;
    let name = CharSet::IAM_NAME.with(CharSet::only(b'/'));
    let path_and_name =
        Hole::new("", "path and name of a member", Shape::new(vec![Run::at_least(1, name)], false));
    let mut form = Text::builder();
    for part in [&head, &partition, &service] {
        form.push_text(part).push_str(":");
    }
    Some(form.push_str(":").push_text(&account).push_str(":user/").push_hole(&path_and_name).finish())
}

fn broker_fact(lower: &str, operation: Operation, broker: &BrokerFacts) -> Fact {
    let creates = operation == Operation::Create;
    match lower {
        "aws:requestedregion" => Fact::One(broker.region.clone()),
        "aws:resourceaccount" => Fact::One(broker.account.clone()),
        "aws:tagkeys" if creates => keys_of(&broker.tags),
        _ if creates => {
            lower.strip_prefix("aws:requesttag/").map_or(Fact::Absent, |key| tag(&broker.tags, key))
        }
        _ => lower.strip_prefix("aws:resourcetag/").map_or(Fact::Absent, |key| {
            shown_tag(&broker.tags, broker.ignored_tags.as_deref(), &broker.arn, key)
        }),
    }
}

/// The value of a tag of something that is there: what the provider does not show is not known.
fn shown_tag(tags: &Tags, ignored: Option<&IgnoredTags>, arn: &Text, key: &str) -> Fact {
    match tag(tags, key) {
        Fact::Absent if ignored.is_some_and(|ignored| ignored.hides(key)) => {
            let what = format!("tag {key} of {arn}, which the provider ignores");
            Fact::Unknown(Hole::new("", what, Shape::ANY))
        }
        fact => fact,
    }
}

/// Whether a session brings a tag with a value of its own.
fn is_brought(session_tags: &[Text], key: &str) -> bool {
    session_tags.iter().any(|name| name.as_known().is_some_and(|name| is_spelling_of(name, key)))
}

/// The value of the tag whose key is `key` when case is left aside, as condition keys are compared.
fn tag(tags: &Tags, key: &str) -> Fact {
    match tags {
        // Two tags of which nothing is known are two unknown values.
        Tags::Unknown(hole) => {
            Fact::Unknown(Hole::new(hole.address(), format!("{}.{key}", hole.attribute()), Shape::ANY))
        }
        Tags::Known(tags) => {
            let same = |name: &Text| name.as_known().is_some_and(|name| is_spelling_of(name, key));
            tags.iter()
                .find(|(name, _)| same(name))
                .map_or(Fact::Absent, |(_, value)| Fact::One(value.clone()))
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

/// What is known of a key that the caller brings.
fn facts(name: &KeyName, form: Option<Text>) -> KeyFacts {
    let known: Option<&ConditionKey> = condition_keys::find(name.lower());
    KeyFacts {
        name: condition_keys::spelling(name.spelled()).into_owned().into(),
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
