//! `aws_iam_policy_document` data: merges and renders documents as the AWS provider does.
//!
//! The rules are those of `data_source_aws_iam_policy_document` in version 5 of the provider: source documents in order,
//! then the statements of the data source itself, then override documents in order; a statement with the `Sid` of an
//! earlier one takes its place, any other is appended.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Value;
use crate::text::json::Json;
use crate::text::{Hole, Piece, Shape, Text, TextBuilder, Truth};

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

/// The elements of a list, or the value itself; nothing for null.
fn items(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::List(items) => items.clone(),
        other => vec![other.clone()],
    }
}

/// The string that a value becomes where the schema asks for one.
fn scalar(value: &Value) -> Option<Text> {
    match value {
        Value::Bool(value) => Some(Text::known(if *value { "true" } else { "false" })),
        value => value.to_text(),
    }
}

/// A string that counts if it is not empty.
fn optional_text(value: &Value) -> Option<Text> {
    scalar(value).filter(|text| text.as_known() != Some(""))
}

/// A `statement` block.
fn statement(block: &Value) -> Statement {
    if let Value::Unknown(hole) = block {
        return Statement::Unknown(hole.clone());
    }
    let effect = match block.member("effect") {
        Value::Unknown(hole) => Json::Unknown(hole.clone()),
        value => Json::String(optional_text(value).unwrap_or_else(|| Text::known("Allow"))),
    };
    let variables = |name: &str| list(block.member(name), true);
    Statement::Known(Box::new(Parts {
        sid: optional_text(block.member("sid")),
        effect: Some(effect),
        action: list(block.member("actions"), false),
        not_action: list(block.member("not_actions"), false),
        resource: variables("resources"),
        not_resource: variables("not_resources"),
        principal: principals(block.member("principals")),
        not_principal: principals(block.member("not_principals")),
        condition: conditions(block.member("condition")),
    }))
}

/// A set of strings: one becomes a string, several a list sorted backwards. `None` if there are none.
fn list(value: &Value, variables: bool) -> Option<Json> {
    if let Value::Unknown(hole) = value {
        return Some(Json::Unknown(hole.clone()));
    }
    let mut texts = Vec::new();
    let mut unknown = Vec::new();
    for item in items(value) {
        match item {
            Value::Null => {}
            Value::Unknown(hole) => unknown.push(Json::Unknown(hole)),
            item => texts.extend(scalar(&item).map(|text| if variables { replaced(&text) } else { text })),
        }
    }
    texts.sort_by(|a, b| b.cmp(a));
    texts.dedup();
    let all = texts.into_iter().map(Json::String).chain(unknown).collect();
    one_or_list(all)
}

fn one_or_list(mut items: Vec<Json>) -> Option<Json> {
    match items.len() {
        0 => None,
        // An unknown element of a set may stand for several, so it stays in its list.
        1 if !matches!(items.first(), Some(Json::Unknown(_))) => items.pop(),
        _ => Some(Json::Array(items)),
    }
}

/// The text with `${` where `&{` stood.
fn replaced(text: &Text) -> Text {
    let holds = |piece| matches!(piece, Piece::Literal(known) if known.contains("&{"));
    if !text.pieces().any(holds) {
        return text.clone();
    }
    let mut builder = Text::builder();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(known) => builder.push_str(&known.replace("&{", "${")),
            Piece::Hole(hole) => builder.push_hole(hole),
        };
    }
    builder.mark_sensitive(text.is_sensitive()).finish()
}

