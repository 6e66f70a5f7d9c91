//! HCL as `terraform fmt` lays it out.

use std::fmt::Write;

use crate::text::json::Json;
use crate::text::{Piece, Text};

/// Longer lines are broken where they can be.
const WIDTH: usize = 100;

/// Text that goes between quotes: `${` and `%{` begin nothing.
pub(super) fn escaped(text: &str) -> String {
    let is_plain = |byte: u8| (b' '..0x7f).contains(&byte) && !matches!(byte, b'"' | b'\\' | b'$' | b'%');
    if text.bytes().all(is_plain) {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let rest = chars.as_str();
        match c {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '$' | '%' if rest.starts_with('{') => {
                escaped.push(c);
                escaped.push(c);
            }
            // Terraform reads `$$${` as it stands where other text is before it: of several signs, the last is doubled.
            '$' | '%' if rest.starts_with(c) && rest.trim_start_matches(c).starts_with('{') => {
                _ = write!(escaped, "\\u{:04x}", u32::from(c));
            }
            c if c.is_control() => _ = write!(escaped, "\\u{:04x}", u32::from(c)),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A string in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Whether a word can stand without quotes as a key or a name.
pub(super) fn is_name(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// How a text is written as an expression; `None` where it cannot be.
pub(super) type Names<'n> = &'n dyn Fn(&Text) -> Option<String>;

/// A text with references in it: a quoted template, or the reference itself where it is nothing else.
pub(super) fn template(
    text: &Text,
    reference: impl Fn(&crate::text::Hole) -> Option<String>,
) -> Option<String> {
    if let Some(hole) = text.as_hole() {
        return match reference(hole)?.strip_prefix('"') {
            Some(literal) => Some(format!("\"{literal}")),
            None => reference(hole),
        };
    }
    let mut written = String::new();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(known) => written.push_str(&escaped(known)),
            Piece::Hole(hole) => {
                let reference = reference(hole)?;
                match reference.strip_prefix('"').and_then(|literal| literal.strip_suffix('"')) {
                    Some(literal) => written.push_str(literal),
                    None => _ = write!(written, "${{{reference}}}"),
                }
            }
        }
    }
    Some(format!("\"{written}\""))
}

/// JSON as an HCL expression that begins at `level` and on a line of which `before` characters are taken.
pub(super) fn expression(json: &Json, names: Names<'_>, level: usize, before: usize) -> Option<String> {
    let line = one_line(json, names)?;
    let wraps = matches!(json, Json::Array(items) if !items.is_empty())
        || matches!(json, Json::Object(members) if !members.is_empty());
    if !wraps || line.len().saturating_add(before) <= WIDTH {
        return Some(line);
    }
    let inner = level.saturating_add(1);
    match json {
        Json::Array(items) => {
            let mut written = String::from("[\n");
            for item in items {
                let item = expression(item, names, inner, inner.saturating_mul(2))?;
                _ = writeln!(written, "{}{item},", indent(inner));
            }
            _ = write!(written, "{}]", indent(level));
            Some(written)
        }
        Json::Object(_) => object(json, names, level),
        _ => Some(line),
    }
}

/// An object over several lines.
pub(super) fn object(json: &Json, names: Names<'_>, level: usize) -> Option<String> {
    let Json::Object(members) = json else { return None };
    let inner = level.saturating_add(1);
    let mut entries = Vec::new();
    for (name, value) in members {
        let key = key(name)?;
        let before = inner.saturating_mul(2).saturating_add(key.len()).saturating_add(3);
        entries.push((key, expression(value, names, inner, before)?));
    }
    Some(format!("{{\n{}{}}}", attributes(&entries, inner), indent(level)))
}

fn one_line(json: &Json, names: Names<'_>) -> Option<String> {
    Some(match json {
        Json::Null => "null".into(),
        Json::Bool(value) => value.to_string(),
        Json::Number(text) => text.as_known().filter(|_| !text.is_sensitive())?.to_owned(),
        Json::String(text) => names(text)?,
        Json::Unknown(_) => return None,
        Json::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(|item| one_line(item, names)).collect();
            format!("[{}]", items?.join(", "))
        }
        Json::Object(members) if members.is_empty() => "{}".into(),
        Json::Object(members) => {
            let member =
                |(name, value): &(Text, Json)| Some(format!("{} = {}", key(name)?, one_line(value, names)?));
            let members: Option<Vec<String>> = members.iter().map(member).collect();
            format!("{{ {} }}", members?.join(", "))
        }
    })
}

fn key(name: &Text) -> Option<String> {
    let known = name.as_known().filter(|_| !name.is_sensitive())?;
    Some(if is_name(known) { known.to_owned() } else { quoted(known) })
}

/// Attributes line by line: the signs of those that follow each other and take one line stand below each other.
pub(super) fn attributes(entries: &[(String, String)], level: usize) -> String {
    let mut written = String::new();
    let mut rest = entries;
    while let Some((first, others)) = rest.split_first() {
        let is_single = |entry: &(String, String)| !entry.1.contains('\n');
        if !is_single(first) {
            _ = writeln!(written, "{}{} = {}", indent(level), first.0, first.1);
            rest = others;
            continue;
        }
        let run = rest.iter().take_while(|entry| is_single(entry)).count();
        let (together, after) = rest.split_at_checked(run).unwrap_or((rest, &[]));
        let width = together.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, value) in together {
            _ = writeln!(written, "{}{name:<width$} = {value}", indent(level));
        }
        rest = after;
    }
    written
}

