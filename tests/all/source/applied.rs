//! A plan whose policies all name brokers of the same plan, and the state after it was applied: each policy that was
//! unknown is, with the values of its holes filled in, the policy that was applied.

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

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::source::support::{computed, same_json};
use mqwarden::plan::{self, Address, Input, Value};
use mqwarden::source::{Evaluator, PlanWorld, Source};
use mqwarden::text::{Hole, Piece, Text};
use serde_json::Value as Json;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/expressions/applied")
}

/// The attributes of each resource after apply, by address.
fn state() -> BTreeMap<String, Json> {
    fn add(module: &Json, found: &mut BTreeMap<String, Json>) {
        for resource in module["resources"].as_array().into_iter().flatten() {
            let address = resource["address"].as_str().expect("address").to_owned();
            found.insert(address, resource["values"].clone());
        }
        for child in module["child_modules"].as_array().into_iter().flatten() {
            add(child, found);
        }
    }
    let text = std::fs::read_to_string(folder().join("state.json")).expect("state");
    let state: Json = serde_json::from_str(&text).expect("JSON");
    let mut found = BTreeMap::new();
    add(&state["values"]["root_module"], &mut found);
    found
}

/// The text with what its holes turned out to be.
fn filled(text: &Text, state: &BTreeMap<String, Json>) -> Result<String, String> {
    let mut result = String::new();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(known) => result.push_str(known),
            Piece::Hole(hole) if *hole == Hole::account() => result.push_str("123456789012"),
            Piece::Hole(hole) => {
                let value = state.get(hole.address()).map(|values| &values[hole.attribute()]);
                let value = value.and_then(Json::as_str).filter(|_| hole.expression().is_none());
                result.push_str(value.ok_or_else(|| hole.to_string())?);
            }
        }
    }
    Ok(result)
}

fn applied(value: &Value, actual: &str, state: &BTreeMap<String, Json>) -> Result<(), String> {
    let Value::String(text) = value else { return Err(format!("{value:?}")) };
    let text = filled(text, state).map_err(|hole| format!("hole {hole} in {text}"))?;
    let (recovered, actual): (Json, Json) = match (serde_json::from_str(&text), serde_json::from_str(actual))
    {
        (Ok(recovered), Ok(actual)) => (recovered, actual),
        _ => return Err(format!("not JSON: {text}")),
    };
    if same_json(&recovered, &actual) { Ok(()) } else { Err(format!("{recovered}\n{actual}")) }
}

fn check(source: &Source, allowed: &[&str]) {
    let state = state();
    let mut plan = plan::read(Input::File(folder().join("plan.json"))).expect("plan");
    computed(&mut plan);
    let world = PlanWorld::new(&plan);
    let evaluator = Evaluator::new(source, &world);
    let (mut count, mut wrong) = (0, Vec::new());
    for (text, values) in &state {
        let address = Address::parse(text).expect("address");
        for name in ["policy", "assume_role_policy", "json"] {
            let Some(actual) = values[name].as_str() else { continue };
            let Some(value) = evaluator.attribute(&address, name) else { continue };
            if let Err(problem) = applied(&value, actual, &state) {
                wrong.push((format!("{text}.{name}"), problem));
            }
            count += 1;
        }
        if let Some(actual) = values["inline_policy"].as_array().filter(|policies| !policies.is_empty()) {
            for block in evaluator.blocks(&address, "inline_policy").expect("blocks") {
                let name = block.member("name").as_str().expect("name").to_owned();
                let actual = actual.iter().find(|policy| policy["name"] == *name).expect("policy");
                let actual = actual["policy"].as_str().expect("policy");
                if let Err(problem) = applied(block.member("policy"), actual, &state) {
                    wrong.push((format!("{text}.inline_policy.{name}"), problem));
                }
                count += 1;
            }
        }
    }
    wrong.retain(|(address, _)| !allowed.iter().any(|allowed| address.contains(allowed)));
    assert!(wrong.is_empty(), "{} of {count}: {wrong:#?}\n{:#?}", wrong.len(), evaluator.notes());
    assert!(count > 45, "{count}");
}

#[test]
fn from_the_plan_file_and_the_folder() {
    check(&Source::load(Some(&folder().join("tfplan")), Some(&folder())).expect("source"), &[]);
}

#[test]
fn from_the_folder_alone() {
    // Nothing in the folder tells the workspace.
    check(&Source::load(None, Some(&folder())).expect("source"), &["module.grants"]);
}

#[test]
fn from_the_plan_file_alone() {
    let files = ["[\"file\"]", "[\"template\"]", "[\"yaml\"]", "[\"merged\"]"];
    check(&Source::load(Some(&folder().join("tfplan")), None).expect("source"), &files);
}
