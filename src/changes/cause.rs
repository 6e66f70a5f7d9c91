//! Which change of which resource makes the difference.
//!
//! Whatever differs between the two states is put back alone, in the world as it will be. What then changes the verdict is
//! a cause. Where nothing does alone (two new policies allow the same), whatever brings the change about alone in the
//! world as it is counts; where nothing does that either, everything that differs.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::NodeIndex;

use super::{Access, AccessChange, rails};
use crate::access::{Authority, Bearing, Layers, Levels, Matrix, Way, WayLayer, World, groups, layers, ways};
use crate::aws::Operation;
use crate::graph::{BrokerFacts, Change, Graph, PerState, Principal, PrincipalFacts, State};

/// What happens to a resource that makes access change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// The principal is new.
    PrincipalCreated,
    /// The principal goes.
    PrincipalDeleted,
    /// The broker is new.
    BrokerCreated,
    /// The broker goes.
    BrokerDeleted,
    /// A policy is attached.
    PolicyAttached,
    /// A policy is detached.
    PolicyDetached,
    /// What a policy says changes.
    PolicyChanged,
    /// A permissions boundary is set.
    BoundarySet,
    /// A permissions boundary goes.
    BoundaryRemoved,
    /// A user joins a group.
    MembershipAdded,
    /// A user leaves a group.
    MembershipRemoved,
    /// The broker is replaced, and has another ARN.
    BrokerReplaced,
    /// The tags of the broker change.
    BrokerTagsChanged,
    /// Something else of the broker changes.
    BrokerChanged,
    /// The principal is made anew, and loses what nothing links to it again.
    PrincipalReplaced,
    /// The tags of the principal change.
    PrincipalTagsChanged,
    /// Something else of the principal changes.
    PrincipalChanged,
    /// A list that excludes all others does not name a policy that is attached.
    PolicyExcluded,
    /// The account of the principal, or a unit above it, moves within the organization.
    AccountMoved,
    /// The service control policies that bind the principal change in another way.
    GuardRailChanged,
}

impl What {
    /// The name, as in every format.
    pub fn name(self) -> &'static str {
        match self {
            Self::PrincipalCreated => "principal-created",
            Self::PrincipalDeleted => "principal-deleted",
            Self::BrokerCreated => "broker-created",
            Self::BrokerDeleted => "broker-deleted",
            Self::PolicyAttached => "policy-attached",
            Self::PolicyDetached => "policy-detached",
            Self::PolicyChanged => "policy-changed",
            Self::BoundarySet => "boundary-set",
            Self::BoundaryRemoved => "boundary-removed",
            Self::MembershipAdded => "membership-added",
            Self::MembershipRemoved => "membership-removed",
            Self::BrokerReplaced => "broker-replaced",
            Self::BrokerTagsChanged => "broker-tags-changed",
            Self::BrokerChanged => "broker-changed",
            Self::PrincipalReplaced => "principal-replaced",
            Self::PrincipalTagsChanged => "principal-tags-changed",
            Self::PrincipalChanged => "principal-changed",
            Self::PolicyExcluded => "policy-excluded",
            Self::AccountMoved => "account-moved",
            Self::GuardRailChanged => "guard-rail-changed",
        }
    }

    /// What happens, said of the resource.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::PrincipalCreated | Self::BrokerCreated => "is new",
            Self::PrincipalDeleted | Self::BrokerDeleted => "goes",
            Self::PolicyAttached => "attaches a policy",
            Self::PolicyDetached => "no longer attaches a policy",
            Self::PolicyChanged => "says something else",
            Self::BoundarySet => "sets a permissions boundary",
            Self::BoundaryRemoved => "takes away a permissions boundary",
            Self::MembershipAdded => "adds a member to a group",
            Self::MembershipRemoved => "takes a member out of a group",
            Self::BrokerReplaced => "is replaced and gets another ARN",
            Self::PrincipalReplaced => "is made anew and loses what is attached to it",
            Self::BrokerTagsChanged | Self::PrincipalTagsChanged => "has other tags",
            Self::BrokerChanged | Self::PrincipalChanged => "changes",
            Self::PolicyExcluded => "takes away a policy that it does not list",
            Self::AccountMoved => "moves to another place in the organization",
            Self::GuardRailChanged => "is bound by other service control policies",
        }
    }
}

/// A change of a resource that makes access change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause {
    /// The address of the resource.
    pub address: Box<str>,
    /// What happens to it.
    pub what: What,
}

/// Finds causes.
pub(super) struct Causes<'a> {
    graph: &'a Graph,
    matrix: &'a Matrix,
    authority: &'a Authority<'a>,
}

