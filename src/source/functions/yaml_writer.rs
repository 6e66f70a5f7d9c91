//! YAML, written as Terraform does it.

use super::{Fault, Invocation, Outcome};
use crate::source::expression::MAX_TEXT;
use crate::source::types::to_string;
use crate::source::value::{Form, Kind, Sequence, Value};
use crate::text::{Piece, Text, TextBuilder};

/// How deep a value may nest.
const MAX_DEPTH: usize = 100;
/// How long a line may be.
const WIDTH: usize = 80;

pub(super) fn encode(f: &Invocation<'_, '_>) -> Outcome {
    let [value] = f.exactly::<1>()?;
    if !value.is_known(f.fuel())? {
        return Ok(f.encoded("YAML", read_again(value)));
    }
    let mut writer = Writer { builder: Text::builder(), length: 0, is_unusual: false, f };
    writer.value(value, 0, Place::Start)?;
    if writer.is_unusual {
        return Ok(f.encoded("YAML", read_again(value)));
    }
    // Nothing but this tells where a plain scalar ends.
    if matches!(value.kind, Kind::Null | Kind::Bool(_) | Kind::Number(_)) {
        writer.push("...\n")?;
    }
    Ok(Value::string(writer.builder.finish()))
}

/// The value as it is once it was read from YAML: lists and sets are tuples then, and maps are objects.
fn read_again(value: &Value) -> Value {
    let read = match &value.kind {
        Kind::Sequence(sequence) => {
            let items: Vec<Value> = sequence.items.iter().map(read_again).collect();
            Value::from(Sequence::list(items, sequence.open, sequence.shuffled)).formed(Form::Structural)
        }
        Kind::Object(members) => {
            let member = |(name, value): (&Text, &Value)| (name.clone(), read_again(value));
            let form = if value.is_partial() { value.form } else { Form::Structural };
            Value::object(members.iter().map(member).collect()).formed(form)
        }
        _ => value.clone(),
    };
    read.mark(value.sensitive)
}

struct Writer<'w, 'c, 's> {
    builder: TextBuilder,
    length: usize,
    /// Whether something is written in a way that is not known here: folded, or as a key of several lines.
    is_unusual: bool,
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
                    self.quoted(name, level)?;
                    self.is_unusual = self.is_unusual || name.as_known().is_none_or(is_complex_key);
                    self.push(":")?;
                    self.value(value, level, Place::Key)?;
                }
                Ok(())
            }
            Kind::Sequence(_) => self.push(&format!("{space}[]\n")),
            Kind::Object(_) => self.push(&format!("{space}{{}}\n")),
            Kind::Null => self.push(&format!("{space}null\n")),
            Kind::String(text) => match text.as_known() {
                Some(known) if is_block(known) => self.block(known, level, place),
                _ => {
                    self.push(space)?;
                    self.quoted(text, level)?;
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
            1 if !body.is_empty() => "",
            _ => "+",
        };
        // Where the first line does not show it, the indentation is told.
        let hint = if text.starts_with([' ', '\n']) { "2" } else { "" };
        self.is_unusual = self.is_unusual || text.contains(['\u{2028}', '\u{2029}']);
        self.push(&format!("{space}|{hint}{chomp}\n"))?;
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            self.push(&if line.is_empty() { "\n".into() } else { format!("{indent}{line}\n") })?;
        }
        Ok(())
    }

    fn quoted(&mut self, text: &Text, level: usize) -> Outcome<()> {
        self.builder.mark_sensitive(text.is_sensitive());
        let mut written = String::from("\"");
        for piece in text.pieces() {
            if let Piece::Literal(known) = piece {
                written.extend(known.chars().map(escaped));
            }
        }
        written.push('"');
        // At a space beyond the width of a line, what is too long goes on in the next one.
        let indent = level.saturating_add(1).saturating_mul(4);
        self.is_unusual =
            self.is_unusual || written.contains(' ') && written.len().saturating_add(indent) > WIDTH;
        self.push(&written)
    }
}

/// Whether a text is written as lines of their own: it has several, and all its characters can stand there.
fn is_block(text: &str) -> bool {
    text.contains('\n')
        && !text.contains(" \n")
        && !text.ends_with(' ')
        && text.chars().all(|c| c == '\n' || is_printable(c))
}

/// Whether a key is too long, or has too many lines, to stand before a colon.
fn is_complex_key(key: &str) -> bool {
    key.len() > 100 || key.contains(['\n', '\u{2028}', '\u{2029}'])
}

fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{fffd}') && c != '\u{feff}'
}

/// A character as it stands between quotes.
fn escaped(c: char) -> String {
    let letter = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' | '\\' => c,
        '\u{85}' => 'N',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ if is_printable(c) => return c.into(),
        _ => {
            return match u32::from(c) {
                code @ ..=0xff => format!("\\x{code:02X}"),
                code @ ..=0xffff => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{letter}")
}
