//! What this plan changes: who gains and who loses what, and through the change of which resource.

mod cause;
mod causes;
mod differences;
mod rails;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::access::{Authority, Matrix, Shift, Verdict};
use crate::aws::Operation;
use crate::graph::{Graph, State};
use crate::hash::HashMap;

pub use cause::{Cause, What};

use causes::Causes;

/// What somebody can do, as far as it matters for a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// The principal or the broker does not exist.
    Absent,
    /// Denied, whatever the request's context.
    Denied,
    /// It depends on the request's context.
    Conditional,
    /// Allowed, whatever the request's context.
    Allowed,
    /// It depends on a value that is known only after apply.
    Unknown,
}

impl Access {
    /// The access that a verdict gives; none where there is no verdict.
    pub fn of(verdict: Option<&Verdict>) -> Self {
        match verdict {
            None => Self::Absent,
            Some(Verdict::Denied) => Self::Denied,
            Some(Verdict::Conditional { .. }) => Self::Conditional,
            Some(Verdict::Allowed) => Self::Allowed,
            Some(Verdict::Unknown { .. }) => Self::Unknown,
        }
    }

    /// How much it is; nothing where that is not known.
    fn amount(self) -> Option<u8> {
        match self {
            Self::Absent | Self::Denied => Some(0),
            Self::Conditional => Some(1),
            Self::Allowed => Some(2),
            Self::Unknown => None,
        }
    }

    /// The name of the verdict, as in every format; nothing where there is none.
    pub fn verdict(self) -> Option<&'static str> {
        match self {
            Self::Absent => None,
            Self::Denied => Some("denied"),
            Self::Conditional => Some("conditional"),
            Self::Allowed => Some("allowed"),
            Self::Unknown => Some("unknown"),
        }
    }
}

/// Which way access changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// More is possible than before.
    Gain,
    /// More may be possible than before.
    PossibleGain,
    /// Less may be possible than before.
    PossibleLoss,
    /// Less is possible than before.
    Loss,
    /// It changes, and nothing tells which way.
    Unclear,
}

impl Effect {
    /// Which way it goes from `before` to `after`; `None` where nothing changes that anybody could notice.
    pub fn between(before: Access, after: Access) -> Option<Self> {
        match (before.amount(), after.amount()) {
            (Some(old), Some(new)) if old == new => None,
            (Some(old), Some(new)) => Some(if new > old { Self::Gain } else { Self::Loss }),
            (Some(0), None) | (None, Some(2)) => Some(Self::PossibleGain),
            (Some(2), None) | (None, Some(0)) => Some(Self::PossibleLoss),
            (None, None) => None,
            _ => Some(Self::Unclear),
        }
    }

    /// Which way it goes where the operation is allowed under other conditions than before.
    fn of(shift: Shift) -> Option<Self> {
        match (shift.gains, shift.loses) {
            (true, true) => Some(Self::Unclear),
            (true, false) => Some(Self::Gain),
            (false, true) => Some(Self::Loss),
            (false, false) => None,
        }
    }

    /// The name, as in every format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gain => "gain",
            Self::PossibleGain => "possible-gain",
            Self::PossibleLoss => "possible-loss",
            Self::Loss => "loss",
            Self::Unclear => "unclear",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A change of access that one principal sees on one or several brokers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessChange {
    /// Which way it goes.
    pub effect: Effect,
    /// The principal, by its position in the graph's list.
    pub principal: usize,
    /// The brokers, by their position in the graph's list.
    pub brokers: Arc<[usize]>,
    /// The operations.
    pub operations: Arc<[Operation]>,
    /// What was possible before.
    pub before: Access,
    /// What is possible after.
    pub after: Access,
}

/// What this plan changes.
pub struct Changes<'a> {
    /// The changes: gains first, then by principal and broker.
    pub list: Vec<AccessChange>,
    graph: &'a Graph,
    causes: Causes<'a>,
    /// By the position of a change: its causes, once somebody has asked for them.
    known: Vec<OnceLock<Vec<Cause>>>,
}

impl<'a> Changes<'a> {
    /// Finds the changes between the two states of the matrix.
    pub fn new(graph: &'a Graph, matrix: &'a Matrix, authority: &'a Authority<'a>) -> Self {
        let mut numbers: HashMap<_, usize> = HashMap::default();
        let mut firsts = Vec::new();
        let of_principal: Vec<usize> = (0..graph.principals.len())
            .map(|principal| {
                *numbers.entry(matrix.class_key(principal)).or_insert_with(|| {
                    firsts.push(principal);
                    firsts.len().saturating_sub(1)
                })
            })
            .collect();
        // Conditions are asked about by several threads at once.
        if firsts.iter().any(|&principal| stays_conditional(matrix, principal)) {
            authority.prepare();
        }
        let of_class: Vec<Vec<Found>> =
            firsts.into_par_iter().map(|principal| changes_of((matrix, authority), principal)).collect();
        let mut list = Vec::new();
        for (principal, number) in of_principal.into_iter().enumerate() {
            let found = of_class.get(number).into_iter().flatten();
            list.extend(found.map(|found| AccessChange {
                effect: found.effect,
                principal,
                brokers: Arc::clone(&found.brokers),
                operations: Arc::clone(&found.operations),
                before: found.before,
                after: found.after,
            }));
        }
        list.sort_by(in_order);
        let known = list.iter().map(|_| OnceLock::new()).collect();
        // Causes are looked for by several threads at once.
        if !list.is_empty() {
            authority.prepare();
        }
        Self { list, graph, causes: Causes::new(graph, matrix, authority), known }
    }

