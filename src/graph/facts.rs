//! What a resource's values say of the broker or principal that it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::build::document;
use super::{BrokerFacts, Change, PrincipalFacts, PrincipalKind, State, Tags};
use crate::aws;
use crate::completion::{IgnoredTags, Provider};
use crate::plan::{Action, Object, ResourceChange, Value};
use crate::text::{Hole, Shape, Text, concat};

/// The values of a resource in one state; `None` where it does not exist.
pub(super) fn values(change: &ResourceChange, state: State) -> Option<&Value> {
    match state {
        State::Before => change.before.as_ref(),
        State::After => change.after.as_ref(),
    }
}

/// What the plan does, as reports name it.
pub(super) fn change_of(change: &ResourceChange) -> Change {
    match change.action {
        Action::Create => Change::Create,
        Action::Update => Change::Update,
        Action::Replace => Change::Replace,
        Action::Delete => Change::Delete,
        Action::NoOp => Change::NoOp,
        Action::Forget => Change::Forget,
        Action::Read => Change::External,
    }
}

/// An attribute as a text; a hole of any shape where it is absent.
pub(super) fn text_or_hole(change: &ResourceChange, values: &Value, attribute: &str, shape: Shape) -> Text {
    values
        .member(attribute)
        .to_text()
        .unwrap_or_else(|| Text::hole(Hole::new(&*change.address_text, attribute, shape)))
}

/// The ARN, which shows what it is made of: it is as sensitive as that. The plan does not say so of what is there already.
fn arn_of(change: &ResourceChange, values: &Value, parts: &[&str]) -> Text {
    text_or_hole(change, values, "arn", Shape::ANY).mark_sensitive(has_sensitive(values, parts))
}

/// Whether one of these attributes must not be shown.
pub(super) fn has_sensitive(values: &Value, attributes: &[&str]) -> bool {
    attributes.iter().any(|name| values.member(name).to_text().is_some_and(|text| text.is_sensitive()))
}

/// The facts of a broker.
pub(super) fn broker(change: &ResourceChange, values: &Value, provider: &Provider) -> BrokerFacts {
    let arn = arn_of(change, values, &["broker_name"]);
    let region = values
        .member("region")
        .to_text()
        .or_else(|| aws::arn::part(&arn.unmarked(), 3))
        .unwrap_or_else(|| provider.place.region.clone());
    BrokerFacts {
        name: text_or_hole(change, values, "broker_name", Shape::ANY),
        engine: values.member("engine_type").as_str().and_then(engine),
        account: aws::arn::part(&arn.unmarked(), 4).unwrap_or_else(|| provider.place.account.clone()),
        region,
        arn,
        tags: tags(change, values),
        ignored_tags: ignored_tags(change, provider),
        settings: Box::default(),
    }
}

/// The two engines, compared without case as the API does.
fn engine(name: &str) -> Option<&'static str> {
    ["ActiveMQ", "RabbitMQ"].into_iter().find(|engine| engine.eq_ignore_ascii_case(name))
}

/// The facts of a role, user or group.
pub(super) fn principal(change: &ResourceChange, values: &Value, provider: &Provider) -> PrincipalFacts {
    let arn = arn_of(change, values, &["name", "path"]);
    let arn = renamed(change, values, &arn).unwrap_or(arn);
    PrincipalFacts {
        name: text_or_hole(change, values, "name", Shape::IAM_NAME),
        account: aws::arn::part(&arn.unmarked(), 4).unwrap_or_else(|| provider.place.account.clone()),
        arn,
        unique_id: text_or_hole(change, values, "unique_id", Shape::ANY),
        tags: tags(change, values),
        ignored_tags: ignored_tags(change, provider),
        session_tags: Arc::from([]),
        trust: document(values.member("assume_role_policy")),
        boundary: values.member("permissions_boundary").to_text().filter(|arn| arn.as_known() != Some("")),
    }
}

/// The ARN of a user that is renamed, or moved to another path, in place: the plan still shows the one from before.
fn renamed(change: &ResourceChange, values: &Value, arn: &Text) -> Option<Text> {
    let known = arn.as_known().filter(|_| &*change.address.kind == "aws_iam_user")?;
    let (start, own) = known.split_once(":user")?;
    let path = values.member("path").to_text().unwrap_or_else(|| Text::from("/"));
    let name = values.member("name").to_text()?;
    let end = concat([&path, &name]);
    if end.as_known() == Some(own) || !path.as_known().is_some_and(|path| path.starts_with('/')) {
        return None;
    }
    Some(concat([&Text::from(format!("{start}:user")), &end]))
}

/// The facts of a principal that the plan only names.
pub(super) fn external(id: &str, kind: PrincipalKind, name: &Text, provider: &Provider) -> PrincipalFacts {
    let path = Hole::new(id, "path", Shape::ANY);
    let path = Text::builder().push_str("/").push_hole(&path).finish();
    let arn = match kind {
        PrincipalKind::User => provider.place.user(&path, name),
        PrincipalKind::Group => provider.place.group(&path, name),
        PrincipalKind::Role | PrincipalKind::PermissionSet => provider.place.role(&path, name),
    };
    PrincipalFacts {
        name: name.clone(),
        arn,
        account: provider.place.account.clone(),
        unique_id: Text::hole(Hole::new(id, "unique_id", Shape::ANY)),
        tags: Tags::Unknown(Hole::new(id, "tags", Shape::ANY)),
        ignored_tags: None,
        session_tags: Arc::from([]),
        trust: None,
        boundary: None,
    }
}

/// The tags that count: `tags_all`, with the provider's default tags; `tags` where a resource has nothing else.
pub fn tags(change: &ResourceChange, values: &Value) -> Tags {
    let value = match values.get("tags_all") {
        None | Some(Value::Null) => values.member("tags"),
        Some(all) => all,
    };
    match value {
        Value::Object(object) => known_tags(change, object),
        Value::Unknown(hole) => Tags::Unknown(hole.clone()),
        _ => Tags::Known(BTreeMap::new()),
    }
}

/// The tags that the provider does not show of what is there. It makes all that it is told to make.
fn ignored_tags(change: &ResourceChange, provider: &Provider) -> Option<Arc<IgnoredTags>> {
    let is_new = change.before.is_none() || change.action == Action::Replace;
    provider.ignored_tags.clone().filter(|_| !is_new)
}

fn known_tags(change: &ResourceChange, object: &Object) -> Tags {
    let tags = object.members.iter().filter_map(|(key, value)| {
        let value = match value {
            Value::Null => return None,
            Value::Bool(value) => Text::from(if *value { "true" } else { "false" }),
            other => other.to_text().unwrap_or_else(|| {
                Text::hole(Hole::new(&*change.address_text, format!("tags_all.{key}"), Shape::ANY))
            }),
        };
        let value = value.mark_sensitive(object.sensitive);
        Some((Text::from(&**key).mark_sensitive(object.sensitive), value))
    });
    Tags::Known(tags.collect())
}

#[cfg(test)]
mod tests {
    use super::engine;

    #[test]
    fn engines_are_compared_without_case() {
        assert_eq!(engine("ACTIVEMQ"), Some("ActiveMQ"));
        assert_eq!(engine("kafka"), None);
    }
}
