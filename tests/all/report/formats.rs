//! Every format, as it is of a plan that has something of everything.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;

use crate::report::support::{check, mqwarden, root};

const PLATFORM: &str = "testdata/report/platform";
/// The formats whose text is kept; of `html` it is what the page shows, without its script.
const FORMATS: &[&str] = &["table", "json", "sarif", "markdown", "csv", "html"];

#[test]
fn each_format_is_as_it_was() {
    for format in FORMATS {
        let text = check(Path::new(PLATFORM), format, true);
        let text = match *format {
            // The documentation of the rules has tests of its own, and is not repeated here.
            "sarif" => without_rules(&text),
            "json" => row_by_row(&text),
            "html" => row_by_row(data_of(&text)),
            _ => text,
        };
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("report_{format}"), text);
        });
    }
}

/// What the script of the page gets.
fn data_of(html: &str) -> &str {
    html.split("type=\"application/json\">").nth(1).unwrap().split("</script>").next().unwrap()
}

fn without_rules(sarif: &str) -> String {
    let mut sarif: serde_json::Value = serde_json::from_str(sarif).expect("JSON");
    sarif["runs"][0]["tool"]["driver"]["rules"].take();
    serde_json::to_string_pretty(&sarif).expect("JSON")
}

/// The JSON with each row of a list in one line.
fn row_by_row(json: &str) -> String {
    let report: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let mut lines = Vec::new();
    for (member, value) in report.as_object().expect("an object") {
        match value.as_array() {
            Some(rows) => lines.extend(rows.iter().map(|row| format!("{member}: {row}"))),
            None => lines.push(format!("{member}: {value}")),
        }
    }
    lines.join("\n")
}

#[test]
fn one_run_writes_them_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let files: Vec<String> =
        FORMATS.iter().map(|format| format!("{format}={}", folder.path().join(format).display())).collect();
    let mut arguments = vec!["check", "plan.json", "--plan-file", "tfplan", "--config-dir", "."];
    for file in &files {
        arguments.extend(["--output", file]);
    }
    arguments.extend(["--format", "json", "--fail-on", "never"]);
    let output = mqwarden(Path::new(PLATFORM), &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for format in FORMATS {
        let written = std::fs::read_to_string(folder.path().join(format)).expect("it is written");
        assert_eq!(written, check(Path::new(PLATFORM), format, true), "{format}");
    }
    assert_eq!(output.stdout, std::fs::read(folder.path().join("json")).expect("it is written"));
}

#[test]
fn a_secret_of_the_plan_is_in_no_format() {
    let planted = "Mock-Passw0rd-12";
    assert!(std::fs::read_to_string(root().join(PLATFORM).join("plan.json")).unwrap().contains(planted));
    for format in FORMATS {
        assert!(!check(Path::new(PLATFORM), format, true).contains(planted), "{format}");
    }
}
