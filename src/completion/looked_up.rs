//! Data sources that are read during apply and look up what the same plan manages: they show what it makes.
//!
//! Source of the attributes: the documentation of the AWS provider, 5.100.

use super::providers::{Providers, provider_key};
use super::references::References;
use super::seen::is_single;
use super::{Found, refers};
use crate::aws::{arn, managed_policies};
use crate::plan::{Action, Mode, Name, Plan, ResourceChange, Value};
use crate::text::Text;

const AN_ARN: &str = "aws_arn";

/// A data source that looks up one resource of its own type.
struct Lookup {
    kind: &'static str,
    /// Its arguments, with the attributes of the resource that they name it by.
    by: &'static [(&'static str, &'static str)],
    /// Its attributes, with those of the resource that they show.
    shows: &'static [(&'static str, &'static str)],
}

const LOOKUPS: [Lookup; 6] = [
    // It looks up nothing: it shows the parts of the ARN that it is given.
    Lookup { kind: AN_ARN, by: &[("arn", "arn")], shows: &[] },
    Lookup {
        kind: "aws_iam_group",
        by: &[("group_name", "name")],
        shows: &[("arn", "arn"), ("group_id", "unique_id"), ("id", "unique_id"), ("path", "path")],
    },
    Lookup {
        kind: "aws_iam_policy",
        by: &[("arn", "arn"), ("name", "name")],
        shows: &[("arn", "arn"), ("id", "arn"), ("name", "name"), ("path", "path"), ("policy", "policy")],
    },
    Lookup {
        kind: "aws_iam_role",
        by: &[("name", "name")],
        shows: &[
            ("arn", "arn"),
            ("assume_role_policy", "assume_role_policy"),
            ("id", "name"),
            ("path", "path"),
            ("permissions_boundary", "permissions_boundary"),
            ("unique_id", "unique_id"),
        ],
    },
    Lookup {
        kind: "aws_iam_user",
        by: &[("user_name", "name")],
        shows: &[
            ("arn", "arn"),
            ("id", "unique_id"),
            ("path", "path"),
            ("permissions_boundary", "permissions_boundary"),
            ("user_id", "unique_id"),
        ],
    },
    Lookup {
        kind: "aws_mq_broker",
        by: &[("broker_id", "id"), ("broker_name", "broker_name")],
        shows: &[
            ("arn", "arn"),
            ("broker_id", "id"),
            ("broker_name", "broker_name"),
            ("id", "id"),
            ("tags", "tags_all"),
        ],
    },
];

/// What `aws_arn` calls the parts of an ARN behind the word `arn`, in their order.
const ARN_PARTS: [&str; 5] = ["partition", "service", "region", "account", "resource"];

/// What a data source looks up, if it will be read during apply.
fn lookup(data: &ResourceChange) -> Option<&'static Lookup> {
    let is_read = data.address.mode == Mode::Data && data.action == Action::Read;
    LOOKUPS.iter().find(|lookup| is_read && *lookup.kind == *data.address.kind)
}

fn arguments(data: &ResourceChange) -> &'static [(&'static str, &'static str)] {
    lookup(data).map_or(&[], |lookup| lookup.by)
}

/// Whether some data source will be read during apply that looks up a resource.
pub(super) fn is_any_open(plan: &Plan) -> bool {
    plan.resources.iter().any(|data| lookup(data).is_some())
}

/// The names of the arguments that are still unknown.
pub(super) fn open_arguments(data: &ResourceChange) -> impl Iterator<Item = &'static str> + '_ {
    let is_open = |name: &&str| {
        data.after.as_ref().is_some_and(|after| matches!(after.get(name), Some(Value::Unknown(_))))
    };
    arguments(data).iter().map(|(argument, _)| *argument).filter(is_open)
}

