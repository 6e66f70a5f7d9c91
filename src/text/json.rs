//! JSON whose strings, and whose values, may have holes.
//!
//! A policy document made by `jsonencode` or written as a heredoc is JSON text with holes in it. A hole inside a
//! JSON string is part of that string; a hole where a value belongs is a value of which nothing is known.

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

use super::{Hole, Piece, Text};

/// A JSON value that may have holes. Members keep their order and their duplicates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(Text),
    /// A string.
    String(Text),
    /// A list. An [`Json::Unknown`] element may stand for one element, several, or none.
    Array(Vec<Json>),
    /// An object.
    Object(Vec<(Text, Json)>),
    /// A value of any type, known only after apply.
    Unknown(Hole),
}

/// A text that is not JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JsonError {
    /// What is wrong and where, in terms of the text with its holes.
    pub message: String,
}

// A hole travels through the JSON parser as `OPEN index CLOSE`, in characters of a private use area.
const OPEN: char = '\u{F4A10}';
const CLOSE: char = '\u{F4A11}';
// A number as it is written travels as a string that begins so.
const NUMBER: char = '\u{F4A12}';
// The same characters when written as JSON escapes begin with this surrogate.
const ESCAPED: &str = "\\udb92";

impl Json {
    /// Parses a text as JSON. Strings of a sensitive text are sensitive.
    pub fn parse(text: &Text) -> Result<Self, JsonError> {
        let holes: Vec<&Hole> = text.holes().collect();
        if holes.is_empty() {
            return from_str(text.as_known().unwrap_or_default(), &holes, text.is_sensitive());
        }
        let mut source = String::new();
        let mut in_string = false;
        let mut index = 0usize;
        for piece in text.pieces() {
            match piece {
                Piece::Literal(literal) => {
                    if literal.contains([OPEN, CLOSE, NUMBER])
                        || literal.to_ascii_lowercase().contains(ESCAPED)
                    {
                        return Err(JsonError {
                            message: "private use characters beside unknown parts".into(),
                        });
                    }
                    in_string = in_string_after(literal, in_string);
                    source.push_str(literal);
                }
                Piece::Hole(_) => {
                    let quote = if in_string { "" } else { "\"" };
                    source.push_str(quote);
                    source.push(OPEN);
                    source.push_str(&index.to_string());
                    source.push(CLOSE);
                    if !in_string {
                        // Marks the string as a value of its own, not text within quotes.
                        source.push(CLOSE);
                    }
                    source.push_str(quote);
                    index = index.saturating_add(1);
                }
            }
        }
        from_str(&source, &holes, text.is_sensitive())
    }

    /// The string, if it is one.
    pub fn as_text(&self) -> Option<&Text> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

/// Whether a position is inside a JSON string after `literal`, given whether it was before.
fn in_string_after(literal: &str, mut in_string: bool) -> bool {
    let mut escaped = false;
    for c in literal.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ => {}
        }
    }
    in_string
}

fn from_str(source: &str, holes: &[&Hole], sensitive: bool) -> Result<Json, JsonError> {
    let mut reading = Reading { holes, sensitive, numbers: Numbers::Integers };
    let mut parsed = reading.read(source);
    if parsed.as_ref().is_err_and(serde_json::Error::is_data) {
        let kept = numbers_kept(source);
        reading.numbers = if kept.is_some() { Numbers::Kept } else { Numbers::Rounded };
        parsed = reading.read(kept.as_deref().unwrap_or(source));
    }
    parsed.map_err(|error| {
        // The parser's own words can quote the text.
        let message =
            if sensitive { "not valid JSON (the text is sensitive)".into() } else { error.to_string() };
        JsonError { message }
    })
}

