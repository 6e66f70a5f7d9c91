//! A state read as a plan that changes nothing. No configuration tells what is in which account, or which lists are set.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use mqwarden::analysis::{Analysis, Options};
use mqwarden::changes::Access;
use mqwarden::plan::{self, Input, Plan, read_from};

fn read(state: &str) -> Plan {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/states").join(state).join("state.json");
    plan::read(Input::File(path)).unwrap()
}

type Row = (String, String, &'static str, Access);

/// What is not denied, and the notes.
fn access(plan: Plan) -> (Vec<Row>, Vec<String>) {
    Analysis::new(plan, None, &Options::default()).with_report(|report| {
        let rows = report.rows().map(|row| {
            let access = Access::of(row.after);
            (row.principal.id.to_string(), row.broker.id.to_string(), row.operation.name(), access)
        });
        (rows.filter(|row| row.3 != Access::Denied).collect(), report.notes.clone())
    })
}

fn row(principal: &str, broker: &str, operation: &'static str) -> Row {
    (principal.to_owned(), broker.to_owned(), operation, Access::Allowed)
}

#[test]
fn accounts_are_those_of_the_arns() {
    let (rows, notes) = access(read("two-accounts"));
    let expected = [
        row("module.dev.aws_iam_role.op", "module.dev.aws_mq_broker.b", "delete"),
        row("module.prod.aws_iam_role.op", "module.prod.aws_mq_broker.b", "reboot"),
    ];
    assert_eq!(rows, expected);
    assert_eq!(notes, Vec::<String>::new());
}

/// An attachment of a policy of AWS tells no account: it is that of the role that it depends on.
#[test]
fn attachments_are_where_the_role_is_that_they_depend_on() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/states/two-accounts/state.json");
    let state = std::fs::read_to_string(path).unwrap();
    let own = r#""policy_arn": "arn:aws:iam::222222222222:policy/operator""#;
    let of_aws = r#""policy_arn": "arn:aws:iam::aws:policy/AmazonMQFullAccess""#;
    let beside = state.replace(own, of_aws);
    assert_ne!(beside, state);
    let (rows, _) = access(read_from(beside.as_bytes()).unwrap());
    let dev = |operation| row("module.dev.aws_iam_role.op", "module.dev.aws_mq_broker.b", operation);
    let prod = row("module.prod.aws_iam_role.op", "module.prod.aws_mq_broker.b", "reboot");
    assert_eq!(rows, [dev("create"), dev("reboot"), dev("delete"), prod.clone()]);

    // Without the role among what it depends on, it may be about another one of the name.
    let apart = beside.replace(r#""depends_on""#, r#""depended_on""#);
    assert_ne!(apart, beside);
    let (rows, _) = access(read_from(apart.as_bytes()).unwrap());
    let is_open = |(_, _, operation, access): &Row| *access == Access::Unknown || *operation == "reboot";
    assert!(rows.len() == 6 && rows.contains(&prod) && rows.iter().all(is_open), "{rows:?}");
}

#[test]
fn lists_that_nothing_else_accounts_for_may_be_from_before() {
    let (rows, notes) = access(read("role-lists"));
    let of =
        |operation, access| ("aws_iam_role.r".to_owned(), "aws_mq_broker.m".to_owned(), operation, access);
    assert_eq!(rows, [of("reboot", Access::Allowed), of("delete", Access::Unknown)]);
    assert!(notes.iter().any(|note| note.starts_with("1 policy stands in inline_policy")), "{notes:?}");
}

/// What the lists of a state do not name is taken away by another apply only.
#[test]
fn a_state_takes_nothing_away() {
    let (rows, _) = access(read("exclusive-lists"));
    let of = |principal: &str, operation| row(principal, "aws_mq_broker.a", operation);
    let all = |principal| ["create", "reboot", "delete"].map(|operation| of(principal, operation));
    let principals = [
        "aws_iam_group.g",
        "aws_iam_role.e",
        "aws_iam_role.ghost",
        "aws_iam_role.mp",
        "aws_iam_role.r",
        "aws_iam_user.u1",
        "aws_iam_user.u2",
    ];
    assert_eq!(rows, principals.map(all).concat());
}

/// A data source tells of the principals of its own account.
#[test]
fn data_sources_show_principals_of_their_account() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/states/data-of-other-account/plan.json");
    let (rows, _) = access(plan::read(Input::File(path)).unwrap());
    assert_eq!(rows, Vec::<Row>::new());
}
