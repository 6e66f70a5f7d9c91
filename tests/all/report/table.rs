//! The table for a terminal: it says what the JSON says, in every layout, and keeps to the width.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::report::support::{check, plans, root};
use serde_json::Value;

const PLATFORM: &str = "testdata/report/platform";

/// The table of a plan in so many columns.
fn table(folder: &Path, columns: usize, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mqwarden"))
        .args(["check", "plan.json", "--plan-file", "tfplan", "--config-dir", ".", "--fail-on", "never"])
        .args(arguments)
        .current_dir(root().join(folder))
        .env("COLUMNS", columns.to_string())
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// By principal, broker and operation: the verdict and the one before, as they are printed.
type Verdicts = BTreeMap<(String, String, usize), (String, Option<String>)>;

/// A row of the matrix, as it is put together from its lines.
#[derive(Default)]
struct Row {
    names: Vec<String>,
    cells: [Vec<String>; 3],
}

/// Reads the matrix back: everything between the first rule and the last.
fn read(text: &str, is_side_by_side: bool, by_broker: bool) -> Verdicts {
    let lines: Vec<&str> = text.lines().collect();
    let rules: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].starts_with('─')).collect();
    let Some(&first) = rules.first() else { return Verdicts::new() };
    let title = lines[..first].iter().rev().find(|line| line.contains("create")).expect("a header");
    let starts = ["create", "reboot", "delete"].map(|title_of| title.find(title_of).unwrap());
    let names_at = if is_side_by_side { title.find("Brokers").unwrap() } else { 0 };
    let part = |line: &str, from: usize, to: usize| {
        line.chars().skip(from).take(to - from).collect::<String>().trim_end().to_owned()
    };
    let mut verdicts = Verdicts::new();
    for section in rules.windows(2) {
        let (mut heading, mut rows): (Vec<String>, Vec<Row>) = Default::default();
        for line in &lines[section[0] + 1..section[1]] {
            if !is_side_by_side && !line.starts_with(' ') {
                heading.push((*line).to_owned());
                continue;
            }
            let left = part(line, 0, names_at);
            if !left.is_empty() {
                heading.push(left);
            }
            let cells =
                [0, 1, 2].map(|at| part(line, starts[at], starts.get(at + 1).copied().unwrap_or(10_000)));
            let is_start = !cells[0].is_empty() && !cells[0].starts_with("was ") || rows.is_empty();
            if is_start {
                rows.push(Row::default());
            }
            let row = rows.last_mut().unwrap();
            let name = part(line, names_at, starts[0]).trim_start().to_owned();
            if !name.is_empty() {
                row.names.push(name);
            }
            for (cell, text) in row.cells.iter_mut().zip(cells) {
                if !text.is_empty() {
                    cell.push(text);
                }
            }
        }
        for row in rows {
            for (head, name) in heading.iter().flat_map(|head| row.names.iter().map(move |name| (head, name)))
            {
                for (operation, cell) in row.cells.iter().enumerate() {
                    let before = cell.get(1).map(|was| was.strip_prefix("was ").unwrap().to_owned());
                    let (principal, broker) = if by_broker { (name, head) } else { (head, name) };
                    let key = (principal.clone(), broker.clone(), operation);
                    assert!(verdicts.insert(key, (cell[0].clone(), before)).is_none(), "{head} {name} twice");
                }
            }
        }
    }
    verdicts
}

/// The same from the JSON.
fn expected(folder: &Path) -> Verdicts {
    let report: Value = serde_json::from_str(&check(folder, "json", true)).expect("JSON");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    report["access"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let operation = ["create", "reboot", "delete"].iter().position(|name| row["operation"] == *name);
            let key = (text(&row["principal"]).unwrap(), text(&row["broker"]).unwrap(), operation.unwrap());
            let before = text(&row["before"]).filter(|_| row["before"] != row["verdict"]);
            (key, (text(&row["verdict"]).unwrap_or_else(|| "-".to_owned()), before))
        })
        .collect()
}

