//! The elements of a statement: its effect, what it selects, its conditions and principals.

use std::sync::Arc;

use super::place::Place;
use super::{Reader, Variables};
use crate::iam::condition::{Condition, Value};
use crate::iam::key::KeyName;
use crate::iam::node::{Node, Str};
use crate::iam::operator::Operator;
use crate::iam::pattern::{Pattern, PatternKind};
use crate::iam::principal::{Principal, PrincipalEntry};
use crate::iam::selection::{Entry, Selection};
use crate::iam::statement::{Effect, StatedEffect, Statement};
use crate::text::{Hole, Text};

impl Reader {
    pub(super) fn effect(&mut self, value: &Node<'_>, place: &Place<'_>) -> StatedEffect {
        match value {
            Node::Unknown(hole) => return StatedEffect::Unknown((*hole).clone()),
            Node::Str(text) => match (text.known(), holes(text).into_iter().next()) {
                (Some("Allow"), _) => return StatedEffect::Known(Effect::Allow),
                (Some("Deny"), _) => return StatedEffect::Known(Effect::Deny),
                (None, Some(hole)) => return StatedEffect::Unknown(hole),
                _ => {}
            },
            _ => {}
        }
        self.problem(place, "must be `Allow` or `Deny`");
        StatedEffect::NotUnderstood
    }

    pub(super) fn selection(
        &mut self,
        value: &Node<'_>,
        place: &Place<'_>,
        negated: bool,
        kind: PatternKind,
    ) -> Option<Selection> {
        let entries: Arc<[Entry]> = match value {
            Node::Array(items) if items.is_empty() => {
                self.problem(place, "the list is empty");
                return None;
            }
            Node::Array(items) => {
                let entries = items.iter().enumerate();
                entries.map(|(index, item)| self.entry(item, &place.item(index), kind)).collect()
            }
            Node::Str(_) | Node::Unknown(_) => Arc::from([self.entry(value, place, kind)]),
            _ => {
                self.problem(place, "must be a string or a list of strings");
                return None;
            }
        };
        Some(Selection::new(negated, entries))
    }

    pub(super) fn entry(&mut self, value: &Node<'_>, place: &Place<'_>, kind: PatternKind) -> Entry {
        match value {
            Node::Unknown(hole) => Entry::Unknown((*hole).clone()),
            Node::Str(text) => {
                let source = text.text(self.sensitive);
                match self
                    .open_variables(&source)
                    .map_or_else(Err, |variables| Pattern::new(source, kind, variables))
                {
                    Ok(pattern) => Entry::Pattern(pattern),
                    Err(message) => {
                        self.problem(place, message);
                        Entry::NotUnderstood
                    }
                }
            }
            _ => {
                self.problem(place, "must be a string");
                Entry::NotUnderstood
            }
        }
    }

    /// Whether variables of the text are to be replaced.
    pub(super) fn open_variables(&self, text: &Text) -> Result<bool, String> {
        match self.variables {
            Variables::Yes => Ok(true),
            Variables::No => Ok(false),
            Variables::Unknown => {
                let named = text.pieces().any(|piece| match piece {
                    crate::text::Piece::Literal(literal) => literal.contains("${"),
                    crate::text::Piece::Hole(_) => false,
                });
                if named {
                    Err("whether `${` begins a policy variable hangs on a version that is not understood"
                        .into())
                } else {
                    Ok(false)
                }
            }
        }
    }

    pub(super) fn conditions(&mut self, value: &Node<'_>, place: &Place<'_>, statement: &mut Statement) {
        let mut conditions = Vec::new();
        let mut unknown = Vec::new();
        match value {
            Node::Object(operators) => {
                let mut seen: Vec<&str> = Vec::new();
                let mut twice: Vec<&str> = Vec::new();
                for (name, keys) in operators {
                    let Some(known) = name.known() else {
                        unknown.extend(holes(name));
                        continue;
                    };
                    if seen.contains(&known) {
                        self.problem(place, format!("`{known}` is there twice"));
                        twice.push(known);
                        continue;
                    }
                    seen.push(known);
                    match keys {
                        Node::Unknown(hole) => unknown.push((*hole).clone()),
                        Node::Object(keys) => {
                            let place = place.member(known);
                            self.operator(name, keys, &place, &mut conditions, &mut unknown);
                        }
                        _ => self.problem(&place.member(known), "must be an object of keys with values"),
                    }
                }
                let twice: Vec<Operator> = twice.into_iter().filter_map(Operator::parse).collect();
                conditions.retain(|condition: &Condition| !twice.contains(&condition.operator()));
            }
            Node::Unknown(hole) => unknown.push((*hole).clone()),
            _ => self.problem(place, "must be an object of operators"),
        }
        statement.conditions = conditions.into();
        statement.unknown_conditions = unknown.into();
    }

