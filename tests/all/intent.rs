//! Intents held against plans by real Terraform.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};

use mqwarden::analysis::{Analysis, Options};
use mqwarden::findings::{Finding, rule_ids};
use mqwarden::intent::{Intent, IntentError};
use mqwarden::plan::{self, Input};
use mqwarden::source::Source;
use proptest::prelude::*;

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/intent").join(name)
}

fn analysis(case: &Path, with_source: bool) -> Analysis {
    let plan = plan::read(Input::File(case.join("plan.json"))).expect("the plan reads");
    let source = with_source.then(|| Source::load(Some(&case.join("tfplan")), Some(case)).expect("source"));
    Analysis::new(plan, source, &Options::default())
}

fn set(analysis: &mut Analysis, intent: &str) -> Result<(), IntentError> {
    analysis.set_intent(Intent::parse("mqwarden.hcl", intent, &rule_ids()).expect("the intent reads"))
}

/// The findings about the intent, as `RULE PRINCIPAL OPERATION BROKER`.
fn findings(analysis: &Analysis) -> Vec<String> {
    let line = |finding: &Finding| {
        let part = |part: Option<&str>| part.unwrap_or("-").to_owned();
        let (principal, broker) = (part(finding.principal.as_deref()), part(finding.broker.as_deref()));
        format!("{} {principal} {} {broker}", finding.rule, part(finding.operation))
    };
    analysis.with_report(|report| {
        let about =
            |finding: &&Finding| finding.rule.starts_with("intent-") || finding.rule == "protected-broker";
        let mut lines: Vec<String> = report.findings.iter().filter(about).map(line).collect();
        lines.sort();
        lines
    })
}

fn judged(name: &str, with_source: bool, intent: &str) -> Vec<String> {
    let mut analysis = analysis(&case(name), with_source);
    set(&mut analysis, intent).expect("the intent fits the plan");
    findings(&analysis)
}

fn refused(name: &str, intent: &str) -> String {
    let mut analysis = analysis(&case(name), true);
    set(&mut analysis, intent).expect_err("the intent is refused").to_string()
}

