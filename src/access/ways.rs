//! By which ways policies bear on a principal, one by one: what a layer joins is told apart here.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::layers::{Attached, Documents, Layers};
use crate::graph::{EdgeKind, Graph, State};
use crate::text::{Hole, Truth};

/// In which layer a policy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WayLayer {
    /// An identity policy.
    Identity,
    /// A permissions boundary.
    Boundary,
}

/// A way by which a policy bears on a principal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// The layer.
    pub layer: WayLayer,
    /// The group through which it does, if there is one.
    pub group: Option<NodeIndex>,
    /// The policy.
    pub policy: NodeIndex,
}

/// How the policy bears on the principal by one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearing {
    /// Its document, and what it hangs on that it does.
    pub attached: Attached,
    /// The addresses of the resources by which the principal is a member of the group, sorted.
    pub membership: Vec<Box<str>>,
    /// The addresses of the resources that attach the policy, sorted.
    pub attachment: Vec<Box<str>>,
}

/// Every way by which a policy bears on `principal` in `state`.
pub fn ways(
    graph: &Graph,
    documents: &Documents,
    principal: NodeIndex,
    state: State,
) -> BTreeMap<Way, Bearing> {
    let mut found = BTreeMap::new();
    add(graph, documents, principal, state, None, &mut found);
    let mut groups: BTreeMap<NodeIndex, (Option<Hole>, Vec<Box<str>>)> = BTreeMap::new();
    for edge in graph.links.edges_directed(principal, Direction::Outgoing) {
        let link = edge.weight();
        if link.kind == EdgeKind::MemberOf && !link.holds.get(state).is_false() {
            let unless = unless(*link.holds.get(state), link.unknown.as_ref());
            let (held, via) = groups.entry(edge.target()).or_insert_with(|| (unless.clone(), Vec::new()));
            // One link that certainly stands is enough.
            if unless.is_none() {
                *held = None;
            }
            via.push(link.via.clone());
        }
    }
    for (group, (unless, mut via)) in groups {
        via.sort();
        let through = Through { group, unless, via };
        add(graph, documents, group, state, Some(&through), &mut found);
    }
    found
}

/// A group, and how surely the principal is a member of it.
struct Through {
    group: NodeIndex,
    unless: Option<Hole>,
    via: Vec<Box<str>>,
}

fn add(
    graph: &Graph,
    documents: &Documents,
    from: NodeIndex,
    state: State,
    through: Option<&Through>,
    found: &mut BTreeMap<Way, Bearing>,
) {
    let group = through.map(|through| through.group);
    for edge in graph.links.edges_directed(from, Direction::Outgoing) {
        let link = edge.weight();
        let layer = match link.kind {
            EdgeKind::AttachedTo => WayLayer::Identity,
            // A group has no boundary.
            EdgeKind::BoundedBy if group.is_none() => WayLayer::Boundary,
            _ => continue,
        };
        let holds = *link.holds.get(state);
        let Some(document) = documents.of_policy(edge.target(), state).filter(|_| !holds.is_false()) else {
            continue;
        };
        let own = unless(holds, link.unknown.as_ref());
        let of_group = through.and_then(|through| through.unless.clone());
        let way = Way { layer, group, policy: edge.target() };
        let bearing = found.entry(way).or_insert_with(|| Bearing {
            attached: Attached { document, unless: of_group.clone().or_else(|| own.clone()) },
            membership: through.map(|through| through.via.clone()).unwrap_or_default(),
            attachment: Vec::new(),
        });
        if own.is_none() && of_group.is_none() {
            bearing.attached.unless = None;
        }
        bearing.attachment.push(link.via.clone());
        bearing.attachment.sort();
    }
}

/// The groups that a principal is, or may be, a member of.
pub fn groups(graph: &Graph, principal: NodeIndex, state: State) -> BTreeSet<NodeIndex> {
    let edges = graph.links.edges_directed(principal, Direction::Outgoing);
    let memberships = edges.filter(|edge| {
        edge.weight().kind == EdgeKind::MemberOf && !edge.weight().holds.get(state).is_false()
    });
    memberships.map(|edge| edge.target()).collect()
}

fn unless(holds: Truth, unknown: Option<&Hole>) -> Option<Hole> {
    holds.is_maybe().then(|| unknown.cloned()).flatten()
}

/// `base` with the identity policies and boundaries of these ways; what else it holds stays.
pub fn layers<'w>(base: &Layers, ways: impl Iterator<Item = (&'w Way, &'w Attached)>) -> Layers {
    let mut layers = base.clone();
    layers.identity.clear();
    layers.boundaries.clear();
    for (way, attached) in ways {
        match way.layer {
            WayLayer::Identity => layers.identity.push(attached.clone()),
            WayLayer::Boundary => layers.boundaries.push(attached.clone()),
        }
    }
    for list in [&mut layers.identity, &mut layers.boundaries] {
        list.sort();
        list.dedup();
        let certain: Vec<usize> =
            list.iter().filter(|entry| entry.unless.is_none()).map(|entry| entry.document).collect();
        list.retain(|entry| entry.unless.is_none() || !certain.contains(&entry.document));
    }
    layers
}
