//! Attributes that the provider computes: names from prefixes, ids, ARNs, `tags_all`, as texts with holes.
//!
//! Source of the rules: the schemas and the code of the AWS provider, as `tf_iam_types` and `tf_mq` sum them up.

use super::providers::Provider;
use super::tags::DefaultTags;
use crate::aws::arn::ROOT_PATH;
use crate::plan::{Members, Mode, Object, ResourceChange, ResourceConfig, Value};
use crate::text::{Hole, Shape, Text};

/// Fills in what follows from the other attributes of `change`. Knows nothing that is not certain.
pub(super) fn complete(change: &mut ResourceChange, config: Option<&ResourceConfig>, provider: &Provider) {
    let address = change.address_text.clone();
    let Some(Value::Object(after)) = change.after.as_mut() else { return };
    let mut resource = Attributes { address: &address, after, config, provider };
    match (change.address.mode, &*change.address.kind) {
        (Mode::Managed, "aws_mq_broker") => resource.broker(),
        (Mode::Managed, "aws_mq_configuration") => resource.configuration(),
        (Mode::Managed, "aws_iam_role") => resource.named_in_iam("role", Some("terraform-")),
        (Mode::Managed, "aws_iam_user") => resource.named_in_iam("user", None),
        (Mode::Managed, "aws_iam_group") => resource.named_in_iam("group", None),
        (Mode::Managed, "aws_iam_instance_profile") => {
            resource.named_in_iam("instance-profile", Some("terraform-"));
        }
        (Mode::Managed, "aws_iam_policy") => {
            resource.named_in_iam("policy", Some("terraform-"));
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
        let suffix = Hole::new(self.address, "name", Shape::NAME_SUFFIX);
        Some(Text::builder().push_text(&prefix).push_hole(&suffix).finish())
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
