//! Which policy documents bear on each principal, in which layer, in one state.

use std::collections::BTreeSet;

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use crate::graph::{Document, EdgeKind, Graph, PerState, State};
use crate::hash::HashMap;
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
    numbers: HashMap<Document, usize>,
    in_order: Vec<Document>,
    /// By policy node: the numbers of its documents before and after.
    of_policy: HashMap<NodeIndex, PerState<Option<usize>>>,
}

impl Documents {
    /// Numbers the documents of all policies.
    pub fn new(graph: &Graph) -> Self {
        let mut documents = Self::default();
        for node in graph.links.node_indices() {
            let Some(policy) = graph.policy(node) else { continue };
            let before = policy.document.before.as_ref().map(|document| documents.number(document));
            let after = policy.document.after.as_ref().map(|document| documents.number(document));
            documents.of_policy.insert(node, PerState { before, after });
        }
        documents
    }

    fn number(&mut self, document: &Document) -> usize {
        if let Some(&number) = self.numbers.get(document) {
            return number;
        }
        let number = self.in_order.len();
        self.in_order.push(document.clone());
        self.numbers.insert(document.clone(), number);
        number
    }

    /// The number of a document.
    pub fn get(&self, document: &Document) -> Option<usize> {
        self.numbers.get(document).copied()
    }

    /// The number of the document that a policy has in a state.
    pub fn of_policy(&self, policy: NodeIndex, state: State) -> Option<usize> {
        *self.of_policy.get(&policy)?.get(state)
    }

    /// The documents, by number.
    pub fn in_order(&self) -> &[Document] {
        &self.in_order
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
                let unless = unless(*link.holds.get(state), link.unknown.as_ref());
                // A group has no boundary.
                attached(
                    graph,
                    documents,
                    edge.target(),
                    state,
                    unless.as_ref(),
                    &mut identity,
                    &mut BTreeSet::new(),
                );
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
    through: Option<&Hole>,
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
        if let Some(document) = documents.of_policy(edge.target(), state) {
            let unless = through.cloned().or_else(|| unless(*holds, link.unknown.as_ref()));
            layer.insert(Attached { document, unless });
        }
    }
}

fn unless(holds: Truth, unknown: Option<&Hole>) -> Option<Hole> {
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