#[test]
fn only_with_mfa_is_met_when_no_request_without_mfa_is_allowed() {
    let intent = r#"
      access "guarded" {
        principals    = ["aws_iam_role.guard"]
        brokers       = ["aws_mq_broker.main"]
        may           = ["reboot"]
        only_with_mfa = true
      }
      access "rest" {
        principals = ["aws_iam_role.later", "external:*"]
        brokers    = ["aws_mq_broker.main"]
        may        = ["create", "reboot", "delete"]
      }
    "#;
    let without =
        |role: &str| format!("intent-without-mfa aws_iam_role.guard[\"{role}\"] reboot aws_mq_broker.main");
    let found = judged("guards", true, intent);
    let mut expected: Vec<String> =
        ["age_if_exists", "allow_bool_if_exists", "deny_bool", "unguarded"].map(without).into();
    expected.extend(
        ["create", "delete"].map(|act| format!("intent-gap aws_iam_role.later {act} aws_mq_broker.main")),
    );
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn what_is_unknown_is_neither_gap_nor_excess() {
    let meant = r#"
      access "later" {
        principals = ["aws_iam_role.later"]
        brokers    = ["aws_mq_broker.main"]
        may        = ["reboot"]
      }
      access "others" {
        principals = ["aws_iam_role.guard", "external:role/made-by-hand"]
        brokers    = ["aws_mq_broker.main"]
        may        = ["create", "reboot", "delete"]
      }
      settings {
        severity = { intent-gap = "off" }
      }
    "#;
    // The policy of `later` may say anything, and of the operations that no block gives it any would be too much.
    let undecided = |act: &str| format!("intent-undecided aws_iam_role.later {act} aws_mq_broker.main");
    assert_eq!(judged("guards", false, meant), ["create", "delete", "reboot"].map(undecided));
    assert_eq!(judged("guards", true, meant), Vec::<String>::new());
}

#[test]
fn a_broker_that_a_block_perhaps_names_is_undecided() {
    let intent = r#"
      protect "production" {
        brokers_where = { tag = { environment = "production" } }
        nobody_may    = ["delete"]
        except        = []
      }
    "#;
    let found = judged("guards", true, intent);
    let hand = "external:role/made-by-hand";
    assert!(found.contains(&format!("protected-broker {hand} delete aws_mq_broker.main")), "{found:#?}");
    assert!(found.contains(&format!("intent-undecided {hand} delete aws_mq_broker.perhaps")), "{found:#?}");
    assert!(
        !found.iter().any(|line| line.starts_with("intent-excess") && line.ends_with("perhaps")),
        "{found:#?}"
    );
}

#[test]
fn updates_are_decided_by_the_tags_of_the_broker() {
    let intent = r#"
      access "updates" {
        principals = ["aws_iam_role.updates"]
        brokers    = ["*"]
        may        = ["update"]
      }
      access "others" {
        principals = ["aws_iam_role.guard", "aws_iam_role.later", "external:*"]
        brokers    = ["*"]
        may        = ["create", "reboot", "delete"]
      }
      settings {
        severity = { intent-gap = "off" }
      }
    "#;
    let found = judged("guards", true, intent);
    assert_eq!(
        found,
        [
            "intent-excess external:role/made-by-hand update aws_mq_broker.main",
            "intent-excess external:role/made-by-hand update aws_mq_broker.perhaps",
            "intent-undecided aws_iam_role.updates update aws_mq_broker.perhaps",
        ]
    );
}

#[test]
fn patterns_that_match_nothing_are_errors_with_a_line() {
    let error = refused(
        "guards",
        "access \"a\" {\n  principals = [\n    \"aws_iam_role.guard\",\n    \"aws_iam_role.gard\",\n  ]\n  brokers = \
         [\"aws_mq_broker.min\"]\n  may = [\"reboot\"]\n}\nprotect \"b\" {\n  brokers_where = { tag = { environment = \
         \"prodution\" }, name = \"main\" }\n  nobody_may = [\"delete\"]\n}\n",
    );
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), 3, "{error}");
    assert!(lines[0].starts_with("mqwarden.hcl:4:5: `aws_iam_role.gard` matches no principal"), "{error}");
    assert!(lines[1].starts_with("mqwarden.hcl:6:14: `aws_mq_broker.min` matches no broker"), "{error}");
    assert!(lines[2].starts_with("mqwarden.hcl:10:3: `brokers_where` matches no broker"), "{error}");
    let optional = r#"
      protect "other environments" {
        brokers_where = { tag = { environment = "sandbox" }, name = "main" }
        nobody_may    = ["delete"]
        optional      = true
      }
    "#;
    assert_eq!(judged("guards", true, optional), Vec::<String>::new());
}

