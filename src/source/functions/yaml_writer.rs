//! YAML, written as Terraform does it.

use super::{Fault, Invocation, Outcome};
use crate::plan::policy_document::escaped;
use crate::source::expression::MAX_TEXT;
use crate::source::types::to_string;
use crate::source::value::{Form, Kind, Sequence, Value};
use crate::text::{Piece, Text, TextBuilder};

/// How deep a value may nest.
const MAX_DEPTH: usize = 100;

pub(super) fn encode(f: &Invocation<'_, '_>) -> Outcome {
    let [value] = f.exactly::<1>()?;
    if !value.is_known(f.fuel())? {
        return Ok(f.encoded("YAML", read_again(value)));
    }
    let mut writer = Writer { builder: Text::builder(), length: 0, f };
    writer.value(value, 0, Place::Start)?;
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
