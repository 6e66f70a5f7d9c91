//! When two values are equal to Terraform.

use super::common::Common;
use super::fuel::{Fuel, OutOfFuel};
use super::sequence::members_equal;
use super::value::{Form, Kind, Value};
use crate::text::{Text, Truth};

impl Value {
    /// Whether two values are equal, by value and type.
    pub(crate) fn equals(&self, other: &Self, fuel: &Fuel) -> Result<Truth, OutOfFuel> {
        fuel.spend(1)?;
        if self.is_of_other_type_than(other) || other.is_of_other_type_than(self) {
            return Ok(Truth::False);
        }
        if self.maybe_text().is_some() || other.maybe_text().is_some() {
            return Ok(match (self.to_text(), other.to_text()) {
                (Some(one), Some(other)) => one.equals(&other).min(Truth::Maybe),
                _ => Truth::False,
            });
        }
        Ok(match (&self.kind, &other.kind) {
            (Kind::Unknown(a), Kind::Unknown(b)) if a == b => Truth::True,
            (Kind::Unknown(hole), Kind::String(text)) | (Kind::String(text), Kind::Unknown(hole)) => {
                // The hole may turn out to be something else than a string, but then it differs all the more.
                Text::hole(hole.clone()).equals(text).min(Truth::Maybe)
            }
            (Kind::Null, Kind::Null) => Truth::True,
            (Kind::Bool(a), Kind::Bool(b)) => (a == b).into(),
            (Kind::Number(a), Kind::Number(b)) => (a == b).into(),
            (Kind::String(a), Kind::String(b)) => texts_equal(a, b),
            (Kind::Shuffled(a), Kind::Shuffled(b)) if a.hole == b.hole => Truth::True,
            (Kind::Unknown(_), _) | (_, Kind::Unknown(_)) | (Kind::Shuffled(_), Kind::Shuffled(_)) => {
                Truth::Maybe
            }
            // Whether it is empty hangs on no order.
            (Kind::Shuffled(shuffled), Kind::String(text))
            | (Kind::String(text), Kind::Shuffled(shuffled)) => {
                if text.as_known() == Some("") {
                    shuffled.text.equals(text)
                } else {
                    Truth::Maybe
                }
            }
            (Kind::Sequence(a), Kind::Sequence(b)) if a.set == b.set => {
                self.formed_as(other, a.equals(b, fuel)?)
            }
            // A set never equals a list; what the plan shows may be either.
            (Kind::Sequence(_), Kind::Sequence(_))
                if self.form != Form::Unsure && other.form != Form::Unsure =>
            {
                Truth::False
            }
            (Kind::Sequence(a), Kind::Sequence(b)) => a.equals(b, fuel)?.min(Truth::Maybe),
            // The members that are not shown may differ; those that are may not.
            (Kind::Object(a), Kind::Object(b)) if self.is_partial() || other.is_partial() => {
                let mut result = Truth::Maybe;
                for (name, value) in &**a {
                    let Some(own) = b.get(name) else { continue };
                    result = result.and(value.equals(own, fuel)?);
                }
                result
            }
            (Kind::Object(a), Kind::Object(b)) => self.formed_as(other, members_equal(a, b, fuel)?),
            _ => Truth::False,
        })
    }

    /// Whether this is unknown or null, and its type another one than that of the other value, which is neither.
    fn is_of_other_type_than(&self, other: &Self) -> bool {
        if !(self.is_null() || self.is_unknown()) {
            return false;
        }
        let Some(of) = self.of.as_deref().filter(|of| of.is_settled()) else { return false };
        match &other.kind {
            Kind::Null | Kind::Unknown(_) => false,
            Kind::Bool(_) => *of != Common::BOOL,
            Kind::Number(_) => *of != Common::NUMBER,
            Kind::String(_) | Kind::Shuffled(_) => *of != Common::STRING,
            Kind::Sequence(_) => {
                matches!(of, Common::Primitive(_) | Common::Map(..) | Common::Object(_))
            }
            Kind::Object(_) => !matches!(of, Common::Map(..) | Common::Object(_)),
        }
    }

    /// Whether collections are equal whose elements are.
    fn formed_as(&self, other: &Self, elements: Truth) -> Truth {
        match (self.form, other.form) {
            (Form::Structural, Form::Collection) | (Form::Collection, Form::Structural)
                if elements.is_true() =>
            {
                Truth::False
            }
            (Form::Unsure, _) | (_, Form::Unsure) => elements.min(Truth::Maybe),
            // Without elements, their types alone tell two lists apart.
            (Form::Collection, Form::Collection) if self.is_empty() && elements.is_true() => {
                match (self.of.as_deref(), other.of.as_deref()) {
                    (Some(one), Some(other)) => (one == other).into(),
                    _ => Truth::Maybe,
                }
            }
            _ => elements,
        }
    }
}

/// Whether two texts are equal. No text that is written down today has a value in it that is made during apply.
fn texts_equal(a: &Text, b: &Text) -> Truth {
    /// How many characters such a value has at least; shorter ones may occur by chance.
    const LEAST: usize = 20;
    let is_new =
        |text: &Text| text.holes().any(|hole| hole.shape().is_fresh() && hole.shape().min_len() >= LEAST);
    let written = a.is_known() && is_new(b) || b.is_known() && is_new(a);
    if written { Truth::False } else { a.equals(b) }
}
