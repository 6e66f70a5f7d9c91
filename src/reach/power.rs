//! Power over brokers, as sets of cells: a broker with an operation.

use fixedbitset::FixedBitSet;

use super::Search;
use super::changes::Adds;
use crate::access::{Layers, Matrix, Verdict};
use crate::aws::Operation;
use crate::graph::{Graph, State};
use crate::hash::HashMap;
use crate::iam::{Effect, PolicyDocument, Request};
use crate::text::{Text, Truth};

/// What principals may do with brokers after apply.
pub(super) struct Cells {
    /// By class of principals: what is denied, and what is allowed at least under a condition.
    classes: Vec<(FixedBitSet, FixedBitSet)>,
    class_of: Vec<usize>,
    /// By document: whether it allows a call of Amazon MQ, perhaps, and whether it denies one.
    says: Vec<(bool, bool)>,
    /// What somebody is allowed who is not there.
    nothing: FixedBitSet,
}

/// The number of a cell.
pub(super) fn cell(broker: usize, operation: Operation) -> usize {
    broker.saturating_mul(Operation::ALL.len()).saturating_add(operation.index())
}

/// Broker and operation of a cell.
pub(super) fn broker_of(cell: usize) -> (usize, Operation) {
    let count = Operation::ALL.len();
    let operation = Operation::ALL.get(cell.checked_rem(count).unwrap_or_default());
    (cell.checked_div(count).unwrap_or_default(), operation.copied().unwrap_or(Operation::Create))
}

impl Cells {
    pub(super) fn new(graph: &Graph, matrix: &Matrix) -> Self {
        let mut numbers: HashMap<(Option<usize>, Option<usize>), usize> = HashMap::default();
        let mut classes = Vec::new();
        let class_of = (0..graph.principals.len())
            .map(|principal| {
                *numbers.entry(matrix.class_key(principal)).or_insert_with(|| {
                    classes.push(of_class(graph, matrix, principal));
                    classes.len().saturating_sub(1)
                })
            })
            .collect();
        let requests: Vec<Request> = Operation::ALL
            .iter()
            .map(|operation| Request::new(operation.action(), Text::from("*")))
            .collect();
        let says = |document: &PolicyDocument, other: Effect| {
            document.is_broken()
                || !document.unknown_statements().is_empty()
                || document.statements().iter().any(|statement| {
                    statement.effect() != Some(other)
                        && requests.iter().any(|request| !statement.concerns_action(request).is_false())
                })
        };
        let both = |document: &PolicyDocument| (says(document, Effect::Deny), says(document, Effect::Allow));
        let says = matrix.all_compiled().iter().map(both).collect();
        Self { classes, class_of, nothing: FixedBitSet::new(), says }
    }

    fn class(&self, principal: usize) -> Option<&(FixedBitSet, FixedBitSet)> {
        self.classes.get(*self.class_of.get(principal)?)
    }

    /// What the principal is denied, whatever the context.
    pub(super) fn denied(&self, principal: usize) -> FixedBitSet {
        self.class(principal).map(|(denied, _)| denied.clone()).unwrap_or_default()
    }

    /// What the principal is allowed, at least under a condition.
    pub(super) fn allowed(&self, principal: usize) -> &FixedBitSet {
        self.class(principal).map_or(&self.nothing, |(_, allowed)| allowed)
    }

    pub(super) fn has_power(&self, principal: usize) -> bool {
        self.class(principal).is_some_and(|(_, allowed)| !allowed.is_clear())
    }

    /// Whether a document allows a call of Amazon MQ, perhaps.
    pub(super) fn may_allow(&self, document: usize) -> bool {
        self.says.get(document).is_none_or(|(allows, _)| *allows)
    }

    /// Whether a document denies a call of Amazon MQ, perhaps.
    pub(super) fn may_deny(&self, document: usize) -> bool {
        self.says.get(document).is_none_or(|(_, denies)| *denies)
    }
}

