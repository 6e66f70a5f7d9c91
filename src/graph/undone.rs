//! Links that a resource undoes, and what they are to AWS: the same link may be made again, under the same address or
//! another, before or after the old one is undone.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::NodeIndex;

use super::build::{Builder, EdgeKey};
use super::{EdgeKind, Node, PerState, PolicyOrigin};
use crate::completion;
use crate::hash::HashMap;
use crate::plan::{Action, Address, ResourceChange, Value};
use crate::text::{Hole, Shape, Text, Truth};

/// The resources whose end is the end of what they link, with the attributes that tell to AWS which links these are.
const DETACHING: [(&str, &[&str]); 9] = [
    ("aws_iam_group_membership", &["group", "users"]),
    ("aws_iam_group_policy", &["group", "name"]),
    ("aws_iam_group_policy_attachment", &["group", "policy_arn"]),
    ("aws_iam_policy_attachment", &["policy_arn", "roles", "users", "groups"]),
    ("aws_iam_role_policy", &["role", "name"]),
    ("aws_iam_role_policy_attachment", &["role", "policy_arn"]),
    ("aws_iam_user_group_membership", &["user", "groups"]),
    ("aws_iam_user_policy", &["user", "name"]),
    ("aws_iam_user_policy_attachment", &["user", "policy_arn"]),
];

fn identity(resource: &ResourceChange) -> Option<&'static [&'static str]> {
    DETACHING.iter().find(|(kind, _)| *kind == &*resource.address.kind).map(|(_, attributes)| *attributes)
}

/// What a link is to AWS: an inline policy is known by its name.
type Link = (NodeIndex, EdgeKind, Result<Text, NodeIndex>);

/// The names by which AWS knows principals and policies, before and after.
struct Names<'p> {
    /// The ARNs of managed policies.
    before: HashMap<NodeIndex, Text>,
    after: HashMap<NodeIndex, Text>,
    /// What is made anew before the old one is destroyed: both are there at once, under two names.
    doubled: BTreeSet<&'p str>,
}

/// The link of an inline policy, and how surely it is written there in this apply, if it is.
type Inline = (EdgeKey, Option<Truth>);

impl<'a> Builder<'a> {
    /// What a resource links before and after is gone where the new resource is made before the old one is destroyed, as
    /// far as both are one link to AWS: it goes with the old one. So it does with a deposed object.
    pub(super) fn destroy_after_creation(&mut self) {
        let resources = self.plan.resources.iter().filter(|resource| resource.creates_first);
        let mut last: BTreeMap<&str, Truth> = resources
            .filter_map(|resource| {
                Some((&*resource.address_text, is_of_one_name(resource, identity(resource)?)))
            })
            .collect();
        let replaced: BTreeSet<&str> = last.keys().copied().collect();
        for deposed in self.plan.deposed.iter().filter(|deposed| deposed.after.is_none()) {
            let Some(attributes) = identity(deposed) else { continue };
            let current = self.plan.resources.iter().find(|current| current.address == deposed.address);
            let Some(current) = current else { continue };
            let mut same = is_one_link(attributes, deposed.before.as_ref(), current.after.as_ref());
            if current.action != Action::NoOp {
                same = same.and(Truth::Maybe);
            }
            last.entry(&current.address_text).and_modify(|known| *known = known.or(same)).or_insert(same);
        }
        if last.is_empty() {
            return;
        }
        let names = self.names();
        let goes = |(from, to, kind, via): &EdgeKey, before: Truth| {
            let same = *last.get(&**via).filter(|_| *kind != EdgeKind::BoundedBy)?;
            Some(if replaced.contains(&**via) {
                same.and(before).and(self.keeps_name(*from, &names)).and(self.keeps_name(*to, &names))
            } else {
                same
            })
        };
        let gone: Vec<(EdgeKey, Truth)> = self
            .edges
            .iter()
            .filter_map(|(key, (holds, _))| Some((key.clone(), goes(key, holds.before)?)))
            .collect();
        for (key, goes) in gone {
            self.take(&key, goes);
        }
    }

