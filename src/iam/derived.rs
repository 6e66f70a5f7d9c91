//! Documents made from documents, and what callers ask of a statement in parts.

use std::sync::Arc;

use super::document::{PolicyDocument, Problem};
use super::key::Context;
use super::principal::Naming;
use super::request::Request;
use super::statement::{Effect, Statement};
use crate::text::{Hole, Truth};

impl PolicyDocument {
    /// The document without the statements that are about none of these requests' actions. It decides those requests
    /// as the whole document does.
    #[must_use]
    pub fn concerning(&self, requests: &[Request]) -> Self {
        let concerns = |statement: &&Statement| {
            requests.iter().any(|request| !statement.concerns_action(request).is_false())
        };
        Self {
            id: self.id.clone(),
            statements: self.statements.iter().filter(concerns).cloned().collect(),
            unknown: self.unknown.clone(),
            broken: self.broken,
            problems: self.problems.clone(),
        }
    }

    /// The document with none but the statements at these positions, which rise, for requests for actions that they are
    /// about: certainly where `Truth::True` is said. It decides these requests as the whole document does.
    #[must_use]
    pub fn with_statements(&self, concerned: &[(usize, Truth)]) -> Self {
        let kept = concerned.iter().filter_map(|(at, concerned)| {
            let statement = self.statements.get(*at)?;
            Some(if concerned.is_true() { statement.of_every_action() } else { statement.clone() })
        });
        // There are many such documents, and they stay: no place is set aside for more statements.
        let mut statements = Vec::with_capacity(concerned.len());
        statements.extend(kept);
        Self {
            id: self.id.clone(),
            statements,
            unknown: self.unknown.clone(),
            broken: self.broken,
            problems: self.problems.clone(),
        }
    }

    /// One statement of the document; without its conditions where these are known to hold.
    #[must_use]
    pub fn with_statement(&self, position: usize, has_conditions: bool) -> Self {
        let statement = self.statements.get(position).cloned().map(|statement| Statement {
            conditions: if has_conditions { statement.conditions } else { Arc::default() },
            ..statement
        });
        Self {
            id: self.id.clone(),
            statements: statement.into_iter().collect(),
            unknown: Vec::new(),
            broken: false,
            problems: self.problems.clone(),
        }
    }

    /// What may be in the document beside the statements that are known.
    #[must_use]
    pub fn unknown_part(&self) -> Self {
        Self { statements: Vec::new(), ..self.clone() }
    }

    /// The document as that of a policy of a principal, or of what bounds it: a statement that names principals is not
    /// understood there (IAM User Guide, "AWS JSON policy elements: Principal").
    #[must_use]
    pub fn of_no_resource(mut self) -> Self {
        for statement in self.statements.iter_mut().filter(|statement| statement.principal.is_some()) {
            statement.doubtful = true;
            let place = format!("Statement[{}]", statement.index);
            let message = "only a trust policy names principals".into();
            self.problems.push(Problem { place, message });
        }
        self
    }

    /// Of a trust policy: the statements that allow, and that name the caller in one of the ways that `counts`. Within
    /// one account they stand in for what else would have to allow the request. Statements of which nothing is known
    /// stay.
    #[must_use]
    pub fn naming(&self, request: &Request, counts: impl Fn(Naming) -> bool + Copy) -> Self {
        let allowing = self.statements.iter().filter(|statement| statement.effect() != Some(Effect::Deny));
        Self {
            id: self.id.clone(),
            statements: allowing.filter_map(|statement| statement.naming(request, counts)).collect(),
            unknown: self.unknown.clone(),
            broken: self.broken,
            problems: self.problems.clone(),
        }
    }

    /// The document without the statements of which nothing is known.
    #[must_use]
    pub fn known_part(&self) -> Self {
        Self { unknown: Vec::new(), ..self.clone() }
    }

    /// The document as it counts where it is attached perhaps, depending on `hole`: none of its statements certainly
    /// applies.
    #[must_use]
    pub fn perhaps(&self, hole: &Hole) -> Self {
        let mut document = self.clone();
        for statement in &mut document.statements {
            let mut unknown = std::mem::take(&mut statement.unknown_conditions).into_vec();
            unknown.push(hole.clone());
            statement.unknown_conditions = unknown.into();
        }
        document
    }
}

impl Statement {
    /// Whether there are conditions of which nothing is known.
    pub fn has_unknown_conditions(&self) -> bool {
        !self.unknown_conditions.is_empty()
    }

    /// Whether the conditions hold, actions and resources aside.
    pub fn conditions_hold<C: Context + ?Sized>(&self, context: &C) -> Truth {
        let conditions = Truth::all(self.conditions.iter().map(|condition| condition.holds(context)));
        if conditions.is_false() || !(self.doubtful || self.has_unknown_conditions()) {
            return conditions;
        }
        conditions.and(self.rest(context))
    }
}
