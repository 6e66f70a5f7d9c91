//! From a document's tree to compiled statements, collecting every problem with its place.

use std::fmt::Write;

use super::condition::{Condition, Value};
use super::document::{PolicyDocument, Problem};
use super::key::KeyName;
use super::node::{Node, Str};
use super::operator::Operator;
use super::pattern::{Pattern, PatternKind};
use super::principal::{Principal, PrincipalEntry};
use super::statement::{Effect, Entry, Selection, StatedEffect, Statement};
use crate::text::{Hole, Text};

/// A place in the document, from the inside out.
#[derive(Clone, Copy)]
struct Place<'a> {
    outer: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Member(&'a str),
    Item(usize),
}

impl<'a> Place<'a> {
    const ROOT: Self = Self { outer: None, step: Step::Root };

    fn member(&'a self, name: &'a str) -> Self {
        Self { outer: Some(self), step: Step::Member(name) }
    }

    fn item(&'a self, index: usize) -> Self {
        Self { outer: Some(self), step: Step::Item(index) }
    }

    fn write(&self, out: &mut String) {
        if let Some(outer) = self.outer {
            outer.write(out);
        }
        match self.step {
            Step::Root => {}
            Step::Member(name) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(name);
            }
            Step::Item(index) => {
                // Writing to a string does not fail.
                let _ = write!(out, "[{index}]");
            }
        }
    }
}

/// Whether `${…}` is a policy variable in the document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Variables {
    Yes,
    No,
    Unknown,
}

/// Reads one document.
pub(super) struct Reader {
    sensitive: bool,
    variables: Variables,
    problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn new(sensitive: bool) -> Self {
        Self { sensitive, variables: Variables::No, problems: Vec::new() }
    }

    fn problem(&mut self, place: &Place<'_>, message: impl Into<String>) {
        let mut path = String::new();
        if !self.sensitive {
            place.write(&mut path);
        }
        self.problems.push(Problem { place: path, message: message.into() });
    }

    /// A text of the document for a message.
    fn quote(&self, text: &Str<'_>) -> String {
        format!("`{}`", text.text(self.sensitive))
    }

    pub(super) fn document(mut self, node: &Node<'_>) -> PolicyDocument {
        let root = Place::ROOT;
        let mut document = PolicyDocument::default();
        let members = match node {
            Node::Object(members) => members,
            Node::Unknown(hole) => {
                return PolicyDocument { unknown: vec![(*hole).clone()], ..document };
            }
            _ => {
                self.problem(&root, "a policy is a JSON object");
                return PolicyDocument { broken: true, problems: self.problems, ..document };
            }
        };
        let doubtful = self.head(members, &mut document);
        let mut statements = members.iter().filter(|(name, _)| name.known() == Some("Statement"));
        if let Some((_, value)) = statements.next() {
            self.statements(value, doubtful, &mut document);
        } else {
            self.problem(&root, "the policy has no `Statement`");
            document.broken = true;
        }
        if statements.next().is_some() {
            self.problem(&root, "`Statement` is there twice");
            document.broken = true;
        }
        document.problems = self.problems;
        document
    }

    /// Reads what stands beside the statements; tells whether some of it cannot be understood.
    fn head(&mut self, members: &[(Str<'_>, Node<'_>)], document: &mut PolicyDocument) -> bool {
        let root = Place::ROOT;
        let mut doubtful = false;
        let mut versions = 0usize;
        for (name, value) in members {
            match name.known() {
                Some("Version") => {
                    versions = versions.saturating_add(1);
                    doubtful |= !self.version(value);
                }
                Some("Id") => match value {
                    Node::Str(text) => document.id = Some(text.text(self.sensitive)),
                    Node::Unknown(hole) => document.id = Some(Text::hole((*hole).clone())),
                    _ => self.problem(&root.member("Id"), "must be a string"),
                },
                Some("Statement") => {}
                Some(_) => {
                    let message = format!("{} is no element of a policy", self.quote(name));
                    self.problem(&root, message);
                    doubtful = true;
                }
                None => {
                    self.problem(&root, "the name of an element is unknown");
                    document.unknown.extend(holes(name));
                }
            }
        }
        if versions > 1 {
            self.problem(&root, "`Version` is there twice");
            doubtful = true;
        }
        doubtful
    }