/// The source with its numbers as strings that hold them as they are written, marked as numbers; `None` where the marks
/// stand in it already.
fn numbers_kept(source: &str) -> Option<String> {
    let has_marks = |text: &str| text.contains(NUMBER) || text.to_ascii_lowercase().contains(ESCAPED);
    if has_marks(source) {
        return None;
    }
    let mut kept = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let is_number = first.is_ascii_digit() || first == '-';
        let length = match first {
            '"' => length_of_string(rest),
            _ if is_number => {
                let ends = |c: char| !c.is_ascii_digit() && !matches!(c, '-' | '+' | '.' | 'e' | 'E');
                rest.find(ends).unwrap_or(rest.len())
            }
            _ => rest.find(|c: char| c == '"' || c.is_ascii_digit() || c == '-').unwrap_or(rest.len()),
        };
        let (part, after) = rest.split_at_checked(length)?;
        if is_number && serde_json::from_str::<serde::de::IgnoredAny>(part).is_ok() {
            kept.extend(['"', NUMBER]);
            kept.push_str(part);
            kept.push('"');
        } else {
            kept.push_str(part);
        }
        rest = after;
    }
    Some(kept)
}

/// The bytes of the string that begins here, with its quotes.
fn length_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at.saturating_add(1),
            _ => {}
        }
    }
    text.len()
}

#[derive(Clone, Copy)]
struct Reading<'a> {
    holes: &'a [&'a Hole],
    sensitive: bool,
    numbers: Numbers,
}

/// How numbers that are no integers of 64 bits are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// Not at all.
    Integers,
    /// As they are written, in strings that say so.
    Kept,
    /// To the nearest that 64 bits hold.
    Rounded,
}

impl Reading<'_> {
    fn text(self, string: &str) -> Text {
        if self.holes.is_empty() || !string.contains(OPEN) {
            return Text::known(string).mark_sensitive(self.sensitive);
        }
        let mut builder = Text::builder();
        let mut rest = string;
        while let Some((before, after)) = rest.split_once(OPEN) {
            builder.push_str(before);
            let Some((number, tail)) = after.split_once(CLOSE) else { break };
            if let Some(hole) = number.parse::<usize>().ok().and_then(|index| self.holes.get(index)) {
                builder.push_hole(hole);
            }
            rest = tail;
        }
        builder.push_str(rest).mark_sensitive(self.sensitive).finish()
    }

    fn read(self, source: &str) -> Result<Json, serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(source);
        de::DeserializeSeed::deserialize(self, &mut deserializer)
            .and_then(|json| deserializer.end().map(|()| json))
    }

    fn string(self, string: &str) -> Json {
        if let Some(number) = string.strip_prefix(NUMBER).filter(|_| self.numbers == Numbers::Kept) {
            return Json::Number(Text::known(number).mark_sensitive(self.sensitive));
        }
        // Two closing marks: the hole stood outside of quotes.
        let value = string
            .strip_suffix(CLOSE)
            .filter(|rest| rest.ends_with(CLOSE))
            .map(|rest| self.text(rest))
            .and_then(|text| text.as_hole().cloned());
        value.map_or_else(|| Json::String(self.text(string)), Json::Unknown)
    }
}