fn of_class(graph: &Graph, matrix: &Matrix, principal: usize) -> (FixedBitSet, FixedBitSet) {
    let size = graph.brokers.len().saturating_mul(Operation::ALL.len());
    let (mut denied, mut allowed) = (FixedBitSet::with_capacity(size), FixedBitSet::with_capacity(size));
    for operation in Operation::ALL {
        for (brokers, verdict) in matrix.sets(State::After, principal, operation) {
            let set = match verdict {
                Verdict::Denied => &mut denied,
                Verdict::Allowed | Verdict::Conditional { .. } => &mut allowed,
                Verdict::Unknown { .. } => continue,
            };
            set.extend(brokers.ones().map(|broker| cell(broker, operation)));
        }
    }
    (denied, allowed)
}

impl Search<'_, '_> {
    /// Which of the `wanted` cells a principal would have with other layers and further policies.
    pub(super) fn power_with(
        &self,
        principal: usize,
        layers: &Layers,
        adds: &[&Adds],
        wanted: &FixedBitSet,
    ) -> FixedBitSet {
        let mut power = FixedBitSet::with_capacity(wanted.len());
        let further: Vec<&PolicyDocument> = adds.iter().flat_map(|adds| self.added(adds)).collect();
        let anything = adds.iter().any(|adds| matches!(adds, Adds::Anything));
        let free = anything && self.is_unhindered(layers);
        let mut asked: [Vec<usize>; Operation::ALL.len()] = Default::default();
        for number in wanted.ones() {
            let (broker, operation) = broker_of(number);
            if free {
                if self.is_same_account(principal, broker) {
                    power.insert(number);
                }
            } else if self.may_ask()
                && let Some(brokers) = asked.get_mut(operation.index())
            {
                brokers.push(broker);
            }
        }
        for (operation, brokers) in Operation::ALL.into_iter().zip(asked) {
            let verdicts = self.authority.on_each_broker(
                State::After,
                principal,
                operation,
                brokers,
                (layers, &further),
            );
            let has_it = |verdict| matches!(verdict, Verdict::Allowed | Verdict::Conditional { .. });
            power.extend(
                verdicts
                    .into_iter()
                    .filter_map(|(broker, verdict)| has_it(verdict).then(|| cell(broker, operation))),
            );
        }
        power
    }

    /// Whether nothing stands between a policy that grants everything and Amazon MQ.
    fn is_unhindered(&self, layers: &Layers) -> bool {
        let only_identity = Layers { identity: layers.identity.clone(), ..Layers::default() };
        *layers == only_identity
            && layers.identity.iter().all(|attached| !self.cells().may_deny(attached.document))
    }

    fn is_same_account(&self, principal: usize, broker: usize) -> bool {
        let facts = self.graph.brokers.get(broker).and_then(|&node| self.graph.broker(node));
        match (self.facts(principal), facts.and_then(|broker| broker.facts.after.as_ref())) {
            (Some(principal), Some(broker)) => {
                principal.account.unmarked().equals(&broker.account.unmarked()) == Truth::True
            }
            _ => false,
        }
    }

    fn added<'s>(&'s self, adds: &'s Adds) -> Vec<&'s PolicyDocument> {
        let all = self.matrix.all_compiled();
        match adds {
            Adds::Nothing => Vec::new(),
            Adds::Anything => vec![&self.everything],
            Adds::Documents(numbers) => numbers.iter().filter_map(|number| all.get(*number)).collect(),
            Adds::Managed(document) => vec![document],
        }
    }

    /// Takes note of one more call; tells whether there may be one.
    pub(super) fn may_ask(&self) -> bool {
        self.calls.set(self.calls.get().saturating_add(1));
        !self.is_cut()
    }
}

#[cfg(test)]
mod tests {
    use super::{broker_of, cell};
    use crate::aws::Operation;

    #[test]
    fn cells_are_numbered_without_gaps() {
        let mut next = 0;
        for broker in 0..3 {
            for operation in Operation::ALL {
                assert_eq!(cell(broker, operation), next);
                assert_eq!(broker_of(next), (broker, operation));
                next += 1;
            }
        }
    }
}
