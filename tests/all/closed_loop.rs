//! The closed loop: policies that are suggested, put into the configuration, leave nothing that is not as it is meant.
//!
//! The suggestions are read back from their HCL, in both forms, by the evaluator that reads `.tf` files, and what they
//! say is decided anew with everything else. Plans that Terraform made of such configurations are among the tests in
//! `fixed_plans.rs`.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]
#![allow(clippy::panic, clippy::string_slice, clippy::format_push_string)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mqwarden::access::{Authority, Compiled, Matrix, Overrides};
use mqwarden::analysis::{Analysis, Options};
use mqwarden::findings::{Finding, Fix, rule_ids};
use mqwarden::graph::{Document, Edge, EdgeKind, Node, PerState, Policy, PolicyOrigin};
use mqwarden::intent::{Intent, Judgement, Meant};
use mqwarden::plan::{self, Address, Configuration, Input, Module, ModuleStep};
use mqwarden::source::{Evaluator, PlanWorld, Source};
use mqwarden::text::json::Json;
use mqwarden::text::{Text, Truth};
use petgraph::graph::NodeIndex;
use rayon::prelude::*;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn analysis(case: &Path) -> Analysis {
    let plan = plan::read(Input::File(case.join("plan.json"))).expect("the plan reads");
    let source = Source::load(Some(&case.join("tfplan")), Some(case)).expect("the source loads");
    Analysis::new(plan, Some(source), &Options::default())
}

fn ids(analysis: &Analysis) -> (Vec<String>, Vec<String>) {
    let graph = &analysis.graph;
    let principals = graph.principals.iter().filter_map(|&node| Some(graph.principal(node)?.id.to_string()));
    let brokers = graph.brokers.iter().filter_map(|&node| Some(graph.broker(node)?.id.to_string()));
    (principals.collect(), brokers.collect())
}

/// The same few bits for the same words on every run.
fn bits(words: &[&str]) -> usize {
    words
        .join("/")
        .bytes()
        .fold(17usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(byte)) % 65_521)
}

fn quoted(words: &[&str]) -> String {
    let quote =
        |word: &&str| format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${"));
    words.iter().map(quote).collect::<Vec<_>>().join(", ")
}

/// Intents of several kinds that name every principal and broker of a plan.
fn intents(analysis: &Analysis) -> Vec<(&'static str, String)> {
    let (principals, brokers) = ids(analysis);
    let everyone = |more: &str| {
        format!(
            "access \"all\" {{\n  principals = [\"*\"]\n  brokers = [\"*\"]\n  may = [\"create\", \"reboot\", \"delete\", \
             \"update\"]\n{more}}}\n"
        )
    };
    let nobody = "protect \"all\" {\n  brokers = [\"*\"]\n  nobody_may = [\"create\", \"reboot\", \"delete\", \"update\"]\n}\n";
    let mut mixed = String::new();
    let acts = ["create", "reboot", "delete", "update"];
    for principal in &principals {
        for broker in &brokers {
            let chosen = bits(&[principal, broker]);
            let may: Vec<&str> = acts
                .into_iter()
                .enumerate()
                .filter(|(index, _)| chosen >> index & 1 == 1)
                .map(|(_, act)| act)
                .collect();
            if may.is_empty() {
                continue;
            }
            mixed.push_str(&format!(
                "access {} {{\n  principals = [{}]\n  brokers = [{}]\n  may = [{}]\n  only_with_mfa = {}\n}}\n",
                quoted(&[&format!("{principal} {broker}")]),
                quoted(&[principal]),
                quoted(&[broker]),
                quoted(&may),
                chosen & 16 == 16,
            ));
        }
    }
    mixed.push_str(
        "protect \"rest\" {\n  brokers = [\"*\"]\n  nobody_may = [\"update\"]\n  except = [\"*\"]\n}\n",
    );
    vec![
        ("everyone", everyone("")),
        ("everyone with MFA", everyone("  only_with_mfa = true\n")),
        ("nobody", nobody.to_owned()),
        ("some", mixed),
    ]
}

/// A copy of a configuration that suggestions are written into.
struct Copied {
    folder: tempfile::TempDir,
    next: usize,
}

impl Copied {
    fn new(case: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(case, folder.path());
        Self { folder, next: 0 }
    }

    fn write(&mut self, configuration: &Configuration, module: &str, text: &str) {
        let mut folder = self.folder.path().to_path_buf();
        let mut here: &Module = &configuration.root;
        for step in steps(module) {
            let call = &here.calls[&step.name];
            folder.push(&*call.source);
            here = &call.module;
        }
        self.next += 1;
        std::fs::write(folder.join(format!("suggested_{}.tf", self.next)), text).expect("it is written");
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the folder").map(|entry| entry.expect("an entry").path()) {
        let target = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&entry, &target);
        } else if !["plan.json", "tfplan", "truth.json"]
            .contains(&entry.file_name().unwrap().to_str().unwrap())
        {
            std::fs::copy(&entry, &target).unwrap();
        }
    }
}