/// Something that differs between the two states, with the causes that it stands for.
pub(super) struct Difference {
    pub(super) input: Input,
    pub(super) causes: Vec<Cause>,
}

pub(super) enum Input {
    Way(Way),
    Broker(BrokerFacts),
    Principal(PrincipalFacts),
    /// One service control policy at one place: the levels of each state with it as it is in the other.
    Rail(PerState<Levels>),
    GuardRail,
}

/// A principal and a broker in both states.
struct Pair<'p> {
    node: NodeIndex,
    principal: &'p Principal,
    facts: PerState<&'p PrincipalFacts>,
    broker: PerState<&'p BrokerFacts>,
    ways: PerState<BTreeMap<Way, Bearing>>,
    base: PerState<Layers>,
    /// The groups that the principal is a member of.
    groups: PerState<BTreeSet<NodeIndex>>,
}

impl<'a> Causes<'a> {
    pub(super) fn new(graph: &'a Graph, matrix: &'a Matrix, authority: &'a Authority<'a>) -> Self {
        Self { graph, matrix, authority }
    }

    /// The causes of a change, sorted.
    pub(super) fn of(&self, change: &AccessChange) -> Vec<Cause> {
        let Some(&node) = self.graph.principals.get(change.principal) else { return Vec::new() };
        let Some(principal) = self.graph.principal(node) else { return Vec::new() };
        let mut causes = BTreeSet::new();
        let cause = |address: &str, what| Cause { address: address.into(), what };
        let (before, after) = match (&principal.facts.before, &principal.facts.after) {
            (None, _) => return vec![cause(&principal.id, What::PrincipalCreated)],
            (_, None) => return vec![cause(&principal.id, What::PrincipalDeleted)],
            (Some(before), Some(after)) => (before, after),
        };
        let documents = self.matrix.documents();
        let ways = PerState {
            before: ways(self.graph, documents, node, State::Before),
            after: ways(self.graph, documents, node, State::After),
        };
        let base = PerState {
            before: Layers::of(self.graph, documents, node, State::Before),
            after: Layers::of(self.graph, documents, node, State::After),
        };
        let mut pair = None;
        for &position in &change.brokers {
            let broker = self.graph.brokers.get(position).and_then(|&node| self.graph.broker(node));
            let Some(broker) = broker else { continue };
            match (&broker.facts.before, &broker.facts.after) {
                (None, _) => drop(causes.insert(cause(&broker.id, What::BrokerCreated))),
                (_, None) => drop(causes.insert(cause(&broker.id, What::BrokerDeleted))),
                (Some(old), Some(new)) => {
                    let pair = pair.get_or_insert_with(|| Pair {
                        node,
                        principal,
                        facts: PerState { before, after },
                        broker: PerState { before: old, after: new },
                        ways: ways.clone(),
                        base: base.clone(),
                        groups: PerState {
                            before: groups(self.graph, node, State::Before),
                            after: groups(self.graph, node, State::After),
                        },
                    });
                    pair.broker = PerState { before: old, after: new };
                    for &operation in &change.operations {
                        causes.extend(self.of_pair(pair, &broker.id, operation));
                    }
                }
            }
        }
        causes.into_iter().collect()
    }

    fn of_pair(&self, pair: &Pair<'_>, broker: &str, operation: Operation) -> Vec<Cause> {
        let differences = self.differences(pair, broker);
        let verdict = |state, swapped: Option<&Input>| {
            Access::of(Some(&self.authority.in_world(&pair.world(state, swapped), operation)))
        };
        let makes_a_difference = |state| {
            let plain = verdict(state, None);
            let alone =
                differences.iter().filter(move |difference| verdict(state, Some(&difference.input)) != plain);
            alone.flat_map(|difference| difference.causes.clone()).collect::<Vec<_>>()
        };
        let found = makes_a_difference(State::After);
        if !found.is_empty() {
            return found;
        }
        let found = makes_a_difference(State::Before);
        if !found.is_empty() {
            return found;
        }
        differences.into_iter().flat_map(|difference| difference.causes).collect()
    }

