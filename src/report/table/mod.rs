//! The table for a terminal: what is found, what the plan changes, and who can do what.
//!
//! What matters comes first, and what says nothing is left out unless everything is asked for.

mod changes;
mod findings;
mod layout;
mod matrix;
mod text;

use std::io::{self, Write};

use super::Report;
use text::wrapped;
pub(super) use text::{count, printable};

/// Prose in longer lines than this is hard to read.
const MOST_PROSE: usize = 120;

/// How the table is laid out.
#[derive(Clone, Copy, Debug)]
pub struct TableOptions {
    /// The width in columns.
    pub width: u16,
    /// Whether to colour.
    pub colour: bool,
    /// Whether to show every row.
    pub all: bool,
    /// Whether to print the policy that mends a finding.
    pub fixes: bool,
    /// By what the matrix is grouped; by principals, side by side with the brokers where there is room, if nothing is
    /// said.
    pub group_by: Option<GroupBy>,
}

impl TableOptions {
    /// The width of prose.
    fn prose(self) -> usize {
        usize::from(self.width).min(MOST_PROSE)
    }
}

/// By what the rows of the matrix are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// Under each principal the brokers.
    Principal,
    /// Under each broker the principals.
    Broker,
}

impl Report<'_> {
    /// Writes the report as a table.
    pub fn write_table(&self, out: &mut dyn Write, options: TableOptions) -> io::Result<()> {
        let (brokers, principals) = (self.graph.brokers.len(), self.graph.principals.len());
        self.write_findings(out, options)?;
        if brokers == 0 {
            let text = "No Amazon MQ broker in this plan: there is nothing to decide.";
            out.write_all(text::paragraph(text, 0, 0, options.prose()).as_bytes())?;
        } else if principals == 0 {
            writeln!(out, "{}, but no IAM principal in this plan.", count(brokers, "Amazon MQ broker"))?;
        } else {
            self.write_changes(out, options)?;
            if !self.changed_only {
                self.write_matrix(out, options)?;
            }
        }
        for note in &self.notes {
            out.write_all(
                text::paragraph(&format!("note: {}", printable(note)), 0, 2, options.prose()).as_bytes(),
            )?;
        }
        self.write_summary(out, options)
    }

    fn write_summary(&self, out: &mut dyn Write, options: TableOptions) -> io::Result<()> {
        let brokers = count(self.graph.brokers.len(), "broker");
        let principals = count(self.graph.principals.len(), "principal");
        let verdicts: Vec<String> =
            self.summary.verdicts.iter().map(|(name, number)| format!("{number} {name}")).collect();
        let mut line = format!("{principals}, {brokers}");
        if !verdicts.is_empty() {
            line.push_str(": ");
            line.push_str(&verdicts.join(", "));
        }
        if self.summary.changed > 0 {
            line.push_str("; ");
            line.push_str(&count(self.summary.changed, "change"));
            line.push_str(" by this plan");
        }
        for (severity, number) in &self.summary.findings {
            line.push_str("; ");
            line.push_str(&count(*number, severity));
        }
        let accepted = self.findings.iter().filter(|finding| finding.accepted.is_some()).count();
        if accepted > 0 {
            line.push_str("; ");
            line.push_str(&accepted.to_string());
            line.push_str(" accepted");
        }
        for line in wrapped(&format!("{line}."), options.prose()) {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "A principal is judged by what the plan shows of it.")
    }
}
