//! The graph: each format as it is of a rich plan, valid of every plan, and the same as what `check` says.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::report::support::{check, mqwarden, plans};
use serde_json::Value;

const PLATFORM: &str = "testdata/report/platform";
const HOSTILE: &str = "testdata/report/hostile";

fn graph(folder: &Path, arguments: &[&str]) -> String {
    let mut all = vec!["graph", "plan.json", "--plan-file", "tfplan", "--config-dir", "."];
    all.extend(arguments);
    let output = mqwarden(folder, &all);
    assert!(output.status.success(), "{}: {}", folder.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn graph_json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&graph(folder, &[&["--format", "json"], arguments].concat())).expect("JSON")
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap()
}

#[test]
fn each_format_is_as_it_was() {
    for format in ["dot", "mermaid", "json"] {
        let text = graph(Path::new(PLATFORM), &["--format", format]);
        let text = if format == "json" { row_by_row(&text) } else { text };
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("report_graph_{format}"), text);
        });
    }
}

#[test]
fn the_drawing_of_the_documentation_is_as_it_is() {
    let page = std::fs::read_to_string(crate::report::support::root().join("docs/formats.md")).unwrap();
    let drawn = page.split("```mermaid\n").nth(1).unwrap().split("```").next().unwrap();
    let arguments = [
        "graph",
        "testdata/cases/orders/plan.json",
        "--plan-file",
        "testdata/cases/orders/tfplan",
        "--format",
        "mermaid",
    ];
    let output = mqwarden(Path::new("."), &arguments);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), drawn);
}

