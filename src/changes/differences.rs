//! What differs for a principal and for a broker between the two states, each with the causes that it stands for.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::NodeIndex;

use super::cause::{Cause, What};
use super::rails;
use crate::access::{Bearing, Layers, Levels, Matrix, Way, WayLayer, World, groups, layers, ways};
use crate::graph::{BrokerFacts, Change, Graph, PerState, Principal, PrincipalFacts, State};
use crate::plan::Address;

/// Something that differs between the two states, with the causes that it stands for.
pub(super) struct Difference {
    pub(super) input: Input,
    pub(super) causes: Vec<Cause>,
}

/// What differs, to be put in the place of what the other state has.
pub(super) enum Input {
    Way(Way),
    Principal(PrincipalFacts),
    /// One service control policy at one place: the levels of each state with it as it is in the other.
    Rail(PerState<Levels>),
    GuardRail,
}

impl Difference {
    /// Whether it is something of the principal itself: a tag, a name.
    pub(super) fn is_of_facts(&self) -> bool {
        matches!(self.input, Input::Principal(_))
    }
}

/// A broker that is there in both states.
pub(super) struct Lasting<'g> {
    pub(super) facts: PerState<&'g BrokerFacts>,
    pub(super) differences: Vec<OwnDifference>,
}

/// Something that differs in a broker itself.
pub(super) struct OwnDifference {
    /// The broker as it will be, with this one thing as it is.
    put_back: BrokerFacts,
    pub(super) cause: Cause,
}

impl<'g> Lasting<'g> {
    pub(super) fn new(id: &str, old: &'g BrokerFacts, new: &'g BrokerFacts) -> Self {
        let mut differences = Vec::new();
        let mut differs = |put_back, what| {
            differences.push(OwnDifference { put_back, cause: Cause { address: id.into(), what } });
        };
        if old.arn != new.arn {
            let facts = BrokerFacts { arn: old.arn.clone(), name: old.name.clone(), ..new.clone() };
            differs(facts, What::BrokerReplaced);
        }
        if old.tags != new.tags {
            differs(BrokerFacts { tags: old.tags.clone(), ..new.clone() }, What::BrokerTagsChanged);
        }
        if old.region != new.region || old.account != new.account {
            let (region, account) = (old.region.clone(), old.account.clone());
            differs(BrokerFacts { region, account, ..new.clone() }, What::BrokerChanged);
        }
        Self { facts: PerState { before: old, after: new }, differences }
    }

    /// The broker in a state, with each of its differences as it is in the other state.
    pub(super) fn swapped(&self, state: State) -> impl Iterator<Item = &BrokerFacts> {
        self.differences.iter().map(move |difference| match state {
            State::After => &difference.put_back,
            State::Before => self.facts.after,
        })
    }
}

/// A principal in both states.
pub(super) struct Both<'p> {
    graph: &'p Graph,
    matrix: &'p Matrix,
    node: NodeIndex,
    principal: &'p Principal,
    facts: PerState<&'p PrincipalFacts>,
    ways: PerState<BTreeMap<Way, Bearing>>,
    base: PerState<Layers>,
    /// The groups that the principal is a member of.
    groups: PerState<BTreeSet<NodeIndex>>,
}