/// The module that a title names.
fn steps(module: &str) -> Vec<ModuleStep> {
    match module {
        "the root module" => Vec::new(),
        module => Address::parse(&format!("{module}.x.y")).expect(module).module,
    }
}

/// The module of an address, as titles name it.
fn module_of(address: &str) -> String {
    let steps = Address::parse(address).unwrap().module;
    let module = steps.iter().map(|step| format!("module.{}", step.name)).collect::<Vec<_>>().join(".");
    if module.is_empty() { "the root module".to_owned() } else { module }
}

/// What a suggestion does.
#[derive(Debug)]
enum Change {
    /// A policy for the principal of the finding.
    Attach { module: String, label: String },
    /// Statements in the place of one, or more of them in a policy.
    Write { module: String, policy: String, index: Option<usize>, name: String },
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let rest = text.split_once(before)?.1;
    Some(rest.split_once(after).map_or(rest, |(found, _)| found))
}

/// Writes the suggestion of a finding, in one of its forms, and says what it does.
fn write(copied: &mut Copied, configuration: &Configuration, fix: &Fix, as_json: bool) -> Vec<Change> {
    let text = if as_json { &fix.jsonencode } else { &fix.policy_document };
    let (own, within) = match text.split_once("\n# and this statement within ") {
        Some((own, rest)) => (own, rest.split_once(":\n").map(|(_, statement)| statement)),
        None => (text.as_str(), None),
    };
    let mut changes = Vec::new();
    let mut statements = |copied: &mut Copied, module: &str, policy: &str, index, text: &str| {
        let name = format!("suggested_{}", copied.next);
        let text = if as_json {
            format!(
                "locals {{\n  {name} = jsonencode({{ Version = \"2012-10-17\", Statement = [{text}] }})\n}}\n"
            )
        } else {
            format!("data \"aws_iam_policy_document\" \"{name}\" {{\n{text}\n}}\n")
        };
        copied.write(configuration, module, &text);
        changes.push(Change::Write { module: module.to_owned(), policy: policy.to_owned(), index, name });
    };
    if let Some(rest) = fix.title.strip_prefix("Write statement ") {
        let index: usize = rest.split([' ', '(']).next().unwrap().parse().unwrap();
        let policy = between(rest, " of ", " so: ").unwrap().split(" (").next().unwrap();
        statements(copied, between(rest, " so: in ", "\0").unwrap(), policy, Some(index - 1), own);
        return changes;
    }
    if let Some(rest) = fix.title.strip_prefix("Add this statement to the ") {
        let rest = rest.strip_prefix("permissions boundary ").or_else(|| rest.strip_prefix("inline policy "));
        let (policy, module) = rest.unwrap().split_once(": in ").unwrap();
        let policy = policy.split(", ").next().unwrap();
        statements(copied, module, policy, None, own);
        return changes;
    }
    if let Some(within) = within {
        let policy = between(&fix.title, "to the permissions boundary ", "\0").unwrap();
        let module = module_of(policy);
        statements(copied, &module, policy, None, within);
    }
    if let Some(role) = between(&fix.title, "add the block inline_policy to ", ",") {
        let module = module_of(role);
        let label = format!("suggested_{}", copied.next);
        let header = format!("resource \"aws_iam_role_policy\" \"{label}\" {{\n  role = \"of the block\"");
        copied.write(configuration, &module, &own.replace("inline_policy {", &header));
        changes.push(Change::Attach { module, label: format!("aws_iam_role_policy.{label}") });
        return changes;
    }
    let module = between(&fix.title, "add this to ", ";").unwrap().to_owned();
    let label =
        own.lines().find_map(|line| line.strip_prefix("resource ")).and_then(|line| line.split('"').nth(3));
    let label = format!(
        "{}.{}",
        own.lines().find_map(|line| line.strip_prefix("resource ")).unwrap().split('"').nth(1).unwrap(),
        label.unwrap()
    );
    copied.write(configuration, &module, own);
    changes.push(Change::Attach { module, label });
    changes
}

