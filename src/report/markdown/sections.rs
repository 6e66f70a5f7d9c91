//! The parts of a Markdown report.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Bounded, MOST_BYTES, MarkdownOptions};
use crate::changes::{Cause, Effect, What};
use crate::findings::{Finding, Severity};
use crate::report::Report;
use crate::report::classes::{Cell, Class};
use crate::report::escape::{clip, markdown_block, markdown_code, markdown_sentence};

const HEADER: &str = "| Principals | Brokers | create | reboot | delete |\n| --- | --- | --- | --- | --- |\n";
/// Bytes for the access changes.
const CHANGES: usize = 18_000;
/// Bytes for the findings.
const FINDINGS: usize = 26_000;
/// Bytes for the notes.
const NOTES: usize = 3_000;
/// Kept free for what closes the parts.
const RESERVE: usize = 1_000;
/// Names listed in a cell before the rest is counted.
const MOST_NAMES: usize = 4;
/// Characters of a name.
const MOST_OF_NAME: usize = 200;
/// Characters of a sentence.
const MOST_OF_SENTENCE: usize = 1_200;
/// Characters of a policy that mends a finding.
const MOST_OF_FIX: usize = 6_000;

/// The whole report.
pub(super) fn document(report: &Report<'_>, options: MarkdownOptions) -> String {
    let classes = report.classes();
    let mut text = head(report, options);
    text.push_str(&changes(report));
    text.push_str(&findings(report));
    text.push_str(&notes(report));
    let left = MOST_BYTES.saturating_sub(text.len()).saturating_sub(RESERVE);
    text.push_str(&matrix(report, &classes, left));
    text.push_str("\n<sub>A principal is judged by what the plan shows of it.</sub>\n");
    text
}

fn head(report: &Report<'_>, options: MarkdownOptions) -> String {
    let summary = &report.summary;
    let counted = |severity: &str| {
        summary.findings.get(severity).map(|number| count(*number, severity)).into_iter().collect::<Vec<_>>()
    };
    let findings = ["error", "warning", "note"].map(counted).concat();
    let findings = if findings.is_empty() { "no findings".to_owned() } else { findings.join(", ") };
    let verdict = if options.fails { "❌ mqwarden: failed" } else { "✅ mqwarden: passed" };
    let mut text = format!("## {verdict} – {findings}\n\n");
    let principals = count(report.graph.principals.len(), "principal");
    let brokers = count(report.graph.brokers.len(), "broker");
    let verdicts: Vec<String> =
        summary.verdicts.iter().map(|(name, number)| format!("{number} {name}")).collect();
    let _ = write!(text, "{principals}, {brokers}");
    if !verdicts.is_empty() {
        let _ = write!(text, ": {}", verdicts.join(", "));
    }
    text.push_str(".\n");
    text
}

fn changes(report: &Report<'_>) -> String {
    let shared = report.shared_changes();
    let mut text = Bounded::new(CHANGES);
    if shared.is_empty() {
        text.push("\n### Access changes\n\nThis plan changes nobody's access.\n");
        return text.text;
    }
    text.push(&format!("\n### Access changes ({})\n\n", shared.len()));
    text.push("| | Principals | Brokers | Operations | Before → after | Because |\n");
    text.push("| --- | --- | --- | --- | --- | --- |\n");
    let mut shown = 0usize;
    for change in &shared {
        let operations: Vec<&str> = change.operations.iter().map(|operation| operation.name()).collect();
        let row = format!(
            "| {} | {} | {} | {} | {} → **{}** | {} |\n",
            name_of(change.effect),
            principal_names(report, &change.principals),
            broker_names(report, &change.brokers),
            operations.join(", "),
            change.before.verdict().unwrap_or("none"),
            if change.before == change.after {
                "other conditions"
            } else {
                change.after.verdict().unwrap_or("none")
            },
            causes(&change.causes)
        );
        if !text.push(&row) {
            break;
        }
        shown = shown.saturating_add(1);
    }
    left_out(&mut text.text, shared.len().saturating_sub(shown), "row");
    text.text
}

fn causes(causes: &[Cause]) -> String {
    let cause = |cause: &Cause| {
        if cause.what == What::GuardRailChanged {
            return "other service control policies bind it".to_owned();
        }
        format!("{} {}", markdown_code(&clip(&cause.address, MOST_OF_NAME)), cause.what.phrase())
    };
    let mut lines: Vec<String> = causes.iter().take(MOST_NAMES).map(cause).collect();
    let more = causes.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join("<br>")
}

