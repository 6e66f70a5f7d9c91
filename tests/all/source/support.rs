//! A configuration written by a test, and a world that says what the test wants.

#![allow(clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::Path;

use mqwarden::plan::{self, Address, Key, ModuleStep, Object, Plan, Value};
use mqwarden::source::{Evaluator, Source, World};
use mqwarden::text::{Hole, Shape, Text};

/// A world of resources and variables.
#[derive(Default)]
pub(super) struct Small {
    pub(super) variables: BTreeMap<String, Value>,
    pub(super) resources: BTreeMap<Address, Value>,
    pub(super) instances: BTreeMap<Address, Vec<Option<Key>>>,
    /// The version of what made the plan.
    pub(super) version: Option<&'static str>,
}

impl World for Small {
    fn variable(&self, name: &str) -> Option<&plan::Value> {
        self.variables.get(name)
    }

    fn resource(&self, address: &Address) -> Option<&plan::Value> {
        self.resources.get(address)
    }

    fn terraform_version(&self) -> Option<&str> {
        self.version
    }

    fn instance_keys(&self, block: &Address) -> Option<&[Option<Key>]> {
        self.instances.get(block).map(Vec::as_slice)
    }

    fn module_keys(&self, _parent: &[ModuleStep], _name: &str) -> Option<&[Option<Key>]> {
        None
    }
}

impl Small {
    /// Adds a resource instance.
    pub(super) fn with(mut self, address: &str, attributes: &[(&str, Value)]) -> Self {
        let address = Address::parse(address).expect("address");
        let members = attributes.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        let block = Address { key: None, ..address.clone() };
        self.instances.entry(block).or_default().push(address.key.clone());
        self.resources.insert(address, Value::Object(Object { members, sensitive: false }));
        self
    }
}

/// Fills in what the provider computes: ARNs with a hole for the id.
pub(super) fn computed(plan: &mut Plan) {
    for change in &mut plan.resources {
        let address = change.address_text.to_string();
        let Some(Value::Object(after)) = &mut change.after else { continue };
        let hole = |name: &str, shape: Shape| Text::hole(Hole::new(address.as_str(), name, shape));
        let known =
            |after: &plan::Object, name: &str| after.members.get(name).and_then(Value::as_text).cloned();
        let id = known(after, "id").unwrap_or_else(|| match &*change.address.kind {
            "aws_mq_broker" => hole("id", Shape::NEW_BROKER_ID),
            "aws_iam_role" | "aws_iam_user" | "aws_iam_group" => {
                known(after, "name").unwrap_or_else(|| hole("name", Shape::IAM_NAME))
            }
            _ => hole("id", Shape::ANY),
        });
        let arn = match &*change.address.kind {
            "aws_mq_broker" => {
                let name = known(after, "broker_name").unwrap_or_else(|| hole("broker_name", Shape::ANY));
                let mut arn = Text::builder();
                arn.push_str("arn:aws:mq:eu-west-1:").push_hole(&Hole::account()).push_str(":broker:");
                arn.push_text(&name).push_str(":").push_text(&id).finish()
            }
            "aws_iam_policy" => {
                let name = known(after, "name").unwrap_or_else(|| hole("name", Shape::IAM_NAME));
                let mut arn = Text::builder();
                arn.push_str("arn:aws:iam::").push_hole(&Hole::account()).push_str(":policy/");
                arn.push_text(&name).finish()
            }
            _ => known(after, "arn").unwrap_or_else(|| hole("arn", Shape::ANY)),
        };
        for (name, value) in [("id", id), ("arn", arn)] {
            if let Some(place @ Value::Unknown(_)) = after.members.get_mut(name) {
                *place = Value::String(value);
            }
        }
    }
}

/// A known string.
pub(super) fn string(text: &str) -> Value {
    Value::String(Text::known(text))
}

/// A folder with these files.
pub(super) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("folder");
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
    std::fs::write(path, text).expect("file");
}

/// The locals of a configuration, printed, and the notes of the evaluation.
pub(super) fn locals(files: &[(&str, &str)], world: &Small, names: &[&str]) -> (Vec<String>, Vec<String>) {
    let folder = folder(files);
    let source = Source::load(None, Some(folder.path())).expect("source");
    let evaluator = Evaluator::new(&source, world);
    let print = |name: &&str| evaluator.local(&[], name).map_or("absent".into(), |value| printed(&value));
    let values = names.iter().map(print).collect();
    let notes = source.notes().iter().cloned().chain(evaluator.notes()).collect();
    (values, notes)
}

/// A value as JSON, holes as `${…}`.
pub(super) fn printed(value: &Value) -> String {
    match value {
        Value::String(text) => format!("\"{text}\""),
        other => format!("{other:?}"),
    }
}

fn json(value: &Value) -> Option<serde_json::Value> {
    let text = value.as_str().filter(|text| text.trim_start().starts_with('{'))?;
    serde_json::from_str(text).ok()
}

/// Whether two documents say the same: blocks of a set come in an order of their own.
pub(super) fn same_json(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Object};
    match (a, b) {
        (Array(a), Array(b)) => {
            a.len() == b.len() && a.iter().all(|item| b.iter().any(|other| same_json(item, other)))
        }
        (Object(a), Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| same_json(value, other)))
        }
        (a, b) => a == b,
    }
}

/// Whether a value of the source is what the plan has: sets are sorted, and strings may be written as numbers.
pub(super) fn same(planned: &Value, recovered: &Value) -> bool {
    match (planned, recovered) {
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().all(|item| b.iter().any(|other| same(item, other)))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.members.iter().all(|(name, value)| match b.members.get(name) {
                Some(other) => same(value, other),
                None => value.is_null(),
            })
        }
        (Value::Bool(known), other) | (other, Value::Bool(known)) => {
            other.as_bool() == Some(*known) || other.as_str() == Some(if *known { "true" } else { "false" })
        }
        // The provider sorts the members of policies.
        (a, b) if json(a).is_some() => match (json(a), json(b)) {
            (Some(a), Some(b)) => same_json(&a, &b),
            _ => false,
        },
        (a, b) => {
            a.to_text().map(|text| text.unmarked()) == b.to_text().map(|text| text.unmarked()) || a == b
        }
    }
}
