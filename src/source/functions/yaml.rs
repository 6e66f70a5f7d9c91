//! YAML, read as Terraform does it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::text::derived;
use super::{Fault, Invocation, Outcome, date};
use crate::source::number::Number;
use crate::source::types::to_string;
use crate::source::value::{Form, Kind, Members, Value};
use crate::text::{Hole, Piece, Shape, Text};

/// How deep a document may nest.
const MAX_DEPTH: usize = 100;

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "yamldecode" => decode(f),
        "yamlencode" => super::yaml_writer::encode(f),
        _ => return None,
    })
}

/// A sequence or mapping whose end has not come yet.
struct Open {
    anchor: usize,
    items: Vec<Value>,
    /// The key that waits for its value, in a mapping.
    mapping: bool,
}

fn decode(f: &Invocation<'_, '_>) -> Outcome {
    let text = f.text(0)?;
    if let Some(value) = f.decoded("YAML", &text) {
        return Ok(value);
    }
    let Some((known, holes)) = Holes::of(&text) else { return Ok(f.unknown()) };
    f.fuel().spend(known.len() / 8)?;
    let not_yaml = || Fault::invalid("not a YAML document that can be read");
    let mut anchors: BTreeMap<usize, Value> = BTreeMap::new();
    let mut open: Vec<Open> = Vec::new();
    let mut documents = Vec::new();
    let end = End::of(&known);
    for event in Parser::new_from_str(&known) {
        f.fuel().spend(1)?;
        let (event, span) = event.map_err(|_| not_yaml())?;
        let (value, anchor) = match event {
            Event::Scalar(mut text, style, anchor, tag) => {
                if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    text = end.of_block(text, span.end.index())?;
                }
                (holes.scalar(&text, style, tag.as_deref()).ok_or_else(not_yaml)?, anchor)
            }
            Event::Alias(anchor) => (anchors.get(&anchor).cloned().ok_or_else(not_yaml)?, 0),
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) if open.len() >= MAX_DEPTH => {
                let _ = anchor;
                return Err(Fault::Limit("a YAML document nests too deep"));
            }
            Event::SequenceStart(anchor, _) => {
                open.push(Open { anchor, items: Vec::new(), mapping: false });
                continue;
            }
            Event::MappingStart(anchor, _) => {
                open.push(Open { anchor, items: Vec::new(), mapping: true });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { anchor, items, mapping }) = open.pop() else { continue };
                (if mapping { object(items)? } else { Value::tuple(items) }, anchor)
            }
            _ => continue,
        };
        if anchor != 0 {
            anchors.insert(anchor, value.clone());
        }
        match open.last_mut() {
            Some(outer) => outer.items.push(value),
            None => documents.push(value),
        }
    }
    match documents.pop() {
        Some(document) if documents.is_empty() => {
            Ok(if text.is_sensitive() { marked(&document) } else { document })
        }
        _ => Err(Fault::invalid("yamldecode needs one document")),
    }
}

/// The end of a YAML text, which the parser takes for the end of a line, and Terraform does not.
struct End {
    characters: usize,
    /// What stands in the last line, if nothing ends that.
    last: LastLine,
}

enum LastLine {
    Ended,
    Spaces,
    Unended,
}

impl End {
    fn of(text: &str) -> Self {
        let last = match text.rsplit(['\n', '\r']).next() {
            None | Some("") => LastLine::Ended,
            Some(line) if line.trim_start_matches(' ').is_empty() => LastLine::Spaces,
            Some(_) => LastLine::Unended,
        };
        Self { characters: text.chars().count(), last }
    }

    /// The text of a block that reaches to a character.
    fn of_block<'t>(&self, text: Cow<'t, str>, end: usize) -> Outcome<Cow<'t, str>> {
        match self.last {
            LastLine::Unended if end >= self.characters => {
                Ok(text.strip_suffix('\n').map(str::to_owned).map_or(text, Cow::Owned))
            }
            LastLine::Spaces if end >= self.characters => Err(Fault::Limit(
                "whether the spaces at the end of a YAML text belong to its block is not computed",
            )),
            _ => Ok(text),
        }
    }
}

/// The holes of a YAML text: each stands as a word of its own while the text is parsed.
///
/// As in JSON, what a hole turns out to be is taken for text within its scalar, never for syntax.
struct Holes<'t> {
    word: String,
    holes: Vec<&'t Hole>,
}

