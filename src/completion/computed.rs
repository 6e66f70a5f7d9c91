//! Attributes that the provider computes: names from prefixes, ids, ARNs, `tags_all`, as texts with holes.
//!
//! Source of the rules: the schemas and the code of the AWS provider, as `tf_iam_types` and `tf_mq` sum them up.

use super::providers::Provider;
use super::tags::DefaultTags;
use crate::aws::arn::ROOT_PATH;
use crate::plan::{Members, Mode, Object, ResourceChange, ResourceConfig, Value};
use crate::source::Evaluator;
use crate::text::{Hole, Shape, Text};

/// Fills in what follows from the other attributes of `change`. Knows nothing that is not certain.
pub(super) fn complete(change: &mut ResourceChange, config: Option<&ResourceConfig>, provider: &Provider) {
    let address = change.address_text.clone();
    let Some(Value::Object(after)) = change.after.as_mut() else { return };
    let mut resource = Attributes { address: &address, after, config, provider };
    let default = default_prefix(&change.address.kind);
    match (change.address.mode, &*change.address.kind) {
        (Mode::Managed, "aws_mq_broker") => resource.broker(),
        (Mode::Managed, "aws_mq_configuration") => resource.configuration(),
        (Mode::Managed, "aws_iam_role") => resource.named_in_iam("role", default),
        (Mode::Managed, "aws_iam_user") => resource.named_in_iam("user", default),
        (Mode::Managed, "aws_iam_group") => resource.named_in_iam("group", default),
        (Mode::Managed, "aws_iam_instance_profile") => resource.named_in_iam("instance-profile", default),
        (Mode::Managed, "aws_iam_policy") => {
            resource.named_in_iam("policy", default);
            let arn = resource.after.members.get("arn").cloned();
            resource.fill("id", arn);
        }
        (Mode::Managed, "aws_kms_key" | "aws_kms_external_key" | "aws_kms_replica_key") => resource.key(),
        (Mode::Managed, "aws_iam_openid_connect_provider") => {
            let arn = resource.text("url").map(|url| resource.provider.place.oidc_provider(&url));
            resource.fill("arn", arn.map(Value::String));
        }
        (Mode::Managed, "aws_iam_saml_provider") => {
            let arn = resource.text("name").map(|name| resource.provider.place.saml_provider(&name));
            resource.fill("arn", arn.map(Value::String));
        }
        (Mode::Data, "aws_caller_identity") => {
            resource.fill("account_id", Some(Value::String(provider.place.account.clone())));
            resource.fill("id", Some(Value::String(provider.place.account.clone())));
        }
        (Mode::Data, "aws_partition") => {
            resource.fill("partition", Some(Value::String(provider.place.partition.clone())));
            resource.fill("id", Some(Value::String(provider.place.partition.clone())));
        }
        (Mode::Data, "aws_region") => {
            for name in ["name", "id", "region"] {
                resource.fill(name, Some(Value::String(provider.place.region.clone())));
            }
        }
        _ => {}
    }
    if change.address.mode == Mode::Managed {
        resource.tags();
    }
}

/// An attribute whose argument turns out to be `null`, so that nothing is configured; `None` where the provider chooses
/// and nothing tells what.
pub(super) fn without(change: &ResourceChange, name: &str, evaluator: &Evaluator<'_>) -> Option<Value> {
    match name {
        "name" if matches!(after(change).member(name), Value::Unknown(_)) => {
            let prefix = prefix(change, evaluator)?;
            Some(Value::String(with_suffix(&change.address_text, &prefix)))
        }
        "name" | "name_prefix" | "security_groups" | "subnet_ids" => None,
        _ => Some(Value::Null),
    }
}

fn after(change: &ResourceChange) -> &Value {
    change.after.as_ref().unwrap_or(&Value::Null)
}

/// What a name begins with that the provider makes.
fn prefix(change: &ResourceChange, evaluator: &Evaluator<'_>) -> Option<Text> {
    if let Value::String(prefix) = after(change).member("name_prefix") {
        return Some(prefix.clone());
    }
    let default = || default_prefix(&change.address.kind).map(Text::from);
    match evaluator.attribute(&change.address, "name_prefix") {
        Some(Value::String(prefix)) => Some(prefix),
        Some(Value::Null) => default(),
        None if evaluator.is_configured(&change.address, "name_prefix") == Some(false) => default(),
        Some(_) | None => None,
    }
}

/// What a name begins with that the provider makes where nothing is configured.
fn default_prefix(kind: &str) -> Option<&'static str> {
    matches!(kind, "aws_iam_role" | "aws_iam_policy" | "aws_iam_instance_profile").then_some("terraform-")
}

fn with_suffix(address: &str, prefix: &Text) -> Text {
    let suffix = Hole::new(address, "name", Shape::NAME_SUFFIX);
    Text::builder().push_text(prefix).push_hole(&suffix).finish()
}

