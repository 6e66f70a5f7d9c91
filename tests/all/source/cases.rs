//! Over real plans with their source: every policy known after apply is evaluated to a document.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cloned_ref_to_slice_refs,
    clippy::print_stderr,
    clippy::print_stdout,
    unreachable_pub,
    dead_code,
    missing_docs,
    reason = "a test"
)]

use std::path::{Path, PathBuf};

use crate::source::support::{computed, same};
use mqwarden::plan::{self, Action, Address, Input, Mode, Plan, Value};
use mqwarden::source::{Evaluator, PlanWorld, Source};
use mqwarden::text::json::Json;

/// The folder of shared test data, if it is there.
fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("MQWARDEN_SHARED").map(PathBuf::from);
    let path = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    path.is_dir().then_some(path)
}

fn cases() -> Vec<PathBuf> {
    let Some(shared) = shared() else {
        eprintln!("the folder of shared test data is absent: nothing was tested");
        return Vec::new();
    };
    let entries = std::fs::read_dir(shared.join("cases")).expect("cases");
    let mut cases: Vec<PathBuf> = entries
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.join("tfplan").is_file())
        .collect();
    cases.sort();
    cases
}

fn load(case: &Path) -> Plan {
    let mut plan = plan::read(Input::File(case.join("plan.json"))).expect("plan");
    computed(&mut plan);
    plan
}

/// The attributes of a plan that are known only after apply and hold policies.
fn unknown_policies(plan: &Plan) -> Vec<(Address, &'static str)> {
    let mut found = Vec::new();
    for change in plan.resources.iter().filter(|change| change.action != Action::Delete) {
        for name in ["policy", "json", "assume_role_policy"] {
            let document = name != "json" || change.address.mode == Mode::Data;
            let unknown =
                change.after.as_ref().and_then(|after| after.get(name)).is_some_and(Value::has_holes);
            if document && unknown {
                found.push((change.address.clone(), name));
            }
        }
    }
    found
}

fn has_structural_hole(json: &Json) -> bool {
    match json {
        Json::Unknown(_) => true,
        Json::Array(items) => items.iter().any(has_structural_hole),
        Json::Object(members) => members.iter().any(|(_, value)| has_structural_hole(value)),
        _ => false,
    }
}

#[test]
fn every_unknown_policy_of_the_cases_is_a_document_without_structural_holes() {
    let mut total = 0;
    for case in cases() {
        let plan = load(&case);
        let world = PlanWorld::new(&plan);
        let source = Source::load(Some(&case.join("tfplan")), Some(&case)).expect("source");
        assert_eq!(source.notes(), [] as [String; 0], "{}", case.display());
        let evaluator = Evaluator::new(&source, &world);
        for (address, name) in unknown_policies(&plan) {
            let value = evaluator.attribute(&address, name);
            let text = value.as_ref().and_then(Value::as_text);
            let json = text.map(Json::parse);
            let settled = matches!(&json, Some(Ok(json)) if !has_structural_hole(json));
            assert!(settled, "{} {address}.{name}: {value:?}\n{:#?}", case.display(), evaluator.notes());
            total += 1;
        }
        assert_eq!(evaluator.notes(), [] as [String; 0], "{}", case.display());
    }
    eprintln!("{total} policies");
}

#[test]
fn what_the_plan_knows_is_what_the_source_gives() {
    let mut total = 0;
    for case in cases() {
        let plan = load(&case);
        let world = PlanWorld::new(&plan);
        let source = Source::load(Some(&case.join("tfplan")), Some(&case)).expect("source");
        let evaluator = Evaluator::new(&source, &world);
        for change in &plan.resources {
            let Some(Value::Object(after)) = &change.after else { continue };
            for (name, planned) in &after.members {
                let Some(recovered) = evaluator.attribute(&change.address, name) else { continue };
                if planned.has_holes() || change.action == Action::Delete {
                    continue;
                }
                // `ignore_changes` keeps the old value.
                let ignored = change.action == Action::NoOp && change.before == change.after;
                let fine = same(planned, &recovered) || ignored;
                assert!(
                    fine,
                    "{} {}.{name}:\n{planned:?}\n{recovered:?}",
                    case.display(),
                    change.address_text
                );
                total += 1;
            }
        }
    }
    eprintln!("{total} attributes");
}
