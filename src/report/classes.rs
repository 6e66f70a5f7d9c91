//! The matrix in classes: principals, and for each of them brokers, that share their verdicts.

use super::{Report, verdict_name};
use crate::access::Verdict;
use crate::aws::Operation;
use crate::graph::State;
use crate::hash::HashMap;

/// Principals with the same verdicts on every broker, with the brokers in groups.
pub(super) struct Class<'a> {
    /// The principals, by position, sorted.
    pub principals: Vec<usize>,
    /// The brokers, in groups on each of which the verdicts are the same.
    pub groups: Vec<Group<'a>>,
}

/// Brokers on which the principals of a class have the same verdicts.
pub(super) struct Group<'a> {
    /// The brokers, by position, sorted.
    pub brokers: Vec<usize>,
    /// The verdicts on create, reboot and delete.
    pub cells: [Cell<'a>; 3],
}

/// The verdict after apply, and the one before.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    /// After; `None` where principal or broker does not exist.
    pub after: Option<&'a Verdict>,
    /// Before.
    pub before: Option<&'a Verdict>,
}

/// What a plan changes about an operation that a principal can do, or perhaps can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AccessChange {
    /// It could not, and now can, or may.
    Gained,
    /// It could, or may have, and can no more.
    Lost,
    /// It can in another way: now on a condition, or always, or unknown.
    Altered,
}

impl Cell<'_> {
    /// The name of the verdict after.
    pub(super) fn after(&self) -> Option<&'static str> {
        self.after.map(verdict_name)
    }

    /// The name of the verdict before.
    pub(super) fn before(&self) -> Option<&'static str> {
        self.before.map(verdict_name)
    }

    /// What the plan changes.
    pub(super) fn change(&self) -> Option<AccessChange> {
        let (before, after) = (self.before(), self.after());
        let can = |name: Option<&str>| name.is_some_and(|name| name != "denied");
        match (can(before), can(after)) {
            (false, true) => Some(AccessChange::Gained),
            (true, false) => Some(AccessChange::Lost),
            (true, true) if before != after => Some(AccessChange::Altered),
            _ => None,
        }
    }
}

impl<'a> Report<'a> {
    /// The matrix in classes, by their first principal.
    pub(super) fn classes(&self) -> Vec<Class<'a>> {
        let mut classes: Vec<Class<'a>> = Vec::new();
        let mut class_of_key: HashMap<_, usize> = HashMap::default();
        for principal in 0..self.graph.principals.len() {
            let number = *class_of_key.entry(self.matrix.class_key(principal)).or_insert_with(|| {
                classes.push(Class { principals: Vec::new(), groups: self.groups_of(principal) });
                classes.len().saturating_sub(1)
            });
            if let Some(class) = classes.get_mut(number) {
                class.principals.push(principal);
            }
        }
        classes
    }

    fn groups_of(&self, principal: usize) -> Vec<Group<'a>> {
        let matrix = self.matrix;
        let groups = matrix.groups(principal).into_iter().filter_map(|brokers| {
            let first = *brokers.first()?;
            let cells = Operation::ALL.map(|operation| Cell {
                after: matrix.verdict(State::After, principal, first, operation),
                before: matrix.verdict(State::Before, principal, first, operation),
            });
            Some(Group { brokers, cells })
        });
        groups.collect()
    }
}
