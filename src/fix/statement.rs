//! A statement of a suggested policy.

use std::fmt::Write;

use super::hcl::{self, Names};
use crate::iam::{Effect, PolicyDocument};
use crate::text::Text;
use crate::text::json::Json;

/// A statement, as the JSON that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement(Json);

/// A condition of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    /// The operator (`StringEquals`).
    pub test: &'static str,
    /// The key (`aws:RequestTag/team`).
    pub key: String,
    /// The values, one of which must match.
    pub values: Vec<Text>,
}

impl Statement {
    /// A statement; `resources` are the ARNs, or `*` for actions without resource types.
    pub fn new(effect: Effect, actions: &[&str], resources: &[Text], conditions: &[Condition]) -> Self {
        let mut members = vec![
            member("Effect", text(if effect == Effect::Allow { "Allow" } else { "Deny" })),
            member("Action", few(actions.iter().map(|action| text(action)))),
            member("Resource", few(resources.iter().cloned().map(Json::String))),
        ];
        if !conditions.is_empty() {
            let condition = |condition: &Condition| {
                let values = few(condition.values.iter().cloned().map(Json::String));
                member(condition.test, Json::Object(vec![(Text::from(condition.key.as_str()), values)]))
            };
            members.push(member("Condition", Json::Object(conditions.iter().map(condition).collect())));
        }
        Self(Json::Object(members))
    }

    /// A statement as a document has it.
    pub fn of_json(json: Json) -> Self {
        Self(json)
    }

    /// The statement as JSON.
    pub fn json(&self) -> &Json {
        &self.0
    }

    /// A policy of these statements, as JSON.
    pub fn policy(statements: &[Self]) -> Json {
        let statements = statements.iter().map(|statement| statement.0.clone()).collect();
        Json::Object(vec![
            member("Version", text("2012-10-17")),
            member("Statement", Json::Array(statements)),
        ])
    }

    /// A policy of these statements, compiled.
    pub fn compile(statements: &[Self]) -> PolicyDocument {
        PolicyDocument::from_json(&Self::policy(statements))
    }

    /// As a `statement` block of an `aws_iam_policy_document`.
    pub(super) fn block(&self, names: Names<'_>, level: usize) -> Option<String> {
        let Json::Object(members) = &self.0 else { return None };
        let inner = level.saturating_add(1);
        let mut entries = Vec::new();
        let mut blocks = String::new();
        for (name, value) in members {
            let argument = match name.as_known()? {
                "Sid" => "sid",
                "Effect" => "effect",
                "Action" => "actions",
                "NotAction" => "not_actions",
                "Resource" => "resources",
                "NotResource" => "not_resources",
                "Condition" => {
                    blocks.push_str(&conditions(value, names, inner)?);
                    continue;
                }
                _ => return None,
            };
            let value = if matches!(argument, "sid" | "effect") { value.clone() } else { list(value) };
            let before = inner.saturating_mul(2).saturating_add(16);
            entries.push((argument.to_owned(), hcl::expression(&value, names, inner, before)?));
        }
        let (attributes, indent) = (hcl::attributes(&entries, inner), hcl::indent(level));
        Some(format!("{indent}statement {{\n{attributes}{blocks}{indent}}}\n"))
    }

    /// As an object within `jsonencode`.
    pub(super) fn object(&self, names: Names<'_>, level: usize) -> Option<String> {
        hcl::object(&self.0, names, level)
    }
}

fn conditions(json: &Json, names: Names<'_>, level: usize) -> Option<String> {
    let Json::Object(operators) = json else { return None };
    let mut written = String::new();
    for (operator, keys) in operators {
        let Json::Object(keys) = keys else { return None };
        for (key, values) in keys {
            let inner = level.saturating_add(1);
            let values = Json::Array(match list(values) {
                Json::Array(values) => values.iter().map(as_string).collect(),
                _ => return None,
            });
            let entries = [
                ("test".to_owned(), hcl::quoted(operator.as_known()?)),
                ("variable".to_owned(), hcl::quoted(key.as_known()?)),
                (
                    "values".to_owned(),
                    hcl::expression(&values, names, inner, inner.saturating_mul(2).saturating_add(11))?,
                ),
            ];
            let (attributes, indent) = (hcl::attributes(&entries, inner), hcl::indent(level));
            _ = write!(written, "\n{indent}condition {{\n{attributes}{indent}}}\n");
        }
    }
    Some(written)
}

/// The values of a condition are strings in a `condition` block.
fn as_string(json: &Json) -> Json {
    match json {
        Json::Bool(value) => text(&value.to_string()),
        Json::Number(number) => Json::String(number.clone()),
        other => other.clone(),
    }
}

fn list(json: &Json) -> Json {
    match json {
        Json::Array(_) => json.clone(),
        other => Json::Array(vec![other.clone()]),
    }
}

/// One value stands without its list.
fn few(values: impl Iterator<Item = Json>) -> Json {
    let mut values: Vec<Json> = values.collect();
    match values.len() {
        1 => values.pop().unwrap_or(Json::Null),
        _ => Json::Array(values),
    }
}

fn member(name: &str, value: Json) -> (Text, Json) {
    (Text::from(name), value)
}

fn text(text: &str) -> Json {
    Json::String(Text::from(text))
}
