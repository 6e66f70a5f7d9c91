//! One statement of a policy, compiled, and whether it applies to a request.

use std::borrow::Cow;
use std::sync::Arc;

use super::condition::Condition;
use super::key::{Context, KeyName, Question, Role};
use super::pattern::Pattern;
use super::principal::{Naming, Open, Principal};
use super::request::Request;
use super::selection::{Entry, Selection};
use super::subject::Subject;
use crate::text::{Hole, Text, Truth};

/// What a statement does when it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever else allows.
    Deny,
}

/// The effect as far as the document tells it.
#[derive(Clone, Debug)]
pub(super) enum StatedEffect {
    Known(Effect),
    Unknown(Hole),
    NotUnderstood,
}

/// A statement of a policy document. Copies of it share what they are made of.
#[derive(Clone, Debug)]
pub struct Statement {
    pub(super) index: usize,
    pub(super) sid: Option<Text>,
    pub(super) effect: StatedEffect,
    pub(super) actions: Option<Selection>,
    pub(super) resources: Option<Selection>,
    /// The statement names no resources because its policy belongs to one: that of a role.
    pub(super) is_of_resource: bool,
    pub(super) conditions: Arc<[Condition]>,
    /// Condition blocks of which nothing is known.
    pub(super) unknown_conditions: Box<[Hole]>,
    pub(super) principal: Option<Principal>,
    /// A part of the statement, or of the document around it, cannot be understood.
    pub(super) doubtful: bool,
}

/// Nothing is known of the request's context.
struct Unasked;

impl Context for Unasked {
    fn key(&self, _: &KeyName) -> super::key::KeyState<'_> {
        super::key::KeyState::Absent
    }
}

impl Statement {
    /// The place in the list of statements, from zero.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The statement's id.
    pub fn sid(&self) -> Option<&Text> {
        self.sid.as_ref()
    }

    /// What the statement is called in messages: by its id, or by its number, from one.
    pub fn label(&self) -> String {
        match self.sid.as_ref().filter(|sid| sid.as_known() != Some("")) {
            Some(sid) => format!("statement `{sid}`"),
            None => format!("statement {}", self.index.saturating_add(1)),
        }
    }

    /// The effect; `None` where it is unknown or cannot be understood.
    pub fn effect(&self) -> Option<Effect> {
        match self.effect {
            StatedEffect::Known(effect) => Some(effect),
            _ => None,
        }
    }

    /// `Action` or `NotAction`; `None` where neither can be understood.
    pub fn actions(&self) -> Option<&Selection> {
        self.actions.as_ref()
    }

    /// `Resource` or `NotResource`; `None` where there is neither, or it cannot be understood.
    pub fn resources(&self) -> Option<&Selection> {
        self.resources.as_ref()
    }

    /// The conditions, all of which must hold.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// What would tell the conditions of which nothing is known.
    pub fn unknown_conditions(&self) -> &[Hole] {
        &self.unknown_conditions
    }