struct Attributes<'a> {
    address: &'a str,
    after: &'a mut Object,
    config: Option<&'a ResourceConfig>,
    provider: &'a Provider,
}

impl Attributes<'_> {
    fn member(&self, name: &str) -> &Value {
        self.after.members.get(name).unwrap_or(&Value::Null)
    }

    fn text(&self, name: &str) -> Option<Text> {
        self.member(name).to_text()
    }

    /// Sets an attribute that is unknown so far; what is known stays.
    fn fill(&mut self, name: &str, value: Option<Value>) {
        if let (Some(slot @ Value::Unknown(_)), Some(value)) = (self.after.members.get_mut(name), value) {
            *slot = value;
        }
    }

    fn is_configured(&self, name: &str) -> bool {
        self.config.is_none_or(|config| config.expressions.contains_key(name))
    }

    fn broker(&mut self) {
        let (Some(name), Some(id)) = (self.text("broker_name"), self.text("id")) else { return };
        let mut place = self.provider.place.clone();
        if let Some(region) = self.text("region") {
            place.region = region;
        }
        self.fill("arn", Some(Value::String(place.broker(&name, &id))));
    }

    fn configuration(&mut self) {
        let Some(id) = self.text("id") else { return };
        let mut place = self.provider.place.clone();
        if let Some(region) = self.text("region") {
            place.region = region;
        }
        self.fill("arn", Some(Value::String(place.configuration(&id))));
    }

    fn key(&mut self) {
        let id = self.after.members.get("key_id").cloned();
        self.fill("id", id);
        let Some(id) = self.text("key_id") else { return };
        let mut place = self.provider.place.clone();
        if let Some(region) = self.text("region") {
            place.region = region;
        }
        self.fill("arn", Some(Value::String(place.key(&id))));
    }

    fn named_in_iam(&mut self, resource: &str, default_prefix: Option<&str>) {
        if let Some(name) = self.generated_name(default_prefix) {
            self.fill("name", Some(Value::String(name)));
        }
        let Some(name) = self.text("name") else { return };
        if resource != "policy" {
            self.fill("id", Some(Value::String(name.clone())));
        }
        let path = match self.member("path") {
            Value::Null => Text::from(ROOT_PATH),
            other => other.to_text().unwrap_or_else(|| Text::from(ROOT_PATH)),
        };
        let place = &self.provider.place;
        let arn = match resource {
            "role" => place.role(&path, &name),
            "user" => place.user(&path, &name),
            "group" => place.group(&path, &name),
            "policy" => place.policy(&path, &name),
            _ => place.instance_profile(&path, &name),
        };
        self.fill("arn", Some(Value::String(arn)));
    }

    /// A name that the provider makes from a prefix; `None` where the name is configured.
    fn generated_name(&self, default_prefix: Option<&str>) -> Option<Text> {
        if !matches!(self.member("name"), Value::Unknown(_)) {
            return None;
        }
        let prefix = match self.member("name_prefix") {
            Value::String(prefix) if !self.name_comes_first() => prefix.clone(),
            _ if !self.is_configured("name") && !self.is_configured("name_prefix") => default_prefix?.into(),
            _ => return None,
        };
        Some(with_suffix(self.address, &prefix))
    }

    fn name_comes_first(&self) -> bool {
        self.config.is_some_and(|config| config.expressions.contains_key("name"))
    }

    /// `tags_all` of a resource whose own tags are known: the provider's default tags under them.
    fn tags(&mut self) {
        let own = match self.member("tags") {
            Value::Object(object) => object.clone(),
            Value::Null => Object::default(),
            _ => return,
        };
        let defaults = match &self.provider.default_tags {
            DefaultTags::None => Object::default(),
            DefaultTags::Known(Value::Object(tags)) => tags.clone(),
            DefaultTags::Known(_) | DefaultTags::Unknown => return,
        };
        let merged = defaults.members.iter().chain(own.members.iter()).filter(|(_, value)| !value.is_null());
        let all = Object {
            members: merged.map(|(key, value)| (key.clone(), value.clone())).collect(),
            sensitive: own.sensitive || defaults.sensitive,
        };
        match self.after.members.get_mut("tags_all") {
            Some(slot @ Value::Unknown(_)) => *slot = Value::Object(all),
            Some(Value::Object(shown)) => fill_members(&mut shown.members, &all.members),
            _ => {}
        }
    }
}

fn fill_members(shown: &mut Members, known: &Members) {
    if !shown.values().any(Value::has_holes) {
        return;
    }
    for (key, value) in shown.iter_mut() {
        if let (Value::Unknown(_), Some(known)) = (&*value, known.get(key)) {
            *value = known.clone();
        }
    }
}
