//! The graph of brokers, principals and policies as something to look at: `mqwarden graph`.
//!
//! Everything is drawn from the same [`Picture`]: parties, and lines between them, each before the plan and after it.

mod dot;
mod json;
mod lines;
mod mermaid;
mod shared;

use std::collections::BTreeSet;

use petgraph::graph::NodeIndex;

use crate::access::Matrix;
use crate::aws::Operation;
use crate::changes::{Access, Effect};
use crate::graph::{Change, EdgeKind, Graph, Node, PerState, PolicyOrigin, State};
use crate::hash::HashMap;
use crate::iam::Request;
use crate::plan::Plan;
use crate::text::{Hole, Text, Truth};

/// What of the graph is shown.
#[derive(Clone, Copy, Debug)]
pub struct PictureOptions {
    /// Whether to draw every party, each by itself; else only what leads to a broker, with parties that have the same
    /// lines as one.
    pub all: bool,
    /// Whether to show only what the plan changes.
    pub changed_only: bool,
}

/// The graph, ready to be drawn.
pub struct Picture<'a> {
    plan: &'a Plan,
    options: PictureOptions,
    /// Brokers, then principals, then policies, each by the bytes of their id.
    parties: Vec<Party<'a>>,
    /// By kind, then from and to.
    lines: Vec<Line<'a>>,
}

/// What a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Role {
    Broker,
    Principal,
    Policy,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Broker => "broker",
            Self::Principal => "principal",
            Self::Policy => "policy",
        }
    }
}

/// A broker, a principal or a policy.
struct Party<'a> {
    id: &'a str,
    role: Role,
    /// The engine, the kind of principal, or the origin of the policy.
    kind: Option<String>,
    name: Option<String>,
    arn: Option<String>,
    /// What the plan does to it; not known of policies.
    change: Option<Change>,
    /// Whether it is there, in each state.
    exists: PerState<bool>,
    /// The number of a policy's document, in each state.
    document: PerState<Option<usize>>,
    /// Whether a policy says anything of the three operations, or may.
    is_about_brokers: bool,
}

/// A line between two parties.
struct Line<'a> {
    from: usize,
    to: usize,
    what: What<'a>,
}

/// How two parties are linked.
enum What<'a> {
    /// A principal has a policy, is bounded by it, is limited by it, or is a member of a group.
    Link { kind: Link, holds: PerState<Truth>, via: &'a str, hangs_on: Option<&'a Hole> },
    /// What a principal can do with a broker: create, reboot, delete.
    Access([PerState<Access>; 3]),
}

/// The kind of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Link {
    AttachedTo,
    BoundedBy,
    LimitedBy,
    MemberOf,
}

impl Link {
    const fn name(self) -> &'static str {
        match self {
            Self::AttachedTo => "attached_to",
            Self::BoundedBy => "bounded_by",
            Self::LimitedBy => "limited_by",
            Self::MemberOf => "member_of",
        }
    }
}

impl What<'_> {
    /// Whether it differs between the states.
    fn is_changed(&self) -> bool {
        match self {
            Self::Link { holds, .. } => holds.before != holds.after,
            Self::Access(access) => {
                access.iter().any(|access| Effect::between(access.before, access.after).is_some())
            }
        }
    }
}

impl<'a> Picture<'a> {
    /// The picture of a graph and its decisions.
    pub fn new(plan: &'a Plan, graph: &'a Graph, matrix: &'a Matrix, options: PictureOptions) -> Self {
        let nodes = nodes(graph);
        let positions: HashMap<NodeIndex, usize> =
            nodes.iter().enumerate().map(|(position, (_, _, node))| (*node, position)).collect();
        let about = About::new(matrix);
        let parties: Vec<Party<'a>> =
            nodes.iter().filter_map(|(_, _, node)| party(graph, matrix, &about, *node)).collect();
        let mut picture = Self { plan, options, parties, lines: Vec::new() };
        picture.add_links(graph, &positions);
        picture.add_guard_rails(graph, &positions);
        picture.add_access(graph, matrix, &positions);
        picture.lines.sort_by(|a, b| a.key().cmp(&b.key()));
        picture
    }

    /// Keeps the lines for which `holds`, and the parties that `stays` names or that are at the end of such a line.
    fn keep(mut self, holds: impl Fn(&Line<'a>) -> bool, stays: impl Fn(usize, &Party<'a>) -> bool) -> Self {
        self.lines.retain(|line| holds(line));
        let ends: BTreeSet<usize> = self.lines.iter().flat_map(|line| [line.from, line.to]).collect();
        let mut numbers: HashMap<usize, usize> = HashMap::default();
        let mut parties = Vec::new();
        for (old, party) in std::mem::take(&mut self.parties).into_iter().enumerate() {
            if ends.contains(&old) || stays(old, &party) {
                numbers.insert(old, parties.len());
                parties.push(party);
            }
        }
        self.parties = parties;
        for line in &mut self.lines {
            line.from = numbers.get(&line.from).copied().unwrap_or_default();
            line.to = numbers.get(&line.to).copied().unwrap_or_default();
        }
        self
    }

