//! The table for a terminal: a row for each class of principals and class of brokers that share their verdicts.

use std::collections::BTreeMap;
use std::io::{self, Write};

use comfy_table::{Attribute, Cell, Color, ColumnConstraint, ContentArrangement, Table, Width, presets};

use rayon::prelude::*;

use super::{Report, verdict_name};
use crate::access::Matrix;
use crate::aws::Operation;
use crate::findings::{Finding, Severity};
use crate::graph::State;
use crate::hash::HashMap;

/// Rows shown without `--all`.
const MOST_ROWS: usize = 200;
/// Findings shown without `--all`.
const MOST_FINDINGS: usize = 50;
/// Names listed in a cell before the rest is counted.
const MOST_NAMES: usize = 3;

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
}

/// The verdicts of one principal on one broker: create, reboot, delete, each after and before.
type Signature = [(Option<&'static str>, Option<&'static str>); 3];

/// The verdicts of one principal: signatures with the brokers, by position, that have them.
type Row = Vec<(Signature, Vec<usize>)>;

/// Principals and brokers that share their verdicts, by position.
struct Block {
    principals: Vec<usize>,
    brokers: Vec<usize>,
    signature: Signature,
}

impl Report<'_> {
    /// Writes the report as a table.
    pub fn write_table(&self, out: &mut dyn Write, options: TableOptions) -> io::Result<()> {
        let (brokers, principals) = (self.graph.brokers.len(), self.graph.principals.len());
        if brokers == 0 {
            writeln!(out, "No Amazon MQ broker in this plan: there is nothing to decide.")?;
        } else if principals == 0 {
            writeln!(out, "{}, but no IAM principal in this plan.", count(brokers, "Amazon MQ broker"))?;
        } else {
            self.write_changes(out, options)?;
            if !self.changed_only {
                self.write_matrix(out, options)?;
            }
        }
        self.write_findings(out, options)?;
        for note in &self.notes {
            writeln!(out, "note: {}", printable(note))?;
        }
        self.write_summary(out)
    }

    fn write_matrix(&self, out: &mut dyn Write, options: TableOptions) -> io::Result<()> {
        let blocks = self.blocks();
        let shown = if options.all { blocks.len() } else { blocks.len().min(MOST_ROWS) };
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(options.width);
        if options.colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let header = ["Principals", "Brokers", "create", "reboot", "delete"];
        table.set_header(header.map(|title| Cell::new(title).add_attribute(Attribute::Bold)));
        for (index, column) in table.column_iter_mut().enumerate() {
            if index >= 2 {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(11)));
            }
        }
        for block in blocks.iter().take(shown) {
            let names = |positions: &[usize], name: &dyn Fn(usize) -> Option<String>| {
                let limit = if options.all { usize::MAX } else { MOST_NAMES };
                let mut lines: Vec<String> = positions.iter().take(limit).filter_map(|&p| name(p)).collect();
                if positions.len() > limit {
                    lines.push(format!("and {} more", positions.len().saturating_sub(limit)));
                }
                lines.join("\n")
            };
            let principals = names(&block.principals, &|position| self.principal_name(position));
            let brokers = names(&block.brokers, &|position| self.broker_name(position));
            let verdicts = block.signature.iter().map(|&(after, before)| verdict_cell(after, before));
            table.add_row([Cell::new(principals), Cell::new(brokers)].into_iter().chain(verdicts));
        }
        writeln!(out, "{table}")?;
        if shown < blocks.len() {
            let left = blocks.len().saturating_sub(shown);
            writeln!(out, "{} not shown: --all shows every row.", count(left, "row"))?;
        }
        write_legend(out, &blocks)
    }

    fn write_findings(&self, out: &mut dyn Write, options: TableOptions) -> io::Result<()> {
        let most = if options.all { usize::MAX } else { MOST_FINDINGS };
        for finding in self.findings.iter().take(most) {
            write_finding(out, finding, options)?;
        }
        if self.findings.len() > most {
            let left = self.findings.len().saturating_sub(most);
            writeln!(out, "{} not shown: --all shows every one.", count(left, "finding"))?;
        }
        if !self.findings.is_empty() {
            writeln!(out)?;
        }
        Ok(())
    }

    fn write_summary(&self, out: &mut dyn Write) -> io::Result<()> {
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
        writeln!(out, "{line}.")?;
        writeln!(out, "A principal is judged by what the plan shows of it.")
    }

    fn principal_name(&self, position: usize) -> Option<String> {
        let node = self.graph.principals.get(position)?;
        Some(printable(&self.graph.principal(*node)?.id))
    }

    fn broker_name(&self, position: usize) -> Option<String> {
        let node = self.graph.brokers.get(position)?;
        Some(printable(&self.graph.broker(*node)?.id))
    }

    /// Principals with the same verdicts on every broker are one class, and so are brokers within it.
    fn blocks(&self) -> Vec<Block> {
        let mut positions: HashMap<_, usize> = HashMap::default();
        let mut members: Vec<Vec<usize>> = Vec::new();
        for principal in 0..self.graph.principals.len() {
            let position = *positions.entry(self.matrix.class_key(principal)).or_insert_with(|| {
                members.push(Vec::new());
                members.len().saturating_sub(1)
            });
            if let Some(members) = members.get_mut(position) {
                members.push(principal);
            }
        }
        let matrix = self.matrix;
        let rows: Vec<Row> = members.par_iter().map(|members| row(matrix, members)).collect();
        let mut classes: BTreeMap<usize, (Vec<usize>, Row)> = BTreeMap::new();
        let mut class_of_row: HashMap<Row, usize> = HashMap::default();
        for (members, row) in members.into_iter().zip(rows) {
            let Some(&first) = members.first() else { continue };
            let class = *class_of_row.entry(row.clone()).or_insert(first);
            classes.entry(class).or_insert_with(|| (Vec::new(), row)).0.extend(members);
        }
        let block = |(mut principals, row): (Vec<usize>, Row)| {
            principals.sort_unstable();
            row.into_iter().map(move |(signature, brokers)| Block {
                principals: principals.clone(),
                brokers,
                signature,
            })
        };
        classes.into_values().flat_map(block).collect()
    }
}

