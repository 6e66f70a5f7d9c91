//! `aws_iam_policy_document` data: merges and renders documents as the AWS provider does.
//!
//! The rules are those of `data_source_aws_iam_policy_document` in version 5 of the provider: source documents in order,
//! then the statements of the data source itself, then override documents in order; a statement with the `Sid` of an
//! earlier one takes its place, any other is appended.

mod blocks;
mod parsed;
mod write;

use super::Value;
use crate::text::json::Json;
use crate::text::{Hole, Shape, Text, Truth};
use blocks::{items, optional_text, statement};
use parsed::parsed;
pub(crate) use write::escaped;
use write::write_json;

/// The version of a document that does not say one.
const DEFAULT_VERSION: &str = "2012-10-17";

/// Renders the arguments of an `aws_iam_policy_document` as its `json`, with holes where they are unknown.
///
/// `document` is an object with the data source's arguments as a plan shows them: `version`, `policy_id`, `statement`,
/// `source_policy_documents`, `override_policy_documents` and the older `source_json`, `override_json`. Nested blocks
/// are lists of objects, or one object. An unknown element of a list becomes a hole where a JSON value belongs; so does
/// a statement that may or may not be replaced by another one of the same `Sid`.
pub fn render(document: &Value) -> Text {
    if let Value::Unknown(hole) = document {
        return Text::hole(hole.clone());
    }
    let mut merged = Merged::default();
    for name in ["source_json", "source_policy_documents"] {
        for source in items(document.member(name)) {
            merged.add_text(&source, false);
        }
    }
    let own = Document {
        id: optional_text(document.member("policy_id")),
        version: Some(
            optional_text(document.member("version")).unwrap_or_else(|| Text::known(DEFAULT_VERSION)),
        ),
        statements: items(document.member("statement")).iter().map(statement).collect(),
    };
    merged.add(own);
    for name in ["override_json", "override_policy_documents"] {
        for source in items(document.member(name)) {
            merged.add_text(&source, true);
        }
    }
    let sensitive = matches!(document, Value::Object(object) if object.sensitive);
    merged.render(sensitive)
}

/// A document, before it is merged.
struct Document {
    id: Option<Text>,
    version: Option<Text>,
    statements: Vec<Statement>,
}

/// A statement as it will be rendered.
enum Statement {
    Known(Box<Parts>),
    /// One, several, or none.
    Unknown(Hole),
}

/// The elements of a statement.
#[derive(Default)]
struct Parts {
    sid: Option<Text>,
    effect: Option<Json>,
    action: Option<Json>,
    not_action: Option<Json>,
    resource: Option<Json>,
    not_resource: Option<Json>,
    principal: Option<Json>,
    not_principal: Option<Json>,
    condition: Option<Json>,
}

#[derive(Default)]
struct Merged {
    id: Option<Text>,
    version: Option<Text>,
    statements: Vec<Statement>,
}

impl Merged {
    fn add(&mut self, document: Document) {
        if document.id.is_some() {
            self.id = document.id;
        }
        if let Some(version) = document.version
            && self.version.as_ref().is_none_or(|before| *before < version)
        {
            self.version = Some(version);
        }
        for statement in document.statements {
            self.add_statement(statement);
        }
    }

    fn add_statement(&mut self, statement: Statement) {
        let sid = match &statement {
            Statement::Known(parts) => parts.sid.clone(),
            Statement::Unknown(_) => None,
        };
        let Some(sid) = sid else { return self.statements.push(statement) };
        let mut replaced = None;
        for (index, earlier) in self.statements.iter_mut().enumerate() {
            let Statement::Known(parts) = earlier else { continue };
            let Some(other) = &parts.sid else { continue };
            match other.equals(&sid) {
                Truth::False => {}
                Truth::True => {
                    replaced = Some(index);
                    break;
                }
                Truth::Maybe => {
                    // Either the two are there, or the later one alone.
                    *earlier = Statement::Unknown(unsettled(&sid));
                }
            }
        }
        match replaced.and_then(|index| self.statements.get_mut(index)) {
            Some(place) => *place = statement,
            None => self.statements.push(statement),
        }
    }

    /// Adds a source or override document.
    fn add_text(&mut self, value: &Value, overrides: bool) {
        let hole = match value {
            Value::Null => return,
            Value::Unknown(hole) => hole.clone(),
            _ => match value.as_text().map(|text| (text, Json::parse(text))) {
                Some((text, Ok(json))) if !matches!(json, Json::Unknown(_)) => {
                    // An empty text is no document.
                    let _ = text;
                    return self.add(parsed(&json));
                }
                Some((text, _)) if text.as_known() == Some("") => return,
                Some((text, _)) => match text.holes().next() {
                    Some(hole) => hole.clone(),
                    None => broken(),
                },
                None => broken(),
            },
        };
        if overrides {
            // Whatever it says may take the place of any statement that has a name.
            for statement in &mut self.statements {
                if matches!(statement, Statement::Known(parts) if parts.sid.is_some()) {
                    *statement = Statement::Unknown(hole.clone());
                }
            }
        }
        self.statements.push(Statement::Unknown(hole));
    }

    fn render(self, sensitive: bool) -> Text {
        let mut members = Vec::new();
        let mut member = |name: &str, value: Option<Json>| {
            members.extend(value.map(|value| (Text::known(name), value)));
        };
        member("Version", self.version.map(Json::String));
        member("Id", self.id.map(Json::String));
        if !self.statements.is_empty() {
            let statements = self.statements.into_iter().map(Statement::into_json).collect();
            member("Statement", Some(Json::Array(statements)));
        }
        let mut builder = Text::builder();
        builder.mark_sensitive(sensitive);
        write_json(&Json::Object(members), 0, &mut builder);
        builder.finish()
    }
}

impl Statement {
    fn into_json(self) -> Json {
        let parts = match self {
            Self::Known(parts) => parts,
            Self::Unknown(hole) => return Json::Unknown(hole),
        };
        let elements = [
            ("Sid", parts.sid.map(Json::String)),
            ("Effect", parts.effect),
            ("Action", parts.action),
            ("NotAction", parts.not_action),
            ("Resource", parts.resource),
            ("NotResource", parts.not_resource),
            ("Principal", parts.principal),
            ("NotPrincipal", parts.not_principal),
            ("Condition", parts.condition),
        ];
        let members = elements.into_iter().filter_map(|(name, value)| Some((Text::known(name), value?)));
        Json::Object(members.collect())
    }
}

fn broken() -> Hole {
    Hole::new("", "policy document that is not JSON", Shape::ANY)
}

fn unsettled(sid: &Text) -> Hole {
    match sid.holes().next() {
        Some(hole) => hole.clone(),
        None => Hole::new("", "statement that may be replaced", Shape::ANY),
    }
}
