//! Policy documents: read and compiled in one step, with every problem that they have.

use std::fmt;

use super::key::{Context, Question, Role};
use super::node::Node;
use super::reader::Reader;
use super::request::Request;
use super::statement::{Effect, Statement};
use crate::text::json::Json;
use crate::text::{Hole, Text, Truth};

/// A problem of a document, with its place in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Problem {
    /// The place, such as `Statement[2].Condition.StringLike`; empty for the document as a whole.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.place, self.message)
        }
    }
}

/// A compiled policy document.
#[derive(Clone, Debug, Default)]
pub struct PolicyDocument {
    pub(super) id: Option<Text>,
    pub(super) statements: Vec<Statement>,
    /// Statements, any number of them, of which nothing is known.
    pub(super) unknown: Vec<Hole>,
    /// Nothing, or not all, of the document can be understood: it may hold further statements.
    pub(super) broken: bool,
    pub(super) problems: Vec<Problem>,
}

impl PolicyDocument {
    /// Reads and compiles a document. Never fails: what cannot be understood may apply, and is among the problems.
    pub fn parse(text: &Text) -> Self {
        let reader = Reader::new(text.is_sensitive());
        let read = text.as_known().and_then(|known| Node::parse(known, text.is_sensitive()));
        let result = match read {
            Some(read) => read.map(|node| reader.document(&node)),
            None => Json::parse(text).map(|json| reader.document(&Node::of(&json))),
        };
        match result {
            Ok(document) => document,
            Err(error) => {
                let message = format!("the document is no JSON: {error}");
                let unknown: Vec<Hole> = text.holes().cloned().collect();
                if unknown.is_empty() {
                    return Self::not_understood(message);
                }
                // What the holes hold may make it a document.
                let problem = Problem { place: String::new(), message };
                Self { unknown, problems: vec![problem], ..Self::default() }
            }
        }
    }

    /// Compiles a document that is JSON already.
    pub fn from_json(json: &Json) -> Self {
        Reader::new(false).document(&Node::of(json))
    }

    /// A document of which nothing is known.
    pub fn unknown(hole: &Hole) -> Self {
        Self { unknown: vec![hole.clone()], ..Self::default() }
    }

    /// A document that cannot be understood at all; it may allow and may deny anything.
    pub fn not_understood(message: impl Into<String>) -> Self {
        let problem = Problem { place: String::new(), message: message.into() };
        Self { broken: true, problems: vec![problem], ..Self::default() }
    }

    /// The document's id.
    pub fn id(&self) -> Option<&Text> {
        self.id.as_ref()
    }

    /// The statements, in order; those of which nothing is known are not among them.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// What would tell the statements of which nothing is known.
    pub fn unknown_statements(&self) -> &[Hole] {
        &self.unknown
    }

    /// Whether the document may hold statements that are not understood, so that it may allow and deny anything.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Everything that is wrong with the document.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Joins to `allowed` and `denied` whether the document allows and denies the request.
    #[inline]
    pub(super) fn judge<C: Context + ?Sized>(
        &self,
        request: &Request,
        context: &C,
        allowed: &mut Truth,
        denied: &mut Truth,
    ) {
        for statement in &self.statements {
            let effect = statement.effect();
            // What is certain already need not be asked again.
            match effect {
                Some(Effect::Allow) if allowed.is_true() => continue,
                Some(Effect::Deny) if denied.is_true() => continue,
                _ => {}
            }
            let applies = statement.applies(request, context);
            if applies.is_false() {
                continue;
            }
            match effect {
                Some(Effect::Allow) => *allowed = allowed.or(applies),
                Some(Effect::Deny) => *denied = denied.or(applies),
                None => {
                    *allowed = allowed.or(applies.and(statement.has_effect(Effect::Allow, context)));
                    *denied = denied.or(applies.and(statement.has_effect(Effect::Deny, context)));
                }
            }
        }
        if self.has_unknown() {
            self.judge_unknown(context, allowed, denied);
        }
    }

    /// Whether there may be statements that are not known or not understood.
    pub(super) fn has_unknown(&self) -> bool {
        self.broken || !self.unknown.is_empty()
    }

    /// The problems of the part that a question names, as exactly as its place tells.
    pub(super) fn problems_of(&self, part: usize) -> impl Iterator<Item = &Problem> {
        let own = std::ptr::from_ref(self).addr() == part;
        let statement = self.statements.iter().find(|statement| statement.has_part(part));
        let place = statement.map(|statement| format!("Statement[{}]", statement.index()));
        self.problems.iter().filter(move |problem| {
            let inside = |place: &String| {
                problem.place.starts_with(place.as_str()) || !problem.place.starts_with("Statement[")
            };
            own || place.as_ref().is_some_and(inside)
        })
    }

    #[cold]
    pub(super) fn judge_unknown<C: Context + ?Sized>(
        &self,
        context: &C,
        allowed: &mut Truth,
        denied: &mut Truth,
    ) {
        for hole in &self.unknown {
            let ask = |role| context.settle(&Question::Unknown { hole, role, part: 0 });
            *allowed = allowed.or(ask(Role::Allows));
            *denied = denied.or(ask(Role::Denies));
        }
        if self.broken {
            let part = std::ptr::from_ref(self).addr();
            let ask = |role| context.settle(&Question::NotUnderstood { part, role });
            *allowed = allowed.or(ask(Role::Allows));
            *denied = denied.or(ask(Role::Denies));
        }
    }
}