impl<'de> de::DeserializeSeed<'de> for Reading<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(Text::known(value.to_string()).mark_sensitive(self.sensitive)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(Text::known(value.to_string()).mark_sensitive(self.sensitive)))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Json, E> {
        if self.numbers != Numbers::Rounded {
            return Err(E::custom("a number that has to be read as it is written"));
        }
        Ok(Json::Number(Text::known(value.to_string()).mark_sensitive(self.sensitive)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(self.string(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            members.push((self.text(&key), map.next_value_seed(self)?));
        }
        Ok(Json::Object(members))
    }
}

struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::Json;
    use crate::text::{Hole, Shape, Text};

    fn hole(name: &str) -> Hole {
        Hole::new("aws_mq_broker.a", name, Shape::ANY)
    }

    #[test]
    fn numbers_are_what_is_written() {
        let written =
            r#"{"a\"1.5": [1.50, -0, 1E2, 7, "2.5", 123456789012345678901], "b":{"c":0.12345678901234567}}"#;
        let Json::Object(members) = Json::parse(&Text::from(written)).unwrap() else { panic!() };
        assert_eq!(members[0].0, Text::from("a\"1.5"));
        let Json::Array(items) = &members[0].1 else { panic!() };
        let number = |text: &str| Json::Number(Text::from(text));
        let expected = ["1.50", "-0", "1E2", "7"].map(number);
        assert_eq!(items[..4], expected);
        assert_eq!(items[4], Json::String(Text::from("2.5")));
        assert_eq!(items[5], number("123456789012345678901"));
        let text = Text::builder().push_str("[\"").push_hole(&hole("id")).push_str("\",0.10]").finish();
        let Json::Array(items) = Json::parse(&text).unwrap() else { panic!() };
        assert_eq!(items[1], number("0.10"));
        // The mark itself is a character like any other.
        for marked in ["\u{F4A12}1", "\u{F4A12}1.5"] {
            let written = format!("[\"{marked}\"]");
            let expected = Json::Array(vec![Json::String(Text::from(marked))]);
            assert_eq!(Json::parse(&Text::from(written.as_str())).unwrap(), expected);
            let written = format!("[\"{marked}\", 1.5]");
            let Json::Array(items) = Json::parse(&Text::from(written.as_str())).unwrap() else { panic!() };
            assert_eq!(items, [Json::String(Text::from(marked)), number("1.5")]);
        }
        for wrong in ["[1.5.5]", "[01.5]", "[1.5", "[1.5]]", "[-]", "[1.5e]", "{1.5:1}"] {
            assert!(Json::parse(&Text::from(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_hole_within_quotes_is_part_of_the_string() {
        let text = Text::builder()
            .push_str(r#"{"Resource":"arn:\"x\":"#)
            .push_hole(&hole("id"))
            .push_str("/*\"}")
            .finish();
        let expected = Text::builder().push_str("arn:\"x\":").push_hole(&hole("id")).push_str("/*").finish();
        assert_eq!(
            Json::parse(&text),
            Ok(Json::Object(vec![(Text::known("Resource"), Json::String(expected))]))
        );
    }

    #[test]
    fn a_hole_outside_of_quotes_is_an_unknown_value() {
        let text = Text::builder().push_str(r#"[1,"a","#).push_hole(&hole("x")).push_str("]").finish();
        assert_eq!(
            Json::parse(&text),
            Ok(Json::Array(vec![
                Json::Number(Text::known("1")),
                Json::String(Text::known("a")),
                Json::Unknown(hole("x"))
            ]))
        );
        assert_eq!(Json::parse(&Text::hole(hole("x"))), Ok(Json::Unknown(hole("x"))));
        let in_quotes = Text::builder().push_str("\"").push_hole(&hole("x")).push_str("\"").finish();
        assert_eq!(Json::parse(&in_quotes), Ok(Json::String(Text::hole(hole("x")))));
    }

    #[test]
    fn what_is_sensitive_stays_so_and_errors_do_not_quote_it() {
        let text = Text::known(r#"{"a":"secret"}"#).mark_sensitive(true);
        assert!(!format!("{:?}", Json::parse(&text)).contains("secret"));
        let broken = Text::known("{\"a\": secret}").mark_sensitive(true);
        assert!(!format!("{:?}", Json::parse(&broken)).contains("secret"));
    }

    #[test]
    fn duplicates_are_kept_and_garbage_after_the_value_is_an_error() {
        let Ok(Json::Object(members)) = Json::parse(&Text::known(r#"{"a":1,"a":2}"#)) else { panic!() };
        assert_eq!(members.len(), 2);
        assert!(Json::parse(&Text::known("{} x")).is_err());
        assert!(Json::parse(&Text::known("")).is_err());
    }
}
