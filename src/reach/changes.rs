//! What a holder may change of a principal's policies, and what the principal has then.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

use fixedbitset::FixedBitSet;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::abilities::changing;
use super::ask::Made;
use super::maker::{GROUP, Maker, ROLE, USER};
use super::{Holder, Search};
use crate::access::{Layers, Reason};
use crate::graph::{EdgeKind, PolicyOrigin, PrincipalKind, State};
use crate::iam::PolicyDocument;
use crate::text::Text;

/// What a change adds to the identity policies.
#[derive(Clone, Debug)]
pub(super) enum Adds {
    Nothing,
    /// Whatever the caller writes.
    Anything,
    /// Documents of the plan, by number.
    Documents(Vec<usize>),
    /// A policy that AWS manages.
    Managed(PolicyDocument),
}

/// One change that the holder may make.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) made: Made,
    /// What is changed: a principal, a group or a policy.
    pub(super) on: Box<str>,
    /// Documents that no longer bear on the principal.
    pub(super) removes: BTreeSet<usize>,
    /// Whether the permissions boundary no longer binds.
    pub(super) unbinds: bool,
    pub(super) adds: Adds,
}

impl Change {
    fn adds_nothing(&self) -> bool {
        matches!(self.adds, Adds::Nothing)
    }

    /// Whether two changes do different things, so that both together may do what neither does.
    fn completes(&self, other: &Self) -> bool {
        match (self.adds_nothing(), other.adds_nothing()) {
            (true, true) => self.unbinds != other.unbinds || self.removes != other.removes,
            (false, false) => !self.removes.is_empty() && !other.removes.is_empty(),
            _ => true,
        }
    }
}

/// A principal whose policies are changed.
#[derive(Clone, Debug)]
pub(super) struct Raised {
    pub(super) layers: Layers,
    /// The calls, each with what it changes.
    pub(super) calls: Vec<(Box<str>, Made)>,
    /// Other single calls that come to the same.
    pub(super) alternatives: Vec<Made>,
    /// What it has then, of what was wanted.
    pub(super) power: FixedBitSet,
    /// Whether it may then do everything that nothing denies, and not only what one policy grants.
    pub(super) is_full: bool,
}

/// What a principal has before it is changed.
struct Base<'a> {
    target: usize,
    layers: Cow<'a, Layers>,
    /// Whether its policies grant everything already.
    has_everything: bool,
}

/// A policy that bears on a principal.
pub(super) struct Holding {
    pub(super) policy: NodeIndex,
    pub(super) document: usize,
    pub(super) is_inline: bool,
    /// The group that it comes from.
    pub(super) group: Option<NodeIndex>,
}

/// A policy of the plan that may be attached, and that allows a call of Amazon MQ, perhaps.
pub(super) struct Attachable {
    pub(super) policy: NodeIndex,
    pub(super) arn: Text,
    pub(super) document: usize,
}

impl Search<'_, '_> {
    /// The policies of the plan that somebody may attach to get power over brokers.
    pub(super) fn attachable(&self) -> &[Attachable] {
        self.attachable.get_or_init(|| {
            let documents = self.matrix.documents();
            let attachable = |(policy, arn): (&NodeIndex, &Text)| {
                let document = documents.of_policy(*policy, State::After)?;
                let may_allow = self.cells().may_allow(document);
                may_allow.then(|| Attachable { policy: *policy, arn: arn.unmarked(), document })
            };
            self.graph.policy_arns.iter().filter_map(attachable).collect()
        })
    }

    /// The groups with power over brokers.
    pub(super) fn strong_groups(&self) -> &[usize] {
        self.strong_groups.get_or_init(|| {
            let is_strong = |group: &usize| {
                self.kind(*group) == Some(PrincipalKind::Group) && self.cells().has_power(*group)
            };
            (0..self.graph.principals.len()).filter(is_strong).collect()
        })
    }

