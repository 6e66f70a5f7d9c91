//! The findings, the most severe first.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::TableOptions;
use super::text::{count, paragraph, printable};
use crate::findings::{Finding, Severity};
use crate::hash::HashMap;
use crate::report::Report;

/// Findings shown without `--all`, those of which the same is to be said counted once.
const MOST_FINDINGS: usize = 20;
/// Findings of which the same is to be said that are shown without `--all`.
const MOST_ALIKE: usize = 6;
/// Circumstances of a finding shown without `--all`.
const MOST_RELATED: usize = 3;

impl Report<'_> {
    /// Writes the findings. Those that are accepted are counted only, unless everything is asked for.
    pub(super) fn write_findings(&self, out: &mut dyn Write, options: TableOptions) -> io::Result<()> {
        let relevant: Vec<&Finding> =
            self.findings.iter().filter(|finding| options.all || finding.accepted.is_none()).collect();
        let (most, most_alike) =
            if options.all { (usize::MAX, usize::MAX) } else { (MOST_FINDINGS, MOST_ALIKE) };
        let groups = alike(&relevant, options);
        for group in groups.iter().take(most) {
            let most = if group.len() == most_alike.saturating_add(1) { group.len() } else { most_alike };
            for finding in group.iter().take(most) {
                out.write_all(head(finding, options).as_bytes())?;
            }
            if group.len() > most {
                let text =
                    format!("and {} more of this kind: --all shows them", group.len().saturating_sub(most));
                out.write_all(paragraph(&text, 2, 4, options.prose()).as_bytes())?;
            }
            if let Some(first) = group.first() {
                writeln!(out, "{}", details(first, options))?;
            }
        }
        let mut left = Vec::new();
        let beyond = groups.iter().skip(most).map(Vec::len).sum::<usize>();
        if beyond > 0 {
            left.push(count(beyond, "finding"));
        }
        let accepted = self.findings.len().saturating_sub(relevant.len());
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

/// The findings in groups that differ in nothing but whom they are about, and where: what else there is to say of them is
/// said once.
fn alike<'f>(findings: &[&'f Finding], options: TableOptions) -> Vec<Vec<&'f Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut known: HashMap<_, usize> = HashMap::default();
    for &finding in findings {
        let has_places = finding.related.iter().any(|related| related.location.is_some());
        if finding.accepted.is_some() || (options.fixes && finding.fix.is_some()) || has_places {
            groups.push(vec![finding]);
            continue;
        }
        let related: Vec<&str> = finding.related.iter().map(|related| &*related.message).collect();
        let fix = finding.fix.as_ref().map(|fix| &fix.title);
        let key = (finding.severity, finding.rule, &finding.help, related, fix);
        if let Some(group) = known.get(&key).and_then(|&group| groups.get_mut(group)) {
            group.push(finding);
        } else {
            known.insert(key, groups.len());
            groups.push(vec![finding]);
        }
    }
    groups
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
    let where_it_is = if options.fixes { "" } else { " (--fixes shows it)" };
    text.push_str(&paragraph(&format!("fix: {}{where_it_is}", printable(&fix.title)), 2, 4, width));
    if options.fixes {
        // As it is to be copied.
        for line in fix.policy_document.lines() {
            let _ = writeln!(text, "    {}", printable(line));
        }
    }
    text
}
