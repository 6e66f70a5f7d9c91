//! What keeps a principal from a call whatever its own policies allow.

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use crate::findings::statements::{Behind, policies};
use crate::findings::{Decided, Related, Subject};
use crate::graph::{EdgeKind, Encryption, FullAccess};
use crate::iam::{Context, Effect, Request};
use crate::text::Truth;

/// Something that stands in the way.
#[derive(Clone, Copy)]
pub(crate) enum Obstacle<'a> {
    /// A statement denies it.
    Denied(Behind<'a>),
    /// A permissions boundary does not allow it.
    Bounded {
        /// The boundary.
        policy: NodeIndex,
        /// Whether it bounds others too.
        is_shared: bool,
    },
    /// No service control policy of a level allows it; the level, by what its policies are attached to.
    Level(&'a str),
    /// The policy of a key neither names the principal nor leaves it to identity policies; the key, by its id.
    Key(&'a str),
}

impl PartialEq for Obstacle<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Denied(one), Self::Denied(other)) => {
                one.node == other.node && one.statement.index() == other.statement.index()
            }
            (Self::Bounded { policy: one, .. }, Self::Bounded { policy: other, .. }) => one == other,
            (Self::Level(one), Self::Level(other)) | (Self::Key(one), Self::Key(other)) => one == other,
            _ => false,
        }
    }
}

/// What stands in the way of a call.
pub(super) fn obstacles<'a>(
    decided: Decided<'a>,
    principal: usize,
    request: &Request,
    context: &(impl Context + ?Sized),
) -> Vec<Obstacle<'a>> {
    let graph = decided.graph;
    let Some(&node) = graph.principals.get(principal) else { return Vec::new() };
    let mut found = Vec::new();
    for policy_node in policies(decided, node, true) {
        let Some(policy) = graph.policy(policy_node) else { continue };
        let Some(document) = policy.document.after.as_ref().and_then(|text| decided.matrix.compiled(text))
        else {
            continue;
        };
        for statement in document.statements() {
            if statement.effect() == Some(Effect::Deny) && !statement.applies(request, context).is_false() {
                found.push(Obstacle::Denied(Behind { node: policy_node, policy, statement }));
            }
        }
    }
    let may_allow = |policy: NodeIndex| {
        let document = graph.policy(policy).and_then(|policy| policy.document.after.as_ref());
        let Some(document) = document.and_then(|text| decided.matrix.compiled(text)) else { return true };
        let is_open = document.is_broken() || !document.unknown_statements().is_empty();
        is_open
            || document.statements().iter().any(|statement| {
                statement.effect() != Some(Effect::Deny) && !statement.applies(request, context).is_false()
            })
    };
    let bounds = graph.links.edges_directed(node, Direction::Outgoing);
    let bounds = bounds
        .filter(|edge| edge.weight().kind == EdgeKind::BoundedBy && edge.weight().holds.after.is_true());
    for bound in bounds.filter(|bound| !may_allow(bound.target())) {
        let all = graph.links.edges_directed(bound.target(), Direction::Incoming);
        let is_shared = all.filter(|edge| edge.weight().kind == EdgeKind::BoundedBy).count() > 1;
        found.push(Obstacle::Bounded { policy: bound.target(), is_shared });
    }
    let facts = graph.principal(node).and_then(|principal| principal.facts.after.as_ref());
    let levels = facts.and_then(|facts| graph.guard_rails.after.get(&facts.account.unmarked()));
    for level in levels.into_iter().flatten() {
        let allows = !matches!(level.full_access, FullAccess::Absent)
            || level.policies.iter().any(|attached| may_allow(attached.policy));
        if !allows {
            found.push(Obstacle::Level(&level.target));
        }
    }
    found
}

/// The key of a broker, whose policy stands in the way.
pub(super) fn of_key(decided: Decided<'_>, broker: usize) -> Option<Obstacle<'_>> {
    let graph = decided.graph;
    let facts = graph.broker(*graph.brokers.get(broker)?)?.facts.after.as_ref()?;
    let Encryption::Customer(named) = &facts.settings.encryption else { return None };
    let key = graph.keys.iter().find(|key| {
        let is_it = |facts: &crate::graph::KeyFacts| facts.arn.equals(named) == Truth::True;
        named.as_hole().is_some_and(|hole| hole.address() == &*key.id)
            || key.facts.after.as_ref().is_some_and(is_it)
    })?;
    Some(Obstacle::Key(&key.id))
}

impl Obstacle<'_> {
    /// The obstacle as findings tell it.
    pub(crate) fn related(&self, subject: &Subject<'_>) -> Related {
        let id = |node: NodeIndex| {
            subject.graph.policy(node).map(|policy| policy.id.to_string()).unwrap_or_default()
        };
        match self {
            Self::Denied(statement) => statement.related(subject, "denied"),
            Self::Bounded { policy, is_shared } => {
                let shared = if *is_shared { ", which bounds other principals too" } else { "" };
                let location = subject.graph.policy(*policy).and_then(|policy| {
                    let written = policy.written_in();
                    (subject.locate)(written.address, "policy")
                });
                Related {
                    message: format!("not allowed by the permissions boundary {}{shared}", id(*policy)),
                    location,
                }
            }
            Self::Level(target) => Related {
                message: format!("not allowed by any service control policy of {target}"),
                location: None,
            },
            Self::Key(key) => Related {
                message: format!(
                    "the policy of {key} neither names the principal nor leaves it to identity policies"
                ),
                location: (subject.locate)(key, "policy"),
            },
        }
    }
}
