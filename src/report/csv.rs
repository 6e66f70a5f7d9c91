//! The matrix as CSV, for a spreadsheet: a row for each principal, broker and operation.
//!
//! RFC 4180: a header, fields in quotes where they need them, lines that end in CR and LF. No text from a plan is taken
//! for a formula.

use std::io::{self, Write};

use super::escape::csv_field;
use super::json::context_json;
use super::{Report, Row, verdict_name};
use crate::access::{Reason, Verdict};
use crate::changes::{Access, Effect};
use crate::findings::Location;
use crate::requirements::ActionSet;

/// The columns, in order.
const HEADER: [&str; 14] = [
    "principal",
    "kind",
    "principal_name",
    "broker",
    "broker_name",
    "operation",
    "verdict",
    "before",
    "change",
    "missing",
    "unresolved",
    "allowed_when",
    "denied_when",
    "unknown_because",
];

impl Report<'_> {
    /// Writes the rows of the matrix as CSV.
    pub fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        write_record(out, &HEADER)?;
        self.shown_rows().try_for_each(|row| self.write_row(out, &row))
    }

    fn write_row(&self, out: &mut dyn Write, row: &Row<'_>) -> io::Result<()> {
        let principal = row.principal.facts.after.as_ref().or(row.principal.facts.before.as_ref());
        let broker = row.broker.facts.after.as_ref().or(row.broker.facts.before.as_ref());
        let (allowed_when, denied_when) = match row.after {
            Some(Verdict::Conditional { allowed_when, denied_when }) => {
                (context_json(allowed_when)?, context_json(denied_when)?)
            }
            _ => Default::default(),
        };
        let because = match row.after {
            Some(Verdict::Unknown { because, .. }) => {
                because.iter().map(|reason| self.reason(reason)).collect::<Vec<_>>().join(", ")
            }
            _ => String::new(),
        };
        let change = Effect::between(Access::of(row.before), Access::of(row.after));
        write_record(
            out,
            &[
                &*row.principal.id,
                &row.principal.kind.to_string(),
                &principal.map(|facts| facts.name.to_string()).unwrap_or_default(),
                &*row.broker.id,
                &broker.map(|facts| facts.name.to_string()).unwrap_or_default(),
                row.operation.name(),
                row.after.map(verdict_name).unwrap_or_default(),
                row.before.map(verdict_name).unwrap_or_default(),
                change.map(Effect::name).unwrap_or_default(),
                &joined(row.lacking.missing),
                &joined(row.lacking.unresolved),
                &allowed_when,
                &denied_when,
                &because,
            ],
        )
    }

    fn reason(&self, reason: &Reason) -> String {
        match reason {
            Reason::Hole(hole) => match self.location_of(hole) {
                Some(Location { file, line, .. }) => format!("{hole} ({file}:{line})"),
                None => hole.to_string(),
            },
            Reason::NotUnderstood(problem) => format!("a policy that is not valid: {problem}"),
        }
    }
}

/// The names of actions, with a space between them.
fn joined(actions: ActionSet) -> String {
    if actions.is_empty() { String::new() } else { actions.names().collect::<Vec<_>>().join(" ") }
}

fn write_record(out: &mut dyn Write, fields: &[&str; 14]) -> io::Result<()> {
    for (number, field) in fields.iter().enumerate() {
        if number > 0 {
            out.write_all(b",")?;
        }
        out.write_all(csv_field(field).as_bytes())?;
    }
    out.write_all(b"\r\n")
}
