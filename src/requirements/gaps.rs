//! What principals lack, put together: one gap for each principal and operation, and brokers that are alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::context::TagsOf;
use super::needs::{Doing, task};
use super::{AFTER, ActionSet, Answers, Cell, Requirements, State as Answer};
use crate::access::Verdict;
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
    /// Condition keys of the service that the call holds, with their values.
    pub keys: Vec<(String, Text)>,
}

/// What a principal lacks for an operation on some brokers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The principal, by its position in the graph.
    pub principal: usize,
    /// The brokers, by their positions in the graph.
    pub brokers: Arc<[usize]>,
    /// The operation.
    pub operation: Operation,
    /// Required, and certainly not allowed.
    pub missing: Arc<[NeededCall]>,
    /// Required or perhaps required, and neither certainly allowed nor denied.
    pub doubtful: Arc<[NeededCall]>,
    /// Listed by other sources, and certainly not allowed.
    pub advised: Arc<[NeededCall]>,
}

/// What equal principals lack for an operation on some brokers.
#[derive(Clone)]
struct Lack {
    brokers: Arc<[usize]>,
    operation: Operation,
    missing: Arc<[NeededCall]>,
    doubtful: Arc<[NeededCall]>,
    advised: Arc<[NeededCall]>,
}

impl Lack {
    fn of(self, principal: usize) -> Gap {
        let Self { brokers, operation, missing, doubtful, advised } = self;
        Gap { principal, brokers, operation, missing, doubtful, advised }
    }
}

/// Cells of equal principals: by operation, the cells with their brokers.
type Cells = Vec<(Operation, BTreeMap<Cell, Vec<usize>>)>;

/// What one principal has been asked about all brokers.
struct Asked<'r, 'g> {
    all: &'r Requirements<'g>,
    principal: usize,
    /// By place.
    in_general: Vec<Option<Answers>>,
    /// By action: the answers about each broker, where these do not hang on the brokers' keys.
    of_brokers: BTreeMap<usize, Option<Arc<[Answer]>>>,
}

impl<'r, 'g> Asked<'r, 'g> {
    fn new(all: &'r Requirements<'g>, principal: usize) -> Self {
        Self { all, principal, in_general: vec![None; all.places.len()], of_brokers: BTreeMap::new() }
    }

    /// What is wrong with an operation on a broker that is allowed, at least under a condition.
    fn cell(&mut self, broker: usize, operation: Operation, is_allowed: bool) -> Cell {
        let Self { all, principal, in_general, of_brokers } = self;
        let Some(prepared) = all.brokers.get(broker).and_then(Option::as_ref) else { return Cell::default() };
        let needs = prepared.needs.get(operation.index()).copied().unwrap_or_default();
        let Some(slot) = in_general.get_mut(prepared.place) else { return Cell::default() };
        let general = *slot.get_or_insert_with(|| all.in_general(*principal, prepared.place));
        let answers = all.with_open(general, needs.all(), |service, position| {
            let of_each =
                of_brokers.entry(position).or_insert_with(|| service.about_each(all, *principal, position));
            match of_each {
                Some(answers) => answers.get(broker).copied(),
                None => service.about_broker(all, *principal, position, (broker, prepared)),
            }
        });
        needs.cell(answers, is_allowed)
    }
}

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
        let lacking: Vec<Vec<Lack>> =
            representatives.into_par_iter().map(|one| self.lacking(&self.cells(one))).collect();
        let mut gaps = Vec::new();
        for (principal, number) in of_principal.into_iter().enumerate() {
            let lacks = lacking.get(number).into_iter().flatten().cloned();
            gaps.extend(lacks.map(|lack| lack.of(principal)));
        }
        gaps
    }

    fn cells(&self, principal: usize) -> Cells {
        let mut asked = Asked::new(self, principal);
        let mut of = |operation: Operation| {
            let mut groups: BTreeMap<Cell, Vec<usize>> = BTreeMap::new();
            for (brokers, verdict) in self.matrix.sets(AFTER, principal, operation) {
                let is_allowed = match verdict {
                    Verdict::Allowed => true,
                    Verdict::Conditional { .. } => false,
                    Verdict::Denied | Verdict::Unknown { .. } => continue,
                };
                for broker in brokers.ones() {
                    let cell = asked.cell(broker, operation, is_allowed);
                    if !cell.is_clear() {
                        groups.entry(cell).or_default().push(broker);
                    }
                }
            }
            for brokers in groups.values_mut() {
                brokers.sort_unstable();
            }
            (operation, groups)
        };
        Operation::ALL.into_iter().map(&mut of).filter(|(_, groups)| !groups.is_empty()).collect()
    }

    fn lacking(&self, cells: &Cells) -> Vec<Lack> {
        let all = cells.iter().flat_map(|(operation, groups)| {
            groups.iter().filter_map(|(cell, brokers)| {
                let first = *brokers.first()?;
                let of = |set: ActionSet| self.needed(set, *operation, first).into();
                Some(Lack {
                    brokers: brokers.as_slice().into(),
                    operation: *operation,
                    missing: of(cell.missing),
                    doubtful: of(cell.doubtful),
                    advised: of(cell.advised),
                })
            })
        });
        all.collect()
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
            Some(NeededCall { action, requirement, keys: keys.stated() })
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
