//! No secret of a plan reaches any output, message or debug print.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

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

/// What `testdata/sensitive` marks as sensitive, in lower case, and what would follow from it.
const MARKED: [&str; 6] = ["planted", "8675309", "8675308", "8675310", "198.18.77.", "424242424242"];

fn run(arguments: &[&str]) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_mqwarden"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8(text).unwrap()
}

fn shown_secrets(output: &str) -> Vec<String> {
    let lower = output.to_lowercase();
    let around = |(at, _): (usize, &str)| {
        let before: String = lower[..at].chars().rev().take(80).collect();
        before.chars().rev().chain(lower[at..].chars().take(80)).collect()
    };
    MARKED.iter().flat_map(|secret| lower.match_indices(secret)).map(around).collect()
}

const SENSITIVE_PLAN: &str = "testdata/sensitive/plan.json";
const WITH_SOURCE: [&str; 2] = ["--plan-file", "testdata/sensitive/tfplan"];

#[test]
fn no_format_shows_what_is_sensitive() {
    let mut shown = Vec::new();
    for source in [&[][..], &WITH_SOURCE] {
        for format in ["table", "json", "csv", "html", "markdown", "sarif"] {
            for extra in [&[][..], &["--account-id", "123456789012"]] {
                let mut arguments = vec!["check", SENSITIVE_PLAN, "--format", format, "--fail-on", "never"];
                arguments.extend(source.iter().chain(extra));
                if format == "table" {
                    arguments.extend(["--all", "--fixes"]);
                }
                let output = run(&arguments);
                assert!(output.contains("aws_mq_broker.orders") || format == "sarif", "{output}");
                shown.extend(shown_secrets(&output).into_iter().map(|line| format!("{format}: {line}")));
            }
        }
        for format in ["dot", "json", "mermaid"] {
            let mut arguments = vec!["graph", SENSITIVE_PLAN, "--format", format];
            arguments.extend(source);
            let output = run(&arguments);
            assert!(output.contains("aws_mq_broker.orders"), "{output}");
            shown.extend(shown_secrets(&output).into_iter().map(|line| format!("graph {format}: {line}")));
        }
    }
    assert!(shown.is_empty(), "{} lines:\n{}", shown.len(), shown.join("\n"));
}

#[test]
fn no_explanation_shows_what_is_sensitive() {
    let plan = plan::read(Input::File("testdata/sensitive/plan.json".into())).unwrap();
    let source = Source::load(Some("testdata/sensitive/tfplan".as_ref()), None).unwrap();
    let analysis = Analysis::new(plan, Some(source), &Options::default());
    let (principals, debug) = analysis.with_report(|report| {
        let principals = report.graph.principals.iter().filter_map(|&node| report.graph.principal(node));
        let ids: Vec<String> = principals.map(|principal| principal.id.to_string()).collect();
        (ids, format!("{:?} {:?}", report.graph, report.findings))
    });
    let mut shown = shown_secrets(&debug);
    for principal in &principals {
        for operation in ["create", "reboot", "delete"] {
            let mut arguments = vec!["explain", SENSITIVE_PLAN, "--principal", principal];
            arguments.extend(["--broker", "aws_mq_broker.orders", "--operation", operation]);
            arguments.extend(WITH_SOURCE);
            let output = run(&arguments);
            shown.extend(shown_secrets(&output).into_iter().map(|line| format!("{principal}: {line}")));
        }
    }
    assert!(shown.is_empty(), "{} lines:\n{}", shown.len(), shown.join("\n"));
}

/// The plan of a case with attributes of resources of a type marked as sensitive, before and after.
fn marked(case: &str, kind: &str, attributes: &[&str]) -> Analysis {
    let text = std::fs::read_to_string(format!("testdata/{case}/plan.json")).unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut count = 0;
    for resource in document["resource_changes"].as_array_mut().unwrap() {
        if resource["type"] != kind {
            continue;
        }
        for side in ["before_sensitive", "after_sensitive"] {
            let marks = &mut resource["change"][side];
            if !marks.is_object() {
                *marks = serde_json::json!({});
            }
            for attribute in attributes {
                marks[attribute] = true.into();
            }
        }
        count += 1;
    }
    assert!(count > 0, "{case} has no {kind}");
    let plan = plan::read_from(std::io::Cursor::new(document.to_string().into_bytes())).unwrap();
    Analysis::new(plan, None, &Options::default())
}

fn json_of(analysis: &Analysis) -> serde_json::Value {
    analysis.with_report(|report| {
        let mut output = Vec::new();
        report.write_json(&mut output).unwrap();
        serde_json::from_slice(&output).unwrap()
    })
}

#[test]
fn the_arn_of_what_is_there_is_as_sensitive_as_its_name() {
    let report = json_of(&marked("changes/other-conditions", "aws_mq_broker", &["broker_name"]));
    assert!(report["brokers"][0]["arn"] == "(sensitive)", "{}", report["brokers"]);
    assert!(!report["findings"].to_string().contains("broker:orders"));
    let report = json_of(&marked("changes/other-conditions", "aws_iam_user", &["name"]));
    let arns = report["principals"].as_array().unwrap().iter().map(|principal| &principal["arn"]);
    assert!(arns.into_iter().all(|arn| arn == "(sensitive)"));
}

#[test]
fn marks_decide_nothing() {
    let case = "cases/permission-sets";
    let verdicts = |analysis: &Analysis| {
        let report = json_of(analysis);
        let rows = report["access"].as_array().unwrap().iter();
        rows.map(|row| format!("{} {} {} {}", row["broker"], row["operation"], row["verdict"], row["before"]))
            .collect::<Vec<_>>()
    };
    let plan = plan::read(Input::File(format!("testdata/{case}/plan.json").into())).unwrap();
    let without_marks = verdicts(&Analysis::new(plan, None, &Options::default()));
    for (kind, attributes) in [
        ("aws_ssoadmin_account_assignment", &["permission_set_arn", "target_id"][..]),
        ("aws_ssoadmin_permission_set", &["arn", "name"]),
        ("aws_ssoadmin_permission_set_inline_policy", &["permission_set_arn"]),
    ] {
        assert_eq!(verdicts(&marked(case, kind, attributes)), without_marks, "{kind}");
    }
}