    /// Reads the version; tells whether it could be understood.
    fn version(&mut self, value: &Node<'_>) -> bool {
        let place = Place::ROOT;
        let place = place.member("Version");
        match value {
            Node::Str(text) => match text.known() {
                Some("2012-10-17") => self.variables = Variables::Yes,
                Some("2008-10-17") => self.variables = Variables::No,
                Some(_) => {
                    let message = format!("{} is no version of the policy language", self.quote(text));
                    self.problem(&place, message);
                    self.variables = Variables::Unknown;
                    return false;
                }
                None => self.variables = Variables::Unknown,
            },
            Node::Unknown(_) => self.variables = Variables::Unknown,
            _ => {
                self.problem(&place, "must be a string");
                return false;
            }
        }
        true
    }

    fn statements(&mut self, node: &Node<'_>, doubtful: bool, document: &mut PolicyDocument) {
        let root = Place::ROOT;
        let place = root.member("Statement");
        match node {
            Node::Array(items) => {
                document.statements.reserve_exact(items.len());
                for (index, item) in items.iter().enumerate() {
                    self.statement(item, index, &place.item(index), doubtful, document);
                }
            }
            other => self.statement(other, 0, &place, doubtful, document),
        }
    }

    fn statement(
        &mut self,
        node: &Node<'_>,
        index: usize,
        place: &Place<'_>,
        doubtful: bool,
        document: &mut PolicyDocument,
    ) {
        let members = match node {
            Node::Object(members) => members,
            Node::Unknown(hole) => {
                document.unknown.push((*hole).clone());
                return;
            }
            _ => {
                self.problem(place, "a statement is a JSON object");
                document.broken = true;
                return;
            }
        };
        let mut statement = Statement {
            index,
            sid: None,
            effect: StatedEffect::NotUnderstood,
            actions: None,
            resources: None,
            conditions: Box::default(),
            unknown_conditions: Box::default(),
            principal: None,
            is_of_resource: false,
            doubtful,
        };
        let mut seen = Seen::default();
        for (name, value) in members {
            let Some(known) = name.known() else {
                self.problem(place, "the name of an element is unknown");
                statement.doubtful = true;
                continue;
            };
            if !seen.first(known) {
                self.problem(place, format!("`{known}` is there twice"));
                statement.doubtful = true;
                continue;
            }
            let inner = place.member(known);
            match known {
                "Sid" => match value {
                    Node::Str(text) => statement.sid = Some(text.text(self.sensitive)),
                    Node::Unknown(hole) => statement.sid = Some(Text::hole((*hole).clone())),
                    _ => {
                        self.problem(&inner, "must be a string");
                        statement.doubtful = true;
                    }
                },
                "Effect" => statement.effect = self.effect(value, &inner),
                "Action" | "NotAction" => {
                    statement.actions =
                        self.selection(value, &inner, known == "NotAction", PatternKind::Action);
                }
                "Resource" | "NotResource" => {
                    statement.resources =
                        self.selection(value, &inner, known == "NotResource", PatternKind::Resource);
                }
                "Condition" => self.conditions(value, &inner, &mut statement),
                "Principal" | "NotPrincipal" => {
                    statement.principal = Some(self.principal(value, &inner, known == "NotPrincipal"));
                }
                _ => {
                    let message = format!("{} is no element of a statement", self.quote(name));
                    self.problem(place, message);
                    statement.doubtful = true;
                }
            }
        }
        self.complete(&seen, place, &mut statement);
        document.statements.push(statement);
    }

    /// Checks that the statement has what it must have, and nothing twice.
    fn complete(&mut self, seen: &Seen<'_>, place: &Place<'_>, statement: &mut Statement) {
        if !seen.has("Effect") {
            self.problem(place, "`Effect` is missing");
        }
        for (one, other) in
            [("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")]
        {
            match (seen.has(one), seen.has(other)) {
                (true, true) => {
                    self.problem(place, format!("`{one}` and `{other}` exclude each other"));
                    statement.doubtful = true;
                    match one {
                        "Action" => statement.actions = None,
                        "Resource" => statement.resources = None,
                        _ => {}
                    }
                }
                (false, false) if one == "Action" => self.problem(place, "`Action` is missing"),
                (false, false) if one == "Resource" => {
                    statement.is_of_resource = statement.principal.is_some();
                    if !statement.is_of_resource {
                        self.problem(place, "`Resource` is missing");
                    }
                }
                _ => {}
            }
        }
    }

