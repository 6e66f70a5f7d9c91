//! Statements about Amazon MQ, and findings about them: one per statement, whatever the number of instances.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use rayon::prelude::*;

use super::{Draft, Location, Related, Severity, StatementSought, Subject};
use crate::access::Matrix;
use crate::aws::actions::{self, Action};
use crate::graph::{EdgeKind, Graph, Policy, PolicyOrigin, State};
use crate::iam::{
    Condition, Context, ContextTable, Effect, Entry, KeyName, KeyState, Pattern, PolicyDocument, Request,
    Selection, Statement, Subject as Named,
};
use crate::plan::Address;
use crate::text::{Hole, Shape, Text, Truth};

/// A request of which nothing is known: what a policy variable holds is open.
pub(super) struct AnyRequest;

static ANY_VALUE: LazyLock<Hole> = LazyLock::new(|| Hole::new("", "request", Shape::ANY));

impl Context for AnyRequest {
    fn key(&self, _: &KeyName) -> KeyState<'_> {
        KeyState::Unknown(&ANY_VALUE)
    }
}

/// An action pattern that names Amazon MQ, with the actions that it stands for.
pub(super) struct Listed<'a> {
    /// The pattern.
    pub(super) pattern: &'a Pattern,
    /// The actions that it certainly stands for.
    pub(super) actions: Vec<&'static Action>,
    /// Whether it may stand for others: it has holes.
    pub(super) open: bool,
}

impl Listed<'_> {
    /// The pattern as it is written.
    pub(super) fn text(&self) -> String {
        self.pattern.source().to_string()
    }

    /// Whether it certainly stands for nothing but actions for which `holds`, and for one at least.
    pub(super) fn all(&self, holds: impl Fn(&Action) -> bool) -> bool {
        !self.open && !self.actions.is_empty() && self.actions.iter().all(|action| holds(action))
    }
}

/// A statement about Amazon MQ: its actions name the service.
pub(super) struct AboutMq<'a> {
    /// The document that it is part of.
    pub(super) document: &'a PolicyDocument,
    /// The statement.
    pub(super) statement: &'a Statement,
    /// Its effect.
    pub(super) effect: Effect,
    /// Its action patterns that name Amazon MQ.
    pub(super) listed: Vec<Listed<'a>>,
    /// Whether there are no others.
    pub(super) alone: bool,
}

impl<'a> AboutMq<'a> {
    /// The statement as one about Amazon MQ; `None` where it is not, or its effect is not known.
    pub(super) fn new(document: &'a PolicyDocument, statement: &'a Statement) -> Option<Self> {
        let effect = statement.effect()?;
        let actions = statement.actions().filter(|actions| !actions.is_negated())?;
        let names_mq = |pattern: &&Pattern| service(pattern.source()).is_some_and(is_mq);
        if !actions.patterns().any(|pattern| names_mq(&pattern)) {
            return None;
        }
        let listed: Vec<Listed<'_>> = actions.patterns().filter(names_mq).map(listed).collect();
        let alone = actions.entries().len() == listed.len();
        Some(Self { document, statement, effect, listed, alone })
    }

    /// The actions that the statement certainly selects.
    pub(super) fn actions(&self) -> Vec<&'static Action> {
        let mut all: Vec<&'static Action> =
            self.listed.iter().flat_map(|listed| listed.actions.iter().copied()).collect();
        all.sort_by_key(|action| action.name);
        all.dedup();
        all
    }

    /// The patterns of `Resource`; empty for `NotResource`.
    pub(super) fn resources(&self) -> impl Iterator<Item = &'a Pattern> {
        let resources = self.statement.resources().filter(|resources| !resources.is_negated());
        resources.into_iter().flat_map(Selection::patterns)
    }

    /// Whether every entry of `Resource` is known well enough to say what it does not match.
    pub(super) fn has_plain_resources(&self) -> bool {
        let resources = self.statement.resources().filter(|resources| !resources.is_negated());
        resources.is_some_and(|resources| {
            resources.entries().iter().all(|entry| matches!(entry, Entry::Pattern(_)))
        })
    }

    /// `allows` or `denies`.
    pub(super) fn verb(&self) -> &'static str {
        match self.effect {
            Effect::Allow => "allows",
            Effect::Deny => "denies",
        }
    }
}

/// Prefixes that are written for Amazon MQ and are of no service.
const MISTAKEN_SERVICES: &[&str] = &["activemq", "amazonmq", "amazon-mq", "awsmq", "rabbitmq"];

/// The service of an action pattern, where it is written out.
fn service(action: &Text) -> Option<&str> {
    let crate::text::Piece::Literal(start) = action.pieces().next()? else { return None };
    start.split_once(':').map(|(service, _)| service)
}

fn is_mq(service: &str) -> bool {
    service.eq_ignore_ascii_case(actions::SERVICE) || is_mistaken_service(service)
}

/// Whether this is no service, but written for Amazon MQ.
pub(super) fn is_mistaken_service(service: &str) -> bool {
    MISTAKEN_SERVICES.iter().any(|mistaken| mistaken.eq_ignore_ascii_case(service))
}

fn listed(pattern: &Pattern) -> Listed<'_> {
    let mut found = Listed { pattern, actions: Vec::new(), open: false };
    for (action, request) in actions::ACTIONS.iter().zip(&*REQUESTS) {
        match pattern.matches(request.action(), &AnyRequest) {
            Truth::True => found.actions.push(action),
            Truth::Maybe => found.open = true,
            Truth::False => {}
        }
    }
    found
}

