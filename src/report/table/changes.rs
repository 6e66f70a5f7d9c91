//! The section of the table that says who gains and who loses.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::TableOptions;
use super::text::{count, paragraph, printable};
use crate::changes::{Access, AccessChange, Cause, Effect, What};
use crate::report::Report;
use crate::report::classes::SharedChange;

/// Changes shown without `--all`.
const MOST_CHANGES: usize = 20;
/// Changes whose causes are looked for without `--all`.
const MOST_SEARCHED: usize = 400;
/// Principals, brokers and causes listed in a change before the rest is counted.
const MOST_NAMES: usize = 3;

impl Report<'_> {
    /// Writes who gains and who loses. Access to brokers that are new is counted only: it is in the matrix as a whole.
    pub(super) fn write_changes(&self, out: &mut dyn Write, options: TableOptions) -> io::Result<()> {
        let is_of_new_brokers = |change: &&AccessChange| {
            let exists = |&position: &usize| {
                let node = self.graph.brokers.get(position);
                let broker = node.and_then(|&node| self.graph.broker(node));
                broker.is_some_and(|broker| broker.facts.before.is_some())
            };
            change.before == Access::Absent && !change.brokers.iter().any(exists)
        };
        let (new, others): (Vec<&AccessChange>, Vec<&AccessChange>) =
            self.changes.list.iter().partition(is_of_new_brokers);
        if others.is_empty() && (new.is_empty() || !self.changed_only) {
            if self.changed_only {
                writeln!(out, "This plan changes nobody's access.\n")?;
            }
            return Ok(());
        }
        writeln!(out, "What this plan changes:\n")?;
        let (most, searched) =
            if options.all { (usize::MAX, usize::MAX) } else { (MOST_CHANGES, MOST_SEARCHED) };
        let (shown, left) = self.first_shared_changes(others.into_iter(), most, searched);
        for change in &shown {
            out.write_all(self.change(change, options).as_bytes())?;
        }
        if left > 0 {
            writeln!(out, "  {} not shown: --all shows every one.", count(left, "change"))?;
        }
        if !new.is_empty() {
            let principals: BTreeSet<usize> = new.iter().map(|change| change.principal).collect();
            let who = count(principals.len(), "principal");
            let text = format!("{who} with access to brokers that are new: the matrix shows which.");
            out.write_all(paragraph(&text, 2, 4, options.prose()).as_bytes())?;
        }
        writeln!(out)
    }

    fn change(&self, change: &SharedChange, options: TableOptions) -> String {
        let width = options.prose();
        let most = if options.all { usize::MAX } else { MOST_NAMES };
        let is_one = change.principals.len() == 1;
        let verb = match (change.effect, is_one) {
            (Effect::Gain, true) => "gains",
            (Effect::Gain, false) => "gain",
            (Effect::PossibleGain, _) => "may gain",
            (Effect::PossibleLoss, _) => "may lose",
            (Effect::Loss, true) => "loses",
            (Effect::Loss, false) => "lose",
            (Effect::Unclear, true) => "changes",
            (Effect::Unclear, false) => "change",
        };
        let principals = names(&change.principals, most, |position| self.principal_name(position));
        let operations: Vec<&str> = change.operations.iter().map(|operation| operation.name()).collect();
        let mut text = paragraph(&format!("{principals} {verb} {}", operations.join(", ")), 2, 4, width);
        let brokers = names(&change.brokers, most, |position| self.broker_name(position));
        text.push_str(&paragraph(&format!("on {brokers}"), 4, 6, width));
        let name = |access: Access| access.verdict().unwrap_or("not there");
        if change.before == change.after {
            text.push_str("    under other conditions than before\n");
        } else {
            let _ = writeln!(text, "    from {} to {}", name(change.before), name(change.after));
        }
        for Cause { address, what } in change.causes.iter().take(most) {
            let because = match what {
                What::GuardRailChanged => "because other service control policies bind it".to_owned(),
                what => format!("because {} {}", printable(address), what.phrase()),
            };
            text.push_str(&paragraph(&because, 4, 6, width));
        }
        if change.causes.len() > most {
            let more = change.causes.len().saturating_sub(most);
            let _ = writeln!(text, "    and {more} more causes: --all shows them");
        }
        text
    }
}

/// The first names of a list, and how many there are beside them.
fn names(positions: &[usize], most: usize, name: impl Fn(usize) -> Option<String>) -> String {
    let most = if positions.len() == most.saturating_add(1) { positions.len() } else { most };
    let mut names: Vec<String> = positions.iter().take(most).filter_map(|&position| name(position)).collect();
    if positions.len() > most {
        names.push(format!("{} more", positions.len().saturating_sub(most)));
    }
    names.join(", ")
}
