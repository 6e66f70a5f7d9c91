//! What surrounds an expression: the module instance, `each` and `count`, the names of `for` and of templates, and the
//! place that unknown values are named after.

use super::syntax::ast::{Expr, Span};
use super::value::{Members, Value};
use crate::plan::Key;
use crate::text::Text;

/// What holes are named after: the resource and its attribute, or the local, output or variable.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) address: Box<str>,
    pub(super) attribute: Box<str>,
}

/// The instance of a resource or of a module call that an expression belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Each<'e> {
    /// The key of the instance.
    pub(super) key: &'e Key,
    /// The `for_each` argument of the block.
    pub(super) for_each: Option<&'e Expr>,
}

/// Names bound by a `for`, a template, or a dynamic block, and all names around them.
#[derive(Clone, Copy)]
pub(super) struct Scope<'e> {
    pub(super) bound: Bound<'e>,
    pub(super) turn: Turn,
    pub(super) outer: Option<&'e Scope<'e>>,
}

/// Names with their values.
#[derive(Clone, Copy)]
pub(super) enum Bound<'e> {
    One(&'e str, &'e Value),
    All(&'e Members),
}

/// What tells apart two evaluations of one expression.
#[derive(Clone, Copy)]
pub(super) enum Turn {
    /// The name stands beside another one of the same turn.
    Same,
    /// The turn of a loop.
    Loop(usize),
    /// The call of a template.
    Call(Span),
}

/// The name that a splat binds its element to; no identifier is the same.
pub(super) const SPLAT_ITEM: &str = "*";

/// What surrounds an expression.
#[derive(Clone, Copy)]
pub(super) struct Env<'e> {
    /// The module instance.
    pub(super) instance: usize,
    pub(super) site: &'e Site,
    pub(super) each: Option<Each<'e>>,
    pub(super) scope: Option<&'e Scope<'e>>,
    /// Whether an error is passed on (within `try` and `can`) and does not become a hole.
    pub(super) strict: bool,
    /// Whether only bound names are known: within a template file.
    pub(super) isolated: bool,
}

impl<'e> Env<'e> {
    pub(super) fn new(instance: usize, site: &'e Site) -> Self {
        Self { instance, site, each: None, scope: None, strict: false, isolated: false }
    }

    pub(super) fn with_scope(&self, scope: &'e Scope<'e>) -> Self {
        Self { scope: Some(scope), ..*self }
    }

    pub(super) fn strict(&self) -> Self {
        Self { strict: true, ..*self }
    }

    /// The value bound to a name.
    pub(super) fn bound(&self, name: &str) -> Option<&'e Value> {
        let mut scope = self.scope;
        while let Some(frame) = scope {
            let found = match frame.bound {
                Bound::One(bound, value) => (bound == name).then_some(value),
                Bound::All(members) => members.get(&Text::known(name)),
            };
            if found.is_some() {
                return found;
            }
            scope = frame.outer;
        }
        None
    }

    /// What tells this evaluation of an expression apart from others of the same expression: ` #2`.
    pub(super) fn turns(&self) -> String {
        let mut turns = Vec::new();
        let mut scope = self.scope;
        while let Some(frame) = scope {
            match frame.turn {
                Turn::Same => {}
                Turn::Loop(turn) => turns.push(format!(" #{turn}")),
                Turn::Call(span) => turns.push(format!(" @{}.{}", span.file, span.start)),
            }
            scope = frame.outer;
        }
        turns.reverse();
        turns.concat()
    }
}
