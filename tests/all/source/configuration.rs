//! A configuration that writes the same things in many ways: what Terraform planned is what the source gives, whether it
//! comes from the saved plan file, from the folder, or from both.

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

use crate::source::support::same;
use mqwarden::plan::{self, Input, Value};
use mqwarden::source::{Evaluator, PlanWorld, Source};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/expressions/configuration")
}

fn check(source: &Source, with_files: bool) -> (usize, Vec<String>) {
    assert_eq!(source.notes(), [] as [String; 0]);
    let plan = plan::read(Input::File(folder().join("plan.json"))).expect("plan");
    let world = PlanWorld::new(&plan);
    let evaluator = Evaluator::new(source, &world);
    let mut count = 0;
    for change in &plan.resources {
        let Some(Value::Object(after)) = &change.after else { continue };
        for (name, planned) in after.members.iter().filter(|(_, planned)| !planned.has_holes()) {
            let address = &change.address_text;
            if let Some(recovered) = evaluator.attribute(&change.address, name) {
                let unread = recovered.has_holes() && !with_files;
                assert!(
                    same(planned, &recovered) || unread,
                    "{address}.{name}:\n{planned:?}\n{recovered:?}\n{:#?}",
                    evaluator.notes()
                );
                count += usize::from(!unread);
            } else if matches!(&**name, "inline_policy" | "statement") && !planned.elements().is_empty() {
                let blocks = evaluator.blocks(&change.address, name).expect("blocks");
                assert!(
                    blocks.len() == planned.elements().len(),
                    "{address}.{name}:\n{planned:?}\n{blocks:?}"
                );
                for (planned, block) in planned.elements().iter().zip(&blocks) {
                    assert!(same_block(planned, block), "{address}.{name}:\n{planned:?}\n{block:?}");
                }
                count += 1;
            }
        }
    }
    (count, evaluator.notes())
}

/// Whether a block sets what is planned; what it does not set is planned as a default.
fn same_block(planned: &Value, block: &Value) -> bool {
    let Value::Object(block) = block else { return false };
    block.members.iter().all(|(name, value)| match (planned.member(name), value) {
        (planned @ Value::List(nested), Value::List(blocks))
            if blocks.iter().any(|block| matches!(block, Value::Object(_))) =>
        {
            same(planned, value)
                || nested.len() == blocks.len()
                    && nested.iter().all(|a| blocks.iter().any(|b| same_block(a, b)))
        }
        (Value::List(nested), Value::Object(_)) => nested.iter().all(|nested| same_block(nested, value)),
        (planned, value) => same(planned, value),
    })
}

#[test]
fn from_the_folder() {
    let source = Source::load(None, Some(&folder())).expect("source");
    let (count, notes) = check(&source, true);
    assert_eq!(notes, [] as [String; 0]);
    assert!(count > 120, "{count}");
}

#[test]
fn from_the_plan_file_and_the_folder() {
    let source = Source::load(Some(&folder().join("tfplan")), Some(&folder())).expect("source");
    let (count, notes) = check(&source, true);
    assert_eq!(notes, [] as [String; 0]);
    assert!(count > 120, "{count}");
}

#[test]
fn from_the_plan_file_alone() {
    let source = Source::load(Some(&folder().join("tfplan")), None).expect("source");
    let (count, notes) = check(&source, false);
    assert!(notes.iter().all(|note| note.contains("--config-dir")), "{notes:#?}");
    assert!(count > 90, "{count}");
}