/// `principals` blocks: an object of lists by type, or `*` for `type = "*"`, `identifiers = ["*"]` alone.
fn principals(blocks: &Value) -> Option<Json> {
    if let Value::Unknown(hole) = blocks {
        return Some(Json::Unknown(hole.clone()));
    }
    let blocks = items(blocks);
    if let [block] = blocks.as_slice()
        && block.member("type").as_str() == Some("*")
        && items(block.member("identifiers")).iter().all(|item| item.as_str() == Some("*"))
    {
        return Some(Json::String(Text::known("*")));
    }
    let mut types: BTreeMap<Text, Vec<Json>> = BTreeMap::new();
    for block in &blocks {
        if let Value::Unknown(hole) = block {
            return Some(Json::Unknown(hole.clone()));
        }
        let Some(kind) = optional_text(block.member("type")) else { continue };
        match list(block.member("identifiers"), true) {
            Some(Json::Array(items)) => types.entry(kind).or_default().extend(items),
            Some(item) => types.entry(kind).or_default().push(item),
            None => {}
        }
    }
    let members: Vec<(Text, Json)> =
        types.into_iter().filter_map(|(kind, items)| Some((kind, one_or_list(items)?))).collect();
    if members.is_empty() { None } else { Some(Json::Object(members)) }
}

/// `condition` blocks: two of the same test and variable become one list of values.
fn conditions(blocks: &Value) -> Option<Json> {
    if let Value::Unknown(hole) = blocks {
        return Some(Json::Unknown(hole.clone()));
    }
    let mut tests: BTreeMap<Text, BTreeMap<Text, Vec<Json>>> = BTreeMap::new();
    for block in items(blocks) {
        if let Value::Unknown(hole) = block {
            return Some(Json::Unknown(hole));
        }
        let (Some(test), Some(variable)) = (scalar(block.member("test")), scalar(block.member("variable")))
        else {
            continue;
        };
        let values = tests.entry(test).or_default().entry(replaced(&variable)).or_default();
        match block.member("values") {
            Value::Unknown(hole) => values.push(Json::Unknown(hole.clone())),
            // Their order is kept: unlike the other lists it is one in the provider too.
            list => values.extend(items(list).iter().filter_map(|item| match item {
                Value::Null => None,
                Value::Unknown(hole) => Some(Json::Unknown(hole.clone())),
                item => scalar(item).map(|text| Json::String(replaced(&text))),
            })),
        }
    }
    let variable = |(name, values): (Text, Vec<Json>)| {
        let value = one_or_list(values).unwrap_or_else(|| Json::Array(Vec::new()));
        (name, value)
    };
    let test = |(name, variables): (Text, BTreeMap<Text, Vec<Json>>)| {
        (name, Json::Object(variables.into_iter().map(variable).collect()))
    };
    if tests.is_empty() { None } else { Some(Json::Object(tests.into_iter().map(test).collect())) }
}

/// A document that was read from JSON. Names of elements are read without regard to case, as Go's decoder does.
fn parsed(json: &Json) -> Document {
    let Json::Object(members) = json else {
        return Document { id: None, version: None, statements: vec![Statement::Unknown(broken())] };
    };
    let mut document = Document { id: None, version: None, statements: Vec::new() };
    for (name, value) in members {
        match name.as_known().map(str::to_ascii_lowercase).as_deref() {
            Some("version") => document.version = value.as_text().cloned(),
            Some("id") => document.id = value.as_text().filter(|text| text.as_known() != Some("")).cloned(),
            Some("statement") => match value {
                Json::Array(items) => document.statements = items.iter().map(parsed_statement).collect(),
                one => document.statements = vec![parsed_statement(one)],
            },
            _ => {}
        }
    }
    document
}

fn parsed_statement(json: &Json) -> Statement {
    let members = match json {
        Json::Object(members) => members,
        Json::Unknown(hole) => return Statement::Unknown(hole.clone()),
        _ => return Statement::Unknown(broken()),
    };
    let mut parts = Box::<Parts>::default();
    for (name, value) in members {
        let Some(name) = name.as_known().map(str::to_ascii_lowercase) else {
            return Statement::Unknown(broken());
        };
        let kept = || Some(value.clone()).filter(|value| *value != Json::Null);
        match name.as_str() {
            "sid" => match value {
                Json::Unknown(hole) => parts.sid = Some(Text::hole(hole.clone())),
                value => parts.sid = value.as_text().filter(|text| text.as_known() != Some("")).cloned(),
            },
            "effect" => parts.effect = kept(),
            "action" => parts.action = kept(),
            "notaction" => parts.not_action = kept(),
            "resource" => parts.resource = kept(),
            "notresource" => parts.not_resource = kept(),
            "principal" => parts.principal = kept(),
            "notprincipal" => parts.not_principal = kept(),
            "condition" => parts.condition = parsed_conditions(value),
            _ => {}
        }
    }
    Statement::Known(parts)
}

