//! What one statement does with a request, element by element.

use crate::access::shown_key;
use crate::findings::Location;
use crate::iam::{Condition, Context, Effect, Entry, KeyState, Pattern, Request, Selection, Statement};
use crate::text::{Text, Truth};

/// What a statement does with the request.
pub struct StatementExplained {
    /// Its position in the document, from zero.
    pub index: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// Allow or Deny; `None` where that is unknown.
    pub effect: Option<Effect>,
    /// Whether it applies.
    pub applies: Truth,
    /// Whether it is about the action.
    pub action: Truth,
    /// What its resources do.
    pub resource: ResourceExplained,
    /// What its conditions do, one by one.
    pub conditions: Vec<ConditionExplained>,
    /// Whether a part of it cannot be understood.
    pub is_doubtful: bool,
    /// Where it is written.
    pub location: Option<Location>,
}

/// What the resources of a statement do with the request's.
pub struct ResourceExplained {
    /// Whether they include it.
    pub matches: Truth,
    /// Whether the element is `NotResource`.
    pub is_negated: bool,
    /// The pattern that decides, or all patterns where none does.
    pub patterns: Vec<String>,
}

/// What a condition does with the request.
pub struct ConditionExplained {
    /// The operator.
    pub operator: String,
    /// The key, as it is written.
    pub key: String,
    /// The values of the policy.
    pub values: Vec<String>,
    /// What the request holds for the key, in words.
    pub request: String,
    /// Whether it holds.
    pub holds: Truth,
}

impl StatementExplained {
    /// Whether it allows the request.
    pub fn allows(&self) -> Truth {
        self.has(Effect::Allow)
    }

    /// Whether it denies the request.
    pub fn denies(&self) -> Truth {
        self.has(Effect::Deny)
    }

    fn has(&self, wanted: Effect) -> Truth {
        match self.effect {
            Some(effect) if effect == wanted => self.applies,
            Some(_) => Truth::False,
            None => self.applies.and(Truth::Maybe),
        }
    }
}

pub(super) fn explain<C: Context + ?Sized>(
    statement: &Statement,
    request: &Request,
    context: &C,
    location: Option<Location>,
) -> StatementExplained {
    StatementExplained {
        index: statement.index(),
        sid: statement.sid().map(ToString::to_string).filter(|sid| !sid.is_empty()),
        effect: statement.effect(),
        applies: statement.applies(request, context),
        action: statement.concerns_action(request),
        resource: resource(statement, request, context),
        conditions: statement.conditions().iter().map(|found| condition(found, context)).collect(),
        is_doubtful: statement.is_doubtful() || statement.has_unknown_conditions(),
        location,
    }
}

fn resource<C: Context + ?Sized>(statement: &Statement, request: &Request, context: &C) -> ResourceExplained {
    let matches = statement.matches_resource(request.resource(), context);
    let selection = statement.resources();
    let entries = selection.map(Selection::entries).unwrap_or_default();
    let text = |entry: &Entry| match entry {
        Entry::Pattern(pattern) => pattern.source().to_string(),
        Entry::Unknown(hole) => hole.to_string(),
        Entry::NotUnderstood => "(not understood)".into(),
    };
    let meets = |entry: &&Entry| match entry {
        Entry::Pattern(pattern) => matches_certainly(pattern, request, context),
        _ => false,
    };
    let patterns = match entries.iter().find(meets) {
        Some(entry) => vec![text(entry)],
        None => entries.iter().map(text).collect(),
    };
    ResourceExplained { matches, is_negated: selection.is_some_and(Selection::is_negated), patterns }
}

fn matches_certainly<C: Context + ?Sized>(pattern: &Pattern, request: &Request, context: &C) -> bool {
    pattern.matches(request.resource(), context).is_true()
}

fn condition<C: Context + ?Sized>(condition: &Condition, context: &C) -> ConditionExplained {
    let request = match context.key(condition.key()) {
        KeyState::Present { values: [], .. } => "has it without a value".to_owned(),
        KeyState::Present { values, .. } => {
            let values: Vec<String> = values.iter().map(|value| quoted(value.text())).collect();
            format!("has {}", values.join(", "))
        }
        KeyState::Absent => "does not have it".to_owned(),
        KeyState::Free(_) => "has what the caller brings".to_owned(),
        KeyState::Unknown(hole) => format!("has {hole}, which nothing tells"),
    };
    ConditionExplained {
        operator: condition.operator().to_string(),
        key: shown_key(condition.key()).into_owned(),
        values: condition.values().iter().map(quoted).collect(),
        request,
        holds: condition.holds(context),
    }
}

fn quoted(text: &Text) -> String {
    format!("\"{text}\"")
}
