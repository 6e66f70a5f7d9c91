//! What principals lack, put together: one gap for each principal and operation, and brokers that are alike.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::context::TagsOf;
use super::needs::{Doing, task};
use super::{AFTER, ActionSet, Cell, On, Requirements};
use crate::aws::Operation;
use crate::aws::requirements::{Requirement, Requirements as Data};
use crate::graph::State;
use crate::hash::HashMap;
use crate::text::{Text, Truth};

/// An action that is lacking, with what a policy would have to allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededCall {
    /// The action.
    pub action: &'static str,
    /// Why it is needed.
    pub requirement: &'static Requirement,
    /// The resources that it is checked on, of the first broker; `*` for an action without resource types.
    pub resources: Vec<Text>,
    /// Condition keys of the service that the call holds, with their values.
    pub keys: Vec<(String, Text)>,
}

/// What a principal lacks for an operation on some brokers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The principal, by its position in the graph.
    pub principal: usize,
    /// The brokers, by their positions in the graph.
    pub brokers: Vec<usize>,
    /// The operation.
    pub operation: Operation,
    /// Required, and certainly not allowed.
    pub missing: Vec<NeededCall>,
    /// Required or perhaps required, and neither certainly allowed nor denied.
    pub doubtful: Vec<NeededCall>,
    /// Listed by other sources, and certainly not allowed.
    pub advised: Vec<NeededCall>,
}

/// Cells of equal principals: by operation, the cells with their brokers.
type Cells = Vec<(Operation, BTreeMap<Cell, Vec<usize>>)>;

impl Requirements<'_> {
    /// Everything that is lacking, by principal, operation and brokers.
    pub fn gaps(&self) -> &[Gap] {
        self.gaps.get_or_init(|| self.find_gaps())
    }

    fn find_gaps(&self) -> Vec<Gap> {
        if self.brokers.iter().flatten().next().is_none() {
            return Vec::new();
        }
        // Calls on keys differ by principal, all others by class.
        let has_keys = self.wanted().positions().any(|position| {
            Data::shipped().actions().nth(position).is_some_and(|(_, check)| super::is_of_key(check))
        });
        let alike = |principal: usize| {
            let class: Vec<_> =
                self.services().iter().map(|service| service.callers.class_of(principal)).collect();
            (self.matrix.class_key(principal).1, class, has_keys.then_some(principal))
        };
        let mut numbers = HashMap::default();
        let mut representatives = Vec::new();
        let of_principal: Vec<usize> = (0..self.graph.principals.len())
            .map(|principal| {
                *numbers.entry(alike(principal)).or_insert_with(|| {
                    representatives.push(principal);
                    representatives.len().saturating_sub(1)
                })
            })
            .collect();
        let cells: Vec<Cells> = representatives.into_par_iter().map(|one| self.cells(one)).collect();
        let mut gaps = Vec::new();
        for (principal, number) in of_principal.into_iter().enumerate() {
            for (operation, groups) in cells.get(number).into_iter().flatten() {
                for (cell, brokers) in groups {
                    gaps.extend(self.gap(principal, *operation, *cell, brokers));
                }
            }
        }
        gaps
    }

    fn cells(&self, principal: usize) -> Cells {
        let of = |operation| {
            let mut groups: BTreeMap<Cell, Vec<usize>> = BTreeMap::new();
            for broker in 0..self.brokers.len() {
                let cell = self.cell(principal, broker, operation);
                if !cell.is_clear() {
                    groups.entry(cell).or_default().push(broker);
                }
            }
            (operation, groups)
        };
        Operation::ALL.into_iter().map(of).filter(|(_, groups)| !groups.is_empty()).collect()
    }

    fn gap(&self, principal: usize, operation: Operation, cell: Cell, brokers: &[usize]) -> Option<Gap> {
        let first = *brokers.first()?;
        let calls = |set: ActionSet| self.needed(set, operation, first);
        Some(Gap {
            principal,
            brokers: brokers.to_vec(),
            operation,
            missing: calls(cell.missing),
            doubtful: calls(cell.doubtful),
            advised: calls(cell.advised),
        })
    }

    fn needed(&self, set: ActionSet, operation: Operation, broker: usize) -> Vec<NeededCall> {
        if set.is_empty() {
            return Vec::new();
        }
        let Some(prepared) = self.brokers.get(broker).and_then(Option::as_ref) else { return Vec::new() };
        let Some(place) = self.places.get(prepared.place) else { return Vec::new() };
        let node = self.graph.brokers.get(broker).and_then(|&node| self.graph.broker(node));
        let before = node.and_then(|broker| broker.facts.get(State::Before).as_ref());
        let doing = Doing { graph: self.graph, facts: prepared.facts, before, state: AFTER };
        let all = Data::shipped();
        let on = On::broker(place, prepared.facts);
        let call = |action: &'static str| {
            let check = all.check(action)?;
            let of_task = all.of(task(operation)).iter();
            let requirement = of_task
                .filter(|one| one.needs.iter().any(|name| name == action))
                .max_by_key(|one| (doing.holds(one), one.is_required()))?;
            if doing.holds(requirement) == Truth::False {
                return None;
            }
            let keys =
                super::context::Keys { action, check, place, request: TagsOf::None, resource: TagsOf::None };
            Some(NeededCall { action, requirement, resources: on.resources(check), keys: keys.stated() })
        };
        set.names().filter_map(call).collect()
    }
}

impl Cell {
    /// Whether there is nothing to say.
    pub fn is_clear(&self) -> bool {
        self.missing.is_empty() && self.doubtful.is_empty() && self.advised.is_empty()
    }
}