    fn effect(&mut self, value: &Node<'_>, place: &Place<'_>) -> StatedEffect {
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

    fn selection(
        &mut self,
        value: &Node<'_>,
        place: &Place<'_>,
        negated: bool,
        kind: PatternKind,
    ) -> Option<Selection> {
        let entries: Box<[Entry]> = match value {
            Node::Array(items) if items.is_empty() => {
                self.problem(place, "the list is empty");
                return None;
            }
            Node::Array(items) => {
                let entries = items.iter().enumerate();
                entries.map(|(index, item)| self.entry(item, &place.item(index), kind)).collect()
            }
            other => Box::from([self.entry(other, place, kind)]),
        };
        Some(Selection { negated, entries })
    }

    fn entry(&mut self, value: &Node<'_>, place: &Place<'_>, kind: PatternKind) -> Entry {
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
                self.problem(place, "must be a string or a list of strings");
                Entry::NotUnderstood
            }
        }
    }

    /// Whether variables of the text are to be replaced.
    fn open_variables(&self, text: &Text) -> Result<bool, String> {
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

    fn conditions(&mut self, value: &Node<'_>, place: &Place<'_>, statement: &mut Statement) {
        let mut conditions = Vec::new();
        let mut unknown = Vec::new();
        match value {
            Node::Object(operators) => {
                let mut seen: Vec<&str> = Vec::new();
                for (name, keys) in operators {
                    let Some(known) = name.known() else {
                        unknown.extend(holes(name));
                        continue;
                    };
                    if seen.contains(&known) {
                        self.problem(place, format!("`{known}` is there twice"));
                        statement.doubtful = true;
                        continue;
                    }
                    seen.push(known);
                    match keys {
                        Node::Unknown(hole) => unknown.push((*hole).clone()),
                        Node::Object(keys) => {
                            let place = place.member(known);
                            self.operator(name, keys, &place, statement, &mut conditions, &mut unknown);
                        }
                        _ => {
                            self.problem(&place.member(known), "must be an object of keys with values");
                            statement.doubtful = true;
                        }
                    }
                }
            }
            Node::Unknown(hole) => unknown.push((*hole).clone()),
            _ => {
                self.problem(place, "must be an object of operators");
                statement.doubtful = true;
            }
        }
        statement.conditions = conditions.into();
        statement.unknown_conditions = unknown.into();
    }

    fn operator(
        &mut self,
        name: &Str<'_>,
        keys: &[(Str<'_>, Node<'_>)],
        place: &Place<'_>,
        statement: &mut Statement,
        conditions: &mut Vec<Condition>,
        unknown: &mut Vec<Hole>,
    ) {
        let Some(operator) = name.known().and_then(Operator::parse) else {
            self.problem(place, "no such condition operator");
            statement.doubtful = true;
            return;
        };
        let mut seen: Vec<&str> = Vec::new();
        for (key, value) in keys {
            let Some(known) = key.known() else {
                unknown.extend(holes(key));
                continue;
            };
            if seen.contains(&known) {
                self.problem(place, format!("`{known}` is there twice"));
                statement.doubtful = true;
                continue;
            }
            seen.push(known);
            let place = place.member(known);
            let mut values = Vec::new();
            match value {
                Node::Array(items) => {
                    for (index, item) in items.iter().enumerate() {
                        statement.doubtful |= !self.value(item, &place.item(index), &mut values);
                    }
                }
                other => statement.doubtful |= !self.value(other, &place, &mut values),
            }
            let mut variables = false;
            for value in &values {
                if let Value::Text(text) = value {
                    match self.open_variables(text) {
                        Ok(open) => variables |= open,
                        Err(message) => {
                            self.problem(&place, message);
                            statement.doubtful = true;
                        }
                    }
                }
            }
            let (condition, problems) = Condition::new(operator, KeyName::new(known), &values, variables);
            for message in problems {
                self.problem(&place, message);
            }
            conditions.push(condition);
        }
    }

    /// Reads a value of a condition; tells whether it could be understood.
    fn value(&mut self, node: &Node<'_>, place: &Place<'_>, values: &mut Vec<Value>) -> bool {
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

    fn principal(&mut self, value: &Node<'_>, place: &Place<'_>, negated: bool) -> Principal {
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

fn holes(text: &Str<'_>) -> Vec<Hole> {
    match text {
        Str::Known(_) => Vec::new(),
        Str::Text(text) => text.holes().cloned().collect(),
    }
}

/// Which elements a statement has.
#[derive(Default)]
struct Seen<'a>(Vec<&'a str>);

impl<'a> Seen<'a> {
    fn first(&mut self, name: &'a str) -> bool {
        let first = !self.0.contains(&name);
        if first {
            self.0.push(name);
        }
        first
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains(&name)
    }
}
