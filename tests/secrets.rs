//! No secret of a plan reaches any output, message or debug print.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use mqwarden::analysis::{Analysis, Options};
use mqwarden::plan::{self, Input};
use mqwarden::report::TableOptions;
use mqwarden::source::Source;

/// The broker password that `testdata/cases/orders` sets.
const PLANTED: &str = "planted-Secret-4711";

fn case(file: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases/orders").join(file)
}

#[test]
fn the_secret_is_in_the_plan() {
    assert!(std::fs::read_to_string(case("plan.json")).unwrap().contains(PLANTED));
}

#[test]
fn a_plan_does_not_print_its_secrets() {
    let plan = plan::read(Input::File(case("plan.json"))).unwrap();
    assert!(!format!("{plan:?}").contains(PLANTED));
}

#[test]
fn reports_do_not_show_secrets() {
    for with_source in [false, true] {
        let plan = plan::read(Input::File(case("plan.json"))).unwrap();
        let source = with_source.then(|| Source::load(Some(&case("tfplan")), None).unwrap());
        let analysis = Analysis::new(plan, source, &Options::default());
        let output = analysis.with_report(|report| {
            let mut output = Vec::new();
            report.write_json(&mut output).unwrap();
            let options = TableOptions { width: 100, colour: true, all: true, fixes: true, group_by: None };
            report.write_table(&mut output, options).unwrap();
            output.extend(format!("{:?} {:?}", report.graph, report.findings).into_bytes());
            output
        });
        let output = String::from_utf8(output).unwrap();
        assert!(output.contains("aws_mq_broker.orders"));
        assert!(!output.contains(PLANTED));
    }
}

#[test]
fn what_terraform_marks_sensitive_decides_but_is_not_shown() {
    let text = std::fs::read_to_string(case("plan.json")).unwrap().replace("\"orders\"", "\"hushed-orders\"");
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    for change in document["resource_changes"].as_array_mut().unwrap() {
        let marks = change["change"]["after_sensitive"].as_object_mut().unwrap();
        for name in ["broker_name", "name", "policy", "tags", "tags_all"] {
            marks.insert(name.into(), true.into());
        }
    }
    let secret = document.to_string();
    let plan = plan::read_from(std::io::Cursor::new(secret.into_bytes())).unwrap();
    let analysis = Analysis::new(plan, None, &Options::default());
    let output = analysis.with_report(|report| {
        let mut output = Vec::new();
        report.write_json(&mut output).unwrap();
        String::from_utf8(output).unwrap()
    });
    let report: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert!(report["brokers"].as_array().unwrap().iter().all(|broker| broker["name"] == "(sensitive)"));
    assert!(!output.contains("\"production\""));
    let allowed =
        report["access"].as_array().unwrap().iter().filter(|row| row["verdict"] == "allowed").count();
    assert_eq!(allowed, 5, "the secret texts still decide");
}
