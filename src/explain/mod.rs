//! Why one verdict is what it is: every layer, every statement that is about the operation, and what it hangs on.

mod hints;
mod statement;

use std::collections::BTreeSet;

use petgraph::graph::NodeIndex;

use crate::access::{
    Authority, Bearing, BrokerCall, CallContext, Matrix, Supposed, Verdict, Way, WayLayer, ways,
};
use crate::aws::Operation;
use crate::findings::Location;
use crate::graph::{Broker, Graph, Policy, Principal, State};
use crate::iam::{PolicyDocument, Request};
use crate::source::StatementSought;
use crate::text::Truth;

pub use statement::{ConditionExplained, ResourceExplained, StatementExplained};

/// Where a statement of a policy is written.
pub type LocateStatement<'a> = &'a dyn Fn(&Policy, &StatementSought<'_>) -> Option<Location>;

/// Why one verdict is what it is.
pub struct Explanation<'a> {
    /// The principal.
    pub principal: &'a Principal,
    /// The broker.
    pub broker: &'a Broker,
    /// The operation.
    pub operation: Operation,
    /// What the request is authorized on, as text.
    pub resource: String,
    /// The verdict after apply.
    pub verdict: Option<&'a Verdict>,
    /// The verdict before.
    pub before: Option<&'a Verdict>,
    /// Whether principal and broker are in different accounts, so that no policy lets the principal in.
    pub is_across_accounts: bool,
    /// The layers: the identity policies, the boundaries, the service control policies by level.
    pub layers: Vec<LayerExplained>,
    /// What would change the verdict.
    pub hints: Vec<String>,
}

/// A layer of policies.
pub struct LayerExplained {
    /// What it is called.
    pub name: String,
    /// Whether a statement in it allows the request.
    pub allows: Truth,
    /// Whether a statement in it denies the request.
    pub denies: Truth,
    /// Its policies.
    pub policies: Vec<PolicyExplained>,
}

/// A policy in a layer.
pub struct PolicyExplained {
    /// The address of the resource that holds it, or its ARN.
    pub id: String,
    /// How it bears on the principal, in words.
    pub how: String,
    /// Whether it is attached.
    pub is_attached: Truth,
    /// Whether it may say more than its statements.
    pub is_open: bool,
    /// What nothing tells of it.
    pub unknown: Vec<String>,
    /// The statements that are about the operation.
    pub statements: Vec<StatementExplained>,
    /// How many statements are about other actions.
    pub others: usize,
}

/// What is explained, and by what.
pub struct Question<'a> {
    /// The graph.
    pub graph: &'a Graph,
    /// The verdicts.
    pub matrix: &'a Matrix,
    /// Decides.
    pub authority: &'a Authority<'a>,
    /// The principal, by position.
    pub principal: usize,
    /// The broker, by position.
    pub broker: usize,
    /// The operation.
    pub operation: Operation,
}

/// Explains a verdict after apply; `None` where the positions name nothing.
pub fn explain<'a>(question: &Question<'a>, locate: LocateStatement<'_>) -> Option<Explanation<'a>> {
    let Question { graph, matrix, authority, principal: p, broker: b, operation } = *question;
    let node = *graph.principals.get(p)?;
    let (principal, broker) = (graph.principal(node)?, graph.broker(*graph.brokers.get(b)?)?);
    let verdict = |state| matrix.verdict(state, p, b, operation);
    let call = BrokerCall { action: operation.action(), like: operation, fixed: &[] };
    let explained = authority.with_broker_request(
        State::After,
        p,
        b,
        &call,
        Supposed::default(),
        |_, request, context| {
            let asked = Asked { graph, matrix, request, context, locate };
            (asked.layers(question, node), request.resource().text().to_string())
        },
    );
    let (layers, resource) = explained.unwrap_or_default();
    let is_across_accounts = broker.facts.after.as_ref().is_some_and(|broker| {
        let facts = graph.facts_in(node, State::After, &broker.account);
        facts.is_some_and(|facts| facts.account.equals(&broker.account.unmarked()).is_false())
    });
    let mut explanation = Explanation {
        principal,
        broker,
        operation,
        resource,
        verdict: verdict(State::After),
        before: verdict(State::Before),
        is_across_accounts,
        layers,
        hints: Vec::new(),
    };
    explanation.hints = hints::of(&explanation);
    Some(explanation)
}

/// A request as it is asked.
struct Asked<'a> {
    graph: &'a Graph,
    matrix: &'a Matrix,
    request: &'a Request,
    context: &'a CallContext<'a>,
    locate: LocateStatement<'a>,
}

