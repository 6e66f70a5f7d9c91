//! From a document's tree to compiled statements, collecting every problem with its place.

mod elements;
mod place;

use std::sync::Arc;

use crate::iam::document::{PolicyDocument, Problem};
use crate::iam::node::{Node, Str};
use crate::iam::pattern::PatternKind;
use crate::iam::statement::{StatedEffect, Statement};
use crate::text::Text;
use elements::holes;
use place::Place;

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
                    _ => {
                        self.problem(&root.member("Id"), "must be a string");
                        doubtful = true;
                    }
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
            conditions: Arc::default(),
            unknown_conditions: Box::default(),
            principal: None,
            is_of_resource: false,
            doubtful,
        };
        let problems = self.problems.len();
        let mut seen = Seen::default();
        let mut twice: Vec<&str> = Vec::new();
        for (name, value) in members {
            let Some(known) = name.known() else {
                self.problem(place, "the name of an element is unknown");
                continue;
            };
            if !seen.first(known) {
                self.problem(place, format!("`{known}` is there twice"));
                twice.push(known);
                continue;
            }
            let inner = place.member(known);
            match known {
                "Sid" => match value {
                    Node::Str(text) => statement.sid = Some(text.text(self.sensitive)),
                    Node::Unknown(hole) => statement.sid = Some(Text::hole((*hole).clone())),
                    _ => self.problem(&inner, "must be a string"),
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
                }
            }
        }
        self.complete(&seen, place, &mut statement);
        for name in twice {
            forget(&mut statement, name);
        }
        statement.doubtful |= self.problems.len() > problems;
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
}

/// Takes back what an element says that is there twice: which of the two counts, nothing tells.
fn forget(statement: &mut Statement, name: &str) {
    match name {
        "Effect" => statement.effect = StatedEffect::NotUnderstood,
        "Action" | "NotAction" => statement.actions = None,
        "Resource" | "NotResource" => statement.resources = None,
        "Condition" => statement.conditions = Arc::default(),
        _ => {}
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