/// Conditions read from JSON: of their values only strings, booleans and lists survive in the provider.
fn parsed_conditions(json: &Json) -> Option<Json> {
    let Json::Object(tests) = json else {
        return match json {
            Json::Null => None,
            other => Some(other.clone()),
        };
    };
    let mut result = Vec::new();
    for (test, variables) in tests {
        let Json::Object(variables) = variables else {
            result.push((test.clone(), variables.clone()));
            continue;
        };
        let value = |(name, value): &(Text, Json)| {
            let value = match value {
                Json::Number(_) | Json::Null => return None,
                Json::Bool(value) => Json::String(Text::known(value.to_string())),
                Json::Array(items) => {
                    one_or_list(items.iter().map(string).collect()).unwrap_or_else(|| Json::Array(Vec::new()))
                }
                other => other.clone(),
            };
            Some((name.clone(), value))
        };
        let kept: Vec<(Text, Json)> = variables.iter().filter_map(value).collect();
        if !kept.is_empty() {
            result.push((test.clone(), Json::Object(kept)));
        }
    }
    if result.is_empty() { None } else { Some(Json::Object(result)) }
}

fn string(json: &Json) -> Json {
    match json {
        Json::Bool(value) => Json::String(Text::known(value.to_string())),
        other => other.clone(),
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

/// Writes JSON as Go's `MarshalIndent` does, two spaces per level.
fn write_json(json: &Json, level: usize, builder: &mut TextBuilder) {
    let inner = level.saturating_add(1);
    match json {
        Json::Null => drop(builder.push_str("null")),
        Json::Bool(value) => drop(builder.push_str(if *value { "true" } else { "false" })),
        Json::Number(text) => drop(builder.push_text(text)),
        Json::String(text) => write_string(text, builder),
        Json::Unknown(hole) => drop(builder.push_hole(hole)),
        Json::Array(items) => {
            builder.push_str("[");
            for (index, item) in items.iter().enumerate() {
                line(index > 0, inner, builder);
                write_json(item, inner, builder);
            }
            if !items.is_empty() {
                line(false, level, builder);
            }
            builder.push_str("]");
        }
        Json::Object(members) => {
            builder.push_str("{");
            for (index, (name, value)) in members.iter().enumerate() {
                line(index > 0, inner, builder);
                write_string(name, builder);
                builder.push_str(": ");
                write_json(value, inner, builder);
            }
            if !members.is_empty() {
                line(false, level, builder);
            }
            builder.push_str("}");
        }
    }
}

fn line(comma: bool, level: usize, builder: &mut TextBuilder) {
    builder.push_str(if comma { ",\n" } else { "\n" }).push_str(&"  ".repeat(level));
}

fn write_string(text: &Text, builder: &mut TextBuilder) {
    builder.push_str("\"").mark_sensitive(text.is_sensitive());
    for piece in text.pieces() {
        match piece {
            Piece::Literal(known) => builder.push_str(&escaped(known)),
            Piece::Hole(hole) => builder.push_hole(hole),
        };
    }
    builder.push_str("\"");
}

/// The characters of a JSON string, escaped as Go does it.
pub(crate) fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            '\u{8}' => result.push_str("\\b"),
            '\u{c}' => result.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(result, "\\u{:04x}", u32::from(c));
            }
            _ => result.push(c),
        }
    }
    result
}
