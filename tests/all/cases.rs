//! Plans by real Terraform, with the verdicts that are true after apply: from the plan alone a verdict may be unknown
//! but is never wrong; with the saved plan and the configuration's folder every verdict is there, and right.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mqwarden::analysis::{Analysis, Options};
use mqwarden::completion::Assumptions;
use mqwarden::plan::{self, Input};
use mqwarden::report::verdict_name;
use mqwarden::source::Source;
use serde_json::Value;

/// What is given beside the plan's JSON.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Given {
    PlanAlone,
    PlanFile,
    Everything,
}

type Cell = (String, String, String);
type Verdicts = BTreeMap<Cell, (Option<String>, Option<String>)>;

fn analyse(case: &Path, given: Given, account: &str) -> Verdicts {
    let plan = plan::read(Input::File(case.join("plan.json"))).expect("the plan reads");
    let plan_file = case.join("tfplan");
    let source = match given {
        Given::PlanAlone => None,
        Given::PlanFile => Some(Source::load(Some(&plan_file), None)),
        Given::Everything => Some(Source::load(Some(&plan_file), Some(case))),
    };
    let source = source.transpose().expect("the source loads");
    let account_id = (given == Given::Everything).then(|| account.to_owned());
    let options =
        Options { assumptions: Assumptions { account_id, ..Assumptions::default() }, ..Options::default() };
    let analysis = Analysis::new(plan, source, &options);
    analysis.with_report(|report| {
        let name = |verdict: Option<&mqwarden::access::Verdict>| {
            verdict.map(|verdict| verdict_name(verdict).to_owned())
        };
        let cell = |row: &mqwarden::report::Row<'_>| {
            (row.principal.id.to_string(), row.broker.id.to_string(), row.operation.name().to_owned())
        };
        report.rows().map(|row| (cell(&row), (name(row.after), name(row.before)))).collect()
    })
}

fn text(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(str::to_owned)
}

/// Compares all cells of a case with the truth; gives what is wrong, and what is unknown.
fn compare(case: &Path, given: Given) -> (Vec<String>, Vec<String>) {
    let truth = std::fs::read_to_string(case.join("truth.json")).expect("there is a truth");
    let truth: Value = serde_json::from_str(&truth).expect("the truth is JSON");
    let verdicts = analyse(case, given, truth["account"].as_str().unwrap_or("123456789012"));
    let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
    for row in truth["access"].as_array().expect("the truth has rows") {
        let cell = ["principal", "broker", "operation"].map(|name| text(row, name).expect("a name"));
        let cell: Cell = cell.into();
        let Some((after, before)) = verdicts.get(&cell) else {
            wrong.push(format!("{}: {cell:?} is missing", case.display()));
            continue;
        };
        for (name, found) in [("verdict", after), ("before", before)] {
            let expected = text(row, name);
            let line = || format!("{}: {cell:?}: {name} is {found:?}, truly {expected:?}", case.display());
            if found.as_deref() == Some("unknown") && expected.is_some() {
                let rests_on_plan = row["rests_on"] == "plan";
                if rests_on_plan && name == "verdict" { wrong.push(line()) } else { unknown.push(line()) }
            } else if *found != expected {
                wrong.push(line());
            }
        }
    }
    (wrong, unknown)
}

fn cases(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root) else { return Vec::new() };
    let mut cases: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("truth.json").exists() && path.join("plan.json").exists())
        .collect();
    cases.sort();
    cases
}

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases")
}

/// Further cases beside the checkout, where there are any.
fn shared() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    std::env::var_os("MQWARDEN_SHARED").map_or_else(default, PathBuf::from).join("cases")
}

fn check(root: &Path, given: Given) {
    let cases = cases(root);
    if cases.is_empty() {
        println!("skipped: {} holds no cases", root.display());
        return;
    }
    let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
    for case in &cases {
        let (w, u) = compare(case, given);
        wrong.extend(w);
        unknown.extend(u);
    }
    assert!(wrong.is_empty(), "{} wrong with {given:?}:\n{}", wrong.len(), wrong.join("\n"));
    if given == Given::Everything {
        assert!(unknown.is_empty(), "{} unknown:\n{}", unknown.len(), unknown.join("\n"));
    }
}

#[test]
fn own_cases_are_there() {
    assert!(!cases(&own()).is_empty());
}

#[test]
fn own_cases_from_the_plan_alone() {
    check(&own(), Given::PlanAlone);
}

#[test]
fn own_cases_with_the_saved_plan() {
    check(&own(), Given::PlanFile);
}

#[test]
fn own_cases_with_everything() {
    check(&own(), Given::Everything);
}

#[test]
fn shared_cases_from_the_plan_alone() {
    check(&shared(), Given::PlanAlone);
}

#[test]
fn shared_cases_with_the_saved_plan() {
    check(&shared(), Given::PlanFile);
}

#[test]
fn shared_cases_with_everything() {
    check(&shared(), Given::Everything);
}
