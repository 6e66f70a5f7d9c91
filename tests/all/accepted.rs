//! Accepted findings and baselines, on plans by real Terraform.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;

use mqwarden::analysis::{Analysis, Options};
use mqwarden::findings::{Baseline, Finding, rule_ids};
use mqwarden::intent::Intent;
use mqwarden::plan::{self, Input, Plan};

const INTENT: &str = r#"
  protect "all" {
    brokers    = ["*"]
    nobody_may = ["delete"]
  }
  settings { severity = { missing-dependent-permission = "off" } }
"#;

fn plan(name: &str) -> Plan {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/intent").join(name).join("plan.json");
    plan::read(Input::File(path)).expect("the plan reads")
}

fn analysis(plan: Plan, intent: &str) -> Analysis {
    let mut analysis = Analysis::new(plan, None, &Options::default());
    analysis
        .set_intent(Intent::parse("mqwarden.hcl", intent, &rule_ids()).expect("it reads"))
        .expect("it fits");
    analysis
}

fn findings(analysis: &Analysis) -> (Vec<Finding>, Vec<String>) {
    analysis.with_report(|report| (report.findings.clone(), report.notes.clone()))
}

fn written(analysis: &Analysis) -> String {
    let mut out = Vec::new();
    analysis.new_baseline().write(&mut out).expect("it is written");
    String::from_utf8(out).expect("it is text")
}

fn with_baseline(plan: Plan, baseline: &str) -> (Vec<Finding>, Vec<String>) {
    let mut analysis = analysis(plan, INTENT);
    analysis.set_baseline("known.json", Baseline::parse("known.json", baseline).expect("it is a baseline"));
    findings(&analysis)
}

fn counting(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.accepted.is_none()).count()
}

#[test]
fn a_baseline_follows_what_a_plan_moves() {
    let before = analysis(plan("moved/before"), INTENT);
    let baseline = written(&before);
    assert_eq!(counting(&findings(&before).0), 3);
    let (moved, notes) = with_baseline(plan("moved/after"), &baseline);
    assert_eq!((moved.len(), counting(&moved)), (3, 0), "{moved:#?}");
    assert!(
        moved.iter().all(|finding| finding.principal.as_deref() == Some("module.team.aws_iam_role.deploy"))
    );
    assert!(!notes.iter().any(|note| note.contains("baseline")), "{notes:?}");
    let fingerprints = |findings: &[Finding]| {
        let mut all: Vec<String> = findings.iter().map(|finding| finding.fingerprint.clone()).collect();
        all.sort();
        all
    };
    assert_eq!(fingerprints(&moved), fingerprints(&findings(&before).0));
}

#[test]
fn a_baseline_written_while_moving_holds_afterwards() {
    let baseline = written(&analysis(plan("moved/after"), INTENT));
    // The next plan no longer says where things stood before.
    let mut later = plan("moved/after");
    later.resources.iter_mut().for_each(|change| change.previous_address = None);
    let (found, notes) = with_baseline(later, &baseline);
    assert_eq!((found.len(), counting(&found)), (3, 0), "{notes:?}");
    // And a plan from before the move still matches it too.
    assert_eq!(counting(&with_baseline(plan("moved/before"), &baseline).0), 0);
}

#[test]
fn a_baseline_is_sorted_stable_and_accepts_what_it_holds() {
    let baseline = written(&analysis(plan("guards"), INTENT));
    assert_eq!(baseline, written(&analysis(plan("guards"), INTENT)));
    let (found, _) = with_baseline(plan("guards"), &baseline);
    assert_eq!(counting(&found), 0);
    // Written anew with the old one set, it is the same.
    let mut again = analysis(plan("guards"), INTENT);
    again.set_baseline("known.json", Baseline::parse("known.json", &baseline).unwrap());
    assert_eq!(written(&again), baseline);
    // Another plan has none of these.
    let (_, notes) = with_baseline(plan("moved/before"), &baseline);
    let note = notes.iter().find(|note| note.contains("no longer found")).expect("a note");
    assert!(note.contains("known.json") && note.contains("more"), "{note}");
}

#[test]
fn what_is_no_baseline_is_refused() {
    for (text, expected) in [
        ("", "b.json is no baseline"),
        ("{\"version\": 2, \"findings\": 3}", "b.json is a baseline of version 2"),
        ("{\"version\": 1, \"findings\": [{\"fingerprint\": 1}]}", "b.json is no baseline"),
        ("[]", "b.json is no baseline"),
    ] {
        let error = Baseline::parse("b.json", text).expect_err(text).to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn accepted_findings_end_on_their_day() {
    let intent = format!(
        "{INTENT}\naccept {{\n  rule = \"protected-broker\"\n  principal = \"aws_iam_role.*\"\n  operation = \"delete\"\n  \
         reason = \"until the pipeline is split\"\n  until = \"2027-01-31\"\n}}\n"
    );
    let at = |timestamp: Option<&str>| {
        let mut plan = plan("moved/before");
        plan.timestamp = timestamp.map(Into::into);
        let (found, notes) = findings(&analysis(plan, &intent));
        (counting(&found), notes)
    };
    assert_eq!(at(Some("2027-01-31T23:59:59Z")), (2, Vec::new()));
    let (count, notes) = at(Some("2027-02-01T00:00:00Z"));
    assert_eq!(count, 3);
    assert_eq!(
        notes,
        ["accept (mqwarden.hcl:8) ended on 2027-01-31, before this plan was made: 1 finding counts again"]
    );
    let (count, notes) = at(None);
    assert_eq!(count, 2);
    assert!(notes[0].contains("does not tell when it was made"), "{notes:?}");
}

#[test]
fn findings_are_accepted_by_all_that_is_named() {
    let count = |accept: &str| {
        let intent = format!("{INTENT}\naccept {{\n  reason = \"known\"\n{accept}\n}}\n");
        let (found, notes) = findings(&analysis(plan("moved/before"), &intent));
        (counting(&found), notes.len())
    };
    assert_eq!(count("rule = \"intent-excess\""), (1, 0));
    assert_eq!(count("rule = [\"intent-excess\", \"protected-broker\"]"), (0, 0));
    assert_eq!(count("rule = \"intent-excess\"\noperation = \"create\""), (2, 0));
    assert_eq!(count("rule = \"intent-excess\"\nbroker = \"aws_mq_broker.o*\""), (1, 0));
    assert_eq!(count("rule = \"intent-excess\"\nprincipal = \"aws_iam_user.*\""), (3, 1));
    let (found, _) = findings(&analysis(plan("moved/before"), INTENT));
    assert_eq!(count(&format!("fingerprint = \"{}\"", found[0].fingerprint)), (2, 0));
}
