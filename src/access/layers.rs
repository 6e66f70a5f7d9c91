//! Which policy documents bear on each principal, in which layer, in one state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use crate::graph::{Document, EdgeKind, FullAccess, Graph, Level, PerState, PrincipalFacts, State};
use crate::hash::HashMap;
use crate::iam::{Effect, PolicyDocument, Statement};
use crate::text::{Hole, Text, Truth};

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
    /// Service control policies, by level from the root down; some policy of each level must allow.
    pub service_control: Levels,
}

/// Levels of service control policies, shared by the principals of an account.
pub type Levels = Arc<[Vec<Attached>]>;

/// The distinct documents of a graph, in both states.
#[derive(Debug, Default)]
pub struct Documents {
    numbers: HashMap<Document, usize>,
    in_order: Vec<Document>,
    /// By policy node: the numbers of its documents before and after.
    of_policy: HashMap<NodeIndex, PerState<Option<usize>>>,
    /// By account: the service control policies that bind its principals.
    guard_rails: PerState<BTreeMap<Text, Levels>>,
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

    /// Works out the service control policies of every account; `compiled` are the documents, by number.
    pub(super) fn add_guard_rails(&mut self, graph: &Graph, compiled: &[PolicyDocument]) {
        for state in [State::Before, State::After] {
            let of_account = |(account, levels): (&Text, &Vec<Level>)| {
                let levels = levels.iter().map(|level| self.level(graph, level, compiled, &|_| state));
                (account.clone(), levels.collect())
            };
            let rails = graph.guard_rails.get(state).iter().map(of_account).collect();
            *self.guard_rails.get_mut(state) = rails;
        }
    }

    /// The service control policies that bind the principals of an account.
    pub(super) fn guard_rails(&self, state: State) -> impl Iterator<Item = (&Text, &Levels)> {
        self.guard_rails.get(state).iter()
    }

    /// The service control policies that bind the principals of an account in `state`, with one policy at one `target`
    /// as it is in the other state: attached there or not, and with that document.
    pub fn with_other_rail(
        &self,
        graph: &Graph,
        compiled: &[PolicyDocument],
        (account, state): (&Text, State),
        (target, policy): (&str, NodeIndex),
    ) -> Levels {
        let other = state.other();
        let levels_in = |state| graph.guard_rails.get(state).get(account).map_or(&[][..], Vec::as_slice);
        let there = levels_in(other).iter().find(|level| &*level.target == target);
        let put_in = there.into_iter().flat_map(|level| &level.policies);
        let put_in: Vec<_> = put_in.filter(|entry| entry.policy == policy).cloned().collect();
        let mut levels = levels_in(state).to_vec();
        if let Some(level) = levels.iter_mut().find(|level| &*level.target == target) {
            level.policies.retain(|entry| entry.policy != policy);
            level.policies.extend(put_in);
        } else if let Some(there) = there {
            levels.push(Level { policies: put_in, ..there.clone() });
        }
        let state_of = |node| if node == policy { other } else { state };
        levels.iter().map(|level| self.level(graph, level, compiled, &state_of)).collect()
    }

    fn level(
        &self,
        graph: &Graph,
        level: &Level,
        compiled: &[PolicyDocument],
        state: &dyn Fn(NodeIndex) -> State,
    ) -> Vec<Attached> {
        let attached = level.policies.iter().filter_map(|policy| {
            let document = self.of_policy(policy.policy, state(policy.policy))?;
            Some(Attached { document, unless: policy.unless.clone() })
        });
        let mut attached: BTreeSet<Attached> = attached.collect();
        let only_denies =
            || attached.iter().all(|attached| compiled.get(attached.document).is_some_and(only_denies));
        let full_access = match &level.full_access {
            FullAccess::Present => Some(None),
            FullAccess::Absent => None,
            FullAccess::Perhaps(hole) => Some(Some(hole.clone())),
            FullAccess::IfOthersOnlyDeny { .. } if only_denies() => Some(None),
            FullAccess::IfOthersOnlyDeny { otherwise } => otherwise.clone().map(Some),
        };
        let document = graph.full_access.and_then(|policy| self.of_policy(policy, state(policy)));
        if let (Some(unless), Some(document)) = (full_access, document) {
            attached.insert(Attached { document, unless });
        }
        certain_first(attached)
    }
}

impl Layers {
    /// The layers of `principal` in `state`, in its own account.
    pub fn of(graph: &Graph, documents: &Documents, principal: NodeIndex, state: State) -> Self {
        let facts = graph.principal(principal).and_then(|node| node.facts.get(state).as_ref());
        Self::in_account(graph, documents, principal, state, facts)
    }

    /// The layers of `principal` in `state`, as what it is in one of its accounts.
    pub(super) fn in_account(
        graph: &Graph,
        documents: &Documents,
        principal: NodeIndex,
        state: State,
        facts: Option<&PrincipalFacts>,
    ) -> Self {
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
        if let Some(facts) = facts
            && !is_service_linked(&facts.arn)
            && let Some(levels) = documents.guard_rails.get(state).get(&facts.account.unmarked())
        {
            layers.service_control = Arc::clone(levels);
        }
        layers
    }

    /// Every document of every layer.
    pub(super) fn attached(&self) -> impl Iterator<Item = &Attached> {
        self.identity.iter().chain(&self.boundaries).chain(self.service_control.iter().flatten())
    }
}

/// Whether a document can allow nothing, for certain.
fn only_denies(document: &PolicyDocument) -> bool {
    let denies = |statement: &Statement| statement.effect() == Some(Effect::Deny);
    !document.is_broken()
        && document.unknown_statements().is_empty()
        && document.statements().iter().all(denies)
}

/// Service control policies do not bind service-linked roles.
fn is_service_linked(arn: &Text) -> bool {
    arn.as_known().is_some_and(|arn| arn.contains(":role/aws-service-role/"))
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