/// A gap without a suggestion that does not say what stands in the way.
fn unexplained_gap(finding: &Finding) -> Option<String> {
    let names_it = |message: &str| {
        message.starts_with("denied by")
            || message.starts_with("not allowed by")
            || message.starts_with("without a suggestion")
    };
    let is_told = finding.related.iter().any(|related| names_it(&related.message));
    (finding.rule == "intent-gap" && !is_told).then(|| format!("{} {:?}", finding.message, finding.related))
}

fn in_module(module: &str, address: &str) -> Address {
    let prefix = if module == "the root module" { String::new() } else { format!("{module}.") };
    Address::parse(&format!("{prefix}{address}")).expect(address)
}

fn both(truth: Truth) -> PerState<Truth> {
    PerState { before: truth, after: truth }
}

/// What is not as it is meant: kind, principal, act, broker.
type Open = BTreeSet<(String, usize, String, usize)>;

fn open(judged: &Judgement<'_>) -> Open {
    let each = judged.matters.iter().flat_map(|matter| {
        let line = (format!("{:?}", matter.what), matter.principal, matter.act.to_string());
        matter.brokers.iter().map(move |&broker| (line.0.clone(), line.1, line.2.clone(), broker))
    });
    each.collect()
}

/// How many suggestions there were, how many findings without, and what is open after all.
struct Outcome {
    suggested: usize,
    without: Vec<String>,
    left: Vec<String>,
}

fn close(case: &Path, intent: &str) -> Vec<Outcome> {
    let mut analysis = analysis(case);
    let parse = || Intent::parse("mqwarden.hcl", intent, &rule_ids()).expect("the intent reads");
    analysis.set_intent(parse()).expect("the intent fits");
    let findings: Vec<Finding> = analysis.with_report(|report| {
        let about = |finding: &&Finding| {
            ["intent-gap", "intent-excess", "intent-without-mfa", "protected-broker"].contains(&finding.rule)
        };
        report.findings.iter().filter(about).cloned().collect()
    });
    let untouched = analysis.graph.links.clone();
    [false, true]
        .into_iter()
        .map(|as_json| {
            analysis.graph.links.clone_from(&untouched);
            close_as(case, &mut analysis, &findings, parse(), as_json)
        })
        .collect()
}

/// With nothing written, everything that findings are about is still open: else the loop could not fail.
fn assert_something_is_open(case: &Path, intent: &str) {
    let mut analysis = analysis(case);
    let parse = || Intent::parse("mqwarden.hcl", intent, &rule_ids()).expect("the intent reads");
    analysis.set_intent(parse()).expect("the intent fits");
    let about = ["intent-gap", "intent-excess", "intent-without-mfa", "protected-broker"];
    let count = analysis
        .with_report(|report| report.findings.iter().filter(|finding| about.contains(&finding.rule)).count());
    let idle = close_as(case, &mut analysis, &[], parse(), false);
    let left = idle.left.iter().filter(|line| !line.starts_with("Undecided")).count();
    assert!(left >= count, "{}: {count} findings, {left} cases open", case.display());
}

