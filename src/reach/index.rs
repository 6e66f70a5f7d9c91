//! What is asked of principals again and again, looked up once.

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;

use super::Reach;
use crate::hash::HashMap;
use crate::iam::Subject;
use crate::text::Text;

/// By the position of principals.
pub(super) struct Index {
    /// Whether something can come of becoming the principal.
    useful: Vec<bool>,
    /// Whether own policies allow a call of Amazon MQ, perhaps, and none is known to be allowed after all.
    hindered: Vec<bool>,
    /// Numbers of accounts: the same number, certainly the same account.
    accounts: Vec<Option<usize>>,
    arns: Vec<Option<Subject>>,
    positions: HashMap<NodeIndex, usize>,
}

impl Index {
    pub(super) fn new(reach: &Reach<'_>) -> Self {
        let mut numbers: BTreeMap<Text, usize> = BTreeMap::new();
        let all = 0..reach.graph.principals.len();
        let mut index = Self {
            useful: Vec::with_capacity(all.len()),
            hindered: Vec::with_capacity(all.len()),
            accounts: Vec::with_capacity(all.len()),
            arns: Vec::with_capacity(all.len()),
            positions: reach.graph.principals.iter().copied().zip(all.clone()).collect(),
        };
        for position in all {
            let facts = reach.facts(position);
            let is_useful = facts.is_some()
                && (reach.cells().has_power(position)
                    || reach.abilities().of(position) != 0
                    || reach.trusts().naming(position).next().is_some());
            index.useful.push(is_useful);
            let cells = reach.cells();
            let own = reach.layers(position).map_or(&[][..], |layers| &layers.identity);
            let is_hindered =
                !cells.has_power(position) && own.iter().any(|attached| cells.may_allow(attached.document));
            index.hindered.push(is_hindered);
            index.accounts.push(facts.map(|facts| {
                let next = numbers.len();
                *numbers.entry(facts.account.unmarked()).or_insert(next)
            }));
            index.arns.push(facts.map(|facts| Subject::new(facts.arn.clone())));
        }
        index
    }

    pub(super) fn is_useful(&self, principal: usize) -> bool {
        self.useful.get(principal).copied().unwrap_or_default()
    }

    pub(super) fn is_hindered(&self, principal: usize) -> bool {
        self.hindered.get(principal).copied().unwrap_or_default()
    }

    pub(super) fn is_same_account(&self, one: usize, other: usize) -> bool {
        let account = |principal: usize| self.accounts.get(principal).copied().flatten();
        account(one).is_some() && account(one) == account(other)
    }

    pub(super) fn arn(&self, principal: usize) -> Option<&Subject> {
        self.arns.get(principal)?.as_ref()
    }

    pub(super) fn position(&self, node: NodeIndex) -> Option<usize> {
        self.positions.get(&node).copied()
    }
}
