//! Statements about Amazon MQ.

use std::sync::LazyLock;

use crate::aws::actions::{self, Action};
use crate::iam::{
    Comparison, Condition, Context, ContextTable, Effect, Entry, KeyName, KeyState, Pattern, PolicyDocument,
    Request, Selection, Statement, Subject as Named,
};
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

/// Whether the condition holds for none but requests that have the key, with one of some values.
pub(super) fn limits(condition: &Condition) -> bool {
    let is_open = |value: &Text| {
        value.as_known().is_some_and(|known| !known.is_empty() && known.bytes().all(|byte| byte == b'*'))
    };
    let operator = condition.operator();
    needs_key(condition)
        && !operator.negated
        && operator.comparison != Comparison::Null
        && !condition.values().iter().any(is_open)
}

/// Whether the condition certainly does not hold for a request without the key.
pub(super) fn needs_key(condition: &Condition) -> bool {
    condition.holds(&ContextTable::new()).is_false()
}