impl Asked<'_> {
    fn layers(&self, question: &Question<'_>, principal: NodeIndex) -> Vec<LayerExplained> {
        let ways = ways(self.graph, self.matrix.documents(), principal, State::After);
        let of = |layer: WayLayer| ways.iter().filter(move |(way, _)| way.layer == layer);
        let mut layers = vec![self.layer("Identity policies".into(), of(WayLayer::Identity).collect())];
        for boundary in of(WayLayer::Boundary) {
            layers.push(self.layer("Permissions boundary".into(), vec![boundary]));
        }
        let levels = question.authority.layers(State::After, question.principal);
        let levels = levels.map(|layers| layers.service_control.clone()).unwrap_or_default();
        for (number, level) in levels.iter().enumerate() {
            let policies = level.iter().map(|attached| {
                let policy = self.policy_with(attached.document);
                let id = policy
                    .map_or_else(|| "a policy that was given".to_owned(), |policy| policy.id.to_string());
                self.policy(
                    id,
                    policy,
                    attached.document,
                    String::new(),
                    attached.unless.as_ref().map(ToString::to_string),
                )
            });
            let name = format!("Service control policies, level {}", number.saturating_add(1));
            layers.push(joined(name, policies.collect()));
        }
        layers
    }

    fn layer(&self, name: String, ways: Vec<(&Way, &Bearing)>) -> LayerExplained {
        let policies = ways.into_iter().map(|(way, bearing)| {
            let policy = self.graph.policy(way.policy);
            let id = policy.map(|policy| policy.id.to_string()).unwrap_or_default();
            let unless = bearing.attached.unless.as_ref().map(ToString::to_string);
            self.policy(id, policy, bearing.attached.document, self.how(way, bearing), unless)
        });
        joined(name, policies.collect())
    }

    fn how(&self, way: &Way, bearing: &Bearing) -> String {
        let own = self.graph.policy(way.policy).map(|policy| &policy.id);
        let links: BTreeSet<&str> =
            bearing.attachment.iter().filter(|via| Some(*via) != own).map(|via| &**via).collect();
        let links = links.into_iter().collect::<Vec<_>>().join(", ");
        let group = way.group.and_then(|group| self.graph.principal(group));
        let through = group.map(|group| {
            format!(
                "through the group {}, of which it is a member by {}",
                group.id,
                bearing.membership.join(", ")
            )
        });
        match (links.is_empty(), through) {
            (true, None) => String::new(),
            (false, None) => format!("attached by {links}"),
            (true, Some(through)) => through,
            (false, Some(through)) => format!("attached by {links}, {through}"),
        }
    }

    fn policy_with(&self, document: usize) -> Option<&Policy> {
        let documents = self.matrix.documents();
        let mut nodes = self.graph.links.node_indices();
        let node = nodes.find(|&node| documents.of_policy(node, State::After) == Some(document))?;
        self.graph.policy(node)
    }

    fn policy(
        &self,
        id: String,
        policy: Option<&Policy>,
        document: usize,
        how: String,
        unless: Option<String>,
    ) -> PolicyExplained {
        let mut explained = PolicyExplained {
            id,
            how,
            is_attached: if unless.is_some() { Truth::Maybe } else { Truth::True },
            is_open: true,
            unknown: Vec::new(),
            statements: Vec::new(),
            others: 0,
        };
        let unless_attached = unless.map(|hole| format!("whether it is attached hangs on {hole}"));
        explained.unknown.extend(unless_attached);
        let Some(compiled) = self.matrix.all_compiled().get(document) else { return explained };
        explained
            .unknown
            .extend(compiled.unknown_statements().iter().map(|hole| format!("what it says hangs on {hole}")));
        explained.is_open = compiled.is_broken() || !compiled.unknown_statements().is_empty();
        if compiled.is_broken() {
            explained.unknown.push("it cannot be understood as a whole".into());
        }
        for statement in compiled.statements() {
            if statement.concerns_action(self.request).is_false() {
                explained.others = explained.others.saturating_add(1);
                continue;
            }
            let location = policy.and_then(|policy| self.place(policy, compiled, statement.index()));
            explained.statements.push(statement::explain(statement, self.request, self.context, location));
        }
        explained
    }

    fn place(&self, policy: &Policy, document: &PolicyDocument, index: usize) -> Option<Location> {
        let statement = document.statements().iter().find(|statement| statement.index() == index)?;
        let is_whole = document.unknown_statements().is_empty() && !document.is_broken();
        let sought = StatementSought {
            index,
            count: is_whole.then_some(document.statements().len()),
            sid: statement.sid().and_then(|sid| sid.as_known()),
            element: None,
        };
        (self.locate)(policy, &sought)
    }
}

fn joined(name: String, policies: Vec<PolicyExplained>) -> LayerExplained {
    let any = |does: fn(&StatementExplained) -> Truth| {
        Truth::any(policies.iter().map(|policy| {
            let more = if policy.is_open { Truth::Maybe } else { Truth::False };
            policy.is_attached.and(Truth::any(policy.statements.iter().map(does)).or(more))
        }))
    };
    let (allows, denies) = (any(StatementExplained::allows), any(StatementExplained::denies));
    LayerExplained { name, allows, denies, policies }
}
