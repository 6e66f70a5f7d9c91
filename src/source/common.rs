//! The type that several values have in common, as Terraform finds it: for the branches of a conditional, and for the
//! elements of lists, sets and maps.

use std::collections::BTreeMap;

use super::fault::Outcome;
use super::fuel::Fuel;
use super::types::set_of;
use super::value::{Form, Kind, Members, Sequence, Value};
use crate::text::Text;

/// What is known of a type.
#[derive(Clone, PartialEq)]
pub(crate) enum Common {
    /// Of `null` and of what is unknown: it fits any other.
    Any,
    Primitive(Primitives),
    Tuple(Vec<Common>),
    /// A list; what the plan shows may be a set or a tuple too, and then its form is `Unsure`.
    List(Box<Common>, Form),
    Set(Box<Common>),
    Object(BTreeMap<Text, Common>),
    Map(Box<Common>, Form),
    /// There is none.
    Clash,
}

/// Which primitive types were met. With a string among them all become strings; a bool and a number have no other type in
/// common.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct Primitives {
    bool: bool,
    number: bool,
    string: bool,
}

impl Common {
    /// The type of one value.
    fn of(value: &Value, fuel: &Fuel) -> Outcome<Self> {
        fuel.spend(1)?;
        Ok(match &value.kind {
            Kind::Null | Kind::Unknown(_) => Self::Any,
            Kind::Object(_) if value.is_partial() => Self::Any,
            Kind::Bool(_) => Self::Primitive(Primitives { bool: true, ..Primitives::default() }),
            Kind::Number(_) => Self::Primitive(Primitives { number: true, ..Primitives::default() }),
            Kind::String(_) | Kind::Shuffled(_) => {
                Self::Primitive(Primitives { string: true, ..Primitives::default() })
            }
            Kind::Sequence(sequence) => {
                let items = sequence.items.iter().map(|item| Self::of(item, fuel));
                let items = items.collect::<Outcome<Vec<_>>>()?;
                if sequence.set {
                    return Ok(Self::Set(Box::new(Self::all(items))));
                }
                // Of one type or not: that tells a list of the plan from a tuple.
                let is_tuple = || value.form == Form::Unsure && Self::all(items.iter().cloned()).is_clash();
                if !sequence.open && (value.form == Form::Structural || is_tuple()) {
                    return Ok(Self::Tuple(items));
                }
                // How many elements there are tells whether a tuple stays one.
                let form = if value.form == Form::Structural { Form::Unsure } else { value.form };
                Self::List(Box::new(Self::all(items)), form)
            }
            Kind::Object(members) => {
                let types = members.iter().map(|(name, value)| Ok((name.clone(), Self::of(value, fuel)?)));
                let types = types.collect::<Outcome<BTreeMap<_, _>>>()?;
                let is_object =
                    || value.form == Form::Unsure && Self::all(types.values().cloned()).is_clash();
                if value.form == Form::Structural || is_object() {
                    return Ok(Self::Object(types));
                }
                Self::Map(Box::new(Self::all(types.into_values())), value.form)
            }
        })
    }