impl<'t> Holes<'t> {
    /// The text with words for its holes; `None` if it is nothing but a hole.
    fn of(text: &'t Text) -> Option<(String, Self)> {
        if text.as_hole().is_some() {
            return None;
        }
        let mut word = String::from("Hole");
        let clashes = |word: &str| {
            text.pieces().any(|piece| matches!(piece, Piece::Literal(known) if known.contains(word)))
        };
        while clashes(&word) {
            word.push('q');
        }
        let mut source = String::new();
        let mut holes = Vec::new();
        for piece in text.pieces() {
            match piece {
                Piece::Literal(known) => source.push_str(known),
                Piece::Hole(hole) => {
                    let _ = write!(source, "{word}{}z", holes.len());
                    holes.push(hole);
                }
            }
        }
        Some((source, Self { word, holes }))
    }

    fn scalar(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Option<Value> {
        if self.holes.is_empty() || !text.contains(&self.word) {
            return scalar(text, style, tag);
        }
        let mut builder = Text::builder();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(&self.word) {
            let (number, tail) = after.split_once('z')?;
            builder.push_str(before).push_hole(self.holes.get(number.parse::<usize>().ok()?)?);
            rest = tail;
        }
        let text = builder.push_str(rest).finish();
        if style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix == "str") || is_string(&text) {
            return Some(Value::string(text));
        }
        // It may turn out to be a number, a date, or a word such as `true`.
        text.holes().next().map(|hole| Value::unknown(derived(hole, "yamldecode")))
    }
}

/// Whether a plain scalar is a string whatever its holes turn out to be.
fn is_string(text: &Text) -> bool {
    let of_words =
        |c: char| c.is_ascii_alphabetic() && !matches!(c, 'a'..='f' | 'A'..='F' | 'o' | 'x' | 'T' | 'Z');
    let mut least = 0usize;
    let mut letters = false;
    for (index, piece) in text.pieces().enumerate() {
        match piece {
            Piece::Literal(known) => {
                letters = letters || known.contains(of_words);
                least = least.saturating_add(known.len());
            }
            Piece::Hole(hole) => {
                let shape = hole.shape();
                // Characters that mean something at the start of a scalar.
                if index == 0
                    && "[]{}&*!|>'\"%@`#,?:-".contains(|c| shape.may_contain(c))
                    && shape.min_len() < 20
                {
                    return false;
                }
                letters = letters || shape.runs().first().is_some_and(|run| run.set.single() == Some('b'));
                least = least.saturating_add(shape.min_len());
            }
        }
    }
    letters && least > 5
}

/// The value with all its parts marked as sensitive.
fn marked(value: &Value) -> Value {
    value.clone().mark(true)
}

/// The mapping of keys and values that alternate; `<<` merges another mapping in. Of two members with one name the
/// later one counts, wherever it comes from.
fn object(items: Vec<Value>) -> Outcome {
    let mut members = Members::new();
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        if key.is_null() {
            return Err(Fault::invalid("a YAML mapping has null as key"));
        }
        let key = to_string(&key)?;
        if key.as_known() != Some("<<") {
            members.insert(key, value);
            continue;
        }
        let Kind::Object(merged) = &value.kind else {
            return Err(Fault::invalid("a YAML mapping merges something that is no mapping"));
        };
        members.extend(merged.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    Ok(Value::object(members).formed(Form::Structural))
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Option<Value> {
    let string = || Value::string(Text::known(text));
    match tag {
        Some(tag) if tag.is_yaml_core_schema() => match tag.suffix.as_str() {
            "str" | "binary" => return Some(string()),
            "int" | "float" | "bool" | "null" | "timestamp" => {}
            _ => return None,
        },
        Some(tag) if tag.suffix.is_empty() || tag.handle.is_empty() && tag.suffix == "!" => {
            return Some(string());
        }
        Some(_) => return None,
        None => {}
    }
    if style != ScalarStyle::Plain {
        return Some(string());
    }
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::null(),
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => {
            Value::boolean(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            Value::boolean(false)
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "-.inf" | ".nan" | ".NaN" | ".NAN" => return None,
        _ => match number(text) {
            Some(number) => Value::number(number),
            // It is a number, of those that are not computed with.
            None if Number::is_written(text) => {
                Value::unknown(Hole::of_expression("", "number", text, Shape::ANY))
            }
            None => date::of_yaml(text).map_or_else(string, Value::string),
        },
    })
}

fn number(text: &str) -> Option<Number> {
    let radix = |digits: &str, radix| i128::from_str_radix(digits, radix).ok().map(Number::from);
    if let Some(digits) = text.strip_prefix("0x") {
        return if digits.starts_with(['+', '-']) { None } else { radix(digits, 16) };
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return if digits.starts_with(['+', '-']) { None } else { radix(digits, 8) };
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        || !digits.contains(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    Number::parse(text)
}
