//! The section of the table that says who gains and who loses.

use std::io::{self, Write};

use super::table::{count, printable};
use super::{Report, TableOptions};
use crate::changes::{Access, AccessChange, Cause, Effect, What};

/// Changes shown without `--all`.
const MOST_CHANGES: usize = 50;
/// Brokers listed in a change before the rest is counted.
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
        let shown = if options.all { others.len() } else { others.len().min(MOST_CHANGES) };
        if others.is_empty() && (new.is_empty() || !self.changed_only) {
            if self.changed_only {
                writeln!(out, "This plan changes nobody's access.\n")?;
            }
            return Ok(());
        }
        writeln!(out, "What this plan changes:\n")?;
        for change in others.iter().take(shown) {
            self.write_change(out, change)?;
        }
        if shown < others.len() {
            let left = others.len().saturating_sub(shown);
            writeln!(out, "  {} not shown: --all shows every one.", count(left, "change"))?;
        }
        if !new.is_empty() {
            let mut principals: Vec<usize> = new.iter().map(|change| change.principal).collect();
            principals.dedup();
            let who = count(principals.len(), "principal");
            writeln!(out, "  {who} with access to brokers that are new: the matrix shows which.")?;
        }
        writeln!(out)
    }

    fn write_change(&self, out: &mut dyn Write, change: &AccessChange) -> io::Result<()> {
        let verb = match change.effect {
            Effect::Gain => "gains",
            Effect::PossibleGain => "may gain",
            Effect::PossibleLoss => "may lose",
            Effect::Loss => "loses",
            Effect::Unclear => "changes",
        };
        let principal = self.changes.principal_id(change).unwrap_or_default();
        let operations: Vec<&str> = change.operations.iter().map(|operation| operation.name()).collect();
        let ids = self.changes.broker_ids(change);
        let mut brokers: Vec<String> = ids.iter().take(MOST_NAMES).map(|id| printable(id)).collect();
        if ids.len() > MOST_NAMES {
            brokers.push(format!("{} more", ids.len().saturating_sub(MOST_NAMES)));
        }
        writeln!(out, "  {} {verb} {}", printable(principal), operations.join(", "))?;
        writeln!(out, "    on {}", brokers.join(", "))?;
        let name = |access: Access| access.verdict().unwrap_or("not there");
        writeln!(out, "    from {} to {}", name(change.before), name(change.after))?;
        for Cause { address, what } in self.changes.causes(change) {
            if what == What::GuardRailChanged {
                writeln!(out, "    because other service control policies bind it")?;
            } else {
                writeln!(out, "    because {} {}", printable(&address), what.phrase())?;
            }
        }
        Ok(())
    }
}
