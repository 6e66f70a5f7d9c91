//! The findings, the most severe first.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::TableOptions;
use super::text::{count, paragraph, printable};
use crate::findings::{Finding, Severity};
use crate::report::Report;

/// Findings shown without `--all`.
const MOST_FINDINGS: usize = 20;
/// Circumstances of a finding shown without `--all`.
const MOST_RELATED: usize = 3;

impl Report<'_> {
    /// Writes the findings. Those that are accepted are counted only, unless everything is asked for.
    pub(super) fn write_findings(&self, out: &mut dyn Write, options: TableOptions) -> io::Result<()> {
        let shown: Vec<&Finding> =
            self.findings.iter().filter(|finding| options.all || finding.accepted.is_none()).collect();
        let most = if options.all { usize::MAX } else { MOST_FINDINGS };
        let mut shown_of = shown.iter().take(most).peekable();
        while let Some(finding) = shown_of.next() {
            out.write_all(head(finding, options).as_bytes())?;
            // What findings one after the other have in common is said once.
            if !shown_of.peek().is_some_and(|next| has_same_details(finding, next)) {
                writeln!(out, "{}", details(finding, options))?;
            }
        }
        let mut left = Vec::new();
        if shown.len() > most {
            left.push(count(shown.len().saturating_sub(most), "finding"));
        }
        let accepted = self.findings.len().saturating_sub(shown.len());
        if accepted > 0 {
            left.push(count(accepted, "accepted finding"));
        }
        if !left.is_empty() {
            let text = format!("{} not shown: --all shows every one.", left.join(" and "));
            writeln!(out, "{}", paragraph(&text, 0, 2, options.prose()))?;
        }
        Ok(())
    }
}

/// Whether two findings differ in nothing but whom they are about, and where.
fn has_same_details(one: &Finding, other: &Finding) -> bool {
    let is_plain = |finding: &Finding| finding.accepted.is_none() && finding.fix.is_none();
    let has_same_place = |finding: &Finding| finding.related.iter().all(|related| related.location.is_none());
    let messages =
        |finding: &Finding| finding.related.iter().map(|it| it.message.clone()).collect::<Vec<_>>();
    is_plain(one)
        && is_plain(other)
        && (one.rule, one.severity) == (other.rule, other.severity)
        && one.help == other.help
        && has_same_place(one)
        && has_same_place(other)
        && messages(one) == messages(other)
}

/// What is found, and where.
fn head(finding: &Finding, options: TableOptions) -> String {
    let width = options.prose();
    let name = format!("{}[{}]", finding.severity, finding.rule);
    let mut text = paragraph(&format!("{name}: {}", printable(&finding.message)), 0, 2, width);
    if options.colour {
        let colour = match finding.severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Note => "1",
        };
        text = text.replacen(&name, &format!("\u{1b}[{colour}m{name}\u{1b}[0m"), 1);
    }
    if let Some(location) = &finding.location {
        // In one piece, so that a terminal can open it.
        let _ = writeln!(text, "  at {}:{}:{}", printable(&location.file), location.line, location.column);
    }
    text
}

/// What belongs to it, and what to do.
fn details(finding: &Finding, options: TableOptions) -> String {
    let width = options.prose();
    let mut text = String::new();
    let most = if options.all || finding.related.len() == MOST_RELATED.saturating_add(1) {
        finding.related.len()
    } else {
        MOST_RELATED
    };
    for related in finding.related.iter().take(most) {
        let at = related.location.as_ref();
        let at = at.map(|at| format!(" ({}:{})", printable(&at.file), at.line)).unwrap_or_default();
        text.push_str(&paragraph(&format!("- {}{at}", printable(&related.message)), 2, 4, width));
    }
    if finding.related.len() > most {
        let more = finding.related.len().saturating_sub(most);
        let _ = writeln!(text, "  - and {more} more: --all shows them");
    }
    if let Some(accepted) = &finding.accepted {
        let until = accepted.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
        text.push_str(&paragraph(&format!("accepted: {}{until}", printable(&accepted.reason)), 2, 4, width));
    }
    text.push_str(&paragraph(&format!("help: {}", printable(&finding.help)), 2, 4, width));
    let Some(fix) = &finding.fix else { return text };
    text.push_str(&paragraph(&format!("fix: {}", printable(&fix.title)), 2, 4, width));
    if options.fixes {
        // As it is to be copied.
        for line in fix.policy_document.lines() {
            let _ = writeln!(text, "    {}", printable(line));
        }
    }
    text
}