/// Writes the suggestions in one of their forms, and decides anew.
fn close_as(
    case: &Path,
    analysis: &mut Analysis,
    findings: &[Finding],
    intent: Intent,
    as_json: bool,
) -> Outcome {
    let mut copied = Copied::new(case);
    let mut changes: Vec<(&Finding, Vec<Change>)> = Vec::new();
    let (mut without, mut unexplained) = (Vec::new(), Vec::new());
    for finding in findings {
        if let Some(fix) = &finding.fix {
            changes.push((finding, write(&mut copied, &analysis.plan.configuration, fix, as_json)));
        } else {
            unexplained.extend(unexplained_gap(finding));
            let parts = [finding.principal.as_deref(), finding.operation, finding.broker.as_deref()];
            without.push(parts.map(|part| part.unwrap_or("*")).join(" "));
        }
    }
    let source = Source::load(None, Some(copied.folder.path())).expect("the source loads");
    assert!(unexplained.is_empty(), "{}: {unexplained:#?}", case.display());
    assert!(source.notes().iter().all(|note| !note.contains("suggested_")), "{:#?}", source.notes());
    let world = PlanWorld::new(&analysis.plan);
    let evaluator = Evaluator::new(&source, &world);
    let text = |value: Option<plan::Value>, what: &str| -> Text {
        value
            .and_then(|value| value.as_text().cloned())
            .unwrap_or_else(|| panic!("{}: {what} is not evaluated", case.display()))
    };
    let graph = &mut analysis.graph;
    let nodes: BTreeMap<String, NodeIndex> = graph
        .principals
        .iter()
        .filter_map(|&node| Some((graph.principal(node)?.id.to_string(), node)))
        .collect();
    let mut rewritten: BTreeMap<(String, usize), Vec<Json>> = BTreeMap::new();
    let mut added: Vec<(String, Vec<Json>)> = Vec::new();
    for (finding, changes) in &changes {
        for change in changes {
            match change {
                Change::Attach { module, label } => {
                    let attribute = if label.contains("permission_set") { "inline_policy" } else { "policy" };
                    let document = text(evaluator.attribute(&in_module(module, label), attribute), label);
                    assert!(
                        !Json::parse(&document).map(|json| matches!(json, Json::Unknown(_))).unwrap(),
                        "{document}"
                    );
                    let policy = Policy {
                        id: label.as_str().into(),
                        origin: PolicyOrigin::Inline,
                        document: PerState { before: None, after: Some(Document::Text(document)) },
                    };
                    let node = graph.links.add_node(Node::Policy(policy));
                    let edge = Edge {
                        kind: EdgeKind::AttachedTo,
                        holds: both(Truth::True),
                        via: "suggested".into(),
                        unknown: None,
                    };
                    graph.links.add_edge(nodes[finding.principal.as_deref().unwrap()], node, edge);
                }
                Change::Write { module, policy, index, name } => {
                    let document = if as_json {
                        let steps = steps(module);
                        text(evaluator.local(&steps, name), name)
                    } else {
                        let address = in_module(module, &format!("data.aws_iam_policy_document.{name}"));
                        text(evaluator.attribute(&address, "json"), name)
                    };
                    let Json::Object(members) = Json::parse(&document).unwrap() else { panic!("{document}") };
                    let Some((_, statements)) =
                        members.into_iter().find(|(key, _)| key.as_known() == Some("Statement"))
                    else {
                        panic!()
                    };
                    let statements = match statements {
                        Json::Array(statements) => statements,
                        one => vec![one],
                    };
                    match index {
                        Some(index) => _ = rewritten.insert((policy.clone(), *index), statements),
                        None => added.push((policy.clone(), statements)),
                    }
                }
            }
        }
    }
    rewrite(graph, &rewritten, &added);
    let matrix = Matrix::new(&analysis.graph, Compiled::default(), &Overrides::default());
    let overrides = Overrides::default();
    let authority = Authority::new(&analysis.graph, &matrix, &overrides);
    let meant = Meant::new(intent, &analysis.graph).expect("the intent fits");
    let after = Judgement::new(&meant, &analysis.graph, &matrix, &authority);
    let known = ids(analysis);
    let left = open(&after).into_iter().map(|(what, principal, act, broker)| {
        format!("{what} {} {act} {}", known.0[principal], known.1[broker])
    });
    Outcome { suggested: changes.len(), without, left: left.collect() }
}

/// Writes statements into policies of the graph.
fn rewrite(
    graph: &mut mqwarden::graph::Graph,
    rewritten: &BTreeMap<(String, usize), Vec<Json>>,
    added: &[(String, Vec<Json>)],
) {
    for node in graph.links.node_weights_mut() {
        let Node::Policy(policy) = node else { continue };
        let id = policy.id.to_string();
        let changes: Vec<_> = rewritten.iter().filter(|((policy, _), _)| *policy == id).collect();
        let more: Vec<Json> =
            added.iter().filter(|(policy, _)| *policy == id).flat_map(|(_, more)| more.clone()).collect();
        if changes.is_empty() && more.is_empty() {
            continue;
        }
        let Some(Document::Text(text)) = &policy.document.after else { panic!("{id} is unknown") };
        let Json::Object(mut members) = Json::parse(text).unwrap() else { panic!("{text}") };
        for (key, value) in &mut members {
            if key.as_known() != Some("Statement") {
                continue;
            }
            let mut statements = match &*value {
                Json::Array(statements) => statements.clone(),
                one => vec![one.clone()],
            };
            for ((_, index), new) in &changes {
                assert_eq!(new.len(), 1);
                statements[*index] = new[0].clone();
            }
            statements.extend(more.clone());
            *value = Json::Array(statements);
        }
        let mut out = Text::builder();
        print(&Json::Object(members), &mut out);
        policy.document.after = Some(Document::Text(out.finish()));
    }
}

