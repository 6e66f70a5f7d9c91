//! Statements as blocks of the data source.

use std::collections::BTreeMap;

use super::{Parts, Statement};
use crate::plan::Value;
use crate::text::json::Json;
use crate::text::{Piece, Text};

/// The elements of a list, or the value itself; nothing for null.
pub(super) fn items(value: &Value) -> Vec<Value> {
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
pub(super) fn optional_text(value: &Value) -> Option<Text> {
    scalar(value).filter(|text| text.as_known() != Some(""))
}

/// A `statement` block.
pub(super) fn statement(block: &Value) -> Statement {
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

pub(super) fn one_or_list(mut items: Vec<Json>) -> Option<Json> {
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
        let kind = as_known_among(&types, kind);
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

/// The name as it is among the keys, if it is, marked as sensitive or not: a mark makes no other name.
fn as_known_among<V>(keys: &BTreeMap<Text, V>, name: Text) -> Text {
    let known = keys.keys().find(|known| known.unmarked() == name.unmarked());
    known.cloned().unwrap_or(name)
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
        let variables = tests.entry(as_known_among(&tests, test)).or_default();
        let variable = as_known_among(variables, replaced(&variable));
        let values = variables.entry(variable).or_default();
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::as_known_among;
    use crate::text::Text;

    #[test]
    fn a_mark_makes_no_other_name() {
        let mut keys: BTreeMap<Text, u8> = BTreeMap::new();
        let marked = Text::from("aws:UserAgent").mark_sensitive(true);
        *keys.entry(as_known_among(&BTreeMap::<Text, u8>::new(), marked.clone())).or_default() += 1;
        *keys.entry(as_known_among(&keys, "aws:UserAgent".into())).or_default() += 1;
        assert_eq!(keys, BTreeMap::from([(marked, 2)]));
    }
}