/// The verdicts that these principals share.
fn row(matrix: &Matrix, principals: &[usize]) -> Row {
    let mut row = Row::new();
    let Some(&principal) = principals.first() else { return row };
    for group in matrix.groups(principal) {
        let Some(&broker) = group.first() else { continue };
        let name = |state, operation| matrix.verdict(state, principal, broker, operation).map(verdict_name);
        let signature =
            Operation::ALL.map(|operation| (name(State::After, operation), name(State::Before, operation)));
        match row.iter_mut().find(|(known, _)| *known == signature) {
            Some((_, members)) => {
                members.extend(group);
                members.sort_unstable();
            }
            None => row.push((signature, group)),
        }
    }
    row
}

fn write_legend(out: &mut dyn Write, blocks: &[Block]) -> io::Result<()> {
    let cells = || blocks.iter().flat_map(|block| block.signature);
    let has = |name: &str| cells().any(|(after, _)| after == Some(name));
    writeln!(out)?;
    for (name, meaning) in [
        ("allowed", "whatever the request's context"),
        ("denied", "whatever the request's context"),
        ("conditional", "depends on what only the request brings (MFA, source address, time, …)"),
        ("unknown", "depends on a value that is known only after apply"),
    ] {
        if has(name) {
            writeln!(out, "  {name:<12} {meaning}")?;
        }
    }
    if cells().any(|(after, _)| after.is_none()) {
        writeln!(out, "  {:<12} the principal or the broker does not exist after apply", "-")?;
    }
    if cells().any(|(after, before)| is_change(after, before)) {
        writeln!(out, "  {:<12} what it was before this plan", "(was …)")?;
    }
    writeln!(out)
}

fn is_change(after: Option<&str>, before: Option<&str>) -> bool {
    before.is_some() && after != before
}

fn verdict_cell(after: Option<&'static str>, before: Option<&'static str>) -> Cell {
    let name = after.unwrap_or("-");
    let content = match before.filter(|_| is_change(after, before)) {
        Some(before) => format!("{name}\n(was {before})"),
        None => name.to_owned(),
    };
    let cell = Cell::new(content);
    match after {
        Some("allowed") => cell.fg(Color::Green),
        Some("conditional") => cell.fg(Color::Yellow),
        Some("unknown") => cell.fg(Color::Magenta),
        _ => cell.fg(Color::DarkGrey),
    }
}

fn write_finding(out: &mut dyn Write, finding: &Finding, options: TableOptions) -> io::Result<()> {
    let (before, after) = match (options.colour, finding.severity) {
        (false, _) => ("", ""),
        (true, Severity::Error) => ("\u{1b}[1;31m", "\u{1b}[0m"),
        (true, Severity::Warning) => ("\u{1b}[1;33m", "\u{1b}[0m"),
        (true, Severity::Note) => ("\u{1b}[1m", "\u{1b}[0m"),
    };
    writeln!(out, "{before}{}[{}]{after}: {}", finding.severity, finding.rule, printable(&finding.message))?;
    if let Some(location) = &finding.location {
        writeln!(out, "  at {}:{}:{}", printable(&location.file), location.line, location.column)?;
    }
    for related in &finding.related {
        write!(out, "  - {}", printable(&related.message))?;
        match &related.location {
            Some(at) => writeln!(out, " ({}:{})", printable(&at.file), at.line)?,
            None => writeln!(out)?,
        }
    }
    if let Some(accepted) = &finding.accepted {
        let until = accepted.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
        writeln!(out, "  accepted: {}{until}", printable(&accepted.reason))?;
    }
    writeln!(out, "  help: {}", printable(&finding.help))?;
    let Some(fix) = &finding.fix else { return Ok(()) };
    writeln!(out, "  fix: {}", printable(&fix.title))?;
    if options.fixes {
        for line in fix.policy_document.lines() {
            writeln!(out, "    {}", printable(line))?;
        }
    }
    Ok(())
}

pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Text from a plan, with everything that could move the cursor or hide text written as an escape.
pub(super) fn printable(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    if !text.contains(is_hidden) {
        return text.to_owned();
    }
    text.chars().map(|c| if is_hidden(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::{count, printable};

    #[test]
    fn text_that_moves_the_cursor_is_escaped() {
        assert_eq!(printable("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(printable("plain é"), "plain é");
    }

    #[test]
    fn nouns_are_counted() {
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(2, "row"), "2 rows");
    }
}