fn row_by_row(json: &str) -> String {
    let graph: Value = serde_json::from_str(json).expect("JSON");
    let rows =
        ["nodes", "edges"].map(|name| list(&graph, name).iter().map(move |row| format!("{name}: {row}")));
    rows.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

#[test]
fn the_json_keeps_to_its_schema_and_says_what_check_says() {
    let output = mqwarden(Path::new("."), &["schema", "graph"]);
    let schema: Value = serde_json::from_slice(&output.stdout).expect("the schema is JSON");
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    let schema = jsonschema::validator_for(&schema).expect("the schema compiles");
    let mut access = 0;
    for plan in plans() {
        let graph = graph_json(&plan, &[]);
        let errors: Vec<String> = schema.iter_errors(&graph).map(|error| error.to_string()).take(5).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", plan.display());
        let nodes: Vec<(&str, &str)> = list(&graph, "nodes")
            .iter()
            .map(|node| (node["type"].as_str().unwrap(), node["id"].as_str().unwrap()))
            .collect();
        let distinct: BTreeSet<_> = nodes.iter().collect();
        assert_eq!(distinct.len(), nodes.len(), "{}: an id is there twice", plan.display());
        for edge in list(&graph, "edges") {
            let to = match edge["kind"].as_str().unwrap() {
                "access" => "broker",
                "member_of" => "principal",
                _ => "policy",
            };
            assert!(distinct.contains(&("principal", edge["from"].as_str().unwrap())), "{edge}");
            assert!(distinct.contains(&(to, edge["to"].as_str().unwrap())), "{edge}");
        }
        access += assert_access_is_that_of_check(&plan, &graph);
    }
    assert!(access > 300, "{access} edges were compared");
}

/// Every verdict that is not denied or absent in both states is in an edge, and no edge says anything else.
fn assert_access_is_that_of_check(plan: &Path, graph: &Value) -> usize {
    let mut edges = BTreeMap::new();
    for edge in list(graph, "edges").iter().filter(|edge| edge["kind"] == "access") {
        let ends = (edge["from"].as_str().unwrap().to_owned(), edge["to"].as_str().unwrap().to_owned());
        let verdicts: Vec<(Value, Value)> = list(edge, "access")
            .iter()
            .map(|access| (access["before"].clone(), access["verdict"].clone()))
            .collect();
        assert!(edges.insert(ends, verdicts).is_none(), "two edges of access between the same nodes");
    }
    let report: Value = serde_json::from_str(&check(plan, "json", true)).expect("JSON");
    let mut expected = BTreeMap::new();
    for rows in list(&report, "access").chunks(3) {
        let verdicts: Vec<(Value, Value)> =
            rows.iter().map(|row| (row["before"].clone(), row["verdict"].clone())).collect();
        let is_nothing = |verdict: &Value| verdict.is_null() || verdict == "denied";
        if !verdicts.iter().all(|(before, after)| is_nothing(before) && is_nothing(after)) {
            let ends = (&rows[0]["principal"], &rows[0]["broker"]);
            expected
                .insert((ends.0.as_str().unwrap().to_owned(), ends.1.as_str().unwrap().to_owned()), verdicts);
        }
    }
    assert_eq!(edges, expected, "{}", plan.display());
    edges.len()
}

/// The nodes with the lines of their labels, and the edges.
type Drawn = (BTreeMap<usize, Vec<String>>, Vec<(usize, usize)>);

/// Reads DOT as the renderer writes it; panics at everything that is not a statement of the language.
fn read_dot(text: &str) -> Drawn {
    let (mut nodes, mut edges) = (BTreeMap::new(), Vec::new());
    let body = text.strip_prefix("digraph mqwarden {\n").unwrap().strip_suffix("}\n").unwrap();
    for line in body.lines() {
        let statement = line.strip_prefix("  ").unwrap().strip_suffix(';').expect("a statement");
        let (head, attributes) = statement.split_once(" [").unwrap_or((statement, "]"));
        let label = read_attributes(attributes);
        let number = |name: &str| name.strip_prefix('n').unwrap().parse::<usize>().expect("a node");
        if let Some((from, to)) = head.split_once(" -> ") {
            edges.push((number(from), number(to)));
        } else if !matches!(head, "graph" | "node" | "edge") {
            assert!(nodes.insert(number(head), label.expect("a label")).is_none());
        }
    }
    assert!(edges.iter().all(|(from, to)| nodes.contains_key(from) && nodes.contains_key(to)));
    (nodes, edges)
}

/// `name=value, …]`, where a value is a word or stands in quotes; the lines of `label`.
fn read_attributes(text: &str) -> Option<Vec<String>> {
    let mut label = None;
    let mut rest = text;
    while rest != "]" {
        let (name, after) = rest.split_once('=').expect("name=value");
        assert!(name.bytes().all(|byte| byte.is_ascii_alphabetic()), "{text}");
        let Some(quoted) = after.strip_prefix('"') else {
            let end = after.find([',', ']']).unwrap();
            let (word, after) = after.split_at(end);
            assert!(word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.'), "{text}");
            rest = after.strip_prefix(", ").unwrap_or(after);
            continue;
        };
        let mut lines = vec![String::new()];
        let mut characters = quoted.char_indices();
        let end = loop {
            let (at, c) = characters.next().expect("the end of the quotes");
            match c {
                '"' => break at,
                '\\' => match characters.next().unwrap().1 {
                    'n' => lines.push(String::new()),
                    c @ ('"' | '\\') => lines.last_mut().unwrap().push(c),
                    other => panic!("\\{other} in {text}"),
                },
                c => lines.last_mut().unwrap().push(c),
            }
        };
        if name == "label" {
            // An ampersand begins an entity, and so is one itself.
            label = Some(lines.into_iter().map(|line| line.replace("&amp;", "&")).collect());
        }
        let after = quoted.split_at(end + 1).1;
        rest = after.strip_prefix(", ").unwrap_or(after);
    }
    label
}

/// Reads a Mermaid flowchart as the renderer writes it.
fn read_mermaid(text: &str) -> Drawn {
    let (mut nodes, mut edges) = (BTreeMap::new(), Vec::new());
    let mut lines = text.lines().skip_while(|line| line.starts_with("%% "));
    assert_eq!(lines.next(), Some("flowchart LR"));
    for line in lines {
        let line = line.strip_prefix("  ").expect("an indented line");
        if line.starts_with("class ") || line.starts_with("classDef ") {
            continue;
        }
        let (head, rest) = line.split_at(line.find(|c: char| !c.is_ascii_digit() && c != 'n').unwrap());
        let number = |name: &str| name.strip_prefix('n').unwrap().parse::<usize>().expect("a node");
        let quoted = rest.split('"').collect::<Vec<_>>();
        for label in quoted.get(1).into_iter().flat_map(|label| label.split("<br>")) {
            let is_plain = |c: char| c.is_alphanumeric() || " _-.,:/()#;".contains(c);
            assert!(label.chars().all(is_plain), "{label}");
        }
        match *quoted.as_slice() {
            [open @ ("[" | "(" | "[["), label, close] => {
                let (end, class) = close.split_once(":::").unwrap();
                assert_eq!(end.len(), open.len());
                assert!(["policy", "principal", "broker"].contains(&class), "{line}");
                let lines = label.split("<br>").map(character_codes).collect();
                assert!(nodes.insert(number(head), lines).is_none());
            }
            [arrow, _, end] => {
                assert!([" -.-x|", " -.-o|", " -.->|", " ==>|", " -->|"].contains(&arrow), "{line}");
                edges.push((number(head), number(end.strip_prefix("| ").unwrap())));
            }
            [bare] => {
                let (arrow, end) = bare.trim_start().split_once(' ').unwrap();
                assert!(["-.-x", "-.-o", "-->"].contains(&arrow), "{line}");
                edges.push((number(head), number(end)));
            }
            _ => panic!("{line}"),
        }
    }
    assert!(edges.iter().all(|(from, to)| nodes.contains_key(from) && nodes.contains_key(to)));
    (nodes, edges)
}

fn character_codes(text: &str) -> String {
    let mut pieces = text.split('#');
    let mut plain = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_once(';').expect("a character code");
        plain.push(char::from_u32(code.parse().unwrap()).unwrap());
        plain.push_str(rest);
    }
    plain
}

/// Text of the test data as it is shown: `visible` of what hides or turns text.
fn shown(id: &str) -> String {
    assert!(!id.contains(['\u{202e}', '\u{200b}']), "addresses of plans write it as an escape: {id}");
    id.to_owned()
}

#[test]
fn drawings_have_every_node_and_edge() {
    for plan in plans() {
        let json = graph_json(&plan, &[]);
        let ids: Vec<String> =
            list(&json, "nodes").iter().map(|node| shown(node["id"].as_str().unwrap())).collect();
        for (format, read) in [("dot", read_dot as fn(&str) -> Drawn), ("mermaid", read_mermaid)] {
            let (nodes, edges) = read(&graph(&plan, &["--format", format, "--all"]));
            let drawn: Vec<String> = nodes.into_values().map(|lines| lines[0].clone()).collect();
            assert_eq!(drawn, ids, "{}: {format}", plan.display());
            // A link by several resources is one edge; access is an edge for each pair of verdicts.
            let ends =
                |edge: &Value| (edge["from"].to_string(), edge["to"].to_string(), edge["kind"].to_string());
            let distinct: BTreeSet<_> = list(&json, "edges").iter().map(ends).collect();
            assert!(edges.len() >= distinct.len(), "{}: {format}", plan.display());
            // What is drawn without --all are the same brokers and part of the rest.
            let (fewer, _) = read(&graph(&plan, &["--format", format]));
            assert!(fewer.len() <= drawn.len());
        }
    }
}

#[test]
fn graphviz_reads_the_dot() {
    if Command::new("dot").arg("-V").output().is_err() {
        eprintln!("skipped: there is no dot; scripts/install-test-tools.sh installs it");
        return;
    }
    for folder in [PLATFORM, HOSTILE, "testdata/cases/guard-rails", "testdata/cases/permission-sets"] {
        for arguments in [&["--all"][..], &[]] {
            let text = graph(Path::new(folder), arguments);
            let mut dot = Command::new("dot")
                .arg("-Tjson0")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            dot.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
            let output = dot.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && !said.contains("syntax"), "{folder}: {said}");
            let laid: Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let (nodes, edges) = read_dot(&text);
            assert_eq!(laid["objects"].as_array().map_or(0, Vec::len), nodes.len(), "{folder}");
            assert_eq!(laid["edges"].as_array().map_or(0, Vec::len), edges.len(), "{folder}");
        }
    }
}

