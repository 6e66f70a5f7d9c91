//! What becomes of a value beside one of which nothing is known: a number may be needed as a string, a tuple as a set.
//!
//! A number or bool that may become a string has a type that says so ([`Value::of`]): it is written in the same way, and
//! its JSON is not.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::common::Common;
use super::fault::Outcome;
use super::fuel::Fuel;
use super::value::{Form, Kind, Sequence, Value};
use crate::hash::short;
use crate::text::{Hole, Shape, Truth};

/// How many of the unknown values name what they decide; the rest is told apart by a number.
const NAMED: usize = 3;

/// What may become of values beside some that are unknown.
pub(super) struct Widening {
    /// Whether all that the type is known to have in it are strings.
    only_strings: bool,
    /// The type of a number or bool.
    of: Arc<Common>,
}

impl Widening {
    pub(super) fn new(known: &Common, holes: &BTreeSet<Hole>) -> Self {
        let of = Common::Beside(Box::new(Common::Any), holes.clone());
        Self { only_strings: *known == Common::STRING, of: Arc::new(of) }
    }

    pub(super) fn apply(&self, value: &Value, fuel: &Fuel) -> Outcome {
        if self.only_strings { Ok(value.clone()) } else { self.within(value, value.sensitive, fuel) }
    }

    /// The same of a value in one that is marked as sensitive: what is named after it must not tell it.
    fn within(&self, value: &Value, marked: bool, fuel: &Fuel) -> Outcome {
        fuel.spend(1)?;
        let marked = marked || value.sensitive;
        let widened = match &value.kind {
            Kind::String(_) | Kind::Shuffled(_) => value.clone(),
            Kind::Null | Kind::Unknown(_) => Value { of: None, ..value.clone() },
            Kind::Number(_) | Kind::Bool(_) => Value { of: Some(Arc::clone(&self.of)), ..value.clone() },
            Kind::Sequence(own) => {
                let items = own
                    .items
                    .iter()
                    .map(|item| self.within(item, marked, fuel))
                    .collect::<Outcome<Vec<_>>>()?;
                let sequence = Sequence { items: items.into(), ..own.clone() };
                if value.form == Form::Collection && !own.set {
                    Value::from(sequence).formed(Form::Collection)
                } else if own.set {
                    Value::from(sequence)
                } else {
                    self.maybe_set(sequence, fuel)?.into()
                }
            }
            Kind::Object(own) => {
                let values = own
                    .values()
                    .map(|value| self.within(value, marked, fuel))
                    .collect::<Outcome<Vec<_>>>()?;
                let form = if value.form == Form::Structural { Form::Unsure } else { value.form };
                Value::object(own.keys().cloned().zip(values).collect()).formed(form)
            }
        };
        Ok(widened.mark(marked))
    }

    /// A tuple that may become a set: then its elements stand in another order, and those that are equal are one.
    fn maybe_set(&self, tuple: Sequence, fuel: &Fuel) -> Outcome<Sequence> {
        let is_sorted = tuple.items.is_sorted_by(|a, b| match (a.as_known_str(), b.as_known_str()) {
            (Some(a), Some(b)) => a < b,
            _ => false,
        });
        if is_sorted {
            return Ok(tuple);
        }
        let mut items: Vec<Value> = Vec::with_capacity(tuple.items.len());
        let mut open = tuple.open;
        for item in &*tuple.items {
            let mut same = Truth::False;
            for other in &items {
                same = same.or(other.equals(item, fuel)?);
            }
            // It is there twice, or once.
            open = open || !same.is_false();
            items.push(if same.is_true() { Value::unknown(hole_of(item, &self.of)) } else { item.clone() });
        }
        Ok(Sequence::list(items, open, true))
    }
}

impl Value {
    /// What stands for a number or bool where it may be a string, and that matters.
    pub(crate) fn maybe_text(&self) -> Option<Hole> {
        match (&self.kind, &self.of) {
            (Kind::Number(_) | Kind::Bool(_), Some(of)) => Some(hole_of(self, of)),
            _ => None,
        }
    }
}

/// What stands for a value of which unknown ones decide what it becomes.
fn hole_of(value: &Value, of: &Common) -> Hole {
    let empty = BTreeSet::new();
    let holes = if let Common::Beside(_, holes) = of { holes } else { &empty };
    let names: Vec<String> = holes.iter().take(NAMED).map(ToString::to_string).collect();
    // A secret is written as none is: it stands in no name, and in nothing that is made of it.
    let name = format!("{value:?} beside {} ({})", names.join(" and "), short(&format!("{holes:?}")));
    Hole::of_expression("", "type", name, Shape::ANY)
}
