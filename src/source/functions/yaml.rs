//! YAML, read and written as Terraform does it.

use std::collections::BTreeMap;
use std::fmt::Write;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::text::derived;
use super::{Fault, Invocation, Outcome};
use crate::plan::policy_document::escaped;
use crate::source::expression::MAX_TEXT;
use crate::source::number::Number;
use crate::source::types::to_string;
use crate::source::value::{Kind, Members, Value};
use crate::text::{Hole, Piece, Text, TextBuilder};

/// How deep a document may nest.
const MAX_DEPTH: usize = 100;

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "yamldecode" => decode(f),
        "yamlencode" => encode(f),
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
    let Some((known, holes)) = Holes::of(&text) else { return Ok(f.unknown()) };
    f.fuel().spend(known.len() / 8)?;
    let not_yaml = || Fault::invalid("not a YAML document that can be read");
    let mut anchors: BTreeMap<usize, Value> = BTreeMap::new();
    let mut open: Vec<Open> = Vec::new();
    let mut documents = Vec::new();
    for event in Parser::new_from_str(&known) {
        f.fuel().spend(1)?;
        let (event, _) = event.map_err(|_| not_yaml())?;
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
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

/// The mapping of keys and values that alternate; `<<` merges other mappings in.
fn object(items: Vec<Value>) -> Outcome {
    let mut members = Members::new();
    let mut merged = Members::new();
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
        let sources = match &value.kind {
            Kind::Sequence(list) => list.items.to_vec(),
            _ => vec![value],
        };
        for source in sources {
            let Kind::Object(source) = &source.kind else {
                return Err(Fault::invalid("a YAML mapping merges something that is no mapping"));
            };
            for (name, value) in &**source {
                merged.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    merged.append(&mut members);
    Ok(Value::object(merged))
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
        _ => number(text).map(Value::number).or_else(|| date(text)).unwrap_or_else(string),
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

/// A date, which YAML reads as a time: `2012-10-17` becomes `2012-10-17T00:00:00Z`.
fn date(text: &str) -> Option<Value> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    match shape.as_str() {
        "0000-00-00" => Some(Value::string(format!("{text}T00:00:00Z"))),
        "0000-00-00T00:00:00Z" => Some(Value::string(text.to_owned())),
        _ => None,
    }
}

fn encode(f: &Invocation<'_, '_>) -> Outcome {
    let [value] = f.exactly::<1>()?;
    if !value.is_known(f.fuel())? {
        return Ok(f.unknown_text());
    }
    let mut writer = Writer { builder: Text::builder(), length: 0, f };
    writer.value(value, 0, Place::Start)?;
    Ok(Value::string(writer.builder.finish()))
}

struct Writer<'w, 'c, 's> {
    builder: TextBuilder,
    length: usize,
    f: &'w Invocation<'c, 's>,
}

/// Where a value is written.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// At the start of a line.
    Start,
    /// After a key.
    Key,
    /// After the hyphen of an item.
    Item,
}

impl Writer<'_, '_, '_> {
    fn push(&mut self, text: &str) -> Outcome<()> {
        self.length = self.length.saturating_add(text.len());
        self.f.fuel().spend(1)?;
        if self.length > MAX_TEXT {
            return Err(Fault::Limit("a text is too long"));
        }
        self.builder.push_str(text);
        Ok(())
    }

    /// Writes a value, with the line break that ends it.
    fn value(&mut self, value: &Value, level: usize, place: Place) -> Outcome<()> {
        if level > MAX_DEPTH {
            return Err(Fault::Limit("a value nests too deep"));
        }
        self.builder.mark_sensitive(value.sensitive);
        let space = if place == Place::Key { " " } else { "" };
        match &value.kind {
            Kind::Sequence(list) if !list.items.is_empty() => {
                // The items of a list stand below their key without more indentation.
                let indent = "  ".repeat(level);
                for (index, item) in list.items.iter().enumerate() {
                    match (index, place) {
                        (0, Place::Key) => self.push(&format!("\n{indent}- "))?,
                        (0, _) => self.push("- ")?,
                        _ => self.push(&format!("{indent}- "))?,
                    }
                    self.value(item, level.saturating_add(1), Place::Item)?;
                }
                Ok(())
            }
            Kind::Object(members) if !members.is_empty() => {
                let level = if place == Place::Key { level.saturating_add(1) } else { level };
                let indent = "  ".repeat(level);
                for (index, (name, value)) in members.iter().enumerate() {
                    match (index, place) {
                        (0, Place::Key) => self.push(&format!("\n{indent}"))?,
                        (0, _) => {}
                        _ => self.push(&indent)?,
                    }
                    self.quoted(name)?;
                    self.push(":")?;
                    self.value(value, level, Place::Key)?;
                }
                Ok(())
            }
            Kind::Sequence(_) => self.push(&format!("{space}[]\n")),
            Kind::Object(_) => self.push(&format!("{space}{{}}\n")),
            Kind::Null => self.push(&format!("{space}null\n")),
            Kind::String(text) => match text.as_known() {
                Some(known) if known.contains('\n') => self.block(known, level, place),
                _ => {
                    self.push(space)?;
                    self.quoted(text)?;
                    self.push("\n")
                }
            },
            _ => {
                let text = to_string(value)?;
                self.push(&format!("{space}{}\n", text.as_known().unwrap_or_default()))
            }
        }
    }

    fn block(&mut self, text: &str, level: usize, place: Place) -> Outcome<()> {
        let level = if place == Place::Key { level.saturating_add(1) } else { level.max(1) };
        let indent = "  ".repeat(level);
        let space = if place == Place::Key { " " } else { "" };
        let body = text.trim_end_matches('\n');
        let chomp = match text.len().saturating_sub(body.len()) {
            0 => "-",
            1 => "",
            _ => "+",
        };
        self.push(&format!("{space}|{chomp}\n"))?;
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            self.push(&if line.is_empty() { "\n".into() } else { format!("{indent}{line}\n") })?;
        }
        Ok(())
    }

    fn quoted(&mut self, text: &Text) -> Outcome<()> {
        self.builder.mark_sensitive(text.is_sensitive());
        self.push("\"")?;
        for piece in text.pieces() {
            if let Piece::Literal(known) = piece {
                // Unlike in JSON, `<`, `>` and `&` stay as they are.
                let text =
                    escaped(known).replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u0026", "&");
                self.push(&text)?;
            }
        }
        self.push("\"")
    }
}
