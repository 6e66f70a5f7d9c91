//! Source and override documents, read from their JSON.

use super::blocks::one_or_list;
use super::{Document, Parts, Statement, broken};
use crate::text::Text;
use crate::text::json::Json;

/// A document that was read from JSON. Names of elements are read without regard to case, as Go's decoder does.
pub(super) fn parsed(json: &Json) -> Document {
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
