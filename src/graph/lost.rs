//! What a principal that is made anew loses: the provider takes off a role what is attached to it before it deletes it,
//! and a resource that links it by a name which stays the same sees no change, and does not make the link again.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::NodeIndex;

use super::build::{Builder, EdgeKey};
use super::{Change, EdgeKind};
use crate::plan::{Action, Mode, ResourceChange};
use crate::text::Truth;

impl Builder<'_> {
    /// Links of principals that are made anew, after apply.
    pub(super) fn lose_links(&mut self) {
        let nodes = self.graph.links.node_indices();
        let anew: BTreeSet<NodeIndex> = nodes.filter(|&node| self.is_made_anew(node)).collect();
        let is_replaced =
            |node| self.graph.principal(node).is_some_and(|principal| principal.change == Change::Replace);
        if anew.is_empty() && !self.graph.links.node_indices().any(is_replaced) {
            return;
        }
        let resources = self.plan.resources.iter().chain(&self.plan.untouched);
        let makers: BTreeMap<&str, &ResourceChange> = resources
            .filter(|resource| resource.address.mode == Mode::Managed)
            .filter(|resource| matches!(resource.action, Action::NoOp | Action::Forget | Action::Update))
            .map(|resource| (&*resource.address_text, resource))
            .collect();
        let mut lost: Vec<(NodeIndex, EdgeKey)> = Vec::new();
        for (key, (holds, _)) in self.edges.iter().filter(|(_, (holds, _))| !holds.after.is_false()) {
            let principal = match key.2 {
                EdgeKind::AttachedTo => anew.get(&key.0),
                EdgeKind::MemberOf => anew.get(&key.0).or_else(|| anew.get(&key.1)),
                EdgeKind::BoundedBy => None,
            };
            let (Some(&principal), Some(maker)) = (principal, makers.get(&*key.3)) else { continue };
            if !makes_again(maker, holds.before) {
                lost.push((principal, key.clone()));
            }
        }
        let mut left_behind = Vec::new();
        // One that is made anew under another name leaves behind what still means the old one.
        for (key, (holds, _)) in &self.edges {
            let is_gone = holds.before.is_true() && holds.after.is_false() && key.2 != EdgeKind::BoundedBy;
            if is_gone && is_replaced(key.0) && makers.contains_key(&*key.3) {
                left_behind.push((key.0, key.3.clone()));
            }
        }
        self.graph.lost.extend(left_behind);
        for (principal, key) in lost {
            if let Some((holds, _)) = self.edges.get_mut(&key) {
                holds.after = Truth::False;
            }
            self.graph.lost.insert((principal, key.3));
        }
    }
}

/// Whether a resource that is there already makes a link again when it is updated: an inline policy is written whole,
/// and an `*_exclusive` list looks at what is there; the other lists only add what they have not named before.
fn makes_again(resource: &ResourceChange, was_there: Truth) -> bool {
    if resource.action != Action::Update {
        return false;
    }
    match &*resource.address.kind {
        "aws_iam_policy_attachment" | "aws_iam_group_membership" | "aws_iam_user_group_membership" => {
            was_there.is_false()
        }
        _ => true,
    }
}
