//! Every rule has its page, finds what is wrong and leaves alone what is right.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::format_push_string,
    clippy::print_stdout,
    reason = "a test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mqwarden::analysis::{Analysis, Options};
use mqwarden::findings::{Finding, Kind, RULES, rule_ids};
use mqwarden::intent::Intent;
use mqwarden::plan::{self, Input, Plan};
use mqwarden::source::Source;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(of) else { return Vec::new() };
    let mut all: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.join("plan.json").exists()).collect();
    all.sort();
    all
}

fn findings(folder: &Path) -> (Plan, Vec<Finding>) {
    let plan = read(folder);
    let source = Source::load(Some(&folder.join("tfplan")), Some(folder)).unwrap();
    let analysis = Analysis::new(plan, Some(source), &Options::default());
    let found = analysis.with_report(|report| report.findings.clone());
    (read(folder), found)
}

fn read(folder: &Path) -> Plan {
    plan::read(Input::File(folder.join("plan.json"))).unwrap()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// `UPDATE_DOCS=1 cargo test --test all rules` writes the pages.
#[test]
fn every_rule_has_its_page() {
    let folder = root().join("docs/rules");
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let mut pages = BTreeSet::new();
    for rule in RULES {
        let path = folder.join(format!("{}.md", rule.id));
        if update {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, rule.documentation).unwrap();
        }
        let page = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(page, rule.documentation, "{} differs: set UPDATE_DOCS=1", path.display());
        pages.insert(format!("{}.md", rule.id));
    }
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(pages.contains(&name), "docs/rules/{name} is of no rule");
    }
}

#[test]
fn documentation_shows_a_wrong_and_a_right_example() {
    for rule in RULES {
        assert!(rule.documentation.starts_with(&format!("# {}\n", rule.id)), "{}", rule.id);
        for example in ["Wrong", "Right"] {
            assert!(rule.documentation.contains(&format!("\n{example}")), "{} has no `{example}`", rule.id);
        }
        assert!(rule.documentation.lines().all(|line| line.chars().count() <= 120), "{}", rule.id);
    }
}

/// The resource that a finding is about: it stands at the beginning of the message.
fn about(finding: &Finding) -> String {
    let end = finding.message.find([' ', ',', ':']).unwrap();
    finding.message[..end].to_owned()
}

fn block_name(address: &str) -> &str {
    let address = address.split(".inline_policy[").next().unwrap();
    address.split('[').next().unwrap().rsplit('.').next().unwrap()
}

/// In `testdata/rules/RULE`, the rule speaks of every resource whose name begins with `wrong`, and of no other.
#[test]
fn every_rule_finds_what_is_wrong_and_nothing_else() {
    let mut shown = String::new();
    for folder in folders(&root().join("testdata/rules")) {
        let id = name(&folder);
        assert!(RULES.iter().any(|rule| rule.id == id), "{id} is no rule");
        let (plan, found) = findings(&folder);
        let found: Vec<&Finding> = found.iter().filter(|finding| finding.rule == id).collect();
        let mut named: BTreeSet<String> = BTreeSet::new();
        for finding in &found {
            let others =
                finding.related.iter().filter_map(|related| related.message.strip_prefix("the same in "));
            named.insert(about(finding));
            named.extend(others.map(str::to_owned));
            let place = finding.location.as_ref().map_or_else(
                || "nowhere".into(),
                |at| {
                    let text = fs::read_to_string(folder.join(&*at.file)).unwrap();
                    let line =
                        text.lines().nth(usize::try_from(at.line).unwrap() - 1).unwrap().trim().to_owned();
                    format!("{}:{}:{}: {line}", at.file, at.line, at.column)
                },
            );
            shown.push_str(&format!(
                "{}[{}]: {}\n  at {place}\n  help: {}\n",
                finding.severity, finding.rule, finding.message, finding.help
            ));
            for related in &finding.related {
                shown.push_str(&format!("  - {}\n", related.message));
            }
        }
        for name in &named {
            assert!(block_name(name).starts_with("wrong"), "{id} speaks of {name}");
        }
        let wrong = plan.resources.iter().map(|change| change.address.to_string());
        let wrong: Vec<String> = wrong.filter(|address| block_name(address).starts_with("wrong")).collect();
        assert!(!wrong.is_empty(), "{id} has no wrong case");
        let right = plan.resources.iter().any(|change| change.address.name.starts_with("right"));
        assert!(right, "{id} has no right case");
        for address in wrong.iter().filter(|address| !address.starts_with("data.")) {
            let is_named =
                named.iter().any(|name| name == address || name.starts_with(&format!("{address}.")));
            assert!(is_named, "{id} does not find {address}");
        }
        shown.push('\n');
    }
    insta::assert_snapshot!("rules", shown);
}

/// A plan by Terraform, and what is given beside it.
#[derive(Clone, Copy)]
struct Given {
    folder: &'static str,
    has_source: bool,
    intent: Option<&'static str>,
    deployer: Option<&'static str>,
}

