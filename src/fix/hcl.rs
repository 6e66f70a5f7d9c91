//! HCL as `terraform fmt` lays it out.

use std::fmt::Write;

use crate::text::json::Json;
use crate::text::{Piece, Text};

/// Longer lines are broken where they can be.
const WIDTH: usize = 100;

/// Writes text that goes between quotes: `${` and `%{` begin nothing.
fn push_escaped(written: &mut String, text: &str) {
    let is_plain = |byte: u8| (b' '..0x7f).contains(&byte) && !matches!(byte, b'"' | b'\\' | b'$' | b'%');
    if text.bytes().all(is_plain) {
        written.push_str(text);
        return;
    }
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let rest = chars.as_str();
        match c {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '$' | '%' if rest.starts_with('{') => {
                written.push(c);
                written.push(c);
            }
            // Terraform reads `$$${` as it stands where other text is before it: of several signs, the last is doubled.
            '$' | '%' if rest.starts_with(c) && rest.trim_start_matches(c).starts_with('{') => {
                _ = write!(written, "\\u{:04x}", u32::from(c));
            }
            c if c.is_control() => _ = write!(written, "\\u{:04x}", u32::from(c)),
            c => written.push(c),
        }
    }
}

/// A string in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len().saturating_add(2));
    quoted.push('"');
    push_escaped(&mut quoted, text);
    quoted.push('"');
    quoted
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
    if let Some(known) = text.as_known() {
        return Some(quoted(known));
    }
    let mut written = String::new();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(known) => push_escaped(&mut written, known),
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
    let wraps = matches!(json, Json::Array(items) if !items.is_empty())
        || matches!(json, Json::Object(members) if !members.is_empty());
    let most = if wraps { WIDTH.saturating_sub(before) } else { usize::MAX };
    let mut line = Line { text: String::new(), most, names };
    if line.fits(json)? {
        return Some(line.text);
    }
    let inner = level.saturating_add(1);
    match json {
        Json::Array(items) => {
            let mut written = String::from("[\n");
            for item in items {
                push_indent(&mut written, inner);
                written.push_str(&expression(item, names, inner, inner.saturating_mul(2))?);
                written.push_str(",\n");
            }
            push_indent(&mut written, level);
            written.push(']');
            Some(written)
        }
        _ => object(json, names, level),
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

/// JSON on one line, as long as it may be.
struct Line<'n> {
    text: String,
    most: usize,
    names: Names<'n>,
}

impl Line<'_> {
    /// Writes JSON, up to where the line is too long; tells whether it is not. `None` where it cannot be written.
    fn fits(&mut self, json: &Json) -> Option<bool> {
        match json {
            Json::Null => self.text.push_str("null"),
            Json::Bool(value) => self.text.push_str(if *value { "true" } else { "false" }),
            Json::Number(text) => self.text.push_str(text.as_known().filter(|_| !text.is_sensitive())?),
            Json::String(text) => self.text.push_str(&(self.names)(text)?),
            Json::Unknown(_) => return None,
            Json::Array(items) => {
                self.text.push('[');
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        self.text.push_str(", ");
                    }
                    if !self.fits(item)? {
                        return Some(false);
                    }
                }
                self.text.push(']');
            }
            Json::Object(members) if members.is_empty() => self.text.push_str("{}"),
            Json::Object(members) => {
                for (place, (name, value)) in members.iter().enumerate() {
                    self.text.push_str(if place == 0 { "{ " } else { ", " });
                    self.text.push_str(&key(name)?);
                    self.text.push_str(" = ");
                    if !self.fits(value)? {
                        return Some(false);
                    }
                }
                self.text.push_str(" }");
            }
        }
        Some(self.text.len() <= self.most)
    }
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
            push_indent(&mut written, level);
            written.extend([first.0.as_str(), " = ", &first.1, "\n"]);
            rest = others;
            continue;
        }
        let run = rest.iter().take_while(|entry| is_single(entry)).count();
        let (together, after) = rest.split_at_checked(run).unwrap_or((rest, &[]));
        let width = together.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, value) in together {
            push_indent(&mut written, level);
            written.push_str(name);
            let padding = width.saturating_sub(name.chars().count());
            written.extend(std::iter::repeat_n(' ', padding));
            written.extend([" = ", value, "\n"]);
        }
        rest = after;
    }
    written
}

fn push_indent(text: &mut String, level: usize) {
    text.extend(std::iter::repeat_n("  ", level));
}

pub(super) fn indent(level: usize) -> String {
    "  ".repeat(level)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

    use super::{attributes, expression, is_name, object, push_escaped, quoted};
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

    fn escaped(text: &str) -> String {
        let mut written = String::new();
        push_escaped(&mut written, text);
        written
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
