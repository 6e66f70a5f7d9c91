//! Expressions of the whole language, against what Terraform itself makes of them.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cloned_ref_to_slice_refs,
    clippy::print_stderr,
    clippy::print_stdout,
    unreachable_pub,
    dead_code,
    missing_docs,
    reason = "a test"
)]

use std::path::Path;

use mqwarden::plan::{self, Address, Key, ModuleStep, Value};
use mqwarden::source::{Evaluator, Source, World};

/// A world without a plan.
struct Nothing;

impl World for Nothing {
    // The answers are those of a version whose operators evaluate both sides.
    fn terraform_version(&self) -> Option<&str> {
        Some("1.9.8")
    }

    fn variable(&self, _name: &str) -> Option<&plan::Value> {
        None
    }

    fn resource(&self, _address: &Address) -> Option<&plan::Value> {
        None
    }

    fn instance_keys(&self, _block: &Address) -> Option<&[Option<Key>]> {
        None
    }

    fn module_keys(&self, _parent: &[ModuleStep], _name: &str) -> Option<&[Option<Key>]> {
        None
    }
}

/// Whether a value is what the JSON of Terraform says.
fn same(value: &Value, answer: &serde_json::Value) -> bool {
    match (value, answer) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(a), serde_json::Value::Bool(b)) => a == b,
        (Value::Number(a), serde_json::Value::Number(b)) => {
            a.as_known().and_then(|a| a.parse::<f64>().ok()) == b.as_f64()
        }
        (Value::String(a), serde_json::Value::String(b)) => a.as_known() == Some(b),
        (Value::List(a), serde_json::Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), serde_json::Value::Object(b)) => {
            a.members.len() == b.len()
                && a.members.iter().all(|(name, value)| b.get(&**name).is_some_and(|b| same(value, b)))
        }
        _ => false,
    }
}

#[test]
fn expressions_give_what_terraform_gives() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/expressions");
    let answers = std::fs::read_to_string(folder.join("answers.json")).expect("answers");
    let answers: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&answers).expect("JSON");
    let source = Source::load(None, Some(&folder)).expect("source");
    assert_eq!(source.notes(), [] as [String; 0]);
    let evaluator = Evaluator::new(&source, &Nothing);
    let mut wrong = Vec::new();
    for (name, answer) in &answers {
        let value = evaluator.local(&[], name);
        if !value.as_ref().is_some_and(|value| same(value, answer)) {
            wrong.push(format!("{name}: Terraform gives {answer}, here it is {value:?}"));
        }
    }
    assert!(answers.len() > 400, "{}", answers.len());
    assert!(wrong.is_empty(), "{} are wrong:\n{}\n{:#?}", wrong.len(), wrong.join("\n"), evaluator.notes());
}