#[test]
fn every_layout_says_what_the_json_says() {
    let mut compared = 0;
    for plan in plans() {
        let expected = expected(&plan);
        let is_nothing = |cells: &[(&String, &Option<String>)]| {
            let is_nothing = |verdict: &str| verdict == "denied" || verdict == "-";
            cells.iter().all(|(after, before)| is_nothing(after) && before.as_deref().is_none_or(is_nothing))
        };
        let mut pairs: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ((principal, broker, _), (after, before)) in &expected {
            pairs.entry((principal, broker)).or_default().push((after, before));
        }
        let something: usize = pairs.values().filter(|cells| !is_nothing(cells)).count();
        for (arguments, is_side_by_side, by_broker) in [
            (&[][..], true, false),
            (&["--group-by", "principal"], false, false),
            (&["--group-by", "broker"], false, true),
        ] {
            // So wide that nothing is broken into lines.
            let all = table(&plan, 600, &[&["--all"], arguments].concat());
            let all = read(&all, is_side_by_side, by_broker);
            assert_eq!(all, expected, "{}", plan.display());
            compared += all.len();
            // Without --all it is what anybody can do, or could.
            let few = table(&plan, 600, arguments);
            let few = read(&few, is_side_by_side, by_broker);
            if !few
                .keys()
                .any(|(principal, broker, _)| [principal, broker].iter().any(|name| name.starts_with("and ")))
            {
                assert_eq!(few.len(), something * 3, "{}", plan.display());
            }
        }
    }
    assert!(compared > 2_000, "{compared} verdicts were compared");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for plan in plans() {
        let is_rich = plan.ends_with("report/platform") || plan.ends_with("report/hostile");
        let widths: &[usize] = if is_rich { &[60, 61, 80, 99, 100, 120, 200] } else { &[60] };
        for &columns in widths {
            for arguments in [&["--all"][..], &[], &["--group-by", "broker"], &["--changed-only"]] {
                if !is_rich && arguments != ["--all"] {
                    continue;
                }
                for line in table(&plan, columns, arguments).lines() {
                    // A place in the source stays in one piece, so that a terminal can open it.
                    let is_place = line.starts_with("  at ");
                    let width = line.chars().count();
                    assert!(width <= columns || is_place, "{} in {columns}: {line}", plan.display());
                    assert_eq!(line.trim_end(), line, "{}", plan.display());
                }
            }
        }
    }
}

#[test]
fn everything_that_is_found_is_said() {
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let mut found = 0;
    for plan in plans() {
        let report: Value = serde_json::from_str(&check(&plan, "json", true)).expect("JSON");
        let all = squeezed(&table(&plan, 100, &["--all"]));
        for finding in report["findings"].as_array().unwrap() {
            let text = |member: &str| finding[member].as_str().unwrap();
            let head = format!("{}[{}]: {}", text("severity"), text("rule"), text("message"));
            assert!(all.contains(&squeezed(&head)), "{}: {head}", plan.display());
            assert!(all.contains(&squeezed(text("help"))), "{}: {head}", plan.display());
            for related in finding["related"].as_array().unwrap() {
                assert!(all.contains(&squeezed(related["message"].as_str().unwrap())), "{}", plan.display());
            }
            found += 1;
        }
    }
    assert!(found > 100, "{found} findings were looked for");
    // What is the same of several is said once.
    let text = table(Path::new("testdata/cases/orders"), 120, &[]);
    assert_eq!(text.matches("DetachNetworkInterface (Service").count(), 1, "{text}");
    assert!(
        text.contains("aws_iam_group.operators may delete") && text.contains("aws_iam_user.ada may delete")
    );
}

#[test]
fn findings_come_first_then_changes_then_the_matrix() {
    let text = table(Path::new(PLATFORM), 120, &[]);
    let at = |what: &str| text.find(what).unwrap_or(text.len());
    let order = [
        at("error[intent-excess]"),
        at("warning[invalid-policy]"),
        at("1 accepted finding not shown"),
        at("What this plan changes:"),
        at("Principals  "),
        at("11 rows not shown where everything is denied"),
        at("12 principals, 5 brokers"),
    ];
    assert!(order.is_sorted() && order[6] < text.len(), "{order:?}");
    let all = table(Path::new(PLATFORM), 120, &["--all"]);
    assert!(!all.contains("not shown"), "{all}");
    assert!(all.contains("accepted: Break glass"));
}

#[test]
fn where_nobody_can_do_anything_it_says_so() {
    let plan = r#"{"format_version": "1.2", "terraform_version": "1.11.4", "configuration": {}, "resource_changes": [
      {"address": "aws_mq_broker.b", "mode": "managed", "type": "aws_mq_broker", "name": "b",
       "provider_name": "registry.terraform.io/hashicorp/aws",
       "change": {"actions": ["create"], "before": null, "after_unknown": {}, "after_sensitive": {}, "after":
        {"broker_name": "b", "engine_type": "RabbitMQ", "arn": "arn:aws:mq:eu-west-1:123456789012:broker:b:b-1", "tags": {}, "tags_all": {}}}},
      {"address": "aws_iam_user.u", "mode": "managed", "type": "aws_iam_user", "name": "u",
       "provider_name": "registry.terraform.io/hashicorp/aws",
       "change": {"actions": ["create"], "before": null, "after_unknown": {}, "after_sensitive": {}, "after":
        {"name": "u", "path": "/", "arn": "arn:aws:iam::123456789012:user/u", "tags": {}, "tags_all": {}}}}]}"#;
    let text = String::from_utf8(crate::report::support::check_text(plan, &[])).unwrap();
    assert!(
        text.starts_with("Nobody in this plan can create, reboot or delete any of these brokers"),
        "{text}"
    );
    let all = String::from_utf8(crate::report::support::check_text(plan, &["--all"])).unwrap();
    assert!(all.contains("aws_iam_user.u") && !all.contains("Nobody"), "{all}");
}
