//! Access before and after apply, and what makes it change, in plans by real Terraform: `expected.txt` of each case was
//! worked out by hand from the two configurations. Its first part has a line per principal and broker, with a letter
//! per operation (create, reboot, delete): allowed, denied, conditional, unknown, `-` for none. What the second part
//! does not list must not be found.

#![allow(clippy::unwrap_used, clippy::format_push_string, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};

use mqwarden::access::Verdict;
use mqwarden::analysis::{Analysis, Options};
use mqwarden::changes::Access;
use mqwarden::plan::{self, Input};
use mqwarden::source::Source;

fn analyse(folder: &Path) -> Analysis {
    let plan = plan::read(Input::File(folder.join("plan.json"))).unwrap();
    let source = Source::load(Some(&folder.join("tfplan")), Some(folder)).unwrap();
    Analysis::new(plan, Some(source), &Options::default())
}

fn letter(verdict: Option<&Verdict>) -> char {
    match Access::of(verdict) {
        Access::Absent => '-',
        Access::Denied => 'd',
        Access::Conditional => 'c',
        Access::Allowed => 'a',
        Access::Unknown => 'u',
    }
}

fn shown(analysis: &Analysis) -> String {
    analysis.with_report(|report| {
        let mut text = String::new();
        let rows: Vec<_> = report.rows().collect();
        for cell in rows.chunk_by(|a, b| a.principal.id == b.principal.id && a.broker.id == b.broker.id) {
            let first = cell.first().unwrap();
            let before: String = cell.iter().map(|row| letter(row.before)).collect();
            let after: String = cell.iter().map(|row| letter(row.after)).collect();
            text.push_str(&format!("{} {}: {before} > {after}\n", first.principal.id, first.broker.id));
        }
        text.push('\n');
        for change in &report.changes.list {
            let who = report.changes.principal_id(change).unwrap_or_default();
            let operations: Vec<&str> = change.operations.iter().map(|operation| operation.name()).collect();
            let brokers = report.changes.broker_ids(change).join(", ");
            text.push_str(&format!("{} {who}: {} of {brokers}\n", change.effect, operations.join(", ")));
            for cause in report.changes.causes(change) {
                text.push_str(&format!("  {} {}\n", cause.address, cause.what.name()));
            }
        }
        text
    })
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/changes");
    let mut all: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.join("expected.txt").is_file());
    all.sort();
    all
}

#[test]
fn access_changes_as_the_configurations_say() {
    let mut wrong = Vec::new();
    for folder in cases() {
        let expected = fs::read_to_string(folder.join("expected.txt")).unwrap();
        let found = shown(&analyse(&folder));
        if found != expected {
            wrong.push(format!("== {}\n-- expected\n{expected}-- found\n{found}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases().len() > 3);
}
