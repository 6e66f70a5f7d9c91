//! What a plan changes: every change of a verdict is told, with a cause, and nothing else is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test")]

use std::path::Path;

use mqwarden::analysis::{Analysis, Options};
use mqwarden::changes::{Access, Effect};
use mqwarden::plan::{self, Input};
use mqwarden::source::Source;

fn analyse(case: &Path) -> Analysis {
    let plan = plan::read(Input::File(case.join("plan.json"))).unwrap();
    let tfplan = case.join("tfplan");
    let source = tfplan.is_file().then(|| Source::load(Some(&tfplan), Some(case)).unwrap());
    Analysis::new(plan, source, &Options::default())
}

#[test]
fn every_change_of_a_verdict_is_told_once_and_has_a_cause() {
    let mut told = 0;
    for case in std::fs::read_dir("testdata/cases").unwrap() {
        let case = case.unwrap().path();
        if !case.join("plan.json").is_file() {
            continue;
        }
        analyse(&case).with_report(|report| {
            for row in report.rows() {
                let (before, after) = (Access::of(row.before), Access::of(row.after));
                let about = |change: &&mqwarden::changes::AccessChange| {
                    report.changes.principal_id(change) == Some(&row.principal.id)
                        && report.changes.broker_ids(change).contains(&&*row.broker.id)
                        && change.operations.contains(&row.operation)
                };
                let found: Vec<_> = report.changes.list.iter().filter(about).collect();
                match Effect::between(before, after) {
                    None => assert!(
                        found.is_empty(),
                        "{}: {} {}",
                        case.display(),
                        row.principal.id,
                        row.operation
                    ),
                    Some(effect) => {
                        assert_eq!(
                            found.len(),
                            1,
                            "{}: {} {}",
                            case.display(),
                            row.principal.id,
                            row.operation
                        );
                        assert_eq!(
                            (found[0].effect, found[0].before, found[0].after),
                            (effect, before, after)
                        );
                        told += 1;
                    }
                }
            }
            for change in &report.changes.list {
                assert!(!report.changes.causes(change).is_empty(), "{}: {change:?}", case.display());
            }
        });
    }
    assert!(told > 100, "{told}");
}
