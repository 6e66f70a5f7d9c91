//! The type that several values have in common, as Terraform finds it: for the branches of a conditional, and for the
//! elements of lists, sets and maps.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::Outcome;
use super::fuel::Fuel;
use super::types::{set_of, to_bool, to_number};
use super::value::{Form, Kind, Members, Sequence, Value};
use super::widened::Widening;
use crate::text::{Hole, Shape, Text};

/// What is known of a type.
#[derive(Clone, PartialEq)]
pub(crate) enum Common {
    /// Of `null`: it fits any other.
    Any,
    /// A type beside those of values of which nothing is known: it may be one that all of them can be turned into.
    Beside(Box<Common>, BTreeSet<Hole>),
    Primitive(Primitives),
    Tuple(Vec<Common>),
    /// A list; what the plan shows may be a set or a tuple too, and then its form is `Unsure`.
    List(Box<Common>, Form),
    Set(Box<Common>),
    Object(BTreeMap<Text, Common>),
    Map(Box<Common>, Form),
    /// The elements of several collections have none, and there is a null among them, of no type: each collection has a
    /// type of its own then.
    Own,
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
    pub(crate) const BOOL: Self = Self::Primitive(Primitives { bool: true, number: false, string: false });
    pub(crate) const NUMBER: Self = Self::Primitive(Primitives { bool: false, number: true, string: false });
    pub(crate) const STRING: Self = Self::Primitive(Primitives { bool: false, number: false, string: true });

    /// The type of a value of which nothing is known.
    fn beside(hole: Hole) -> Self {
        Self::Beside(Box::new(Self::Any), BTreeSet::from([hole]))
    }

