//! Statements that allow something: in a policy of the principal, in its permissions boundary, or in both.

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::written;
use crate::access::Added;
use crate::findings::{Decided, Fix};
use crate::fix::{Place, Statement, Suggestion, attach, replace};
use crate::graph::{EdgeKind, Policy, PolicyOrigin, Principal, PrincipalKind};
use crate::iam::PolicyDocument;
use crate::plan::Address;

/// Statements that may be added to a policy of a principal, to its permissions boundary, or to both.
pub(super) struct Changes<'c, 'p> {
    pub(super) place: &'c Place<'p>,
    /// Words that tell the policy from others of the principal.
    pub(super) purpose: String,
    pub(super) statements: &'c [Statement],
    /// The permissions boundary, where it may be changed.
    pub(super) boundary: Option<&'c Policy>,
    /// What the change does.
    pub(super) what: &'static str,
}

/// The layers in which statements are supposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Within {
    /// Among the identity policies.
    pub(super) identity: bool,
    /// In the permissions boundary.
    pub(super) boundary: bool,
}

impl Within {
    /// These documents, supposed there.
    pub(super) fn added<'d>(self, documents: &'d [&'d PolicyDocument]) -> Added<'d> {
        let of = |layer: bool| if layer { documents } else { &[] };
        Added { identity: of(self.identity), boundaries: of(self.boundary) }
    }
}

impl Changes<'_, '_> {
    /// The smallest of the changes that mends.
    pub(super) fn smallest(
        &self,
        decided: Decided<'_>,
        principal: &Principal,
        mends: impl Fn(Within) -> bool,
    ) -> Option<Fix> {
        let attached = || given(decided, principal, self.place, (&self.purpose, self.statements), self.what);
        if mends(Within { identity: true, boundary: false }) {
            return attached();
        }
        let boundary = self.boundary?;
        let within = || within(decided, principal, boundary, self.statements);
        let what = these(self.statements);
        if mends(Within { identity: false, boundary: true }) {
            return Some(written(
                within()?,
                &format!("Add {what} to the permissions boundary {}", boundary.id),
            ));
        }
        if !mends(Within { identity: true, boundary: true }) {
            return None;
        }
        let (own, within) = (attached()?, within()?);
        let remark = |text: &str| format!("\n# and {what} within {}:\n{text}", boundary.id);
        let (_, noun) = what.split_once(' ')?;
        Some(Fix {
            title: format!("{}; and add the {noun} to the permissions boundary {}", own.title, boundary.id),
            policy_document: own.policy_document + &remark(&within.policy_document),
            jsonencode: own.jsonencode + &remark(&within.jsonencode),
        })
    }
}

/// Statements in a policy of their own; those of a permission set, which has one inline policy alone, in that one where
/// it is there.
pub(super) fn given(
    decided: Decided<'_>,
    principal: &Principal,
    place: &Place<'_>,
    (purpose, statements): (&str, &[Statement]),
    what: &str,
) -> Option<Fix> {
    if principal.kind != PrincipalKind::PermissionSet {
        return Some(written(attach(place, purpose, statements)?, what));
    }
    let Some(inline) = inline_policy(decided, principal) else {
        let mut fix = written(attach(place, purpose, statements)?, what);
        fix.title.push_str("; a permission set has one inline policy alone: join what is suggested for it");
        return Some(fix);
    };
    let what = these(statements);
    Some(written(
        within(decided, principal, inline, statements)?,
        &format!("Add {what} to the inline policy {}, the only one of its permission set", inline.id),
    ))
}

/// The inline policy that a permission set has.
fn inline_policy<'a>(decided: Decided<'a>, principal: &Principal) -> Option<&'a Policy> {
    let graph = decided.graph;
    let is_it = |node: &&NodeIndex| graph.principal(**node).is_some_and(|one| one.id == principal.id);
    let node = *graph.principals.iter().find(is_it)?;
    let edges = graph.links.edges_directed(node, Direction::Outgoing);
    let attached = edges
        .filter(|edge| edge.weight().kind == EdgeKind::AttachedTo && !edge.weight().holds.after.is_false());
    let policies = attached.filter_map(|edge| graph.policy(edge.target()));
    policies.filter(|policy| policy.origin == PolicyOrigin::Inline).min_by_key(|policy| &policy.id)
}

/// Statements as they stand in a policy of the plan.
fn within(
    decided: Decided<'_>,
    principal: &Principal,
    policy: &Policy,
    statements: &[Statement],
) -> Option<Suggestion> {
    let address = Address::parse(&policy.id)?;
    let mut place = Place::of(decided.plan, &address, principal)?;
    let graph = decided.graph;
    let arns = graph.brokers.iter().filter_map(|&node| Some(&graph.broker(node)?.facts.after.as_ref()?.arn));
    place.name_by_patterns(arns);
    replace(&place, statements)
}

fn these(statements: &[Statement]) -> &'static str {
    if statements.len() == 1 { "this statement" } else { "these statements" }
}

/// The permissions boundary of a principal, if it is one, the plan manages it, and it bounds nobody else.
pub(super) fn boundary(decided: Decided<'_>, principal: usize) -> Option<&Policy> {
    let graph = decided.graph;
    let node = *graph.principals.get(principal)?;
    let mut edges = graph
        .links
        .edges_directed(node, Direction::Outgoing)
        .filter(|edge| edge.weight().kind == EdgeKind::BoundedBy && edge.weight().holds.after.is_true());
    let edge = edges.next()?;
    let is_shared = || {
        let bounds = graph.links.edges_directed(edge.target(), Direction::Incoming);
        bounds.filter(|edge| edge.weight().kind == EdgeKind::BoundedBy).count() > 1
    };
    let policy = graph.policy(edge.target())?;
    let is_managed = policy.origin == PolicyOrigin::CustomerManaged && Address::parse(&policy.id).is_some();
    // What is added to a boundary that others have too may let them do more.
    (edges.next().is_none() && is_managed && !is_shared()).then_some(policy)
}