    fn differences(&self, pair: &Pair<'_>, broker: &str) -> Vec<Difference> {
        let mut found = self.differing_ways(pair);
        let one = |address: &str, what| vec![Cause { address: address.into(), what }];
        let (old, new) = (pair.broker.before, pair.broker.after);
        if old.arn != new.arn {
            let facts = BrokerFacts { arn: old.arn.clone(), name: old.name.clone(), ..new.clone() };
            found.push(Difference { input: Input::Broker(facts), causes: one(broker, What::BrokerReplaced) });
        }
        if old.tags != new.tags {
            let facts = BrokerFacts { tags: old.tags.clone(), ..new.clone() };
            found.push(Difference {
                input: Input::Broker(facts),
                causes: one(broker, What::BrokerTagsChanged),
            });
        }
        if old.region != new.region || old.account != new.account {
            let facts =
                BrokerFacts { region: old.region.clone(), account: old.account.clone(), ..new.clone() };
            found.push(Difference { input: Input::Broker(facts), causes: one(broker, What::BrokerChanged) });
        }
        let (old, new) = (pair.facts.before, pair.facts.after);
        let id = &pair.principal.id;
        if old.tags != new.tags {
            let facts = PrincipalFacts { tags: old.tags.clone(), ..new.clone() };
            found.push(Difference {
                input: Input::Principal(facts),
                causes: one(id, What::PrincipalTagsChanged),
            });
        }
        if (&old.arn, &old.name, &old.account, &old.unique_id)
            != (&new.arn, &new.name, &new.account, &new.unique_id)
        {
            let facts = PrincipalFacts { tags: new.tags.clone(), ..old.clone() };
            found
                .push(Difference { input: Input::Principal(facts), causes: one(id, What::PrincipalChanged) });
        }
        let rest = |base: &Layers| layers(base, std::iter::empty());
        if rest(&pair.base.before) != rest(&pair.base.after) {
            let rails = rails::differing(self.graph, self.matrix, new);
            if rails.is_empty() {
                found.push(Difference { input: Input::GuardRail, causes: one(id, What::GuardRailChanged) });
            }
            found.extend(rails);
        }
        found
    }

    /// Policies that bear on the principal in one state and not in the other, or otherwise.
    fn differing_ways(&self, pair: &Pair<'_>) -> Vec<Difference> {
        let (before, after) = (&pair.ways.before, &pair.ways.after);
        let keys: BTreeSet<&Way> = before.keys().chain(after.keys()).collect();
        let mut found = Vec::new();
        for way in keys {
            let causes = match (before.get(way), after.get(way)) {
                (Some(old), Some(new)) if old.attached == new.attached => continue,
                (Some(old), Some(new)) if old.attached.unless == new.attached.unless => {
                    self.changed(way.policy)
                }
                (None, Some(new)) => added(way, new, &pair.groups.before),
                (Some(old), None) => self.without_links(pair, way, removed(way, old, &pair.groups.after)),
                (Some(_), Some(new)) => links(way.layer, &new.attachment, true),
                (None, None) => continue,
            };
            found.push(Difference { input: Input::Way(way.clone()), causes });
        }
        found
    }

    /// Where links are lost because a principal is made anew, that is the cause.
    fn without_links(&self, pair: &Pair<'_>, way: &Way, causes: Vec<Cause>) -> Vec<Cause> {
        let loser = |cause: &Cause| {
            let mut ends = std::iter::once(pair.node).chain(pair.groups.before.iter().copied());
            let is_lost = |node: &NodeIndex| {
                let own = self.graph.principal(*node).filter(|principal| principal.id == cause.address);
                self.graph.lost.contains(&(*node, cause.address.clone()))
                    || own.is_some_and(|principal| principal.change == Change::Replace)
            };
            self.graph.principal(ends.find(is_lost)?)
        };
        let list = |cause: &Cause| {
            let (from, to) = match (way.group, cause.what) {
                (Some(group), What::MembershipRemoved) => (pair.node, group),
                (group, _) => (group.unwrap_or(pair.node), way.policy),
            };
            self.graph.excluded.get(&(from, to, cause.address.clone()))
        };
        let instead = |cause: Cause| match (loser(&cause), list(&cause)) {
            (Some(principal), _) => Cause { address: principal.id.clone(), what: What::PrincipalReplaced },
            (None, Some(list)) if cause.what == What::MembershipRemoved => {
                Cause { address: list.clone(), what: cause.what }
            }
            (None, Some(list)) => Cause { address: list.clone(), what: What::PolicyExcluded },
            (None, None) => cause,
        };
        causes.into_iter().map(instead).collect()
    }

    fn changed(&self, policy: NodeIndex) -> Vec<Cause> {
        let policy = self.graph.policy(policy);
        policy
            .map(|policy| Cause { address: policy.id.clone(), what: What::PolicyChanged })
            .into_iter()
            .collect()
    }
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

impl Pair<'_> {
    /// The world of `state`, with one input as it is in the other state.
    fn world<'w>(&'w self, state: State, swapped: Option<&'w Input>) -> World<'w> {
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
            broker: match (swapped, state) {
                (Some(Input::Broker(facts)), State::After) => facts,
                (Some(Input::Broker(_)), State::Before) => self.broker.after,
                _ => self.broker.get(state),
            },
        }
    }
}