    /// `Principal` or `NotPrincipal`, in a trust policy.
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }

    /// Whether a part of the statement, or of the document around it, cannot be understood, so that the statement
    /// never certainly applies.
    pub fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    /// The condition keys that the statement looks at, those of policy variables included, with repetitions.
    pub fn condition_keys(&self) -> impl Iterator<Item = &KeyName> {
        let resources = self.resources.iter().flat_map(Selection::patterns).flat_map(Pattern::variables);
        self.conditions.iter().flat_map(Condition::keys).chain(resources)
    }

    /// The holes in the statement, with repetitions.
    pub fn holes(&self) -> Vec<&Hole> {
        let mut holes: Vec<&Hole> = Vec::new();
        for selection in [&self.actions, &self.resources].into_iter().flatten() {
            for entry in selection.entries() {
                match entry {
                    Entry::Pattern(pattern) => holes.extend(pattern.source().holes()),
                    Entry::Unknown(hole) => holes.push(hole),
                    Entry::NotUnderstood => {}
                }
            }
        }
        if let StatedEffect::Unknown(hole) = &self.effect {
            holes.push(hole);
        }
        holes.extend(self.conditions.iter().flat_map(Condition::holes));
        holes.extend(&self.unknown_conditions);
        holes
    }

    /// The statement as far as it may be about actions that begin with `prefix` (`iam:`), case aside: of a long list, only
    /// what may select them. `None` where it certainly is about none of them.
    pub fn about(&self, prefix: &str) -> Option<Cow<'_, Self>> {
        let Some(actions) = &self.actions else { return Some(Cow::Borrowed(self)) };
        match actions.about(prefix)? {
            Cow::Borrowed(_) => Some(Cow::Borrowed(self)),
            Cow::Owned(actions) => Some(Cow::Owned(Self { actions: Some(actions), ..self.clone() })),
        }
    }

    /// The statement with every action in place of its own: what it is where it certainly is about an action.
    #[must_use]
    pub(super) fn of_every_action(&self) -> Self {
        Self { actions: Some(Selection::of_every_action()), ..self.clone() }
    }

    /// Whether the statement is about this action, its resources and conditions aside.
    pub fn concerns_action(&self, request: &Request) -> Truth {
        self.selects_action(request, &Unasked)
    }

    #[inline]
    pub(super) fn selects_action<C: Context + ?Sized>(&self, request: &Request, context: &C) -> Truth {
        match &self.actions {
            Some(actions) => actions.selects(request.action(), Role::Actions, context),
            None => self.ask(Role::Actions, context),
        }
    }

    /// Whether the statement is about this resource, its actions and conditions aside.
    #[inline]
    pub fn matches_resource<C: Context + ?Sized>(&self, resource: &Subject, context: &C) -> Truth {
        match &self.resources {
            Some(resources) => resources.selects(resource, Role::Resources, context),
            None if self.is_of_resource => Truth::True,
            None => self.ask(Role::Resources, context),
        }
    }

    /// Whether policy variables stand in the resources that the statement names.
    pub fn has_variable_resources(&self) -> bool {
        self.resources.iter().flat_map(Selection::patterns).any(Pattern::has_variables)
    }

    /// Whether the statement applies to the request.
    #[inline]
    pub fn applies<C: Context + ?Sized>(&self, request: &Request, context: &C) -> Truth {
        let mut result = self.selects_action(request, context);
        if result.is_false() {
            return Truth::False;
        }
        result = result.and(self.matches_resource(request.resource(), context));
        if result.is_false() {
            return Truth::False;
        }
        for condition in &*self.conditions {
            result = result.and(condition.holds(context));
            if result.is_false() {
                return Truth::False;
            }
        }
        if self.doubtful || self.principal.is_some() || !self.unknown_conditions.is_empty() {
            result = result.and(self.names_caller(request, context)).and(self.rest(context));
        }
        result
    }

    /// Whether the caller is named. Only a trust policy names principals, and only a request that is to pass one has a
    /// caller.
    #[cold]
    fn names_caller<C: Context + ?Sized>(&self, request: &Request, context: &C) -> Truth {
        let Some(principal) = &self.principal else { return Truth::True };
        let Some(caller) = request.caller() else { return self.ask(Role::Statement, context) };
        match principal.names(caller) {
            Ok(named) if !named.is_maybe() => named,
            Err(Open::Unknown(hole)) => {
                context.settle(&Question::Unknown { hole, role: Role::Principal, part: 0 })
            }
            Ok(_) | Err(Open::NotUnderstood) => self.ask(Role::Principal, context),
        }
    }

    /// The statement with those of its principals alone that perhaps name the caller in one of the ways that `counts`.
    pub(super) fn naming(&self, request: &Request, counts: impl Fn(Naming) -> bool + Copy) -> Option<Self> {
        let principal = self.principal.as_ref()?.naming(request.caller()?, counts)?;
        Some(Self { principal: Some(principal), ..self.clone() })
    }

    #[cold]
    pub(super) fn rest<C: Context + ?Sized>(&self, context: &C) -> Truth {
        let mut result = Truth::True;
        for hole in &self.unknown_conditions {
            let part = std::ptr::from_ref(hole).addr();
            result = result.and(context.settle(&Question::Unknown { hole, role: Role::Conditions, part }));
        }
        if self.doubtful {
            result = result.and(self.ask(Role::Statement, context));
        }
        result
    }

    #[cold]
    fn ask<C: Context + ?Sized>(&self, role: Role, context: &C) -> Truth {
        context.settle(&Question::NotUnderstood { part: std::ptr::from_ref(self).addr(), role })
    }

    /// Whether a question about `part` is about this statement.
    pub(super) fn has_part(&self, part: usize) -> bool {
        let selections = [&self.actions, &self.resources].into_iter().flatten();
        std::ptr::from_ref(self).addr() == part
            || selections
                .flat_map(|selection| selection.entries().iter())
                .any(|entry| std::ptr::from_ref(entry).addr() == part)
            || self.conditions.iter().any(|condition| condition.not_understood().contains(&part))
    }

    /// Whether the effect is `wanted`.
    #[inline]
    pub(super) fn has_effect<C: Context + ?Sized>(&self, wanted: Effect, context: &C) -> Truth {
        let allows = match &self.effect {
            StatedEffect::Known(effect) => return Truth::from(*effect == wanted),
            StatedEffect::Unknown(hole) => {
                context.settle(&Question::Unknown { hole, role: Role::Effect, part: 0 })
            }
            StatedEffect::NotUnderstood => self.ask(Role::Effect, context),
        };
        if wanted == Effect::Allow { allows } else { !allows }
    }
}
