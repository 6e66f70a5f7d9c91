//! The policies that the configuration holds, and findings about their statements: one per statement, whatever the
//! number of instances.

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;
use rayon::prelude::*;

use super::about_mq::AboutMq;
use super::arn_shapes::Shapes;
use super::holders::{block_of, locate};
use super::{Draft, Related, Severity, Subject};
use crate::access::Matrix;
use crate::graph::{Graph, Policy, PolicyOrigin, State};
use crate::iam::{PolicyDocument, Statement};

/// What a rule says of a statement.
#[derive(Clone, Default)]
pub(super) struct Remark {
    /// What is the matter, as the rest of a sentence that begins with the statement.
    pub(super) message: String,
    /// What to do.
    pub(super) help: String,
    /// What tells this matter from others of the same statement: the texts that are wrong.
    pub(super) detail: String,
    /// The element that it is about.
    pub(super) element: Option<&'static str>,
    /// How much it matters, where that differs from the rule.
    pub(super) severity: Option<Severity>,
    /// Whom the message speaks of, where instances of a block may be about others.
    pub(super) who: String,
}

/// The policies that the configuration holds after apply, and what their documents say of Amazon MQ.
pub(super) struct Written<'a> {
    /// The policies.
    pub(super) policies: Vec<Held<'a>>,
    /// By number: the statements about Amazon MQ.
    pub(super) about: Vec<Vec<AboutMq<'a>>>,
    /// What resource patterns are held against.
    pub(super) shapes: Shapes,
}

/// A policy that the configuration holds.
#[derive(Clone, Copy)]
pub(super) struct Held<'a> {
    /// Its node.
    pub(super) node: NodeIndex,
    /// The policy.
    pub(super) policy: &'a Policy,
    /// The number of its document.
    pub(super) document: usize,
}

impl<'a> Written<'a> {
    /// Looks through every document once.
    pub(super) fn new(graph: &'a Graph, matrix: &'a Matrix) -> Self {
        let mut policies = Vec::new();
        for node in graph.links.node_indices() {
            let Some(policy) = graph.policy(node) else { continue };
            if matches!(policy.origin, PolicyOrigin::AwsManaged | PolicyOrigin::NotShown) {
                continue;
            }
            if let Some(document) = matrix.documents().of_policy(node, State::After) {
                policies.push(Held { node, policy, document });
            }
        }
        let about = |document: &'a PolicyDocument| {
            let statements = document.statements().iter();
            statements.filter_map(|statement| AboutMq::new(document, statement)).collect()
        };
        Self { policies, about: matrix.all_compiled().par_iter().map(about).collect(), shapes: Shapes::new() }
    }
}

/// Asks `judge` about every statement about Amazon MQ that the configuration holds. Instances of one resource of which
/// it says something for the same statement make one finding.
pub(super) fn statements(
    subject: &Subject<'_>,
    judge: impl Fn(&AboutMq<'_>) -> Option<Remark> + Sync,
) -> Vec<Draft> {
    let written = subject.written();
    let remarks: Vec<Vec<Option<Remark>>> =
        written.about.par_iter().map(|statements| statements.iter().map(&judge).collect()).collect();
    each_policy(subject, |held, about, index| {
        let _ = about;
        remarks.get(held.document)?.get(index)?.clone()
    })
}

/// The same where it matters which policy holds the statement, and who has the policy.
pub(super) fn each_policy(
    subject: &Subject<'_>,
    mut judge: impl FnMut(Held<'_>, &AboutMq<'_>, usize) -> Option<Remark>,
) -> Vec<Draft> {
    let written = subject.written();
    let mut groups = Groups::default();
    for &held in &written.policies {
        for (index, about) in written.about.get(held.document).into_iter().flatten().enumerate() {
            if let Some(remark) = judge(held, about, index) {
                groups.add(held.policy, about.document, about.statement, &remark);
            }
        }
    }
    groups.drafts(subject)
}

/// Remarks, by the statement of the block that they are about.
#[derive(Default)]
pub(super) struct Groups<'a>(BTreeMap<GroupKey, Vec<Instance<'a>>>);

/// The block, the statement's position and label, what is said of it, and how much it matters: where an instance asks for
/// MFA and another does not, each is told of.
type GroupKey = (String, usize, String, String, Option<Severity>);

impl<'a> Groups<'a> {
    /// Adds what is said of a statement of a policy.
    pub(super) fn add(
        &mut self,
        policy: &'a Policy,
        document: &'a PolicyDocument,
        statement: &'a Statement,
        remark: &Remark,
    ) {
        let (detail, severity) = (remark.detail.clone(), remark.severity);
        let key = (block_of(&policy.id), statement.index(), statement.label(), detail, severity);
        let instance = Instance { policy, document, statement, remark: remark.clone() };
        self.0.entry(key).or_default().push(instance);
    }

    /// A finding for each group.
    pub(super) fn drafts(self, subject: &Subject<'_>) -> Vec<Draft> {
        let groups = self.0.into_iter();
        groups
            .filter_map(|((block, _, label, ..), mut instances)| {
                instances.sort_by(|a, b| a.policy.id.cmp(&b.policy.id));
                instances.dedup_by(|a, b| a.policy.id == b.policy.id);
                let mut instances = instances.into_iter();
                Some(instances.next()?.draft(subject, &block, &label, instances.as_slice()))
            })
            .collect()
    }
}

/// An instance of a block of which something is said.
struct Instance<'a> {
    policy: &'a Policy,
    document: &'a PolicyDocument,
    statement: &'a Statement,
    remark: Remark,
}

impl Instance<'_> {
    /// The finding about an instance, and about others of which the same is said.
    fn draft(self, subject: &Subject<'_>, block: &str, label: &str, others: &[Self]) -> Draft {
        let Remark { message, help, detail, element, severity, who } = self.remark;
        let more = match others.len() {
            0 => String::new(),
            1 => " (and 1 more instance)".into(),
            count => format!(" (and {count} more instances)"),
        };
        let other = |other: &Self| {
            let whose = match &other.remark.who {
                theirs if *theirs != who => format!(", for {theirs}"),
                _ => String::new(),
            };
            Related { message: format!("the same in {}{whose}", other.policy.id), location: None }
        };
        Draft {
            // Who has accepted the milder matter has not accepted the other.
            identity: format!(
                "{block} {label} {detail}{}",
                severity.map(|it| format!(" {it}")).unwrap_or_default()
            ),
            message: format!("{}{more}, {label}: {message}.", self.policy.id),
            help,
            location: locate(subject, self.policy, self.document, self.statement, element),
            related: others.iter().map(other).collect(),
            severity,
            ..Draft::default()
        }
    }
}
