//! Plans that Terraform made of configurations into which every suggestion was put, by `scripts/close_loop.py`: nothing
//! is left that is not as it is meant.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::path::Path;

use mqwarden::analysis::{Analysis, Options};
use mqwarden::completion::Assumptions;
use mqwarden::findings::{Finding, Severity, rule_ids};
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

/// What is missing for operations, errors and warnings, and the rows of the JSON report with a `missing` that is not
/// empty.
fn gaps(folder: &Path) -> (Vec<Finding>, BTreeSet<String>) {
    let plan = plan::read(Input::File(folder.join("plan.json"))).expect("the plan reads");
    let source = Source::load(Some(&folder.join("tfplan")), None).expect("the source loads");
    let account_id = Some("123456789012".to_owned());
    let options =
        Options { assumptions: Assumptions { account_id, ..Assumptions::default() }, ..Options::default() };
    Analysis::new(plan, Some(source), &options).with_report(|report| {
        let mut json = Vec::new();
        report.write_json(&mut json).expect("it is written");
        let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        let rows = json["access"].as_array().expect("rows").iter();
        let missing = rows
            .filter(|row| row["missing"].as_array().is_some_and(|missing| !missing.is_empty()))
            .map(|row| {
                ["principal", "broker", "operation"].map(|key| row[key].as_str().unwrap_or("?")).join(" ")
            })
            .collect();
        let gaps = report.findings.iter().filter(|finding| {
            finding.rule == "missing-dependent-permission" && finding.severity != Severity::Note
        });
        (gaps.cloned().collect(), missing)
    })
}

/// What a finding is about.
fn about(finding: &Finding) -> String {
    let brokers = finding.broker.as_deref().unwrap_or("*");
    format!("{} {brokers} {}", finding.principal.as_deref().unwrap_or("*"), finding.operation.unwrap_or("*"))
}

/// The obstacles that a finding names.
fn obstacles(finding: &Finding) -> Vec<&str> {
    let related = finding.related.iter().map(|related| related.message.as_str());
    related
        .filter(|message| {
            !["required:", "listed:", "perhaps required"].iter().any(|start| message.starts_with(start))
        })
        .collect()
}

/// With every suggestion in the plan, `missing` is empty, save where something stands in the way that the finding names.
#[test]
fn what_operations_need_is_not_missing_any_more() {
    const KEY: &str =
        "the policy of aws_kms_key.closed neither names the principal nor leaves it to identity policies";
    const SHARED: &str = "not allowed by the permissions boundary aws_iam_policy.shared_boundary, which bounds other principals too";
    const DENIED: &str = "denied by statement 2 (NoNetwork) of aws_iam_role_policy.denied";
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/requirements/gaps");
    let (before, missing_before) = gaps(&case);
    assert!(missing_before.contains("aws_iam_role.pipeline aws_mq_broker.orders create"));
    let expected = [
        ("aws_iam_group.platform aws_mq_broker.billing create", &[KEY][..]),
        ("aws_iam_role.bounded aws_mq_broker.billing create", &[KEY]),
        ("aws_iam_role.denied aws_mq_broker.billing create", &[DENIED, KEY]),
        ("aws_iam_role.denied aws_mq_broker.orders create", &[DENIED]),
        ("aws_iam_role.pipeline aws_mq_broker.billing create", &[KEY]),
        ("aws_iam_role.shared[\"one\"] aws_mq_broker.billing create", &[SHARED, KEY]),
        ("aws_iam_role.shared[\"one\"] aws_mq_broker.orders create", &[SHARED]),
        ("aws_iam_role.shared[\"one\"] * delete", &[SHARED]),
        ("aws_iam_user.eva aws_mq_broker.billing create", &[KEY]),
        ("module.team.aws_iam_role.deploy aws_mq_broker.billing create", &[KEY]),
    ];
    for form in ["policy_document", "jsonencode"] {
        let (after, missing) = gaps(&case.join("closed").join(form));
        let found: BTreeSet<String> = after.iter().map(about).collect();
        let wanted: BTreeSet<String> = expected.iter().map(|(about, _)| (*about).to_owned()).collect();
        assert_eq!(found, wanted, "{form}");
        for finding in &after {
            let (_, named) =
                expected.iter().find(|(one, _)| *one == about(finding)).expect("it is one of these");
            assert_eq!(obstacles(finding), *named, "{form}: {finding:#?}");
            // Nothing is left that could be suggested.
            assert!(finding.fix.is_none(), "{form}: {finding:#?}");
        }
        let open: BTreeSet<String> = wanted.into_iter().filter(|about| !about.contains('*')).collect();
        assert_eq!(missing, open, "{form}");
    }
    // What is too long for an inline policy of a user is a policy of its own.
    let forms = |who: &str| {
        let found =
            before.iter().find(|finding| about(finding) == who).and_then(|finding| finding.fix.as_ref());
        let fix = found.expect("there is a suggestion");
        [&fix.policy_document, &fix.jsonencode]
            .map(|form| form.contains("\"aws_iam_user_policy_attachment\""))
    };
    assert_eq!(forms("aws_iam_user.eva aws_mq_broker.orders create"), [true, true]);
    assert_eq!(forms("aws_iam_user.eva aws_mq_broker.events create"), [false, false]);
    // What stands in the way is named from the start, and all else has its suggestion.
    for finding in &before {
        let named = expected.iter().find(|(one, _)| *one == about(finding)).map(|(_, named)| *named);
        let named = named.unwrap_or_default();
        assert!(named.iter().all(|obstacle| obstacles(finding).contains(obstacle)), "{finding:#?}");
        assert!(finding.fix.is_some() || !named.is_empty(), "{finding:#?}");
    }
}