#[test]
fn only_changes_are_drawn_where_only_they_are_asked_for() {
    let all = graph_json(Path::new(PLATFORM), &[]);
    let changed = graph_json(Path::new(PLATFORM), &["--changed-only"]);
    let differs = |edge: &Value| match edge["access"].as_array() {
        Some(access) => access.iter().any(|access| {
            let is_nothing = |verdict: &Value| verdict.is_null() || verdict == "denied";
            access["before"] != access["verdict"]
                && !(is_nothing(&access["before"]) && is_nothing(&access["verdict"]))
        }),
        None => edge["before"] != edge["after"],
    };
    let expected: Vec<&Value> = list(&all, "edges").iter().filter(|edge| differs(edge)).collect();
    assert!(!expected.is_empty() && expected.len() < list(&all, "edges").len());
    assert_eq!(list(&changed, "edges").iter().collect::<Vec<_>>(), expected);
    let (_, edges) = read_dot(&graph(Path::new(PLATFORM), &["--changed-only"]));
    assert!(!edges.is_empty());
}

#[test]
fn one_run_writes_all_formats() {
    let folder = tempfile::tempdir().expect("a folder");
    let files: Vec<String> = ["dot", "mermaid", "json"]
        .iter()
        .map(|format| format!("{format}={}", folder.path().join(format).display()))
        .collect();
    let mut arguments = vec!["--format", "json"];
    for file in &files {
        arguments.extend(["--output", file]);
    }
    let printed = graph(Path::new(PLATFORM), &arguments);
    for format in ["dot", "mermaid", "json"] {
        let written = std::fs::read_to_string(folder.path().join(format)).expect("it is written");
        assert_eq!(written, graph(Path::new(PLATFORM), &["--format", format]), "{format}");
    }
    assert_eq!(printed, std::fs::read_to_string(folder.path().join("json")).unwrap());
}