    pub(super) fn operator(
        &mut self,
        name: &Str<'_>,
        keys: &[(Str<'_>, Node<'_>)],
        place: &Place<'_>,
        conditions: &mut Vec<Condition>,
        unknown: &mut Vec<Hole>,
    ) {
        let Some(operator) = name.known().and_then(Operator::parse) else {
            self.problem(place, "no such condition operator");
            return;
        };
        let mut seen: Vec<&str> = Vec::new();
        let mut twice: Vec<&str> = Vec::new();
        for (key, value) in keys {
            let Some(known) = key.known() else {
                unknown.extend(holes(key));
                continue;
            };
            if seen.contains(&known) {
                self.problem(place, format!("`{known}` is there twice"));
                twice.push(known);
                continue;
            }
            seen.push(known);
            let place = place.member(known);
            let mut values = Vec::new();
            let mut is_understood = true;
            match value {
                Node::Array(items) => {
                    for (index, item) in items.iter().enumerate() {
                        is_understood &= self.value(item, &place.item(index), &mut values);
                    }
                }
                other => is_understood = self.value(other, &place, &mut values),
            }
            // Without one of its values it would be another condition.
            if !is_understood {
                continue;
            }
            let mut variables = false;
            for value in &values {
                if let Value::Text(text) = value {
                    match self.open_variables(text) {
                        Ok(open) => variables |= open,
                        Err(message) => self.problem(&place, message),
                    }
                }
            }
            let key = KeyName::new(known).mark_sensitive(self.sensitive);
            let (condition, problems) = Condition::new(operator, key, &values, variables);
            for message in problems {
                self.problem(&place, message);
            }
            conditions.push(condition);
        }
        // Which of the two counts, nothing tells.
        conditions.retain(|condition| {
            condition.operator() != operator || !twice.iter().any(|name| condition.key().spelled() == *name)
        });
    }

    /// Reads a value of a condition; tells whether it could be understood.
    pub(super) fn value(&mut self, node: &Node<'_>, place: &Place<'_>, values: &mut Vec<Value>) -> bool {
        match node {
            Node::Str(text) | Node::Number(text) => values.push(Value::Text(text.text(self.sensitive))),
            Node::Bool(value) => {
                let text = Text::known(if *value { "true" } else { "false" });
                values.push(Value::Text(text.mark_sensitive(self.sensitive)));
            }
            Node::Unknown(hole) => values.push(Value::Unknown((*hole).clone())),
            Node::Null | Node::Array(_) | Node::Object(_) => {
                self.problem(place, "must be a string, a number, a boolean, or a list of these");
                return false;
            }
        }
        true
    }

    pub(super) fn principal(&mut self, value: &Node<'_>, place: &Place<'_>, negated: bool) -> Principal {
        let mut entries = Vec::new();
        match value {
            Node::Str(text) if text.known() == Some("*") => entries.push(PrincipalEntry::Everyone),
            Node::Unknown(hole) => entries.push(PrincipalEntry::Unknown((*hole).clone())),
            Node::Object(kinds) => {
                for (kind, names) in kinds {
                    let kind = kind.text(self.sensitive);
                    let names = match names {
                        Node::Array(items) => items.as_slice(),
                        other => std::slice::from_ref(other),
                    };
                    for name in names {
                        entries.push(match name {
                            Node::Str(text) => {
                                PrincipalEntry::Named { kind: kind.clone(), name: text.text(self.sensitive) }
                            }
                            Node::Unknown(hole) => PrincipalEntry::Unknown((*hole).clone()),
                            _ => {
                                self.problem(place, "must be a string or a list of strings");
                                PrincipalEntry::NotUnderstood
                            }
                        });
                    }
                }
            }
            _ => {
                self.problem(place, "must be `\"*\"` or an object");
                entries.push(PrincipalEntry::NotUnderstood);
            }
        }
        Principal { negated, entries }
    }
}

pub(super) fn holes(text: &Str<'_>) -> Vec<Hole> {
    match text {
        Str::Known(_) => Vec::new(),
        Str::Text(text) => text.holes().cloned().collect(),
    }
}