    /// The type that values have in common.
    pub(crate) fn of_all<'v>(values: impl IntoIterator<Item = &'v Value>, fuel: &Fuel) -> Outcome<Self> {
        let mut common = Self::Any;
        for value in values {
            common = common.with(Self::of(value, fuel)?);
        }
        Ok(common)
    }

    fn all(types: impl IntoIterator<Item = Self>) -> Self {
        types.into_iter().fold(Self::Any, Self::with)
    }

    /// The type that two types have in common.
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Any, other) | (other, Self::Any) => other,
            (Self::Primitive(a), Self::Primitive(b)) => Self::Primitive(Primitives {
                bool: a.bool || b.bool,
                number: a.number || b.number,
                string: a.string || b.string,
            }),
            (Self::Tuple(a), Self::Tuple(b)) if a.len() == b.len() => {
                Self::Tuple(a.into_iter().zip(b).map(|(a, b)| a.with(b)).collect())
            }
            (Self::Tuple(a), Self::Tuple(b)) => {
                Self::List(Box::new(Self::all(a.into_iter().chain(b))), Form::Collection)
            }
            (Self::Tuple(items), Self::List(element, form))
            | (Self::List(element, form), Self::Tuple(items)) => {
                Self::List(Box::new(Self::all(items.into_iter().chain([*element]))), form)
            }
            (Self::Tuple(items), Self::Set(element)) | (Self::Set(element), Self::Tuple(items)) => {
                Self::Set(Box::new(Self::all(items.into_iter().chain([*element]))))
            }
            (Self::List(a, form), Self::List(b, other)) => {
                let form = if form == other { form } else { Form::Collection };
                Self::List(Box::new(a.with(*b)), form)
            }
            (Self::List(a, form), Self::Set(b)) | (Self::Set(b), Self::List(a, form)) => {
                Self::List(Box::new(a.with(*b)), form)
            }
            (Self::Set(a), Self::Set(b)) => Self::Set(Box::new(a.with(*b))),
            (Self::Object(a), Self::Object(b)) if a.keys().eq(b.keys()) => {
                let members = a.into_iter().zip(b.into_values());
                Self::Object(members.map(|((name, a), b)| (name, a.with(b))).collect())
            }
            (Self::Object(a), Self::Object(b)) => {
                // Names with holes may turn out to be the same.
                let known = a.keys().chain(b.keys()).all(Text::is_known);
                let form = if known { Form::Collection } else { Form::Unsure };
                Self::Map(Box::new(Self::all(a.into_values().chain(b.into_values()))), form)
            }
            (Self::Object(members), Self::Map(element, form))
            | (Self::Map(element, form), Self::Object(members)) => {
                Self::Map(Box::new(Self::all(members.into_values().chain([*element]))), form)
            }
            (Self::Map(a, form), Self::Map(b, other)) => {
                let form = if form == other { form } else { Form::Collection };
                Self::Map(Box::new(a.with(*b)), form)
            }
            _ => Self::Clash,
        }
    }

    /// Whether values certainly have no such type, which is an error.
    pub(crate) fn is_clash(&self) -> bool {
        match self {
            Self::Clash => true,
            Self::Any => false,
            Self::Primitive(met) => met.bool && met.number && !met.string,
            Self::Tuple(items) => items.iter().any(Self::is_clash),
            Self::Object(members) => members.values().any(Self::is_clash),
            Self::Set(element) => element.is_clash(),
            // What the plan shows may be of another type than it seems.
            Self::List(element, form) | Self::Map(element, form) => {
                *form == Form::Collection && element.is_clash()
            }
        }
    }

    /// Whether values may have no such type, as what the plan shows may be of another type than it seems.
    pub(crate) fn may_clash(&self) -> bool {
        match self {
            Self::Clash => true,
            Self::Any => false,
            Self::Primitive(_) => self.is_clash(),
            Self::Tuple(items) => items.iter().any(Self::may_clash),
            Self::Object(members) => members.values().any(Self::may_clash),
            Self::Set(element) | Self::List(element, _) | Self::Map(element, _) => element.may_clash(),
        }
    }

    /// A value as it is in this type.
    pub(crate) fn convert(&self, value: &Value, fuel: &Fuel) -> Outcome {
        fuel.spend(1)?;
        let converted = match (&value.kind, self) {
            (Kind::Number(_) | Kind::Bool(_), Self::Primitive(Primitives { string: true, .. })) => {
                match value.to_text() {
                    Some(text) => Value::string(text),
                    None => return Ok(value.clone()),
                }
            }
            (Kind::Sequence(own), Self::Tuple(types)) if own.items.len() == types.len() => {
                let items = types.iter().zip(own.items.iter()).map(|(one, item)| one.convert(item, fuel));
                let items = items.collect::<Outcome<Vec<_>>>()?;
                Value::from(Sequence { items: items.into(), ..own.clone() }).formed(value.form)
            }
            (Kind::Sequence(own), Self::List(element, form)) => {
                let items = element.convert_all(&*own.items, fuel)?;
                // Elements of a set that may be one may become one.
                let open = own.open || own.may_shrink(fuel)?;
                let form = if value.form == Form::Collection { value.form } else { *form };
                Value::from(Sequence::list(items, open, own.shuffled)).formed(form)
            }
            // It may be a list of the plan.
            (Kind::Sequence(own), Self::Set(_)) if !own.set && value.form == Form::Unsure => {
                return Ok(value.clone());
            }
            (Kind::Sequence(own), Self::Set(element)) => {
                set_of(&element.convert_all(&*own.items, fuel)?, own.open, fuel)?
            }
            (Kind::Object(own), Self::Object(types)) if own.keys().eq(types.keys()) => {
                let values = types.values().zip(own.values()).map(|(one, value)| one.convert(value, fuel));
                let values = values.collect::<Outcome<Vec<_>>>()?;
                Value::object(own.keys().cloned().zip(values).collect()).formed(value.form)
            }
            (Kind::Object(own), Self::Map(element, form)) => {
                let values = element.convert_all(own.values(), fuel)?;
                let members: Members = own.keys().cloned().zip(values).collect();
                Value::object(members).formed(*form)
            }
            _ => return Ok(value.clone()),
        };
        Ok(converted.mark(value.sensitive))
    }

    /// Values as they are in this type.
    pub(crate) fn convert_all<'v>(
        &self,
        values: impl IntoIterator<Item = &'v Value>,
        fuel: &Fuel,
    ) -> Outcome<Vec<Value>> {
        values.into_iter().map(|value| self.convert(value, fuel)).collect()
    }
}

/// Values as they are in the type that they have in common.
pub(crate) fn unified(values: &[Value], fuel: &Fuel) -> Outcome<Vec<Value>> {
    // Most lists are of strings.
    let all_strings = values.iter().all(|value| matches!(value.kind, Kind::String(_)));
    if all_strings {
        return Ok(values.to_vec());
    }
    Common::of_all(values, fuel)?.convert_all(values, fuel)
}