    /// What the target can have of the `wanted` cells after changes that `holder` may make to it: single calls first,
    /// those that bring the most first, then two together for what no single call brings.
    pub(super) fn raise(
        &self,
        holder: Holder,
        target: usize,
        wanted: &FixedBitSet,
        open: &mut BTreeSet<Reason>,
    ) -> Vec<Raised> {
        let changes = self.changes(holder, target, open);
        self.raise_by(&changes, holder, target, wanted)
    }

    /// The same by these changes.
    pub(super) fn raise_by(
        &self,
        changes: &[Change],
        holder: Holder,
        target: usize,
        wanted: &FixedBitSet,
    ) -> Vec<Raised> {
        let Some(base) = self.base(holder, target).filter(|_| !changes.is_empty()) else { return Vec::new() };
        let mut options: Vec<Raised> =
            changes.iter().filter_map(|change| self.after(&base, &[change], wanted)).collect();
        let mut found = Vec::new();
        let mut missing = wanted.clone();
        while !options.is_empty() {
            let weight = |raised: &Raised| (raised.power.intersection_count(&missing), raised.is_full);
            let Some(best) = options.iter().map(weight).max().filter(|(count, _)| *count > 0) else { break };
            let Some(place) = options.iter().position(|raised| weight(raised) == best) else { break };
            let mut chosen = options.remove(place);
            let same = options.iter().filter(|other| other.power.is_superset(&chosen.power));
            chosen.alternatives = same.flat_map(|other| &other.calls).map(|(_, made)| made.clone()).collect();
            chosen.alternatives.sort();
            chosen.alternatives.dedup();
            missing.difference_with(&chosen.power);
            found.push(chosen);
        }
        found.extend(self.pairs(&base, changes, &mut missing));
        found
    }

