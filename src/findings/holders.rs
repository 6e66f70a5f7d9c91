//! Who has a policy, and where it is written.

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::{Location, StatementSought, Subject};
use crate::access::Verdict;
use crate::aws::Operation;
use crate::graph::{EdgeKind, Graph, Policy, State};
use crate::iam::{PolicyDocument, Statement};
use crate::plan::Address;
use crate::text::Text;

/// The nodes that lead to a policy after apply, or may, by a link of this kind; sorted by what their ids are.
pub(super) fn holders(graph: &Graph, policy: NodeIndex, kind: EdgeKind) -> Vec<(NodeIndex, &str)> {
    let edges = graph.links.edges_directed(policy, Direction::Incoming);
    let stands = edges.filter(|edge| edge.weight().kind == kind && !edge.weight().holds.after.is_false());
    let mut holders: Vec<(NodeIndex, &str)> = stands
        .filter_map(|edge| {
            let principal = graph.principal(edge.source())?;
            principal.facts.after.as_ref().map(|_| (edge.source(), &*principal.id))
        })
        .collect();
    holders.sort_by(|a, b| a.1.cmp(b.1));
    holders.dedup();
    holders
}

/// Those who can do one of the operations after apply, or may, with some broker of the plan: not those whom a boundary, a
/// denial or a service control policy keeps from all of it.
pub(super) fn able<'g>(
    subject: &Subject<'_>,
    holders: Vec<(NodeIndex, &'g str)>,
    operations: &[Operation],
) -> Vec<(NodeIndex, &'g str)> {
    with_verdict(subject, holders, operations, |verdict| *verdict != Verdict::Denied)
}

/// Those of them of whom that is certain, for some request at least.
pub(super) fn surely_able<'g>(
    subject: &Subject<'_>,
    holders: Vec<(NodeIndex, &'g str)>,
    operations: &[Operation],
) -> Vec<(NodeIndex, &'g str)> {
    let is_sure = |verdict: &Verdict| !matches!(verdict, Verdict::Denied | Verdict::Unknown { .. });
    with_verdict(subject, holders, operations, is_sure)
}

fn with_verdict<'g>(
    subject: &Subject<'_>,
    holders: Vec<(NodeIndex, &'g str)>,
    operations: &[Operation],
    counts: impl Fn(&Verdict) -> bool,
) -> Vec<(NodeIndex, &'g str)> {
    let graph = subject.graph;
    if graph.brokers.is_empty() {
        return holders;
    }
    // The list of principals is sorted by id.
    let position = |id: &str| {
        let id_of = |node: &NodeIndex| graph.principal(*node).map(|principal| &*principal.id);
        graph.principals.binary_search_by(|node| id_of(node).cmp(&Some(id))).ok()
    };
    let can = |principal: usize, operation: &Operation| {
        let sets = subject.matrix.sets(State::After, principal, *operation);
        sets.iter().any(|(_, verdict)| counts(verdict))
    };
    let is_able = |id: &str| {
        position(id).is_none_or(|principal| operations.iter().any(|operation| can(principal, operation)))
    };
    holders.into_iter().filter(|(_, id)| is_able(id)).collect()
}

/// Where a principal is given a policy: the argument of the resource that makes the link.
pub(super) fn locate_link(
    subject: &Subject<'_>,
    principal: NodeIndex,
    policy: NodeIndex,
) -> Option<Location> {
    let edges = subject.graph.links.edges_connecting(principal, policy);
    let via =
        edges.filter(|edge| !edge.weight().holds.after.is_false()).map(|edge| &*edge.weight().via).min()?;
    let attribute = match &*Address::parse(via)?.kind {
        "aws_iam_role" => "managed_policy_arns",
        "aws_ssoadmin_managed_policy_attachment" => "managed_policy_arn",
        kind if kind.ends_with("_exclusive") => "policy_arns",
        _ => "policy_arn",
    };
    (subject.locate)(via, attribute).or_else(|| (subject.locate)(via, "name"))
}

/// Where a statement, or an element of it, is written.
pub(super) fn locate(
    subject: &Subject<'_>,
    policy: &Policy,
    document: &PolicyDocument,
    statement: &Statement,
    element: Option<&str>,
) -> Option<Location> {
    let is_whole = document.unknown_statements().is_empty() && !document.is_broken();
    let sought = StatementSought {
        index: statement.index(),
        count: is_whole.then_some(document.statements().len()),
        sid: statement.sid().and_then(Text::as_known),
        element,
    };
    (subject.locate_statement)(policy, &sought)
}

/// The block that a policy comes from: its address without the keys of instances.
pub(super) fn block_of(id: &str) -> String {
    let (address, rest) = match id.split_once(".inline_policy[") {
        Some((address, label)) => (address, format!(".inline_policy[{label}")),
        None => (id, String::new()),
    };
    let Some(address) = Address::parse(address) else { return id.to_owned() };
    let modules = address.module.iter().flat_map(|step| ["module.", &*step.name, "."]);
    let modules: String = modules.collect();
    format!("{modules}{}{rest}", address.block())
}

#[cfg(test)]
mod tests {
    use super::block_of;

    #[test]
    fn instances_of_a_block_are_one() {
        assert_eq!(
            block_of("module.a[\"x.y[\"].module.b[0].aws_iam_policy.p[\"k\"]"),
            "module.a.module.b.aws_iam_policy.p"
        );
        assert_eq!(block_of("aws_iam_role.r[1].inline_policy[\"a\"]"), "aws_iam_role.r.inline_policy[\"a\"]");
        assert_eq!(block_of("arn:aws:iam::aws:policy/X"), "arn:aws:iam::aws:policy/X");
    }
}
