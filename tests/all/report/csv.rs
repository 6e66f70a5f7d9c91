//! The CSV is what RFC 4180 says, holds what the JSON holds, and no text of a plan is a formula in it.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use crate::report::support::{check, check_text, plans};
use serde_json::Value;

/// The records, by the names of the columns; fails where a record has another number of fields than the header.
fn records(text: &[u8]) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text);
    reader.deserialize().map(|record| record.expect("a record")).collect()
}

/// A cell without the apostrophe that keeps it from being a formula.
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

/// Text as it stands in a cell: in one line, with what hides or turns text written out.
fn shown(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default().replace('\n', " ");
    text.chars()
        .map(|c| match c {
            '\u{200b}' | '\u{202e}' | '\u{1b}' => c.escape_unicode().to_string(),
            c => c.to_string(),
        })
        .collect()
}

fn words(list: &Value) -> String {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

fn object(cell: &str) -> Value {
    if cell.is_empty() { Value::Null } else { serde_json::from_str(cell).expect("a context is JSON") }
}

#[test]
fn the_rows_are_those_of_the_json() {
    let mut rows = 0;
    for plan in plans() {
        for with_source in [false, true] {
            let text = check(&plan, "csv", with_source);
            let report: Value = serde_json::from_str(&check(&plan, "json", with_source)).expect("JSON");
            assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']));
            let records = records(text.as_bytes());
            let access = report["access"].as_array().unwrap();
            assert_eq!(records.len(), access.len(), "{}", plan.display());
            let party = |list: &str, id: &Value| {
                report[list].as_array().unwrap().iter().find(|party| party["id"] == *id).unwrap().clone()
            };
            for (record, row) in records.iter().zip(access) {
                let at = format!("{}: {record:?}", plan.display());
                for column in ["principal", "broker", "operation", "verdict", "before"] {
                    assert_eq!(record[column], shown(&row[column]), "{at}");
                }
                let principal = party("principals", &row["principal"]);
                assert_eq!(record["kind"], shown(&principal["kind"]), "{at}");
                assert_eq!(unguarded(&record["principal_name"]), shown(&principal["name"]), "{at}");
                let broker = party("brokers", &row["broker"]);
                assert_eq!(unguarded(&record["broker_name"]), shown(&broker["name"]), "{at}");
                for column in ["missing", "unresolved"] {
                    assert_eq!(record[column], words(&row[column]), "{at}");
                }
                for column in ["allowed_when", "denied_when"] {
                    assert_eq!(object(&record[column]), row[column], "{at}");
                }
                assert_eq!(record["unknown_because"].is_empty(), row["verdict"] != "unknown", "{at}");
            }
            rows += records.len();
        }
    }
    assert!(rows > 1_000, "{rows} rows were compared");
}

#[test]
fn only_changes_are_rows_where_only_they_are_asked_for() {
    let plan =
        std::fs::read_to_string(crate::report::support::root().join("testdata/report/platform/plan.json"))
            .unwrap();
    let all = records(&check_text(&plan, &["--format", "csv"]));
    let changed = records(&check_text(&plan, &["--format", "csv", "--changed-only"]));
    let expected: Vec<_> = all.iter().filter(|record| !record["change"].is_empty()).cloned().collect();
    assert!(!changed.is_empty() && changed.len() < all.len());
    assert_eq!(changed, expected);
}

/// Names that IAM takes and that a spreadsheet would calculate.
const FORMULAS: &[&str] = &["=1+1", "+1", "-1", "@SUM", "=HYPERLINK,x", "a,=1"];

#[test]
fn a_name_is_no_formula() {
    let change = |after: Value| {
        serde_json::json!({
            "actions": ["create"], "before": null, "after": after, "after_unknown": {}, "after_sensitive": {},
        })
    };
    let provider = "registry.terraform.io/hashicorp/aws";
    let mut resources = vec![serde_json::json!({
        "address": "aws_mq_broker.b[\"x;=cmd|' /C calc'!A0\"]", "mode": "managed", "type": "aws_mq_broker", "name": "b",
        "index": "x;=cmd|' /C calc'!A0", "provider_name": provider,
        "change": change(serde_json::json!({
            "broker_name": "b", "engine_type": "RabbitMQ", "arn": "arn:aws:mq:eu-west-1:123456789012:broker:b:b-1",
            "tags": {}, "tags_all": {},
        })),
    })];
    for (number, name) in FORMULAS.iter().enumerate() {
        resources.push(serde_json::json!({
            "address": format!("aws_iam_user.u[{number}]"), "mode": "managed", "type": "aws_iam_user", "name": "u",
            "index": number, "provider_name": provider,
            "change": change(serde_json::json!({
                "name": name, "path": "/", "arn": format!("arn:aws:iam::123456789012:user/{name}"),
                "tags": {}, "tags_all": {},
            })),
        }));
    }
    let plan = serde_json::json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": resources, "configuration": {},
    });
    let text = check_text(&plan.to_string(), &["--format", "csv"]);
    let records = records(&text);
    assert_eq!(records.len(), FORMULAS.len() * 3);
    for record in &records {
        for cell in record.values() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
        // Where a spreadsheet splits at semicolons, a cell begins after each.
        assert!(record["broker"].contains("x;'=cmd"), "{record:?}");
    }
    let names: Vec<&str> = records.iter().step_by(3).map(|record| &*record["principal_name"]).collect();
    assert_eq!(names, ["'=1+1", "'+1", "'-1", "'@SUM", "'=HYPERLINK,x", "a,=1"]);
}