    fn base(&self, holder: Holder, target: usize) -> Option<Base<'_>> {
        Some(if holder.is_raised() && holder.principal == target {
            Base { target, layers: Cow::Owned(self.raised_layers(holder)?), has_everything: true }
        } else {
            Base { target, layers: Cow::Borrowed(self.layers(target)?), has_everything: false }
        })
    }

    /// Two changes together that do what neither does.
    fn pairs(&self, base: &Base<'_>, changes: &[Change], missing: &mut FixedBitSet) -> Vec<Raised> {
        let mut found = Vec::new();
        for (place, first) in changes.iter().enumerate() {
            for second in changes.iter().skip(place.saturating_add(1)) {
                if missing.is_clear() {
                    return found;
                }
                if !first.completes(second) {
                    continue;
                }
                if let Some(raised) = self.after(base, &[first, second], missing) {
                    missing.difference_with(&raised.power);
                    found.push(raised);
                }
            }
        }
        found
    }

    fn after(&self, base: &Base<'_>, changes: &[&Change], wanted: &FixedBitSet) -> Option<Raised> {
        let mut layers = Layers::clone(&base.layers);
        for change in changes {
            layers.identity.retain(|attached| !change.removes.contains(&attached.document));
            if change.unbinds {
                layers.boundaries.clear();
            }
        }
        let mut adds: Vec<&Adds> = changes.iter().map(|change| &change.adds).collect();
        if base.has_everything {
            adds.push(&Adds::Anything);
        }
        let power = self.power_with(base.target, &layers, &adds, wanted);
        let is_full = adds.iter().any(|adds| matches!(adds, Adds::Anything));
        let calls = changes.iter().map(|change| (change.on.clone(), change.made.clone())).collect();
        (!power.is_clear()).then_some(Raised { layers, calls, alternatives: Vec::new(), power, is_full })
    }

    /// The layers of the target after the one change of the holder that lets it write whatever it likes; for going on
    /// from there where the change itself brings no power over brokers.
    pub(super) fn raise_fully(&self, holder: Holder, target: usize) -> Option<Raised> {
        let changes = self.changes(holder, target, &mut BTreeSet::new());
        let mut layers = self.layers(target)?.clone();
        let full = changes.iter().find(|change| matches!(change.adds, Adds::Anything))?;
        layers.identity.retain(|attached| !full.removes.contains(&attached.document));
        Some(Raised {
            layers,
            calls: vec![(full.on.clone(), full.made.clone())],
            alternatives: Vec::new(),
            power: FixedBitSet::new(),
            is_full: true,
        })
    }

    /// All changes that the holder may make to the policies of the target.
    pub(super) fn changes(&self, holder: Holder, target: usize, open: &mut BTreeSet<Reason>) -> Vec<Change> {
        let (Some(kind), Some(facts)) = (self.kind(target), self.facts(target)) else { return Vec::new() };
        let is_own_account = self
            .facts(holder.principal)
            .is_some_and(|own| own.account.unmarked().equals(&facts.account.unmarked()).is_true());
        let calls = match kind {
            PrincipalKind::Role => &ROLE,
            PrincipalKind::User => &USER,
            PrincipalKind::Group => &GROUP,
            // Nobody but IAM Identity Center changes its roles.
            PrincipalKind::PermissionSet => return Vec::new(),
        };
        let may_change = holder.is_raised() || self.abilities().of(holder.principal) & changing() != 0;
        if !is_own_account || !may_change {
            return Vec::new();
        }
        let mut maker = Maker { search: self, holder, found: Vec::new(), open };
        let holdings = self.holdings(target);
        maker.policies(target, calls, None, &holdings);
        if kind == PrincipalKind::User {
            for group in self.groups_of(target) {
                maker.policies(group, &GROUP, Some(group), &holdings);
                maker.leave(group, &holdings);
            }
            maker.join(target);
        }
        if kind != PrincipalKind::Group {
            maker.boundary(target, kind);
        }
        maker.found
    }

    /// The groups that a user is certainly a member of.
    pub(super) fn groups_of(&self, user: usize) -> Vec<usize> {
        let Some(&own) = self.graph.principals.get(user) else { return Vec::new() };
        let links = self.graph.links.edges(own);
        let groups = links
            .filter(|edge| edge.weight().kind == EdgeKind::MemberOf && edge.weight().holds.after.is_true());
        let mut groups: Vec<usize> = groups.filter_map(|edge| self.index().position(edge.target())).collect();
        groups.sort_unstable();
        groups
    }

    /// The policies of a principal, and of a user's groups.
    pub(super) fn holdings(&self, principal: usize) -> Rc<[Holding]> {
        let known = self.holdings.borrow().get(&principal).cloned();
        known.unwrap_or_else(|| {
            let holdings: Rc<[Holding]> = self.find_holdings(principal).into();
            self.holdings.borrow_mut().insert(principal, Rc::clone(&holdings));
            holdings
        })
    }

    fn find_holdings(&self, principal: usize) -> Vec<Holding> {
        let Some(&own) = self.graph.principals.get(principal) else { return Vec::new() };
        let groups =
            self.graph.links.edges(own).filter(|edge| {
                edge.weight().kind == EdgeKind::MemberOf && !edge.weight().holds.after.is_false()
            });
        let groups: Vec<NodeIndex> = groups.map(|edge| edge.target()).collect();
        let mut found = Vec::new();
        for (node, group) in
            std::iter::once((own, None)).chain(groups.into_iter().map(|node| (node, Some(node))))
        {
            for edge in self.graph.links.edges(node) {
                let (link, policy) = (edge.weight(), edge.target());
                if link.kind != EdgeKind::AttachedTo || link.holds.after.is_false() {
                    continue;
                }
                if let Some(document) = self.matrix.documents().of_policy(policy, State::After) {
                    let origin = self.graph.policy(policy).map(|policy| policy.origin);
                    let is_inline = origin == Some(PolicyOrigin::Inline);
                    found.push(Holding { policy, document, is_inline, group });
                }
            }
        }
        found.sort_by_key(|holding| self.graph.policy(holding.policy).map(|policy| policy.id.clone()));
        found
    }
}
