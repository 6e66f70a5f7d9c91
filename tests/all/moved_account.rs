//! An account that a plan moves to another organizational unit is bound by the policies of the unit that it moves to.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use mqwarden::analysis::{Analysis, Options};
use mqwarden::changes::Access;
use mqwarden::plan::{self, Input};
use mqwarden::source::Source;

/// Before and after, of the role of each account on its own broker. The unit `guarded` denies `mq:DeleteBroker`; `moved`
/// moves into it, and the others stay in `open`. What else changes are policies that are attached to single accounts.
const EXPECTED: [(&str, &str, Access, Access); 8] = [
    ("moved", "delete", Access::Allowed, Access::Denied),
    ("moved", "reboot", Access::Allowed, Access::Allowed),
    ("bound", "delete", Access::Allowed, Access::Allowed),
    ("bound", "reboot", Access::Allowed, Access::Denied),
    ("released", "delete", Access::Allowed, Access::Allowed),
    ("released", "reboot", Access::Denied, Access::Allowed),
    ("edited", "create", Access::Allowed, Access::Allowed),
    ("edited", "reboot", Access::Allowed, Access::Denied),
];

#[test]
fn the_unit_that_an_account_moves_to_binds_it() {
    let case = Path::new("testdata/changes/organization");
    let plan = plan::read(Input::File(case.join("plan.json"))).unwrap();
    let source = Source::load(Some(&case.join("tfplan")), Some(case)).unwrap();
    let found = Analysis::new(plan, Some(source), &Options::default()).with_report(|report| {
        let rows = report.rows().map(|row| {
            let (before, after) = (Access::of(row.before), Access::of(row.after));
            (row.principal.id.to_string(), row.broker.id.to_string(), row.operation.name(), before, after)
        });
        rows.collect::<Vec<_>>()
    });
    for (account, operation, before, after) in EXPECTED {
        let ids = (
            format!("module.{account}.aws_iam_role.operator"),
            format!("module.{account}.aws_mq_broker.this"),
        );
        let row = found.iter().find(|row| (&row.0, &row.1, row.2) == (&ids.0, &ids.1, operation)).unwrap();
        assert_eq!((row.3, row.4), (before, after), "{account}: {operation}");
    }
}