    /// The type of one value.
    fn of(value: &Value, fuel: &Fuel) -> Outcome<Self> {
        fuel.spend(1)?;
        if let Some(of) = &value.of {
            let of = Self::clone(of);
            return Ok(match value.kind {
                Kind::Bool(_) => of.with(Self::BOOL),
                Kind::Number(_) => of.with(Self::NUMBER),
                _ => of,
            });
        }
        Ok(match &value.kind {
            Kind::Null => Self::Any,
            Kind::Unknown(hole) => Self::beside(hole.clone()),
            Kind::Object(_) if value.is_partial() => {
                Self::beside(Hole::of_expression("", "type", "a resource", Shape::ANY))
            }
            Kind::Bool(_) => Self::BOOL,
            Kind::Number(_) => Self::NUMBER,
            Kind::String(_) | Kind::Shuffled(_) => Self::STRING,
            Kind::Sequence(sequence) => {
                let items = sequence.items.iter().map(|item| Self::of(item, fuel));
                let items = items.collect::<Outcome<Vec<_>>>()?;
                if sequence.set {
                    return Ok(Self::Set(Box::new(Self::all(items))));
                }
                // Of one type or not: that tells a list of the plan from a tuple.
                let is_tuple = || {
                    let unsure = sequence.items.iter().any(|item| item.maybe_text().is_some());
                    value.form == Form::Unsure && (unsure || are_of_several_types(&items))
                };
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
                let is_object = || {
                    let unsure = members.values().any(|member| member.maybe_text().is_some());
                    value.form == Form::Unsure && (unsure || are_of_several_types(types.values()))
                };
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

    /// The type that the elements of collections have in common.
    fn all(types: impl IntoIterator<Item = Self>) -> Self {
        let mut has_null = false;
        let common = types.into_iter().fold(Self::Any, |common, one| {
            has_null = has_null || one == Self::Any;
            common.with(one)
        });
        if has_null && common.is_clash() { Self::Own } else { common }
    }

    /// The type that two types have in common.
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Any, other) | (other, Self::Any) => other,
            (Self::Own, _) | (_, Self::Own) => Self::Own,
            (Self::Beside(a, mut holes), Self::Beside(b, others)) => {
                holes.extend(others);
                Self::Beside(Box::new(a.with(*b)), holes)
            }
            (Self::Beside(a, holes), b) | (b, Self::Beside(a, holes)) => {
                Self::Beside(Box::new(a.with(b)), holes)
            }
            (Self::Primitive(a), Self::Primitive(b)) if a.string || b.string => Self::STRING,
            (Self::Primitive(a), Self::Primitive(b)) => Self::Primitive(Primitives {
                bool: a.bool || b.bool,
                number: a.number || b.number,
                string: false,
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
                // A set keeps its type where strings can be turned into its elements.
                let turns = |item: &Self| *item == Self::STRING || *item == *element;
                if element.is_settled() && items.iter().all(turns) {
                    return Self::Set(element);
                }
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
            Self::Any | Self::Own => false,
            Self::Beside(known, _) => known.is_clash(),
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

    /// Whether values may have no such type, as some of them are unknown, or as what the plan shows may be of another type
    /// than it seems.
    pub(crate) fn may_clash(&self) -> bool {
        match self {
            Self::Clash => true,
            Self::Any | Self::Own => false,
            Self::Beside(known, holes) => **known != Self::Any || holes.len() > 1,
            Self::Primitive(_) => self.is_clash(),
            Self::Tuple(items) => items.iter().any(Self::may_clash),
            Self::Object(members) => members.values().any(Self::may_clash),
            Self::Set(element) | Self::List(element, _) | Self::Map(element, _) => element.may_clash(),
        }
    }

    /// Whether it is certain which type it is.
    pub(crate) fn is_settled(&self) -> bool {
        match self {
            Self::Any | Self::Beside(..) | Self::Own | Self::Clash => false,
            Self::Primitive(_) => !self.is_clash(),
            Self::Tuple(items) => items.iter().all(Self::is_settled),
            Self::Object(members) => members.iter().all(|(name, one)| name.is_known() && one.is_settled()),
            Self::Set(element) => element.is_settled(),
            Self::List(element, form) | Self::Map(element, form) => {
                *form == Form::Collection && element.is_settled()
            }
        }
    }

    /// A value as it is in this type.
    pub(crate) fn convert(&self, value: &Value, fuel: &Fuel) -> Outcome {
        fuel.spend(1)?;
        let converted = match (&value.kind, self) {
            (_, Self::Beside(known, holes)) => {
                let widened = Widening::new(known, holes).apply(&known.convert(value, fuel)?, fuel)?;
                return Ok(if value.is_null() { widened.typed(self.clone()) } else { widened });
            }
            (Kind::Null | Kind::Unknown(_), _) => return Ok(self.retyped(value)),
            (Kind::Number(_) | Kind::Bool(_), Self::Primitive(Primitives { string: true, .. })) => {
                match value.to_text() {
                    Some(text) => Value::string(text),
                    None => return Ok(value.clone()),
                }
            }
            (Kind::String(_), _) if *self == Self::NUMBER => return to_number(value),
            (Kind::String(_), _) if *self == Self::BOOL => return to_bool(value),
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
        let converted = if converted.is_empty() { self.retyped(&converted) } else { converted };
        Ok(converted.mark(value.sensitive))
    }

    /// Something null, unknown or empty that is of this type now.
    fn retyped(&self, value: &Value) -> Value {
        let settled = self.is_settled().then(|| self.clone());
        Value { of: settled.map(Into::into), ..value.clone() }
    }

    /// Values as they are in this type.
    pub(crate) fn convert_all<'v>(
        &self,
        values: impl IntoIterator<Item = &'v Value>,
        fuel: &Fuel,
    ) -> Outcome<Vec<Value>> {
        if matches!(self, Self::Own) {
            let values: Vec<&Value> = values.into_iter().collect();
            let own = Self::of_all(values.iter().copied(), fuel)?;
            return values
                .into_iter()
                .map(|value| if own.is_clash() { Ok(value.clone()) } else { own.convert(value, fuel) })
                .collect();
        }
        if let Self::Beside(known, holes) = self {
            let widening = Widening::new(known, holes);
            return values
                .into_iter()
                .map(|value| widening.apply(&known.convert(value, fuel)?, fuel))
                .collect();
        }
        values.into_iter().map(|value| self.convert(value, fuel)).collect()
    }
}

/// Whether elements that the plan shows are of several types, which those of a list, a set or a map never are.
fn are_of_several_types<'c>(types: impl IntoIterator<Item = &'c Common>) -> bool {
    let mut certain = types.into_iter().filter(|one| one.is_settled() || one.is_clash());
    let Some(first) = certain.next() else { return false };
    first.is_clash() || certain.any(|other| other != first)
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