    /// A link that a resource undoes is gone, even if another resource has it too. Where another resource makes it in the
    /// same apply, nothing tells which of the two is done first. `attaching` are lists that make their links in this apply
    /// where AWS has them not.
    pub(super) fn undo_links(&mut self, attaching: &BTreeSet<Box<str>>) {
        let links = || self.edges.iter().filter(|(key, _)| key.2 != EdgeKind::BoundedBy);
        let undone = links().filter(|(_, (holds, _))| holds.before.is_true() && holds.after.is_false());
        // What a role shows of itself goes with it: who links it anew tells the rest. And a list of its own that is none
        // takes nothing away.
        let undone = undone
            .filter(|(key, _)| !self.is_own(key) || (!self.is_made_anew(key.0) && self.has_own_list(key)));
        let mut by_link: BTreeMap<Link, Vec<&str>> = BTreeMap::new();
        for (key, _) in undone {
            by_link.entry(self.link_of(key)).or_default().push(&key.3);
        }
        if by_link.is_empty() {
            return;
        }
        let is_made = |key: &EdgeKey, holds: &PerState<Truth>| {
            !holds.after.is_false()
                && (holds.before.is_false() || self.is_rewritten(key.1) || attaching.contains(&key.3))
        };
        let made: BTreeSet<Link> = links()
            .filter(|(key, (holds, _))| is_made(key, holds))
            .map(|(key, _)| self.link_of(key))
            .collect();
        let names = self.names();
        let ending = self.plan.resources.iter().filter(|resource| resource.after.is_none());
        let gone_after: BTreeSet<&str> = ending.map(|resource| &*resource.address_text).collect();
        let goes = |key: &EdgeKey, holds: &PerState<Truth>| {
            let link = self.link_of(key);
            let undoing = by_link.get(&link)?;
            // A reference is to what there is after apply; what is destroyed may be so later.
            let follows = |via: &&str| {
                self.follows(&key.3, via) && !names.doubled.contains(via) && !gone_after.contains(via)
            };
            if is_made(key, holds) && undoing.iter().all(follows) {
                return None;
            }
            let same = self.keeps_name(key.0, &names).and(self.keeps_name(key.1, &names));
            Some(if made.contains(&link) { same.and(Truth::Maybe) } else { same })
        };
        let gone: Vec<(EdgeKey, Truth)> =
            links().filter_map(|(key, (holds, _))| Some((key.clone(), goes(key, holds)?))).collect();
        for (key, goes) in gone {
            self.take(&key, goes);
        }
    }

    /// An inline policy that is written under the name that another one of its principal has takes its place: one that
    /// was forgotten, or made by hand. Of two that are written, nothing tells which comes last.
    pub(super) fn overwrite(&mut self) {
        let mut by_name: BTreeMap<(NodeIndex, Text), Vec<Inline>> = BTreeMap::new();
        for (key, (holds, _)) in &self.edges {
            let name = self
                .inline_names
                .get(&key.1)
                .filter(|_| key.2 == EdgeKind::AttachedTo && self.is_inline(key.1));
            let (Some(name), false) = (name, holds.after.is_false()) else { continue };
            let is_written = holds.before.is_false() || self.is_rewritten(key.1);
            let written = is_written.then_some(holds.after);
            by_name.entry((key.0, name.clone())).or_default().push((key.clone(), written));
        }
        for same in by_name.into_values().filter(|same| same.len() > 1) {
            let after =
                |key: &EdgeKey| self.graph.policy(key.1).and_then(|policy| policy.document.after.clone());
            let documents: Vec<_> = same.iter().map(|(key, _)| after(key)).collect();
            let differs = documents.windows(2).any(|pair| !matches!(pair, [one, other] if one == other));
            let written: Vec<Truth> = same.iter().filter_map(|(_, written)| *written).collect();
            // What may be written for somebody else takes no place for certain.
            let replaces = Truth::any(written.iter().copied());
            let writer = same.iter().find(|(_, written)| written.is_some()).map(|(key, _)| key.3.clone());
            for (key, is_written) in same.into_iter().filter(|_| differs && !written.is_empty()) {
                match (is_written, written.len()) {
                    (None, _) => {
                        self.take(&key, replaces);
                        if let Some(writer) = writer.clone().filter(|_| replaces.is_true()) {
                            self.graph.excluded.insert((key.0, key.1, key.3.clone()), writer);
                        }
                    }
                    (Some(_), 1) => {}
                    (Some(_), _) => self.take(&key, Truth::Maybe),
                }
            }
        }
    }

    /// Notes which resources lose their links although the plan does not change them.
    pub(super) fn find_bereft(&mut self) {
        let lost =
            self.edges.iter().filter(|(_, (holds, _))| !holds.before.is_false() && holds.after.is_false());
        let lost: BTreeSet<&str> = lost.map(|(key, _)| &*key.3).collect();
        if lost.is_empty() {
            return;
        }
        let resources = self.plan.resources.iter();
        let unchanged = resources.filter(|resource| resource.action == Action::NoOp);
        let bereft = unchanged.filter(|resource| lost.contains(&*resource.address_text));
        self.graph.bereft = bereft.map(|resource| resource.address_text.clone()).collect();
    }