fn name_of(effect: Effect) -> &'static str {
    match effect {
        Effect::Gain => "➕ gains",
        Effect::PossibleGain => "➕ may gain",
        Effect::PossibleLoss => "➖ may lose",
        Effect::Loss => "➖ loses",
        Effect::Unclear => "🔀 changes",
    }
}

fn findings(report: &Report<'_>) -> String {
    let mut text = Bounded::new(FINDINGS);
    let (accepted, open): (Vec<&Finding>, Vec<&Finding>) =
        report.findings.iter().partition(|finding| finding.accepted.is_some());
    text.push("\n### Findings\n");
    if open.is_empty() {
        text.push("\nNone.\n");
    }
    for (severity, title) in
        [(Severity::Error, "Errors"), (Severity::Warning, "Warnings"), (Severity::Note, "Notes")]
    {
        let of_severity: Vec<&&Finding> =
            open.iter().filter(|finding| finding.severity == severity).collect();
        if !of_severity.is_empty() {
            let title = format!("\n#### {title} ({})\n\n", of_severity.len());
            let items = of_severity.iter().map(|finding| item(finding));
            list(&mut text, &title, items, of_severity.len());
        }
    }
    if !accepted.is_empty() {
        let title = format!("\n<details><summary>Accepted findings ({})</summary>\n\n", accepted.len());
        list(&mut text, &title, accepted.iter().map(|finding| item(finding)), accepted.len());
        text.text.push_str("\n</details>\n");
    }
    text.text
}

/// A title and the items under it that fit, with a count of those that do not.
fn list(text: &mut Bounded, title: &str, items: impl Iterator<Item = String>, total: usize) {
    text.text.push_str(title);
    let mut shown = 0usize;
    for item in items {
        if !text.push(&item) {
            break;
        }
        shown = shown.saturating_add(1);
    }
    left_out(&mut text.text, total.saturating_sub(shown), "finding");
}

fn item(finding: &Finding) -> String {
    let sentence = |text: &str| markdown_sentence(&clip(text, MOST_OF_SENTENCE));
    let mut item = format!("- **{}**", finding.rule);
    if let Some(at) = &finding.location {
        let place = format!("{}:{}", clip(&at.file, MOST_OF_NAME), at.line);
        let _ = write!(item, " at {}", markdown_code(&place));
    }
    let _ = writeln!(item, ": {}<br>{}", sentence(&finding.message), sentence(&finding.help));
    for related in finding.related.iter().take(MOST_NAMES) {
        let _ = write!(item, "  - {}", sentence(&related.message));
        if let Some(at) = &related.location {
            let place = format!("{}:{}", clip(&at.file, MOST_OF_NAME), at.line);
            let _ = write!(item, " ({})", markdown_code(&place));
        }
        item.push('\n');
    }
    let more = finding.related.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        let _ = writeln!(item, "  - and {more} more");
    }
    if let Some(accepted) = &finding.accepted {
        let _ = write!(item, "  - accepted: {}", sentence(&accepted.reason));
        if let Some(until) = &accepted.until {
            let _ = write!(item, " (until {})", markdown_code(until));
        }
        item.push('\n');
    }
    if let Some(fix) = finding.fix.as_ref().filter(|fix| fix.jsonencode.chars().count() <= MOST_OF_FIX) {
        let _ = write!(
            item,
            "\n  <details><summary>Fix</summary>\n\n  {}\n\n{}\n  </details>\n\n",
            sentence(&fix.title),
            markdown_block("hcl", &fix.jsonencode, "  ")
        );
    }
    item
}

fn notes(report: &Report<'_>) -> String {
    let mut text = Bounded::new(NOTES);
    if report.notes.is_empty() {
        return text.text;
    }
    text.push("\n### Noticed while reading\n\n");
    let mut shown = 0usize;
    for note in &report.notes {
        if !text.push(&format!("- Note: {}\n", markdown_sentence(&clip(note, MOST_OF_SENTENCE)))) {
            break;
        }
        shown = shown.saturating_add(1);
    }
    left_out(&mut text.text, report.notes.len().saturating_sub(shown), "note");
    text.text
}

