//! JSON as the provider writes it.

use std::fmt::Write;

use crate::text::json::Json;
use crate::text::{Piece, Text, TextBuilder};

/// Writes JSON as Go's `MarshalIndent` does, two spaces per level.
pub(super) fn write_json(json: &Json, level: usize, builder: &mut TextBuilder) {
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
