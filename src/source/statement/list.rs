//! Documents as expressions, and lists of statements within them.

use std::fs;
use std::rc::Rc;

use super::json::{self, Sid};
use super::{Evaluator, Here, Place, Statements, Target, Written, passed_through};
use crate::source::load::{SourceFile, normal};
use crate::source::syntax::ast::{Call, Expr, ExprKind};
use crate::source::value::{Kind, Value};
use crate::text::Text;

/// The largest file that is looked into, in bytes.
const MAX_FILE: u64 = 4 << 20;

impl<'s> Evaluator<'s> {
    /// The statements of the document that an expression gives as JSON text.
    pub(super) fn document_statements(&self, expression: &'s Expr, here: &Here<'s>) -> Statements<'s> {
        match &expression.kind {
            ExprKind::Wrap(inner) => self.document_statements(inner, here),
            ExprKind::Literal(_) | ExprKind::Template(_) => self.heredoc_statements(expression),
            ExprKind::Conditional(parts) => self.document_statements(self.branch(parts, here)?, here),
            ExprKind::Traversal(base, steps) => {
                let ExprKind::Variable(root) = &base.kind else { return None };
                match self.target(root, steps, here)? {
                    Target::Document(block, there) => self.merged_statements(block, &there),
                    Target::Expression(value, keys, there) => {
                        let (value, there) = self.member(value, &keys, &there)?;
                        self.document_statements(value, &there)
                    }
                }
            }
            ExprKind::Call(call) => match call.name.strip_prefix("core::").unwrap_or(&call.name) {
                "jsonencode" => self.object_statements(call.arguments.first()?, here),
                "file" => self.file_statements(call, false, here),
                "templatefile" => self.file_statements(call, true, here),
                _ => self.document_statements(passed_through(call)?, here),
            },
            _ => None,
        }
    }

    fn heredoc_statements(&self, expression: &Expr) -> Statements<'s> {
        let file = self.source.file(expression.span)?;
        let text = file.text_of(expression.span);
        let body = text.starts_with("<<").then(|| text.find('\n'))??;
        let start = usize::try_from(expression.span.start).ok()?.checked_add(body)?;
        let found = json::statements(text.get(body..)?, true)?;
        let place = |one: json::Scanned| Written {
            sid: one.sid,
            place: Place::Heredoc {
                file: expression.span.file,
                start: start.saturating_add(one.start),
                elements: moved(one.elements, start),
            },
        };
        Some(found.into_iter().map(place).collect())
    }

    fn file_statements(&self, call: &Call, template: bool, here: &Here<'s>) -> Statements<'s> {
        let name = self.evaluate(call.arguments.first()?, &here.env());
        let name = name.as_known_str()?;
        let folder = self.source.folder()?;
        let path = folder.join(name);
        if name.starts_with('~') || !fs::metadata(&path).is_ok_and(|info| info.len() <= MAX_FILE) {
            return None;
        }
        let text = fs::read_to_string(&path).ok()?;
        let found = json::statements(&text, template)?;
        // A name that `abspath` made begins with the folder of the root module.
        let inside = self
            .source
            .working_directory()
            .and_then(|root| name.strip_prefix(root.as_str())?.strip_prefix('/').map(str::to_owned));
        let file = Rc::new(SourceFile::new(&normal(inside.as_deref().unwrap_or(name)), &text));
        let place = |one: json::Scanned| Written {
            sid: one.sid,
            place: Place::File { file: Rc::clone(&file), start: one.start, elements: one.elements },
        };
        Some(found.into_iter().map(place).collect())
    }

    /// The statements of a document that is an object, before it is encoded.
    fn object_statements(&self, expression: &'s Expr, here: &Here<'s>) -> Statements<'s> {
        match &expression.kind {
            ExprKind::Wrap(inner) => self.object_statements(inner, here),
            ExprKind::Call(call) if &*call.name == "jsondecode" => {
                self.document_statements(call.arguments.first()?, here)
            }
            ExprKind::Object(_) => {
                let (list, there) = self.member(expression, &["Statement".into()], here)?;
                self.list_statements(list, &there)
            }
            ExprKind::Conditional(parts) => self.object_statements(self.branch(parts, here)?, here),
            ExprKind::Traversal(base, steps) => {
                let ExprKind::Variable(root) = &base.kind else { return None };
                let Target::Expression(value, keys, there) = self.target(root, steps, here)? else {
                    return None;
                };
                let (value, there) = self.member(value, &keys, &there)?;
                self.object_statements(value, &there)
            }
            _ => None,
        }
    }

    /// The statements of a list, or of one statement without its list.
    fn list_statements(&self, expression: &'s Expr, here: &Here<'s>) -> Statements<'s> {
        match &expression.kind {
            ExprKind::Wrap(inner) => self.list_statements(inner, here),
            ExprKind::Object(_) => Some(vec![self.one_statement(expression, here)]),
            ExprKind::Tuple(items) => Some(items.iter().map(|item| self.one_statement(item, here)).collect()),
            ExprKind::Conditional(parts) => self.list_statements(self.branch(parts, here)?, here),
            ExprKind::Call(call) if &*call.name == "concat" && !call.expand => {
                let mut all = Vec::new();
                for argument in &call.arguments {
                    all.extend(self.list_statements(argument, here)?);
                }
                Some(all)
            }
            ExprKind::Call(call) if &*call.name == "flatten" => self.flattened(call.arguments.first()?, here),
            ExprKind::Traversal(base, steps) => {
                let ExprKind::Variable(root) = &base.kind else { return None };
                let followed = self.target(root, steps, here).and_then(|target| match target {
                    Target::Expression(value, keys, there) => {
                        let (value, there) = self.member(value, &keys, &there)?;
                        self.list_statements(value, &there)
                    }
                    Target::Document(..) => None,
                });
                followed.or_else(|| self.computed(expression, expression, here))
            }
            ExprKind::For(parts) => self.computed(expression, &parts.result, here),
            _ => self.computed(expression, expression, here),
        }
    }

    fn flattened(&self, expression: &'s Expr, here: &Here<'s>) -> Statements<'s> {
        let ExprKind::Tuple(items) = &expression.kind else { return self.list_statements(expression, here) };
        let mut all = Vec::new();
        for item in items {
            match self.evaluate(item, &here.env()).kind {
                Kind::Sequence(_) => all.extend(self.flattened(item, here)?),
                Kind::Unknown(_) => return None,
                _ => all.push(self.one_statement(item, here)),
            }
        }
        Some(all)
    }

    /// Statements that an expression computes: as many as it gives, all at the same place.
    fn computed(&self, expression: &'s Expr, place: &'s Expr, here: &Here<'s>) -> Statements<'s> {
        let value = self.evaluate(expression, &here.env());
        let written = |value: &Value| match &value.kind {
            Kind::Object(_) => Some(Written { sid: sid_of(value), place: Place::Expression(place) }),
            _ => None,
        };
        match &value.kind {
            Kind::Sequence(sequence) if !sequence.open => sequence.items.iter().map(written).collect(),
            _ => Some(vec![written(&value)?]),
        }
    }

    fn one_statement(&self, expression: &'s Expr, here: &Here<'s>) -> Written<'s> {
        let followed = match &expression.kind {
            ExprKind::Traversal(base, steps) => match &base.kind {
                ExprKind::Variable(root) => self.target(root, steps, here).and_then(|target| match target {
                    Target::Expression(value, keys, there) => self.member(value, &keys, &there),
                    Target::Document(..) => None,
                }),
                _ => None,
            },
            _ => None,
        };
        let (place, there) = match followed {
            Some((value, there)) if matches!(value.kind, ExprKind::Object(_)) => (value, there),
            _ => (expression, here.clone()),
        };
        let sid = match &place.kind {
            ExprKind::Object(members) => {
                let named = members
                    .iter()
                    .find(|(key, _)| key.as_literal().and_then(|key| key.as_known_str()) == Some("Sid"));
                named.map_or(Sid::None, |(_, value)| sid_value(&self.evaluate(value, &there.env())))
            }
            _ => sid_of(&self.evaluate(place, &there.env())),
        };
        Written { sid, place: Place::Expression(place) }
    }
}

fn moved(elements: Vec<(String, usize)>, by: usize) -> Vec<(String, usize)> {
    elements.into_iter().map(|(name, at)| (name, at.saturating_add(by))).collect()
}

fn sid_of(statement: &Value) -> Sid {
    match &statement.kind {
        Kind::Object(members) => members.get(&Text::known("Sid")).map_or(Sid::None, sid_value),
        _ => Sid::Unknown,
    }
}

/// What the value of a `Sid` says.
pub(super) fn sid_value(value: &Value) -> Sid {
    match (&value.kind, value.as_known_str()) {
        (Kind::Null, _) => Sid::None,
        (_, Some(sid)) => Sid::Known(sid.to_owned()),
        _ => Sid::Unknown,
    }
}