pub(super) fn indent(level: usize) -> String {
    "  ".repeat(level)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

    use super::{attributes, escaped, expression, is_name, object, quoted};
    use crate::text::Text;
    use crate::text::json::Json;

    /// Texts full of what means something in HCL.
    fn texts() -> impl Strategy<Value = String> {
        let pieces = [
            "${",
            "%{",
            "$",
            "%",
            "{",
            "}",
            "\"",
            "\\",
            "\n",
            "\r",
            "\t",
            "\u{7}",
            "~",
            "if x",
            "ä",
            "\u{1F600}",
            "a b",
            "*",
            "aws:username",
            "arn:aws:mq:",
            "<<EOT",
            "#",
            "//",
        ];
        proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..12)
            .prop_map(|pieces| pieces.concat())
    }

    fn values() -> impl Strategy<Value = Json> {
        let text = || texts().prop_map(|text| Json::String(Text::from(text.as_str())));
        let leaf = prop_oneof![text(), any::<bool>().prop_map(Json::Bool), Just(Json::Null)];
        leaf.prop_recursive(4, 40, 8, |inner| {
            let list = proptest::collection::vec(inner.clone(), 0..6).prop_map(Json::Array);
            let members = proptest::collection::btree_map(texts(), inner, 0..5);
            let members = members.prop_map(|members: BTreeMap<String, Json>| {
                Json::Object(
                    members.into_iter().map(|(name, value)| (Text::from(name.as_str()), value)).collect(),
                )
            });
            prop_oneof![list, members]
        })
    }

    fn known(text: &Text) -> Option<String> {
        text.as_known().map(quoted)
    }

    /// The same as `hcl-rs` has it.
    fn expected(json: &Json) -> hcl::Value {
        match json {
            Json::Bool(value) => hcl::Value::Bool(*value),
            Json::String(text) => hcl::Value::String(text.as_known().unwrap().to_owned()),
            Json::Array(items) => hcl::Value::Array(items.iter().map(expected).collect()),
            Json::Object(members) => hcl::Value::Object(
                members
                    .iter()
                    .map(|(name, value)| (name.as_known().unwrap().to_owned(), expected(value)))
                    .collect(),
            ),
            _ => hcl::Value::Null,
        }
    }

    /// What `hcl-rs` reads, and evaluates without any variable.
    fn read(expression: &str) -> hcl::Value {
        let body = format!("x = {expression}\n");
        let value: hcl::Value = hcl::eval::from_str(&body, &hcl::eval::Context::new())
            .unwrap_or_else(|error| panic!("{body}: {error}"));
        value.as_object().unwrap()["x"].clone()
    }

    proptest! {
        #[test]
        fn another_reader_reads_what_was_meant(json in values(), level in 0usize..4, before in 0usize..110) {
            let written = expression(&json, &known, level, before).unwrap();
            assert_eq!(read(&written), expected(&json), "{written}");
            if matches!(json, Json::Object(_)) {
                let written = object(&json, &known, level).unwrap();
                assert_eq!(read(&written), expected(&json), "{written}");
            }
        }
    }

    #[test]
    fn nothing_in_a_string_begins_a_template() {
        assert_eq!(escaped("a\"b\\c\nd${x}%{y}$z%"), "a\\\"b\\\\c\\nd$${x}%%{y}$z%");
        // As `terraform console` reads it.
        assert_eq!(escaped("\u{7}a$${x}%%%{"), "\\u0007a\\u0024$${x}\\u0025\\u0025%%{");
        assert_eq!(escaped("${${x}$$%"), "$${$${x}$$%");
    }

    #[test]
    fn signs_stand_below_each_other() {
        let entries = [("Sid", "1"), ("Effect", "2"), ("Action", "[\n]"), ("Resource", "3")];
        let entries = entries.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(attributes(&entries, 1), "  Sid    = 1\n  Effect = 2\n  Action = [\n]\n  Resource = 3\n");
    }

    #[test]
    fn names_need_no_quotes() {
        assert!(is_name("Bool") && is_name("a-b_1") && !is_name("ForAllValues:StringLike") && !is_name("1a"));
    }
}
