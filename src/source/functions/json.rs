//! JSON, written as Terraform writes it and read with its holes.

use crate::plan::policy_document::escaped;
use crate::source::expression::MAX_TEXT;
use crate::source::fault::{Fault, Outcome};
use crate::source::fuel::Fuel;
use crate::source::number::Number;
use crate::source::sequence::in_order_of_names;
use crate::source::value::{Form, Kind, Members, Value};
use crate::text::json::Json;
use crate::text::{Piece, Text, TextBuilder};

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

/// The value of a JSON text.
pub(super) fn decode(text: &Text, fuel: &Fuel) -> Outcome {
    if let Some(hole) = text.as_hole() {
        return Ok(Value::unknown(super::text::derived(hole, "jsondecode")).mark(text.is_sensitive()));
    }
    let json = Json::parse(text).map_err(|error| Fault::invalid(error.message))?;
    from_json(&json, fuel)
}

fn from_json(json: &Json, fuel: &Fuel) -> Outcome {
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
            let items = items.iter().map(|item| from_json(item, fuel)).collect::<Outcome<Vec<_>>>()?;
            Value::sequence(items, open).formed(Form::Structural)
        }
        Json::Object(members) => {
            let member = |(name, value): &(Text, Json)| Ok((name.clone(), from_json(value, fuel)?));
            Value::object(members.iter().map(member).collect::<Outcome<Members>>()?).formed(Form::Structural)
        }
        Json::Unknown(hole) => Value::unknown(hole.clone()),
    })
}