impl<'p> Both<'p> {
    pub(super) fn new(
        (graph, matrix): (&'p Graph, &'p Matrix),
        (node, principal): (NodeIndex, &'p Principal),
        facts: PerState<&'p PrincipalFacts>,
    ) -> Self {
        let documents = matrix.documents();
        let ways = |state| ways(graph, documents, node, state);
        let base = |state| Layers::of(graph, documents, node, state);
        let groups = |state| groups(graph, node, state);
        Self {
            graph,
            matrix,
            node,
            principal,
            facts,
            ways: PerState { before: ways(State::Before), after: ways(State::After) },
            base: PerState { before: base(State::Before), after: base(State::After) },
            groups: PerState { before: groups(State::Before), after: groups(State::After) },
        }
    }

    /// What differs, the brokers aside.
    pub(super) fn differences(&self) -> Vec<Difference> {
        let mut found = self.differing_ways();
        let id = &self.principal.id;
        let one = |what| vec![Cause { address: id.clone(), what }];
        let (old, new) = (self.facts.before, self.facts.after);
        if old.tags != new.tags {
            let facts = PrincipalFacts { tags: old.tags.clone(), ..new.clone() };
            found
                .push(Difference { input: Input::Principal(facts), causes: one(What::PrincipalTagsChanged) });
        }
        if (&old.arn, &old.name, &old.account, &old.unique_id)
            != (&new.arn, &new.name, &new.account, &new.unique_id)
        {
            let facts = PrincipalFacts { tags: new.tags.clone(), ..old.clone() };
            found.push(Difference { input: Input::Principal(facts), causes: one(What::PrincipalChanged) });
        }
        let rest = |base: &Layers| layers(base, std::iter::empty());
        if rest(&self.base.before) != rest(&self.base.after) {
            let rails = rails::differing(self.graph, self.matrix, new);
            if rails.is_empty() {
                found.push(Difference { input: Input::GuardRail, causes: one(What::GuardRailChanged) });
            }
            found.extend(rails);
        }
        found
    }

    /// The world of `state`, with one input as it is in the other state.
    pub(super) fn world<'w>(&'w self, state: State, swapped: Option<&'w Input>) -> World<'w> {
        let other = state.other();
        let own = self.ways.get(state);
        let swapped_way = match swapped {
            Some(Input::Way(way)) => Some(way),
            _ => None,
        };
        let kept = own.iter().filter(|(way, _)| Some(*way) != swapped_way);
        let put_in = swapped_way.and_then(|way| self.ways.get(other).get_key_value(way));
        let base = if matches!(swapped, Some(Input::GuardRail)) { other } else { state };
        let ways = kept.chain(put_in).map(|(way, bearing)| (way, &bearing.attached));
        let mut layers = layers(self.base.get(base), ways);
        if let Some(Input::Rail(rails)) = swapped {
            layers.service_control.clone_from(rails.get(state));
        }
        World {
            kind: self.principal.kind,
            principal: match (swapped, state) {
                (Some(Input::Principal(facts)), State::After) => facts,
                (Some(Input::Principal(_)), State::Before) => self.facts.after,
                _ => self.facts.get(state),
            },
            layers,
        }
    }

    /// Policies that bear on the principal in one state and not in the other, or otherwise.
    fn differing_ways(&self) -> Vec<Difference> {
        let (before, after) = (&self.ways.before, &self.ways.after);
        let keys: BTreeSet<&Way> = before.keys().chain(after.keys()).collect();
        let mut found = Vec::new();
        for way in keys {
            let causes = match (before.get(way), after.get(way)) {
                (Some(old), Some(new)) if old.attached == new.attached => continue,
                (Some(old), Some(new)) if old.attached.unless == new.attached.unless => {
                    self.changed(way.policy)
                }
                (None, Some(new)) => added(way, new, &self.groups.before),
                (Some(old), None) => self.without_links(way, removed(way, old, &self.groups.after)),
                (Some(_), Some(new)) => links(way.layer, &new.attachment, true),
                (None, None) => continue,
            };
            found.push(Difference { input: Input::Way(way.clone()), causes });
        }
        found
    }

    /// Where links are lost because a principal is made anew, that is the cause.
    fn without_links(&self, way: &Way, causes: Vec<Cause>) -> Vec<Cause> {
        let loser = |cause: &Cause| {
            let mut ends = std::iter::once(self.node).chain(self.groups.before.iter().copied());
            let is_lost = |node: &NodeIndex| {
                let own = self.graph.principal(*node).filter(|principal| principal.id == cause.address);
                self.graph.lost.contains(&(*node, cause.address.clone()))
                    || own.is_some_and(|principal| principal.change == Change::Replace)
            };
            self.graph.principal(ends.find(is_lost)?)
        };
        let list = |cause: &Cause| {
            let (from, to) = match (way.group, cause.what) {
                (Some(group), What::MembershipRemoved) => (self.node, group),
                (group, _) => (group.unwrap_or(self.node), way.policy),
            };
            self.graph.excluded.get(&(from, to, cause.address.clone()))
        };
        let instead = |cause: Cause| match (loser(&cause), list(&cause)) {
            (Some(principal), _) => Cause { address: principal.id.clone(), what: What::PrincipalReplaced },
            (None, Some(list)) if cause.what == What::MembershipRemoved => {
                Cause { address: list.clone(), what: cause.what }
            }
            // An inline policy that is written under the name of another one.
            (None, Some(writer)) if is_inline(writer) => {
                Cause { address: writer.clone(), what: What::PolicyAttached }
            }
            (None, Some(list)) => Cause { address: list.clone(), what: What::PolicyExcluded },
            (None, None) => cause,
        };
        let causes: Vec<Cause> = causes.into_iter().map(instead).collect();
        // What the plan does not change takes nothing away itself.
        let acts = |cause: &Cause| {
            let is_taken =
                matches!(cause.what, What::PolicyDetached | What::BoundaryRemoved | What::MembershipRemoved);
            !is_taken || !self.graph.bereft.contains(&cause.address)
        };
        if causes.iter().any(acts) { causes.into_iter().filter(acts).collect() } else { causes }
    }

    fn changed(&self, policy: NodeIndex) -> Vec<Cause> {
        let policy = self.graph.policy(policy);
        policy
            .map(|policy| Cause { address: policy.id.clone(), what: What::PolicyChanged })
            .into_iter()
            .collect()
    }
}

/// Whether an address is that of an inline policy.
fn is_inline(address: &str) -> bool {
    let kind = Address::parse(address).map(|address| address.kind);
    kind.is_some_and(|kind| {
        matches!(&*kind, "aws_iam_role_policy" | "aws_iam_user_policy" | "aws_iam_group_policy")
    })
}

/// The links that lead to a policy.
fn links(layer: WayLayer, addresses: &[Box<str>], is_added: bool) -> Vec<Cause> {
    let what = match (layer, is_added) {
        (WayLayer::Identity, true) => What::PolicyAttached,
        (WayLayer::Identity, false) => What::PolicyDetached,
        (WayLayer::Boundary, true) => What::BoundarySet,
        (WayLayer::Boundary, false) => What::BoundaryRemoved,
    };
    addresses.iter().map(|address| Cause { address: address.clone(), what }).collect()
}

/// A way that is new: the membership if that is new, else the attachment.
fn added(way: &Way, new: &Bearing, groups_before: &BTreeSet<NodeIndex>) -> Vec<Cause> {
    if way.group.is_some_and(|group| !groups_before.contains(&group)) {
        return members(&new.membership, What::MembershipAdded);
    }
    links(way.layer, &new.attachment, true)
}

fn removed(way: &Way, old: &Bearing, groups_after: &BTreeSet<NodeIndex>) -> Vec<Cause> {
    if way.group.is_some_and(|group| !groups_after.contains(&group)) {
        return members(&old.membership, What::MembershipRemoved);
    }
    links(way.layer, &old.attachment, false)
}

fn members(addresses: &[Box<str>], what: What) -> Vec<Cause> {
    addresses.iter().map(|address| Cause { address: address.clone(), what }).collect()
}
