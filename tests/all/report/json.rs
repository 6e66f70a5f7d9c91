//! The JSON output keeps to the schema that `mqwarden schema` prints.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;

use crate::report::support::{check, mqwarden, plans};
use jsonschema::Validator;
use serde_json::Value;

fn schema() -> Validator {
    let output = mqwarden(Path::new("."), &["schema"]);
    assert!(output.status.success());
    let schema: Value = serde_json::from_slice(&output.stdout).expect("the schema is JSON");
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    jsonschema::validator_for(&schema).expect("the schema compiles")
}

#[test]
fn every_json_output_keeps_to_the_schema() {
    let schema = schema();
    for plan in plans() {
        for with_source in [false, true] {
            let report: Value = serde_json::from_str(&check(&plan, "json", with_source)).expect("JSON");
            let errors: Vec<String> = schema
                .iter_errors(&report)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .take(5)
                .collect();
            assert!(errors.is_empty(), "{}: {errors:#?}", plan.display());
        }
    }
}

#[test]
fn the_schema_lets_no_other_member_pass() {
    let schema = schema();
    let report: Value =
        serde_json::from_str(&check(Path::new("testdata/report/platform"), "json", true)).expect("JSON");
    assert!(schema.is_valid(&report));
    for pointer in
        ["", "/brokers/0", "/principals/0", "/access/0", "/findings/0", "/summary", "/tool", "/plan"]
    {
        let mut more = report.clone();
        more.pointer_mut(pointer).unwrap().as_object_mut().unwrap().insert("surprise".into(), Value::Null);
        assert!(!schema.is_valid(&more), "{pointer} takes more");
        let members: Vec<String> =
            report.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect();
        for member in members.iter().filter(|_| pointer != "/summary/verdicts") {
            let mut less = report.clone();
            less.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(member);
            assert!(!schema.is_valid(&less), "{pointer} does without {member}");
        }
    }
    let mut wrong = report;
    *wrong.pointer_mut("/access/0/verdict").unwrap() = "perhaps".into();
    assert!(!schema.is_valid(&wrong));
}
