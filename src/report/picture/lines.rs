//! The lines of the picture.

use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::{Line, Link, Picture, What};
use crate::access::Matrix;
use crate::aws::Operation;
use crate::changes::Access;
use crate::graph::{Graph, PerState, State};
use crate::hash::HashMap;
use crate::text::Truth;

impl<'a> Line<'a> {
    /// By what lines are sorted.
    pub(super) fn key(&self) -> (Option<Link>, usize, usize, &'a str) {
        match &self.what {
            What::Link { kind, via, .. } => (Some(*kind), self.from, self.to, via),
            What::Access(_) => (None, self.from, self.to, ""),
        }
    }
}

impl<'a> Picture<'a> {
    pub(super) fn add_links(&mut self, graph: &'a Graph, positions: &HashMap<NodeIndex, usize>) {
        for edge in graph.links.edge_references() {
            let (Some(&from), Some(&to)) = (positions.get(&edge.source()), positions.get(&edge.target()))
            else {
                continue;
            };
            let link = edge.weight();
            let what = What::Link {
                kind: link.kind.into(),
                holds: link.holds.clone(),
                via: &link.via,
                hangs_on: link.unknown.as_ref(),
            };
            self.lines.push(Line { from, to, what });
        }
    }

    /// Service control policies limit the principals of an account, and of one that may be it.
    pub(super) fn add_guard_rails(&mut self, graph: &'a Graph, positions: &HashMap<NodeIndex, usize>) {
        let mut found: HashMap<(usize, usize, &'a str), usize> = HashMap::default();
        for &node in &graph.principals {
            let (Some(principal), Some(&from)) = (graph.principal(node), positions.get(&node)) else {
                continue;
            };
            for state in [State::Before, State::After] {
                let Some(facts) = principal.facts.get(state) else { continue };
                for (account, levels) in graph.guard_rails.get(state) {
                    let same = facts.account.equals(&account.unmarked());
                    if same.is_false() {
                        continue;
                    }
                    for policy in levels.iter().flat_map(|level| &level.policies) {
                        let Some(&to) = positions.get(&policy.policy) else { continue };
                        let truth = if policy.unless.is_some() { Truth::Maybe } else { same };
                        let line = *found.entry((from, to, &*policy.via)).or_insert_with(|| {
                            let holds = PerState { before: Truth::False, after: Truth::False };
                            let hangs_on = policy.unless.as_ref();
                            let what =
                                What::Link { kind: Link::LimitedBy, holds, via: &policy.via, hangs_on };
                            self.lines.push(Line { from, to, what });
                            self.lines.len().saturating_sub(1)
                        });
                        if let Some(Line { what: What::Link { holds, .. }, .. }) = self.lines.get_mut(line) {
                            let slot = holds.get_mut(state);
                            *slot = slot.or(truth);
                        }
                    }
                }
            }
        }
    }

    /// What principals can do with brokers, where they can, could, or may be able to do anything.
    pub(super) fn add_access(
        &mut self,
        graph: &Graph,
        matrix: &Matrix,
        positions: &HashMap<NodeIndex, usize>,
    ) {
        let position = |nodes: &[NodeIndex], number: usize| positions.get(nodes.get(number)?).copied();
        for principal in 0..graph.principals.len() {
            let Some(from) = position(&graph.principals, principal) else { continue };
            for group in matrix.groups(principal) {
                let Some(first) = group.minimum() else { continue };
                let access = Operation::ALL.map(|operation| {
                    let at = |state| Access::of(matrix.verdict(state, principal, first, operation));
                    PerState { before: at(State::Before), after: at(State::After) }
                });
                let is_some = |access: Access| !matches!(access, Access::Absent | Access::Denied);
                if !access.iter().any(|access| is_some(access.before) || is_some(access.after)) {
                    continue;
                }
                for to in group.ones().filter_map(|broker| position(&graph.brokers, broker)) {
                    self.lines.push(Line { from, to, what: What::Access(access.clone()) });
                }
            }
        }
    }
}
