//! JSON, written as Terraform writes it and read with its holes.

use crate::plan::policy_document::escaped;
use crate::source::expression::MAX_TEXT;
use crate::source::fault::{Fault, Outcome};
use crate::source::fuel::Fuel;
use crate::source::number::Number;
use crate::source::sequence::in_order_of_names;
use crate::source::value::{Form, Kind, Members, Value};
use crate::text::json::Json;
use crate::text::{Hole, Piece, Text, TextBuilder};

/// How deep a document may nest.
const MAX_DEPTH: u32 = 200;

/// A JSON text under construction.
pub(super) struct Writer<'f> {
    builder: TextBuilder,
    length: usize,
    /// Whether something was written in an order that is not known, or may be absent.
    shuffled: bool,
    fuel: &'f Fuel,
}

/// The JSON text of a value, and whether it hangs on something unknown in which order its parts stand, or how many there
/// are.
pub(super) fn encode(value: &Value, fuel: &Fuel) -> Outcome<(Text, bool)> {
    let mut writer = Writer { builder: Text::builder(), length: 0, shuffled: false, fuel };
    writer.value(value, 0)?;
    Ok((writer.builder.finish(), writer.shuffled))
}

impl Writer<'_> {
    fn push(&mut self, text: &str) -> Outcome<()> {
        self.length = self.length.saturating_add(text.len());
        if self.length > MAX_TEXT {
            return Err(Fault::Limit("a text is too long"));
        }
        self.builder.push_str(text);
        Ok(())
    }

    fn value(&mut self, value: &Value, depth: u32) -> Outcome<()> {
        self.fuel.spend(1)?;
        if depth > MAX_DEPTH {
            return Err(Fault::Limit("a value nests too deep"));
        }
        let deeper = depth.saturating_add(1);
        self.builder.mark_sensitive(value.sensitive);
        if let Some(hole) = value.maybe_text() {
            self.builder.push_hole(&hole);
            return Ok(());
        }
        match &value.kind {
            Kind::Null => self.push("null"),
            Kind::Bool(true) => self.push("true"),
            Kind::Bool(false) => self.push("false"),
            Kind::Number(number) => {
                let digits = number.to_text().ok_or(Fault::Limit("a number has no end of digits"))?;
                self.push(&digits)
            }
            Kind::String(text) => self.string(text),
            // Within a string, order matters.
            Kind::Shuffled(shuffled) => self.string(&Text::hole(shuffled.hole.clone())),
            Kind::Sequence(sequence) => {
                let loose = sequence.shuffled || sequence.open || sequence.may_shrink(self.fuel)?;
                self.shuffled = self.shuffled || loose;
                self.push("[")?;
                for (index, item) in sequence.items.iter().enumerate() {
                    if index > 0 {
                        self.push(",")?;
                    }
                    self.value(item, deeper)?;
                }
                self.push("]")
            }
            Kind::Object(members) => {
                self.shuffled = self.shuffled || value.is_partial();
                let (members, shuffled) = in_order_of_names(members);
                self.shuffled = self.shuffled || shuffled;
                self.push("{")?;
                for (index, (name, value)) in members.into_iter().enumerate() {
                    if index > 0 {
                        self.push(",")?;
                    }
                    self.string(name)?;
                    self.push(":")?;
                    self.value(value, deeper)?;
                }
                self.push("}")
            }
            Kind::Unknown(hole) => {
                self.builder.push_hole(hole);
                Ok(())
            }
        }
    }

    fn string(&mut self, text: &Text) -> Outcome<()> {
        self.push("\"")?;
        self.builder.mark_sensitive(text.is_sensitive());
        for piece in text.pieces() {
            match piece {
                Piece::Literal(known) => self.push(&escaped(known))?,
                Piece::Hole(hole) => {
                    self.builder.push_hole(hole);
                }
            }
        }
        self.push("\"")
    }
}

/// The value of a JSON text. If `strict`, it is known that the text is JSON.
pub(super) fn decode(text: &Text, strict: bool, fuel: &Fuel) -> Outcome {
    if let Some(hole) = text.as_hole() {
        return Ok(Value::unknown(super::text::derived(hole, "jsondecode")).mark(text.is_sensitive()));
    }
    let json = match Json::parse(text) {
        Ok(json) => json,
        // What is in a hole may belong to a number, or end a string.
        Err(_) if strict && !text.is_known() => return Err(Fault::Unsettled),
        Err(error) => return Err(Fault::invalid(error.message)),
    };
    let value = from_json(&json, strict, fuel)?;
    let may_end_string = |hole: &Hole| hole.shape().may_contain('"');
    if strict && text.holes().any(may_end_string) { Err(Fault::Unsettled) } else { Ok(value) }
}

/// Whether a value that begins with this hole may be JSON.
fn may_be_json(hole: &Hole) -> bool {
    for run in hole.shape().runs() {
        if "{[\"-0123456789tfn \t\r\n".chars().any(|c| run.set.contains(c)) {
            return true;
        }
        if run.min > 0 {
            return false;
        }
    }
    true
}

fn from_json(json: &Json, strict: bool, fuel: &Fuel) -> Outcome {
    fuel.spend(1)?;
    Ok(match json {
        Json::Null => Value::null(),
        Json::Bool(value) => Value::boolean(*value),
        Json::Number(text) => {
            let number =
                text.as_known().and_then(Number::parse).ok_or(Fault::Limit("a number is out of range"))?;
            Value::number(number).mark(text.is_sensitive())
        }
        Json::String(text) => Value::string(text.clone()),
        Json::Array(items) => {
            let open = items.iter().any(|item| matches!(item, Json::Unknown(_)));
            let items =
                items.iter().map(|item| from_json(item, strict, fuel)).collect::<Outcome<Vec<_>>>()?;
            Value::sequence(items, open).formed(Form::Structural)
        }
        Json::Object(members) => {
            let member = |(name, value): &(Text, Json)| Ok((name.clone(), from_json(value, strict, fuel)?));
            Value::object(members.iter().map(member).collect::<Outcome<Members>>()?).formed(Form::Structural)
        }
        Json::Unknown(hole) if !may_be_json(hole) => {
            return Err(Fault::invalid("a value that is no JSON stands outside of quotes"));
        }
        Json::Unknown(_) if strict => return Err(Fault::Unsettled),
        Json::Unknown(hole) => Value::unknown(hole.clone()),
    })
}