/// Arguments that the configuration section shows to be an attribute of the resource that is looked up.
pub(super) fn linked(
    references: &References<'_>,
    index: usize,
    data: &ResourceChange,
    found: &mut Vec<Found>,
) {
    let Some(config) = references.config(&data.address) else { return };
    for &(argument, attribute) in arguments(data) {
        let is_open = open_arguments(data).any(|open| open == argument);
        let Some(expression) = config.expressions.get(argument).filter(|one| is_open && is_single(one))
        else {
            continue;
        };
        if let [only] = references.unknown_values(&data.address, expression).as_slice()
            && (*only.kind == *data.address.kind || *data.address.kind == *AN_ARN)
            && (only.attribute == attribute || (attribute == "name" && only.attribute == "id"))
        {
            found.extend(only.value.to_text().map(|text| (index, Name::from(argument), Value::String(text))));
        }
    }
}

/// What data sources will show of what the plan manages.
pub(super) fn shown(plan: &Plan, providers: &Providers) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, data) in plan.resources.iter().enumerate() {
        let (Some(lookup), Some(after)) = (lookup(data), &data.after) else { continue };
        let is_open = |name: &str| matches!(after.get(name), Some(Value::Unknown(_)));
        let mut show = |name: &'static str, value: Value| {
            if is_open(name) {
                found.push((index, Name::from(name), value));
            }
        };
        if lookup.kind == AN_ARN {
            let arn = after.member("arn").to_text();
            let Some((arn, parts)) = arn.and_then(|arn| Some((arn.clone(), arn::split(&arn)?))) else {
                continue;
            };
            for (name, part) in ARN_PARTS.into_iter().zip(parts.into_iter().skip(1)) {
                show(name, Value::String(part));
            }
            show("id", Value::String(arn));
        } else if let Some(resource) = resource(plan, lookup, data) {
            // What the same apply changes is read before or after that, unless one refers to the other.
            let is_made_before = resource.action == Action::Create
                || refers(&plan.configuration, &data.address, &resource.address);
            let of = |side: &Option<Value>, name| side.as_ref().map(|values| values.member(name).clone());
            for &(name, attribute) in lookup.shows {
                let Some(value) = of(&resource.after, attribute) else { continue };
                let is_told = value.to_text().is_some() || matches!(value, Value::Null | Value::Object(_));
                let stays = is_made_before || of(&resource.before, attribute).as_ref() == Some(&value);
                if is_told && stays {
                    show(name, value);
                }
            }
        } else if lookup.kind == "aws_iam_role" {
            // A name that is still to be found may turn out to be that of a resource.
            if let Some(name) = after.member("name").to_text().filter(|name| name.as_hole().is_none()) {
                show("id", Value::String(name));
            }
        } else if lookup.kind == "aws_iam_policy" && is_open("arn") {
            let partition = &providers.of(&plan.configuration, &data.address).place.partition;
            if let Some((arn, document)) = of_aws(after, partition) {
                show("id", Value::String(arn.clone()));
                show("arn", Value::String(arn));
                show("policy", Value::String(document));
            }
        }
    }
    found
}

/// The resource that a data source looks up, if the plan manages it with the same provider configuration.
fn resource<'p>(plan: &'p Plan, lookup: &Lookup, data: &ResourceChange) -> Option<&'p ResourceChange> {
    let after = data.after.as_ref()?;
    let provider = provider_key(&plan.configuration, &data.address);
    let named = |&(argument, attribute): &(&str, &str)| {
        let wanted = after.member(argument).to_text()?.unmarked();
        let has_it =
            |values: &Value| values.member(attribute).to_text().is_some_and(|text| text.unmarked() == wanted);
        let is_it = |resource: &&ResourceChange| {
            resource.address.mode == Mode::Managed
                && *resource.address.kind == *lookup.kind
                && resource.after.as_ref().is_some_and(has_it)
                && provider_key(&plan.configuration, &resource.address) == provider
        };
        let mut all = plan.resources.iter().filter(is_it);
        all.next().filter(|_| all.next().is_none())
    };
    lookup.by.iter().find_map(named)
}

/// The ARN and the document of a policy that AWS manages, by the name that a data source has; policies of the account's
/// own would have to be in the plan.
fn of_aws(after: &Value, partition: &Text) -> Option<(Text, Text)> {
    let name = after.member("name").to_text()?;
    let policy = managed_policies::by_name(name.as_known()?)?;
    let mut arn = Text::builder();
    arn.push_str("arn:").push_text(partition).push_str(":iam::aws:policy/").push_str(policy.name);
    Some((arn.finish(), Text::from(policy.document)))
}
