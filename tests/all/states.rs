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

/// An attachment of a policy of AWS tells no account: it is that of the role that its module instance makes, or, where
/// roles of that name are in both accounts and neither is beside it, nothing tells.
#[test]
fn attachments_are_where_the_role_beside_them_is() {
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

    let address = "module.dev.aws_iam_role_policy_attachment.op";
    let apart = beside.replace(address, "aws_iam_role_policy_attachment.op");
    let (rows, _) = access(read_from(apart.as_bytes()).unwrap());
    let is_open = |(_, _, operation, access): &Row| *access == Access::Unknown || *operation == "reboot";
    assert!(rows.len() == 6 && rows.contains(&prod) && rows.iter().all(is_open), "{rows:?}");
}

#[test]
fn lists_that_nothing_else_accounts_for_may_be_from_before() {
    let (rows, notes) = access(read("role-lists"));
    let of = |operation| row("aws_iam_role.r", "aws_mq_broker.m", operation);
    assert_eq!(rows, [of("reboot"), of("delete")]);
    assert!(
        notes.iter().any(|note| note.starts_with("1 policy of a role stands in inline_policy")),
        "{notes:?}"
    );
}