/// A request for each action, on no resource in particular.
static REQUESTS: LazyLock<Vec<Request>> = LazyLock::new(|| {
    let name = |action: &Action| format!("{}:{}", actions::SERVICE, action.name);
    actions::ACTIONS.iter().map(|action| Request::new(&name(action), Text::from("*"))).collect()
});

/// Whether a statement is certainly about an action, its resources and conditions aside.
pub(super) fn certainly_concerns(statement: &Statement, action: &Action) -> bool {
    let requests = actions::ACTIONS.iter().zip(&*REQUESTS);
    let request = requests.filter(|(other, _)| other.name == action.name).map(|(_, request)| request).next();
    request.is_some_and(|request| statement.concerns_action(request).is_true())
}

/// Whether the pattern matches the text, whatever the policy variables hold.
pub(super) fn matches(pattern: &Pattern, text: &Named) -> Truth {
    pattern.matches(text, &AnyRequest)
}

/// Whether the condition certainly does not hold for a request without the key.
pub(super) fn needs_key(condition: &Condition) -> bool {
    condition.holds(&ContextTable::new()).is_false()
}

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
}

/// The policies that the configuration holds after apply, and what their documents say of Amazon MQ.
pub(super) struct Written<'a> {
    /// The policies.
    pub(super) policies: Vec<Held<'a>>,
    /// By number: the statements about Amazon MQ.
    pub(super) about: Vec<Vec<AboutMq<'a>>>,
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
        Self { policies, about: matrix.all_compiled().par_iter().map(about).collect() }
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
pub(super) struct Groups<'a>(BTreeMap<(String, usize, String, String), Group<'a>>);

impl<'a> Groups<'a> {
    /// Adds what is said of a statement of a policy.
    pub(super) fn add(
        &mut self,
        policy: &'a Policy,
        document: &'a PolicyDocument,
        statement: &'a Statement,
        remark: &Remark,
    ) {
        let key = (block_of(&policy.id), statement.index(), statement.label(), remark.detail.clone());
        let group = self.0.entry(key).or_insert_with(|| Group {
            policy,
            document,
            statement,
            remark: remark.clone(),
            others: Vec::new(),
        });
        if !std::ptr::eq(group.policy, policy) {
            group.others.push(policy);
            group.remark.severity = group.remark.severity.max(remark.severity);
        }
    }

    /// A finding for each group.
    pub(super) fn drafts(self, subject: &Subject<'_>) -> Vec<Draft> {
        let groups = self.0.into_iter();
        groups.map(|((block, _, label, _), group)| group.draft(subject, &block, &label)).collect()
    }
}

struct Group<'a> {
    policy: &'a Policy,
    document: &'a PolicyDocument,
    statement: &'a Statement,
    remark: Remark,
    others: Vec<&'a Policy>,
}

impl Group<'_> {
    fn draft(self, subject: &Subject<'_>, block: &str, label: &str) -> Draft {
        let Remark { message, help, detail, element, severity } = self.remark;
        let more = match self.others.len() {
            0 => String::new(),
            1 => " (and 1 more instance)".into(),
            count => format!(" (and {count} more instances)"),
        };
        let other =
            |policy: &&Policy| Related { message: format!("the same in {}", policy.id), location: None };
        Draft {
            identity: format!("{block} {label} {detail}"),
            message: format!("{}{more}, {label}: {message}.", self.policy.id),
            help,
            location: locate(subject, self.policy, self.document, self.statement, element),
            related: self.others.iter().map(other).collect(),
            severity,
            ..Draft::default()
        }
    }
}

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

/// A few names, and how many there are beside them.
pub(super) fn few<T: std::fmt::Display>(items: &[T]) -> String {
    const SHOWN: usize = 4;
    let more = items.len().saturating_sub(SHOWN);
    if more <= 1 {
        return list(items);
    }
    let shown: Vec<String> = items.iter().take(SHOWN).map(ToString::to_string).collect();
    format!("{} and {more} more", shown.join(", "))
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

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list<T: std::fmt::Display>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [one] => one.to_string(),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(ToString::to_string).collect();
            format!("{} and {last}", first.join(", "))
        }
    }
}

/// Texts in backquotes, each once, joined as [`list`] does.
pub(super) fn quoted(items: impl IntoIterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for item in items {
        let item = format!("`{item}`");
        if !all.contains(&item) {
            all.push(item);
        }
    }
    list(&all)
}

#[cfg(test)]
mod tests {
    use super::{block_of, list, quoted};

    #[test]
    fn instances_of_a_block_are_one() {
        assert_eq!(
            block_of("module.a[\"x.y[\"].module.b[0].aws_iam_policy.p[\"k\"]"),
            "module.a.module.b.aws_iam_policy.p"
        );
        assert_eq!(block_of("aws_iam_role.r[1].inline_policy[\"a\"]"), "aws_iam_role.r.inline_policy[\"a\"]");
        assert_eq!(block_of("arn:aws:iam::aws:policy/X"), "arn:aws:iam::aws:policy/X");
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(quoted(["x".to_owned(), "y".to_owned(), "x".to_owned()]), "`x` and `y`");
    }
}
