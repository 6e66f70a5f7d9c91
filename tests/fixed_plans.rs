//! Plans that Terraform made of configurations into which every suggestion was put, by `scripts/close_loop.py`: nothing
//! is left that is not as it is meant.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::path::Path;

use mqwarden::analysis::{Analysis, Options};
use mqwarden::findings::{Finding, rule_ids};
use mqwarden::intent::Intent;
use mqwarden::plan::{self, Input};
use mqwarden::source::Source;

/// The findings about the intent of a case, of a plan in `folder`.
fn findings(case: &Path, folder: &Path) -> Vec<Finding> {
    let plan = plan::read(Input::File(folder.join("plan.json"))).expect("the plan reads");
    let source = Source::load(Some(&folder.join("tfplan")), None).expect("the source loads");
    let mut analysis = Analysis::new(plan, Some(source), &Options::default());
    let intent = std::fs::read_to_string(case.join("mqwarden.hcl")).expect("there is an intent");
    let intent = Intent::parse("mqwarden.hcl", &intent, &rule_ids()).expect("the intent reads");
    analysis.set_intent(intent).expect("the intent fits");
    analysis.with_report(|report| {
        let is_about = |rule: &str| rule.starts_with("intent-") || rule.starts_with("protected-");
        report.findings.iter().filter(|finding| is_about(finding.rule)).cloned().collect()
    })
}

#[test]
fn suggestions_leave_nothing_behind() {
    for name in ["example", "platform"] {
        let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/intent").join(name);
        let before = findings(&case, &case);
        assert!(before.len() > 10, "{name}: {}", before.len());
        assert!(before.iter().all(|finding| finding.fix.is_some()), "{name}: {before:#?}");
        for form in ["policy_document", "jsonencode"] {
            let after = findings(&case, &case.join("closed").join(form));
            assert!(after.is_empty(), "{name}, {form}: {after:#?}");
        }
    }
}