#[test]
fn blocks_that_contradict_each_other_are_errors_with_a_line() {
    let access = |brokers: &str, rest: &str| {
        format!(
            "access \"a\" {{\n  principals = [\"aws_iam_role.guard\"]\n  brokers = [\"{brokers}\"]\n  may = [\"delete\", \
             \"reboot\"]\n{rest}}}\n"
        )
    };
    let protect = |brokers: &str, rest: &str| {
        format!("protect \"p\" {{\n  brokers = [\"{brokers}\"]\n  nobody_may = [\"delete\"]\n{rest}}}\n")
    };
    for (own, protected) in
        [("*", "*"), ("aws_mq_broker.main", "*"), ("aws_mq_broker.main", "aws_mq_broker.*")]
    {
        let error = refused("guards", &(access(own, "") + &protect(protected, "")));
        assert!(error.starts_with("mqwarden.hcl:6:1: protect \"p\" says that nobody may delete "), "{error}");
        assert!(error.contains("access \"a\" (line 1)"), "{error}");
        let excepted = protect(protected, "  except = [\"aws_iam_role.*\"]\n");
        set(&mut analysis(&case("guards"), true), &(access(own, "") + &excepted))
            .expect("an exception settles it");
    }
    // Who may do it with all brokers may do it with those that are not protected.
    let found = judged("guards", true, &(access("*", "") + &protect("aws_mq_broker.main", "")));
    assert!(
        found.contains(&"intent-gap aws_iam_role.guard[\"age\"] delete aws_mq_broker.perhaps".to_owned())
    );
    assert!(!found.contains(&"intent-gap aws_iam_role.guard[\"age\"] delete aws_mq_broker.main".to_owned()));
    let mfa = "  only_with_mfa = true\n";
    let twice = access("*", "") + &access("*", mfa).replace("\"a\"", "\"b\"");
    let error = refused("guards", &twice);
    assert!(
        error.starts_with("mqwarden.hcl:6:1: access \"b\" and access \"a\" (line 1) both say"),
        "{error}"
    );
    // The narrower of two blocks wins.
    let narrower = access("*", mfa) + &access("aws_mq_broker.main", "").replace("\"a\"", "\"b\"");
    let found = judged("guards", true, &narrower);
    assert!(
        !found.iter().any(|line| line.starts_with("intent-without-mfa") && line.ends_with("main")),
        "{found:#?}"
    );
    assert!(found.iter().any(|line| line.starts_with("intent-without-mfa") && line.ends_with("perhaps")));
}

#[test]
fn the_example_finds_what_is_wrong_with_it() {
    let intent = std::fs::read_to_string(case("example").join("mqwarden.hcl")).unwrap();
    let found = judged("example", true, &intent);
    assert!(found.contains(
        &"protected-broker aws_iam_role.deploy delete aws_mq_broker.orders[\"production\"]".into()
    ));
    assert!(found.contains(
        &"intent-without-mfa aws_iam_group.ops reboot aws_mq_broker.orders[\"production\"]".into()
    ));
    assert!(
        found.contains(&"intent-gap aws_iam_role.deploy update aws_mq_broker.orders[\"staging\"]".into())
    );
    // What nobody may but for the exceptions is neither meant nor too much of these.
    assert!(
        !found.iter().any(|line| line.contains("break_glass delete aws_mq_broker.orders[\"production\"]"))
    );
    assert!(!found.iter().any(|line| line.contains("ci[")), "{found:#?}");
}

#[test]
fn the_examples_of_the_documentation_are_intents() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/intent.md")).unwrap();
    let blocks: Vec<&str> =
        page.split("```hcl\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
    for block in &blocks {
        Intent::parse("docs/intent.md", block, &rule_ids()).expect(block);
    }
    assert_eq!(blocks[0], std::fs::read_to_string(case("example").join("mqwarden.hcl")).unwrap());
}

/// Pieces of intents, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "access",
        "protect",
        "accept",
        "settings",
        "\"a\"",
        "{",
        "}",
        "=",
        "[",
        "]",
        ",",
        "\n",
        "principals",
        "brokers",
        "brokers_where",
        "tag",
        "may",
        "nobody_may",
        "except",
        "only_with_mfa",
        "true",
        "null",
        "\"*\"",
        "\"delete\"",
        "\"**.module.*.aws_iam_role.x[*]\"",
        "\"aws_mq_broker.b[\\\"k\\\"]\"",
        "reason",
        "until",
        "\"2027-01-31\"",
        "${",
        "<<EOT\n",
        "EOT\n",
        "severity",
        "context",
        "#",
        "(",
        ")",
        "é",
        "\u{feff}",
        "-1e999",
        "for x in y : x",
    ]);
    prop::collection::vec(words, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn the_parser_never_panics(text in any::<String>(), pieces in pieces()) {
        for text in [text, pieces] {
            if let Err(error) = Intent::parse("mqwarden.hcl", &text, &["intent-gap"]) {
                prop_assert!(error.to_string().lines().next().is_some_and(|line| line.starts_with("mqwarden.hcl:")));
            }
        }
    }
}