fn print(json: &Json, out: &mut mqwarden::text::TextBuilder) {
    use mqwarden::text::Piece;
    let string = |text: &Text, out: &mut mqwarden::text::TextBuilder| {
        out.push_str("\"");
        for piece in text.pieces() {
            match piece {
                Piece::Literal(known) => {
                    let quoted = serde_json::to_string(known).unwrap();
                    out.push_str(&quoted[1..quoted.len() - 1]);
                }
                Piece::Hole(hole) => _ = out.push_hole(hole),
            }
        }
        out.push_str("\"");
    };
    match json {
        Json::Null => _ = out.push_str("null"),
        Json::Bool(value) => _ = out.push_str(&value.to_string()),
        Json::Number(text) => _ = out.push_text(text),
        Json::String(text) => string(text, out),
        Json::Unknown(hole) => _ = out.push_hole(hole),
        Json::Array(items) => {
            out.push_str("[");
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                print(item, out);
            }
            out.push_str("]");
        }
        Json::Object(members) => {
            out.push_str("{");
            for (index, (name, value)) in members.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                string(name, out);
                out.push_str(":");
                print(value, out);
            }
            out.push_str("}");
        }
    }
}

fn cases(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut cases: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("plan.json").exists() && path.join("tfplan").exists())
        .collect();
    cases.sort();
    cases
}

/// Closes the loop for all intents over one case: how many suggestions, how many findings without, what is wrong.
fn closed(case: &Path) -> (usize, usize, Vec<String>) {
    let (mut suggested, mut without, mut wrong) = (0, 0, Vec::new());
    for (name, intent) in &intents(&analysis(case)) {
        if *name == "some" {
            assert_something_is_open(case, intent);
        }
        for outcome in close(case, intent) {
            suggested += outcome.suggested;
            without += outcome.without.len();
            if std::env::var_os("SHOW_WITHOUT").is_some() {
                outcome
                    .without
                    .iter()
                    .for_each(|line| println!("{} {name}: without: {line}", case.display()));
            }
            let is_known = |line: &String| {
                let rest = line.split_once(' ').map_or("", |(_, rest)| rest);
                let known = |known: &String| {
                    rest == known || known.strip_suffix('*').is_some_and(|known| rest.starts_with(known))
                };
                line.starts_with("Undecided") || outcome.without.iter().any(known)
            };
            let left: Vec<&String> = outcome.left.iter().filter(|line| !is_known(line)).collect();
            if !left.is_empty() {
                wrong.push(format!("{} {name}: {left:#?}", case.display()));
            }
        }
    }
    (suggested, without, wrong)
}

/// Closes the loop for all intents over all cases of a folder.
fn check(folder: &Path) {
    let cases = cases(folder);
    if cases.is_empty() {
        println!("skipped: {} holds no cases", folder.display());
        return;
    }
    let closed: Vec<(usize, usize, Vec<String>)> = cases.par_iter().map(|case| closed(case)).collect();
    let suggested: usize = closed.iter().map(|(suggested, _, _)| suggested).sum();
    let without: usize = closed.iter().map(|(_, without, _)| without).sum();
    let wrong: Vec<String> = closed.into_iter().flat_map(|(_, _, wrong)| wrong).collect();
    println!("{}: {suggested} suggestions closed, {without} findings without", folder.display());
    assert!(suggested > 0, "nothing is closed where nothing is suggested");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn own_cases_are_closed() {
    check(&root().join("testdata/cases"));
}

#[test]
fn intents_are_closed() {
    check(&root().join("testdata/intent"));
}

#[test]
fn shared_cases_are_closed() {
    let default = || root().join("../shared");
    check(&std::env::var_os("MQWARDEN_SHARED").map_or_else(default, PathBuf::from).join("cases"));
}