    /// The ids of the brokers of a change.
    pub fn broker_ids(&self, change: &AccessChange) -> Vec<&'a str> {
        let node = |&position: &usize| self.graph.brokers.get(position).copied();
        let ids = change.brokers.iter().filter_map(node).filter_map(|node| self.graph.broker(node));
        ids.map(|broker| &*broker.id).collect()
    }

    /// The id of the principal of a change.
    pub fn principal_id(&self, change: &AccessChange) -> Option<&'a str> {
        let node = *self.graph.principals.get(change.principal)?;
        self.graph.principal(node).map(|principal| &*principal.id)
    }

    /// Through which changes of which resources it comes about, sorted.
    pub fn causes(&self, change: &AccessChange) -> Vec<Cause> {
        match self.known(change) {
            Some(known) => known.get_or_init(|| self.causes.of(change)).clone(),
            None => self.causes.of(change),
        }
    }

    /// Looks for the causes of these changes at once, for who is going to ask for all of them.
    pub fn find_causes(&self, changes: &[&AccessChange]) {
        changes.par_iter().for_each(|change| {
            if let Some(known) = self.known(change) {
                known.get_or_init(|| self.causes.of(change));
            }
        });
    }

    fn known(&self, change: &AccessChange) -> Option<&OnceLock<Vec<Cause>>> {
        self.known.get(self.list.binary_search_by(|other| in_order(other, change)).ok()?)
    }
}

/// Gains first, then by principal and broker.
fn in_order(one: &AccessChange, other: &AccessChange) -> Ordering {
    let key = |change: &AccessChange| (change.effect, change.principal);
    key(one)
        .cmp(&key(other))
        .then_with(|| one.brokers.cmp(&other.brokers))
        .then_with(|| one.operations.cmp(&other.operations))
}

/// A change of all principals of one class.
struct Found {
    effect: Effect,
    brokers: Arc<[usize]>,
    operations: Arc<[Operation]>,
    before: Access,
    after: Access,
}

/// Whether some operation is conditional in both states, perhaps on other brokers.
fn stays_conditional(matrix: &Matrix, principal: usize) -> bool {
    let is_conditional = |state, operation| {
        let sets = matrix.sets(state, principal, operation);
        sets.iter().any(|(_, verdict)| matches!(verdict, Verdict::Conditional { .. }))
    };
    Operation::ALL
        .into_iter()
        .any(|operation| is_conditional(State::Before, operation) && is_conditional(State::After, operation))
}

/// The changes of a principal: brokers and operations with the same verdicts, before and after, are one.
fn changes_of((matrix, authority): (&Matrix, &Authority<'_>), principal: usize) -> Vec<Found> {
    let mut by_verdicts: BTreeMap<(Effect, Access, Access, Vec<usize>), Vec<Operation>> = BTreeMap::new();
    let groups = matrix.groups(principal);
    for operation in Operation::ALL {
        let mut brokers_by_verdicts: BTreeMap<(Effect, Access, Access), Vec<usize>> = BTreeMap::new();
        for group in &groups {
            let Some(broker) = group.minimum() else { continue };
            let access = |state| Access::of(matrix.verdict(state, principal, broker, operation));
            let (before, after) = (access(State::Before), access(State::After));
            if (before, after) == (Access::Conditional, Access::Conditional) {
                // Brokers with the same verdicts may be open under different conditions.
                for (broker, shift) in authority.shifts(principal, operation, group.ones()) {
                    if let Some(effect) = Effect::of(shift) {
                        brokers_by_verdicts.entry((effect, before, after)).or_default().push(broker);
                    }
                }
            } else if let Some(effect) = Effect::between(before, after) {
                brokers_by_verdicts.entry((effect, before, after)).or_default().extend(group.ones());
            }
        }
        for ((effect, before, after), mut brokers) in brokers_by_verdicts {
            brokers.sort_unstable();
            by_verdicts.entry((effect, before, after, brokers)).or_default().push(operation);
        }
    }
    let found = by_verdicts.into_iter().map(|((effect, before, after, brokers), operations)| Found {
        effect,
        brokers: brokers.into(),
        operations: operations.into(),
        before,
        after,
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::{Access, Effect};

    #[test]
    fn what_is_new_and_may_do_nothing_is_no_change() {
        assert_eq!(Effect::between(Access::Absent, Access::Denied), None);
        assert_eq!(Effect::between(Access::Denied, Access::Absent), None);
        assert_eq!(Effect::between(Access::Absent, Access::Allowed), Some(Effect::Gain));
        assert_eq!(Effect::between(Access::Allowed, Access::Conditional), Some(Effect::Loss));
    }

    #[test]
    fn what_is_unknown_is_only_possible() {
        assert_eq!(Effect::between(Access::Denied, Access::Unknown), Some(Effect::PossibleGain));
        assert_eq!(Effect::between(Access::Allowed, Access::Unknown), Some(Effect::PossibleLoss));
        assert_eq!(Effect::between(Access::Unknown, Access::Unknown), None);
        assert_eq!(Effect::between(Access::Conditional, Access::Unknown), Some(Effect::Unclear));
    }
}
