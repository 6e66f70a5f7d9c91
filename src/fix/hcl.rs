//! HCL as `terraform fmt` lays it out.

use std::fmt::Write;

use crate::text::json::Json;
use crate::text::{Piece, Text};

/// Longer lines are broken where they can be.
const WIDTH: usize = 100;

/// Text that goes between quotes: `${` and `%{` begin nothing.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => {
                escaped.push(c);
                escaped.push(c);
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
    use super::{attributes, escaped, is_name};

    #[test]
    fn nothing_in_a_string_begins_a_template() {
        assert_eq!(escaped("a\"b\\c\nd${x}%{y}$z%"), "a\\\"b\\\\c\\nd$${x}%%{y}$z%");
        assert_eq!(escaped("\u{7}$${"), "\\u0007$$${");
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