    /// What is shown where only changes are asked for.
    fn shown(self) -> Self {
        if !self.options.changed_only {
            return self;
        }
        self.keep(|line| line.what.is_changed(), |_, _| false)
    }
}

/// The nodes in the order of the output.
fn nodes(graph: &Graph) -> Vec<(Role, &str, NodeIndex)> {
    let mut nodes: Vec<(Role, &str, NodeIndex)> = graph
        .links
        .node_indices()
        .filter(|node| Some(*node) != graph.full_access)
        .filter_map(|node| {
            let (role, id) = match graph.links.node_weight(node)? {
                Node::Broker(broker) => (Role::Broker, &broker.id),
                Node::Principal(principal) => (Role::Principal, &principal.id),
                Node::Policy(policy) => (Role::Policy, &policy.id),
            };
            Some((role, &**id, node))
        })
        .collect();
    nodes.sort();
    nodes
}

fn party<'a>(graph: &'a Graph, matrix: &Matrix, about: &About<'_>, node: NodeIndex) -> Option<Party<'a>> {
    let document = PerState {
        before: matrix.documents().of_policy(node, State::Before),
        after: matrix.documents().of_policy(node, State::After),
    };
    Some(match graph.links.node_weight(node)? {
        Node::Broker(broker) => {
            let facts = broker.facts.after.as_ref().or(broker.facts.before.as_ref());
            Party {
                id: &broker.id,
                role: Role::Broker,
                kind: facts.and_then(|facts| facts.engine).map(str::to_owned),
                name: facts.map(|facts| facts.name.to_string()),
                arn: facts.map(|facts| facts.arn.to_string()),
                change: Some(broker.change),
                exists: exists(&broker.facts),
                document,
                is_about_brokers: true,
            }
        }
        Node::Principal(principal) => {
            let facts = principal.facts.after.as_ref().or(principal.facts.before.as_ref());
            Party {
                id: &principal.id,
                role: Role::Principal,
                kind: Some(principal.kind.to_string()),
                name: facts.map(|facts| facts.name.to_string()),
                arn: facts.map(|facts| facts.arn.to_string()),
                change: Some(principal.change),
                exists: exists(&principal.facts),
                document,
                is_about_brokers: true,
            }
        }
        Node::Policy(policy) => Party {
            id: &policy.id,
            role: Role::Policy,
            kind: Some(origin(policy.origin).to_owned()),
            name: None,
            arn: graph.policy_arns.get(&node).map(Text::to_string),
            change: None,
            exists: exists(&policy.document),
            is_about_brokers: [document.before, document.after].into_iter().flatten().any(|it| about.is(it)),
            document,
        },
    })
}

fn exists<T>(facts: &PerState<Option<T>>) -> PerState<bool> {
    PerState { before: facts.before.is_some(), after: facts.after.is_some() }
}

fn origin(origin: PolicyOrigin) -> &'static str {
    match origin {
        PolicyOrigin::Inline => "inline",
        PolicyOrigin::CustomerManaged => "customer_managed",
        PolicyOrigin::AwsManaged => "aws_managed",
        PolicyOrigin::ServiceControl => "service_control",
        PolicyOrigin::NotShown => "not_shown",
    }
}

/// Which documents say something of the three operations, or may.
struct About<'a> {
    matrix: &'a Matrix,
    requests: [Request; 3],
}

impl<'a> About<'a> {
    fn new(matrix: &'a Matrix) -> Self {
        let requests = Operation::ALL.map(|operation| Request::new(operation.action(), Text::from("*")));
        Self { matrix, requests }
    }

    fn is(&self, document: usize) -> bool {
        let Some(document) = self.matrix.all_compiled().get(document) else { return true };
        document.is_broken()
            || !document.unknown_statements().is_empty()
            || document.statements().iter().any(|statement| {
                self.requests.iter().any(|request| !statement.concerns_action(request).is_false())
            })
    }
}

impl From<EdgeKind> for Link {
    fn from(kind: EdgeKind) -> Self {
        match kind {
            EdgeKind::AttachedTo => Self::AttachedTo,
            EdgeKind::BoundedBy => Self::BoundedBy,
            EdgeKind::MemberOf => Self::MemberOf,
        }
    }
}
