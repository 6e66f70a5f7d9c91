//! What the page shows, as data for its script.

use serde::Serialize;

use super::cells::{CellData, ClassData, Matrix, matrix};
use crate::changes::What;
use crate::findings::{Finding, Location, RULES};
use crate::graph::{EdgeKind, Node, State};
use crate::hash::HashMap;
use crate::report::classes::SharedChange;
use crate::report::escape::{visible, visible_lines};
use crate::report::{Report, Summary};
use crate::text::Truth;

/// The page.
#[derive(Serialize)]
pub(super) struct Page {
    version: &'static str,
    format_version: String,
    terraform_version: Option<String>,
    fails: bool,
    principals: Vec<Party>,
    brokers: Vec<Party>,
    /// Cells that differ.
    cells: Vec<CellData>,
    classes: Vec<ClassData>,
    /// Explanations that differ, as numbers of lines.
    explanations: Vec<Vec<usize>>,
    lines: Vec<String>,
    changes: Vec<ChangeData>,
    changed_only: bool,
    findings: Vec<FindingData>,
    notes: Vec<String>,
    verdicts: Vec<(&'static str, usize)>,
    changed: usize,
    counts: Vec<(&'static str, usize)>,
    graph: GraphData,
}

/// A principal, or a broker.
#[derive(Serialize)]
struct Party {
    id: String,
    kind: String,
    name: String,
    arn: String,
    change: String,
}

/// Who sees which change, and through what.
#[derive(Serialize)]
struct ChangeData {
    principals: Vec<usize>,
    brokers: Vec<usize>,
    operations: Vec<&'static str>,
    because: Vec<String>,
}

#[derive(Serialize)]
struct FindingData {
    rule: &'static str,
    summary: &'static str,
    kind: String,
    severity: String,
    principal: Option<String>,
    broker: Option<String>,
    operation: Option<&'static str>,
    message: String,
    help: String,
    place: Option<String>,
    related: Vec<(String, Option<String>)>,
    fix: Option<[String; 3]>,
    accepted: Option<String>,
    fingerprint: String,
}

/// The graph after apply: policies, and who has them.
#[derive(Serialize)]
struct GraphData {
    /// Policies, with their origin.
    policies: Vec<(String, &'static str)>,
    /// From principal to policy, or to a group: the numbers, and how they are linked.
    policy_links: Vec<(usize, usize, &'static str)>,
    member_links: Vec<(usize, usize)>,
}

/// The report as data.
pub(super) fn page(report: &Report<'_>, fails: bool) -> Page {
    let Matrix { cells, classes, explanations, lines } = matrix(report);
    let Summary { verdicts, changed, findings, .. } = &report.summary;
    Page {
        version: env!("CARGO_PKG_VERSION"),
        format_version: shown(&report.plan.format_version),
        terraform_version: report.plan.terraform_version.as_deref().map(shown),
        fails,
        principals: report
            .principals()
            .map(|principal| {
                let facts = principal.facts.after.as_ref().or(principal.facts.before.as_ref());
                Party {
                    id: shown(&principal.id),
                    kind: principal.kind.to_string(),
                    name: facts.map(|facts| shown(&facts.name.to_string())).unwrap_or_default(),
                    arn: facts.map(|facts| shown(&facts.arn.to_string())).unwrap_or_default(),
                    change: principal.change.to_string(),
                }
            })
            .collect(),
        brokers: report
            .brokers()
            .map(|broker| {
                let facts = broker.facts.after.as_ref().or(broker.facts.before.as_ref());
                Party {
                    id: shown(&broker.id),
                    kind: facts.and_then(|facts| facts.engine).unwrap_or_default().to_owned(),
                    name: facts.map(|facts| shown(&facts.name.to_string())).unwrap_or_default(),
                    arn: facts.map(|facts| shown(&facts.arn.to_string())).unwrap_or_default(),
                    change: broker.change.to_string(),
                }
            })
            .collect(),
        cells,
        classes,
        explanations,
        lines,
        changes: report.shared_changes().into_iter().map(change).collect(),
        changed_only: report.changed_only,
        findings: report.findings.iter().map(finding).collect(),
        notes: report.notes.iter().map(|note| shown(note)).collect(),
        verdicts: verdicts.iter().map(|(name, number)| (*name, *number)).collect(),
        changed: *changed,
        counts: findings.iter().map(|(name, number)| (*name, *number)).collect(),
        graph: graph(report),
    }
}

pub(super) fn shown(text: &str) -> String {
    visible(text).into_owned()
}

pub(super) fn place(location: &Location) -> String {
    shown(&format!("{}:{}", location.file, location.line))
}

fn change(change: SharedChange) -> ChangeData {
    let because = change.causes.iter().map(|cause| match cause.what {
        What::GuardRailChanged => "other service control policies bind it".to_owned(),
        what => shown(&format!("{} {}", cause.address, what.phrase())),
    });
    ChangeData {
        because: because.collect(),
        principals: change.principals,
        brokers: change.brokers.to_vec(),
        operations: change.operations.iter().map(|operation| operation.name()).collect(),
    }
}

fn finding(finding: &Finding) -> FindingData {
    let rule = RULES.iter().find(|rule| rule.id == finding.rule);
    FindingData {
        rule: finding.rule,
        summary: rule.map(|rule| rule.summary).unwrap_or_default(),
        kind: finding.kind.to_string(),
        severity: finding.severity.to_string(),
        principal: finding.principal.as_deref().map(shown),
        broker: finding.broker.as_deref().map(shown),
        operation: finding.operation,
        message: shown(&finding.message),
        help: shown(&finding.help),
        place: finding.location.as_ref().map(place),
        related: finding
            .related
            .iter()
            .map(|related| (shown(&related.message), related.location.as_ref().map(place)))
            .collect(),
        fix: finding.fix.as_ref().map(|fix| {
            [shown(&fix.title), visible_lines(&fix.policy_document), visible_lines(&fix.jsonencode)]
        }),
        accepted: finding.accepted.as_ref().map(|accepted| match &accepted.until {
            Some(until) => shown(&format!("{} (until {until})", accepted.reason)),
            None => shown(&accepted.reason),
        }),
        fingerprint: finding.fingerprint.clone(),
    }
}

fn graph(report: &Report<'_>) -> GraphData {
    use petgraph::visit::EdgeRef;
    let graph = report.graph;
    let mut data = GraphData { policies: Vec::new(), policy_links: Vec::new(), member_links: Vec::new() };
    let positions: HashMap<_, usize> =
        graph.principals.iter().enumerate().map(|(position, node)| (*node, position)).collect();
    let mut numbers: HashMap<_, usize> = HashMap::default();
    for (position, &node) in graph.principals.iter().enumerate() {
        let mut edges: Vec<_> = graph.links.edges(node).collect();
        edges.sort_by_key(EdgeRef::target);
        for edge in edges {
            if *edge.weight().holds.get(State::After) == Truth::False {
                continue;
            }
            let how = match edge.weight().kind {
                EdgeKind::AttachedTo => "attached",
                EdgeKind::BoundedBy => "boundary",
                EdgeKind::MemberOf => "member",
            };
            match graph.links.node_weight(edge.target()) {
                Some(Node::Policy(policy)) => {
                    let number = *numbers.entry(edge.target()).or_insert_with(|| {
                        data.policies.push((shown(&policy.id), origin(policy.origin)));
                        data.policies.len().saturating_sub(1)
                    });
                    data.policy_links.push((position, number, how));
                }
                Some(Node::Principal(_)) => {
                    data.member_links.extend(positions.get(&edge.target()).map(|group| (position, *group)));
                }
                _ => {}
            }
        }
    }
    data
}

fn origin(origin: crate::graph::PolicyOrigin) -> &'static str {
    use crate::graph::PolicyOrigin;
    match origin {
        PolicyOrigin::Inline => "inline",
        PolicyOrigin::CustomerManaged => "customer managed",
        PolicyOrigin::AwsManaged => "AWS managed",
        PolicyOrigin::ServiceControl => "service control",
        PolicyOrigin::NotShown => "not shown",
    }
}
