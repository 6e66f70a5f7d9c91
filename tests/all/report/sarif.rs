//! SARIF: valid by the official schema, and as GitHub's code scanning takes it.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;

use crate::report::support::{check, check_text, many_invalid_policies, mqwarden, plans, root};
use jsonschema::Validator;
use serde_json::Value;

fn schema() -> Validator {
    let path = root().join("testdata/sarif/sarif-schema-2.1.0.json");
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    // Their pattern has an unescaped bracket, which not every engine of regular expressions takes.
    for definition in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{definition}/properties/language")).unwrap();
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    jsonschema::validator_for(&schema).expect("the schema compiles")
}

/// What GitHub asks for, beyond the schema.
fn assert_github_takes(sarif: &Value, what: &str) {
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        assert!(!rule["help"]["markdown"].as_str().unwrap().is_empty(), "{what}");
        let severity: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
        assert!(severity > 0.0 && severity <= 10.0, "{what}");
        assert!(rule["properties"]["tags"].as_array().unwrap().contains(&"security".into()), "{what}");
    }
    let results = run["results"].as_array().unwrap();
    assert!(results.len() <= 25_000, "{what}");
    let mut fingerprints = std::collections::BTreeSet::new();
    for result in results {
        assert_eq!(
            rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()]["id"],
            result["ruleId"]
        );
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(
            !uri.is_empty() && !uri.starts_with('/') && !uri.contains(' ') && !uri.contains('\\'),
            "{uri}"
        );
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1, "{what}");
        let fingerprint = result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
        assert!(fingerprints.insert((result["ruleId"].to_string(), fingerprint.to_owned())), "{what}: twice");
    }
}

#[test]
fn every_sarif_output_is_valid() {
    let schema = schema();
    for plan in plans() {
        for with_source in [false, true] {
            let sarif: Value = serde_json::from_str(&check(&plan, "sarif", with_source)).expect("JSON");
            let errors: Vec<String> = schema
                .iter_errors(&sarif)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .take(5)
                .collect();
            assert!(errors.is_empty(), "{}: {errors:#?}", plan.display());
            assert_github_takes(&sarif, &plan.display().to_string());
        }
    }
}

#[test]
fn the_schema_is_one_that_can_fail() {
    assert!(!schema().is_valid(&serde_json::json!({"version": "2.1.0", "runs": [{}]})));
}

#[test]
fn results_stand_at_lines_of_the_source() {
    let sarif: Value =
        serde_json::from_str(&check(Path::new("testdata/report/platform"), "sarif", true)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let of_rule = |rule: &str| results.iter().find(|result| result["ruleId"] == rule).expect(rule);
    let place = &of_rule("invalid-policy")["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "roles.tf");
    assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
    let text = std::fs::read_to_string(root().join("testdata/report/platform/roles.tf")).unwrap();
    let line = usize::try_from(place["region"]["startLine"].as_u64().unwrap()).unwrap();
    assert!(text.lines().nth(line - 1).unwrap().contains("Statement"), "{place}");
    let accepted: Vec<&Value> = results.iter().filter(|result| result["suppressions"].is_array()).collect();
    assert_eq!(accepted.len(), 1);
    assert_eq!(accepted[0]["suppressions"][0]["kind"], "external");
    assert_eq!(accepted[0]["suppressions"][0]["justification"], "Break glass, watched by an alarm");
}

#[test]
fn paths_begin_at_the_root_of_the_repository() {
    let folder = "testdata/report/platform";
    let arguments = [
        "check",
        &format!("{folder}/plan.json"),
        "--config-dir",
        folder,
        "--intent",
        &format!("{folder}/mqwarden.hcl"),
        "--format",
        "sarif",
        "--fail-on",
        "never",
    ];
    let sarif: Value = serde_json::from_slice(&mqwarden(Path::new("."), &arguments).stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(root().join(uri).is_file(), "{uri} is a file of the repository");
    }
}

#[test]
fn without_source_the_plan_is_the_place() {
    let sarif: Value =
        serde_json::from_str(&check(Path::new("testdata/cases/orders"), "sarif", false)).unwrap();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "plan.json");
}

#[test]
fn what_github_does_not_take_is_left_out_and_counted() {
    let sarif = check_text(&many_invalid_policies(25_010), &["--format", "sarif"]);
    assert!(miniz_oxide::deflate::compress_to_vec(&sarif, 6).len() < 10_000_000);
    let sarif: Value = serde_json::from_slice(&sarif).unwrap();
    assert!(sarif["runs"][0]["results"].as_array().unwrap().len() <= 25_000);
    let said =
        sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str();
    assert!(said.unwrap().contains("findings are left out"), "{said:?}");
}