fn matrix(report: &Report<'_>, classes: &[Class<'_>], most: usize) -> String {
    let mut text = Bounded::new(most);
    let (principals, brokers) = (report.graph.principals.len(), report.graph.brokers.len());
    if principals == 0 || brokers == 0 {
        let missing = if brokers == 0 { "Amazon MQ broker" } else { "IAM principal" };
        return format!("\nNo {missing} in this plan: there is nothing to decide.\n");
    }
    text.push(&format!(
        "\n<details><summary>Access matrix: {} × {}</summary>\n\n",
        count(principals, "principal"),
        count(brokers, "broker")
    ));
    text.push(HEADER);
    let mut rows = rows(classes);
    if report.changed_only {
        rows.retain(|row| row.is_changed);
    }
    push_rows(&mut text, report, &rows);
    text.text.push_str("\n</details>\n");
    text.text
}

/// A row of a table: principals and brokers whose cells read the same.
struct Row {
    is_changed: bool,
    principals: Vec<usize>,
    brokers: Vec<usize>,
    cells: Vec<String>,
}

/// The rows of the matrix, by their first principal and broker.
fn rows(classes: &[Class<'_>]) -> Vec<Row> {
    type Groups = Vec<((Vec<String>, bool), Vec<usize>)>;
    // Classes that differ only in what the cells do not show have the same groups.
    let mut by_groups: BTreeMap<Groups, Vec<usize>> = BTreeMap::new();
    for class in classes {
        let mut groups: BTreeMap<(Vec<String>, bool), Vec<usize>> = BTreeMap::new();
        for group in &class.groups {
            let cells = group.cells.iter().map(cell_text).collect();
            let is_changed = group.cells.iter().any(|cell| cell.change().is_some());
            groups.entry((cells, is_changed)).or_default().extend(&group.brokers);
        }
        for brokers in groups.values_mut() {
            brokers.sort_unstable();
        }
        by_groups.entry(groups.into_iter().collect()).or_default().extend(&class.principals);
    }
    let mut rows = Vec::new();
    for (groups, mut principals) in by_groups {
        principals.sort_unstable();
        let of_group = |((cells, is_changed), brokers)| Row {
            is_changed,
            principals: principals.clone(),
            brokers,
            cells,
        };
        rows.extend(groups.into_iter().map(of_group));
    }
    rows.sort_by(|a, b| (&a.principals, &a.brokers).cmp(&(&b.principals, &b.brokers)));
    rows
}

/// Adds the rows that fit, with a count of those that do not.
fn push_rows(text: &mut Bounded, report: &Report<'_>, rows: &[Row]) {
    let mut shown = 0usize;
    for row in rows {
        let row = format!(
            "| {} | {} | {} |\n",
            principal_names(report, &row.principals),
            broker_names(report, &row.brokers),
            row.cells.join(" | ")
        );
        if !text.push(&row) {
            break;
        }
        shown = shown.saturating_add(1);
    }
    left_out(&mut text.text, rows.len().saturating_sub(shown), "row");
}

fn cell_text(cell: &Cell<'_>) -> String {
    let after = cell.after().unwrap_or("–");
    match cell.before().filter(|before| cell.after() != Some(before)) {
        Some(before) => format!("**{after}** (was {before})"),
        None => after.to_owned(),
    }
}

fn principal_names(report: &Report<'_>, positions: &[usize]) -> String {
    names(positions, |position| {
        let node = report.graph.principals.get(position)?;
        Some(&*report.graph.principal(*node)?.id)
    })
}

fn broker_names(report: &Report<'_>, positions: &[usize]) -> String {
    names(positions, |position| {
        let node = report.graph.brokers.get(position)?;
        Some(&*report.graph.broker(*node)?.id)
    })
}

fn names<'a>(positions: &[usize], name: impl Fn(usize) -> Option<&'a str>) -> String {
    let shown = positions.iter().take(MOST_NAMES).filter_map(|&position| name(position));
    let mut names: Vec<String> = shown.map(|name| markdown_code(&clip(name, MOST_OF_NAME))).collect();
    let more = positions.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    names.join("<br>")
}

fn left_out(text: &mut String, number: usize, noun: &str) {
    if number > 0 {
        let _ = write!(text, "\n{} not shown here; the other formats have them all.\n", count(number, noun));
    }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
