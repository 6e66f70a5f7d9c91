//! The statements behind a verdict, each with its place.

use std::collections::BTreeSet;

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::holders::locate;
use super::{Decided, Location, Related, Subject};
use crate::access::Supposed;
use crate::graph::{EdgeKind, Policy, PolicyOrigin, State};
use crate::iam::{Effect, Statement};
use crate::intent::{Act, call};

/// A statement that bears on a case, and the policy that holds it.
#[derive(Clone, Copy)]
pub(super) struct Behind<'a> {
    pub(super) node: NodeIndex,
    pub(super) policy: &'a Policy,
    pub(super) statement: &'a Statement,
}

/// The statements of an effect that apply, or may apply, when a principal does something with a broker: those of its
/// identity policies first, then those of what bounds it.
pub(super) fn behind<'a>(
    subject: &Subject<'a>,
    principal: usize,
    broker: usize,
    act: Act,
    effect: Effect,
) -> Vec<Behind<'a>> {
    let Some(&node) = subject.graph.principals.get(principal) else { return Vec::new() };
    let policies = policies(subject.decided, node, effect == Effect::Deny);
    let found = subject.authority.with_broker_request(
        State::After,
        principal,
        broker,
        &call(act, &[]),
        Supposed::default(),
        |_, request, context| {
            let mut found = Vec::new();
            for node in policies {
                let Some(policy) = subject.graph.policy(node) else { continue };
                let Some(document) = &policy.document.after else { continue };
                let Some(compiled) = subject.matrix.compiled(document) else { continue };
                for statement in compiled.statements() {
                    if statement.effect() == Some(effect) && !statement.applies(request, context).is_false() {
                        found.push(Behind { node, policy, statement });
                    }
                }
            }
            found
        },
    );
    found.unwrap_or_default()
}

/// The policies that bear on a principal after apply, by the bytes of their id, the identity policies first.
pub(super) fn policies(decided: Decided<'_>, principal: NodeIndex, with_boundaries: bool) -> Vec<NodeIndex> {
    let links = |from, wanted: EdgeKind| {
        let edges = decided.graph.links.edges_directed(from, Direction::Outgoing);
        edges
            .filter(move |edge| edge.weight().kind == wanted && !edge.weight().holds.after.is_false())
            .map(|edge| edge.target())
    };
    let mut identity: BTreeSet<NodeIndex> = links(principal, EdgeKind::AttachedTo).collect();
    for group in links(principal, EdgeKind::MemberOf) {
        identity.extend(links(group, EdgeKind::AttachedTo));
    }
    let id = |node: &NodeIndex| decided.graph.policy(*node).map(|policy| policy.id.clone());
    let mut nodes: Vec<NodeIndex> = identity.into_iter().collect();
    nodes.sort_by_key(id);
    if with_boundaries {
        let boundaries: BTreeSet<NodeIndex> = links(principal, EdgeKind::BoundedBy).collect();
        nodes.extend(boundaries);
        let facts = decided.graph.principal(principal).and_then(|principal| principal.facts.after.as_ref());
        let levels = facts.and_then(|facts| decided.graph.guard_rails.after.get(&facts.account.unmarked()));
        let policies = levels.into_iter().flatten().flat_map(|level| &level.policies);
        nodes.extend(policies.map(|attached| attached.policy));
    }
    nodes
}

impl Behind<'_> {
    /// Where the statement stands in the source.
    pub(super) fn location(&self, subject: &Subject<'_>) -> Option<Location> {
        let document = subject.matrix.compiled(self.policy.document.after.as_ref()?)?;
        locate(subject, self.policy, document, self.statement, None)
    }

    /// The statement as messages name it.
    pub(super) fn title(&self) -> String {
        let number = self.statement.index().saturating_add(1);
        let sid = self.statement.sid().and_then(|sid| sid.as_known().filter(|_| !sid.is_sensitive()));
        let name = sid.map_or_else(|| number.to_string(), |sid| format!("{number} ({})", sid.escape_debug()));
        let of = match self.policy.origin {
            PolicyOrigin::AwsManaged => "the AWS managed policy ",
            _ => "",
        };
        format!("statement {name} of {of}{}", self.policy.id)
    }

    pub(super) fn related(&self, subject: &Subject<'_>, what: &str) -> Related {
        Related { message: format!("{what} by {}", self.title()), location: self.location(subject) }
    }
}
