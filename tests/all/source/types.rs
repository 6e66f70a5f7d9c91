//! Values beside others of which nothing is known: what is certain of them is what Terraform gives once they are known.

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

use crate::source::support::{Small, folder};
use mqwarden::plan::Value;
use mqwarden::source::{Evaluator, Source};
use mqwarden::text::{Hole, Shape};
use serde_json::Value as Json;

/// Whether what is certain of a value is what Terraform gives.
fn fits(value: &Value, answer: &Json) -> bool {
    match (value, answer) {
        (Value::Unknown(_), _) | (Value::Null, Json::Null) => true,
        (Value::Bool(a), Json::Bool(b)) => a == b,
        (Value::Number(a), Json::Number(b)) => a.as_known().and_then(|a| a.parse::<f64>().ok()) == b.as_f64(),
        (Value::String(a), Json::String(b)) => a.as_known().is_none_or(|a| a == b),
        // What is unknown may be several elements, and stand elsewhere.
        (Value::List(a), Json::Array(b)) => {
            let open = a.iter().any(|item| matches!(item, Value::Unknown(_)));
            (open || a.len() == b.len()) && a.iter().all(|item| b.iter().any(|answer| fits(item, answer)))
        }
        (Value::Object(a), Json::Object(b)) => {
            a.members.len() == b.len()
                && a.members.iter().all(|(name, value)| b.get(&**name).is_some_and(|b| fits(value, b)))
        }
        _ => false,
    }
}

/// The configuration, with what its locals of unknown values are named after taken from a resource.
fn configuration(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("configuration");
    let line = |line: &str| match line.trim_start().strip_prefix("of_").and_then(|line| line.split_once(' '))
    {
        Some((name, _)) => format!("  of_{name} = aws_x.t.{name}\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn what_is_certain_is_what_terraform_gives() {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/expressions");
    let answers = std::fs::read_to_string(testdata.join("answers.json")).expect("answers");
    let answers: serde_json::Map<String, Json> = serde_json::from_str(&answers).expect("JSON");
    let text = configuration(&testdata.join("types.tf"));
    let folder = folder(&[("main.tf", &text)]);
    let names = ["string", "number", "digits", "bool", "list", "tuple", "set", "object", "map", "null"];
    let unknown = |name: &&'static str| (*name, Value::Unknown(Hole::new("aws_x.t", *name, Shape::ANY)));
    let attributes: Vec<_> = names.iter().map(unknown).collect();
    let world = Small { version: Some("1.9.8"), ..Small::default() }.with("aws_x.t", &attributes);
    let source = Source::load(None, Some(folder.path())).expect("source");
    let evaluator = Evaluator::new(&source, &world);
    let (mut wrong, mut known, mut count) = (Vec::new(), Vec::new(), 0);
    for (name, answer) in answers.iter().filter(|(name, _)| name.starts_with("k0")) {
        let value = evaluator.local(&[], name).expect("local");
        if !fits(&value, answer) {
            wrong.push(format!("{name}: Terraform gives {answer}, here it is {value:?}"));
        }
        if !matches!(value, Value::Unknown(_)) {
            known.push(name.as_str());
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{} of {count} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    // No unknown value can change these.
    for name in
        ["k003", "k006", "k007", "k008", "k009", "k019", "k034", "k035", "k037", "k038", "k039", "k040"]
    {
        assert!(known.contains(&name), "{name} is unknown: {known:?}");
    }
    assert!(count > 40, "{count}");
}