    /// Takes a link away after apply, as surely as `goes` says.
    fn take(&mut self, key: &EdgeKey, goes: Truth) {
        let Some((holds, unknown)) = self.edges.get_mut(key) else { return };
        holds.after = holds.after.and(!goes);
        if holds.after.is_maybe() && unknown.is_none() {
            *unknown = Some(order(&key.3));
        }
    }

    fn names(&self) -> Names<'a> {
        let arns = |policies: &BTreeMap<Text, NodeIndex>| -> HashMap<NodeIndex, Text> {
            policies.iter().map(|(arn, node)| (*node, arn.clone())).collect()
        };
        let doubled = self.plan.resources.iter().filter(|resource| resource.creates_first);
        Names {
            before: arns(&self.policies.before),
            after: arns(&self.policies.after),
            doubled: doubled.map(|resource| &*resource.address_text).collect(),
        }
    }

    /// Whether AWS knows a principal or a managed policy after apply by the name that it had before. Inline policies have
    /// names within their principal, which are compared apart.
    fn keeps_name(&self, node: NodeIndex, names: &Names<'_>) -> Truth {
        match self.graph.links.node_weight(node) {
            Some(Node::Principal(principal)) => match (&principal.facts.before, &principal.facts.after) {
                (Some(_), Some(_)) if names.doubled.contains(&*principal.id) => Truth::False,
                (Some(before), Some(after)) => before.name.unmarked().equals(&after.name.unmarked()),
                _ => Truth::True,
            },
            Some(Node::Policy(policy)) if policy.origin != PolicyOrigin::Inline => {
                match (names.before.get(&node), names.after.get(&node)) {
                    (Some(_), Some(_)) if names.doubled.contains(&*policy.id) => Truth::False,
                    (Some(before), Some(after)) => before.equals(after),
                    _ => Truth::True,
                }
            }
            _ => Truth::True,
        }
    }

    /// Whether a resource refers to another one of its module, and so is made after it.
    pub(super) fn follows(&self, later: &str, earlier: &str) -> bool {
        let addresses = Address::parse(later).zip(Address::parse(earlier));
        addresses
            .is_some_and(|(later, earlier)| completion::refers(&self.plan.configuration, &later, &earlier))
    }

    /// Whether a principal itself makes a link, with a list of its own.
    fn is_own(&self, key: &EdgeKey) -> bool {
        self.graph.principal(key.0).is_some_and(|principal| principal.id == key.3)
    }

    /// Whether the configuration gives a principal the list of policies that a link of its own is part of.
    fn has_own_list(&self, key: &EdgeKey) -> bool {
        let list = if self.is_inline(key.1) { "inline_policy" } else { "managed_policy_arns" };
        Address::parse(&key.3).is_none_or(|address| (self.configured)(&address, list))
    }

    fn link_of(&self, (from, to, kind, _): &EdgeKey) -> Link {
        let name = if self.is_inline(*to) { self.inline_names.get(to).cloned() } else { None };
        (*from, *kind, name.ok_or(*to))
    }

    /// Whether the plan writes an inline policy anew: with another document, or under another name.
    pub(super) fn is_rewritten(&self, node: NodeIndex) -> bool {
        self.graph.policy(node).is_some_and(|policy| {
            policy.origin == PolicyOrigin::Inline
                && (policy.document.before != policy.document.after || self.replaced_inline.contains(&node))
        })
    }

    pub(super) fn is_inline(&self, policy: NodeIndex) -> bool {
        self.graph.policy(policy).is_some_and(|policy| policy.origin == PolicyOrigin::Inline)
    }
}

/// Whether what is named by itself, as inline policies are, keeps its name; other links are known by their ends.
fn is_of_one_name(resource: &ResourceChange, identity: &[&str]) -> Truth {
    let named: &[&str] = if identity.contains(&"name") { &["name"] } else { &[] };
    is_one_link(named, resource.before.as_ref(), resource.after.as_ref())
}

/// Whether two objects are the same links to AWS, as far as these attributes tell.
fn is_one_link(attributes: &[&str], one: Option<&Value>, other: Option<&Value>) -> Truth {
    let (Some(one), Some(other)) = (one, other) else { return Truth::Maybe };
    let is_same = |name: &&str| match (one.member(name), other.member(name)) {
        (Value::String(one), Value::String(other)) => one.unmarked().equals(&other.unmarked()),
        (one, other) if one == other && !one.has_holes() => Truth::True,
        _ => Truth::Maybe,
    };
    attributes.iter().map(is_same).fold(Truth::True, Truth::and)
}

/// Which of two changes of one apply is done first.
pub(super) fn order(via: &str) -> Hole {
    Hole::new(via, "order of changes", Shape::ANY)
}
