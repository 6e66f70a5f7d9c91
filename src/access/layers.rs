//! Which policy documents bear on each principal, in which layer, in one state.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use crate::graph::{Document, EdgeKind, Graph, State};
use crate::text::{Hole, Truth};

/// A document that bears on a principal: an index into the distinct documents, and what it hangs on if it is not
/// certain that it is attached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attached {
    /// The index of the document.
    pub document: usize,
    /// `None` where it certainly bears on the principal.
    pub unless: Option<Hole>,
}

/// The policy layers of a principal. Two principals with equal layers differ in nothing but their own facts.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Layers {
    /// Identity policies, those of the principal's groups included.
    pub identity: Vec<Attached>,
    /// Permissions boundaries; each must allow.
    pub boundaries: Vec<Attached>,
}

/// The distinct documents of a graph, in both states.
#[derive(Debug, Default)]
pub struct Documents {
    index: BTreeMap<Document, usize>,
}

impl Documents {
    /// Numbers the documents of all policies.
    pub fn new(graph: &Graph) -> Self {
        let mut documents = Self::default();
        for node in graph.links.node_indices() {
            let Some(policy) = graph.policy(node) else { continue };
            for state in [State::Before, State::After] {
                if let Some(document) = policy.document.get(state) {
                    let next = documents.index.len();
                    documents.index.entry(document.clone()).or_insert(next);
                }
            }
        }
        documents
    }

    /// The number of a document.
    pub fn get(&self, document: &Document) -> Option<usize> {
        self.index.get(document).copied()
    }

    /// The documents, by number.
    pub fn in_order(&self) -> Vec<&Document> {
        let mut numbered: Vec<_> = self.index.iter().map(|(document, &number)| (number, document)).collect();
        numbered.sort_by_key(|(number, _)| *number);
        numbered.into_iter().map(|(_, document)| document).collect()
    }
}

impl Layers {
    /// The layers of `principal` in `state`.
    pub fn of(graph: &Graph, documents: &Documents, principal: NodeIndex, state: State) -> Self {
        let mut layers = Self::default();
        let mut identity = BTreeSet::new();
        let mut boundaries = BTreeSet::new();
        attached(graph, documents, principal, state, None, &mut identity, &mut boundaries);
        for edge in graph.links.edges_directed(principal, Direction::Outgoing) {
            let link = edge.weight();
            if link.kind == EdgeKind::MemberOf && !link.holds.get(state).is_false() {
                let unless = unless(link.holds.get(state), link.unknown.as_ref());
                // A group has no boundary.
                attached(graph, documents, edge.target(), state, unless, &mut identity, &mut BTreeSet::new());
            }
        }
        layers.identity = certain_first(identity);
        layers.boundaries = certain_first(boundaries);
        layers
    }
}

fn attached(
    graph: &Graph,
    documents: &Documents,
    from: NodeIndex,
    state: State,
    through: Option<Hole>,
    identity: &mut BTreeSet<Attached>,
    boundaries: &mut BTreeSet<Attached>,
) {
    for edge in graph.links.edges_directed(from, Direction::Outgoing) {
        let link = edge.weight();
        let holds = link.holds.get(state);
        let layer = match link.kind {
            EdgeKind::AttachedTo => &mut *identity,
            EdgeKind::BoundedBy => &mut *boundaries,
            EdgeKind::MemberOf => continue,
        };
        if holds.is_false() {
            continue;
        }
        let document = graph.policy(edge.target()).and_then(|policy| policy.document.get(state).as_ref());
        if let Some(document) = document.and_then(|document| documents.get(document)) {
            let unless = through.clone().or_else(|| unless(holds, link.unknown.as_ref()));
            layer.insert(Attached { document, unless });
        }
    }
}

fn unless(holds: &Truth, unknown: Option<&Hole>) -> Option<Hole> {
    holds.is_maybe().then(|| unknown.cloned()).flatten()
}

/// A document that is certainly attached is not attached once more perhaps.
fn certain_first(attached: BTreeSet<Attached>) -> Vec<Attached> {
    let certain: BTreeSet<usize> =
        attached.iter().filter(|entry| entry.unless.is_none()).map(|entry| entry.document).collect();
    attached
        .into_iter()
        .filter(|entry| entry.unless.is_none() || !certain.contains(&entry.document))
        .collect()
}
