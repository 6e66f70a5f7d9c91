//! The matrix in classes: principals, and for each of them brokers, that share their verdicts.

use std::sync::Arc;

use super::{Report, verdict_name};
use crate::access::Verdict;
use crate::aws::Operation;
use crate::changes::{Access, AccessChange, Cause, Effect};
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
    pub(super) fn change(&self) -> Option<Effect> {
        Effect::between(Access::of(self.before), Access::of(self.after))
    }
}

/// Principals for which the plan changes the same, for the same reasons.
pub(super) struct SharedChange {
    /// Which way it goes.
    pub effect: Effect,
    /// The principals, by position, sorted.
    pub principals: Vec<usize>,
    /// The brokers, by position, sorted.
    pub brokers: Arc<[usize]>,
    /// The operations.
    pub operations: Arc<[Operation]>,
    /// What was possible before.
    pub before: Access,
    /// What is possible after.
    pub after: Access,
    /// Through the change of what.
    pub causes: Vec<Cause>,
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

    /// What the plan changes, by what it changes: gains first, then by the first principal.
    pub(super) fn shared_changes(&self) -> Vec<SharedChange> {
        self.first_shared_changes(self.changes.list.iter(), usize::MAX, usize::MAX).0
    }

    /// The same of some changes: the first `most`, and how many changes are not among them. It costs time to find the
    /// causes of a change, so that they are looked for in the first `searched` ones only.
    pub(super) fn first_shared_changes<'c>(
        &self,
        changes: impl Iterator<Item = &'c AccessChange>,
        most: usize,
        searched: usize,
    ) -> (Vec<SharedChange>, usize) {
        let mut shared: Vec<SharedChange> = Vec::new();
        let mut known: HashMap<_, usize> = HashMap::default();
        let mut changes = changes.fuse();
        let looked_at: Vec<&AccessChange> = changes.by_ref().take(searched).collect();
        let mut left = changes.count();
        self.changes.find_causes(&looked_at);
        for change in looked_at {
            let causes = self.changes.causes(change);
            let names: Vec<_> =
                causes.iter().map(|cause| (cause.address.clone(), cause.what.name())).collect();
            let (brokers, operations) = (Arc::clone(&change.brokers), Arc::clone(&change.operations));
            let key = (change.effect, change.before, change.after, brokers, operations, names);
            let is_full = shared.len() >= most;
            let number = match known.get(&key) {
                Some(&number) => number,
                None if is_full => {
                    left = left.saturating_add(1);
                    continue;
                }
                None => {
                    known.insert(key, shared.len());
                    shared.push(SharedChange {
                        effect: change.effect,
                        principals: Vec::new(),
                        brokers: change.brokers.clone(),
                        operations: change.operations.clone(),
                        before: change.before,
                        after: change.after,
                        causes,
                    });
                    shared.len().saturating_sub(1)
                }
            };
            if let Some(known) = shared.get_mut(number) {
                known.principals.push(change.principal);
            }
        }
        (shared, left)
    }

    fn groups_of(&self, principal: usize) -> Vec<Group<'a>> {
        let matrix = self.matrix;
        let groups = matrix.groups(principal).into_iter().filter_map(|brokers| {
            let first = brokers.minimum()?;
            let cells = Operation::ALL.map(|operation| Cell {
                after: matrix.verdict(State::After, principal, first, operation),
                before: matrix.verdict(State::Before, principal, first, operation),
            });
            Some(Group { brokers: brokers.ones().collect(), cells })
        });
        groups.collect()
    }
}