impl Given {
    const fn plan(folder: &'static str) -> Self {
        Self { folder, has_source: true, intent: None, deployer: None }
    }

    /// The plan alone, which tells less.
    const fn alone(folder: &'static str) -> Self {
        Self { has_source: false, ..Self::plan(folder) }
    }

    const fn meant(self, intent: &'static str) -> Self {
        Self { intent: Some(intent), ..self }
    }

    const fn run_by(self, deployer: &'static str) -> Self {
        Self { deployer: Some(deployer), ..self }
    }

    /// How often a rule speaks.
    fn count(self, rule: &str) -> usize {
        let folder = root().join("testdata").join(self.folder);
        let load = || Source::load(Some(&folder.join("tfplan")), Some(&folder)).unwrap();
        let source = self.has_source.then(load);
        let mut analysis = Analysis::new(read(&folder), source, &Options::default());
        if let Some(intent) = self.intent {
            let text = fs::read_to_string(root().join("testdata").join(intent))
                .unwrap_or_else(|_| intent.to_owned());
            let intent = Intent::parse("mqwarden.hcl", &text, &rule_ids()).unwrap();
            analysis.set_intent(intent).unwrap();
        }
        if let Some(deployer) = self.deployer {
            analysis.set_deployer(deployer).unwrap();
        }
        analysis.with_report(|report| report.findings.iter().filter(|finding| finding.rule == rule).count())
    }
}

/// An intent under which every verdict matters.
const EVERYBODY: &str = "access \"all\" {\n  principals = [\"*\"]\n  brokers = [\"*\"]\n  may = [\"create\", \"reboot\", \"delete\"]\n}\n";
const EXAMPLE: Given = Given::plan("intent/example").meant("intent/example/mqwarden.hcl");
const MENDED: Given = Given::plan("intent/example/closed/jsonencode").meant("intent/example/mqwarden.hcl");

/// Rules that are about more than single resources: a case that is wrong, and one of its kind that is right.
const OF_PLANS: &[(&str, Given, Given)] = &[
    (
        "deployer-cannot-perform-plan",
        Given::plan("requirements/deployer").run_by("blind"),
        Given::plan("requirements/deployer").run_by("exact"),
    ),
    ("incomplete-plan", Given::plan("cases/targeted"), Given::plan("cases/orders")),
    ("indirect-power", Given::plan("reach/own-policies"), Given::plan("reach/trust-sides")),
    ("intent-excess", EXAMPLE, MENDED),
    ("intent-gap", EXAMPLE, MENDED),
    (
        "intent-undecided",
        Given::alone("cases/orders").meant(EVERYBODY),
        Given::plan("cases/orders").meant(EVERYBODY),
    ),
    ("intent-without-mfa", EXAMPLE, MENDED),
    ("invalid-policy", Given::plan("expressions/configuration"), Given::plan("cases/orders")),
    ("outside-trust", Given::plan("reach/outside-trust"), Given::plan("reach/own-policies")),
    ("protected-broker", EXAMPLE, MENDED),
    ("undecided-access", Given::alone("cases/orders"), Given::plan("cases/orders")),
    ("unknown-managed-policy", Given::alone("managed-policies"), Given::plan("rules/managed-policy-power")),
];

/// Every rule has a case that is wrong and one that is right: those about single resources in a folder of their own, the
/// others here.
#[test]
fn every_rule_has_a_wrong_and_a_right_case() {
    let own: BTreeSet<String> =
        folders(&root().join("testdata/rules")).iter().map(|folder| name(folder)).collect();
    for rule in RULES {
        let of_plans = OF_PLANS.iter().find(|(id, ..)| *id == rule.id);
        assert!(own.contains(rule.id) != of_plans.is_some(), "{} has its cases in one place", rule.id);
        if let Some((_, wrong, right)) = of_plans {
            assert!(wrong.count(rule.id) > 0, "{} does not speak of {}", rule.id, wrong.folder);
            assert_eq!(right.count(rule.id), 0, "{} speaks of {}", rule.id, right.folder);
        }
    }
    assert_eq!(own.len() + OF_PLANS.len(), RULES.len());
}

/// Configurations as companies have them: none of them is told that something in it is a mistake.
#[test]
fn well_made_configurations_have_no_mistakes() {
    let folders = folders(&root().join("testdata/well-made"));
    let mut shown = String::new();
    for folder in &folders {
        let (_, found) = findings(folder);
        shown.push_str(&format!("{}\n", name(folder)));
        for finding in &found {
            assert_ne!(finding.kind, Kind::Mistake, "{}: {}", name(folder), finding.message);
            shown.push_str(&format!("  {}[{}]: {}\n", finding.severity, finding.rule, finding.message));
        }
    }
    insta::assert_snapshot!("well-made", shown);
}
