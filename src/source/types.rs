//! Type constraints of variables, and the conversions that they ask for.

use std::sync::Arc;

use super::common::{Common, unified};
use super::fault::{Fault, Outcome};
use super::fuel::Fuel;
use super::number::Number;
use super::sequence::sorted;
use super::syntax::ast::{Expr, ExprKind};
use super::value::{Form, Kind, Members, Sequence, Value};
use crate::text::{Hole, Piece, Text, Truth};

/// A type constraint.
#[derive(Clone, Debug)]
pub(crate) enum Type {
    Any,
    Bool,
    Number,
    String,
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>),
    Tuple(Vec<Type>),
    Object(Vec<Field>),
}

/// An attribute of an object type.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    name: Text,
    constraint: Type,
    optional: bool,
    default: Option<Value>,
}

impl Type {
    /// Reads a type constraint; what is not understood constrains nothing.
    pub(crate) fn from_expression(expression: &Expr) -> Self {
        match &expression.kind {
            ExprKind::Variable(name) => Self::from_name(name),
            // Terraform 0.11 wrote types as strings.
            ExprKind::Literal(value) => match value.as_known_str() {
                Some("string") => Self::String,
                Some("list") => Self::List(Box::new(Self::Any)),
                Some("map") => Self::Map(Box::new(Self::Any)),
                _ => Self::Any,
            },
            ExprKind::Wrap(inner) => Self::from_expression(inner),
            ExprKind::Call(call) => match (&*call.name, &*call.arguments) {
                ("list", [element]) => Self::List(Box::new(Self::from_expression(element))),
                ("set", [element]) => Self::Set(Box::new(Self::from_expression(element))),
                ("map", [element]) => Self::Map(Box::new(Self::from_expression(element))),
                ("optional", [inner, ..]) => Self::from_expression(inner),
                ("tuple", [Expr { kind: ExprKind::Tuple(elements), .. }]) => {
                    Self::Tuple(elements.iter().map(Self::from_expression).collect())
                }
                ("object", [Expr { kind: ExprKind::Object(members), .. }]) => {
                    Self::Object(members.iter().filter_map(field).collect())
                }
                _ => Self::Any,
            },
            _ => Self::Any,
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "string" => Self::String,
            "number" => Self::Number,
            "bool" => Self::Bool,
            "list" => Self::List(Box::new(Self::Any)),
            "set" => Self::Set(Box::new(Self::Any)),
            "map" => Self::Map(Box::new(Self::Any)),
            _ => Self::Any,
        }
    }

    /// Converts a value as Terraform does it for a variable of this type.
    pub(crate) fn convert(&self, value: &Value, fuel: &Fuel) -> Outcome {
        fuel.spend(1)?;
        let is_plain = !matches!(self, Self::Bool | Self::Number);
        if value.is_null() || value.is_unknown() && is_plain {
            let value = value.clone();
            return Ok(match self.common() {
                Some(of) => value.typed(of),
                None => value,
            });
        }
        let converted = match self {
            Self::Any => value.clone(),
            Self::Bool => to_bool(value)?,
            Self::Number => to_number(value)?,
            Self::String if matches!(value.kind, Kind::Shuffled(_)) => value.clone(),
            Self::String => Value::string(to_string(value)?),
            Self::List(element) => {
                let items = self.items(value)?;
                let converted = convert_items(&items.items, element, fuel)?;
                Value::from(Sequence::list(converted, items.open, items.shuffled)).formed(Form::Collection)
            }
            Self::Set(element) => {
                let items = self.items(value)?;
                set_of(&convert_items(&items.items, element, fuel)?, items.open, fuel)?
            }
            // What it may have besides is not shown.
            Self::Map(_) if value.is_partial() => value.clone(),
            Self::Object(fields) if value.is_partial() && !has_all(fields, value) => value.clone(),
            Self::Map(element) => {
                let Kind::Object(members) = &value.kind else { return Err(mismatch("a map", value)) };
                let names = members.keys().cloned();
                let values: Vec<Value> = members.values().cloned().collect();
                let members = names.zip(convert_items(&values, element, fuel)?).collect();
                Value::object(members).formed(Form::Collection)
            }
            Self::Tuple(constraints) => {
                let items = self.items(value)?;
                let pairs = items.items.iter().zip(constraints);
                let converted: Vec<Value> =
                    pairs.map(|(item, constraint)| constraint.convert(item, fuel)).collect::<Outcome<_>>()?;
                Value::from(Sequence::list(converted, items.open, items.shuffled)).formed(Form::Structural)
            }
            Self::Object(fields) => {
                let Kind::Object(members) = &value.kind else { return Err(mismatch("an object", value)) };
                object_of(fields, members, fuel)?
            }
        };
        let converted = match self.common() {
            Some(of) if converted.is_empty() => converted.typed(of),
            _ => converted,
        };
        Ok(converted.mark(value.sensitive))
    }

    /// The type as that of a value, where it says all of it.
    fn common(&self) -> Option<Common> {
        let element = |element: &Self| element.common().map(Box::new);
        Some(match self {
            Self::Any => return None,
            Self::Bool => Common::BOOL,
            Self::Number => Common::NUMBER,
            Self::String => Common::STRING,
            Self::List(one) => Common::List(element(one)?, Form::Collection),
            Self::Set(one) => Common::Set(element(one)?),
            Self::Map(one) => Common::Map(element(one)?, Form::Collection),
            Self::Tuple(types) => Common::Tuple(types.iter().map(Self::common).collect::<Option<_>>()?),
            Self::Object(fields) => {
                let member = |field: &Field| Some((field.name.clone(), field.constraint.common()?));
                Common::Object(fields.iter().map(member).collect::<Option<_>>()?)
            }
        })
    }

    fn items(&self, value: &Value) -> Outcome<Sequence> {
        match &value.kind {
            Kind::Sequence(sequence) => Ok(sequence.clone()),
            _ => Err(mismatch(if matches!(self, Self::Set(_)) { "a set" } else { "a list" }, value)),
        }
    }
}

fn field((name, constraint): &(Expr, Expr)) -> Option<Field> {
    let name = name.as_literal()?.as_text()?.clone();
    let (optional, default) = match &constraint.kind {
        ExprKind::Call(call) if &*call.name == "optional" => (true, call.arguments.get(1).and_then(constant)),
        _ => (false, None),
    };
    Some(Field { name, constraint: Type::from_expression(constraint), optional, default })
}

/// The value of a constant expression, such as the default of an optional attribute.
fn constant(expression: &Expr) -> Option<Value> {
    match &expression.kind {
        ExprKind::Literal(value) => Some(value.clone()),
        ExprKind::Wrap(inner) => constant(inner),
        ExprKind::Negate(inner) => match constant(inner)?.kind {
            Kind::Number(number) => Some(Value::number(number.negate()?)),
            _ => None,
        },
        ExprKind::Tuple(items) => Some(Value::tuple(items.iter().map(constant).collect::<Option<Vec<_>>>()?)),
        ExprKind::Object(members) => {
            let member = |(name, value): &(Expr, Expr)| Some((constant(name)?.to_text()?, constant(value)?));
            let members = members.iter().map(member).collect::<Option<Members>>()?;
            Some(Value::object(members).formed(Form::Structural))
        }
        _ => None,
    }
}

fn has_all(fields: &[Field], value: &Value) -> bool {
    matches!(&value.kind, Kind::Object(members) if fields.iter().all(|field| members.contains_key(&field.name)))
}

fn object_of(fields: &[Field], members: &Members, fuel: &Fuel) -> Outcome {
    let mut result = Members::new();
    for field in fields {
        let given = members.get(&field.name).filter(|value| !(field.optional && value.is_null()));
        let value = match (given, &field.default) {
            (Some(value), _) => field.constraint.convert(value, fuel)?,
            (None, Some(default)) => field.constraint.convert(default, fuel)?,
            (None, None) if field.optional => field.constraint.convert(&Value::null(), fuel)?,
            (None, None) => {
                return Err(Fault::invalid(format!("attribute {:?} is missing", field.name)));
            }
        };
        result.insert(field.name.clone(), value);
    }
    Ok(Value::object(result).formed(Form::Structural))
}

/// Converts the elements of a collection; with `any` as their type, to the type that suits all of them.
fn convert_items(items: &[Value], element: &Type, fuel: &Fuel) -> Outcome<Vec<Value>> {
    if matches!(element, Type::Any) {
        return unified(items, fuel);
    }
    items.iter().map(|item| element.convert(item, fuel)).collect()
}

/// The set of some elements: sorted, and without those that are certainly the same as another.
pub(crate) fn set_of(items: &[Value], open: bool, fuel: &Fuel) -> Outcome {
    let sensitive = items.iter().any(|item| item.sensitive);
    let mut strings: Vec<Text> = Vec::new();
    let mut numbers: Vec<Number> = Vec::new();
    let mut others: Vec<Value> = Vec::new();
    for item in unified(items, fuel)? {
        fuel.spend(1)?;
        match &item.kind {
            Kind::String(text) => strings.push(text.unmarked()),
            Kind::Number(number) if item.of.is_none() => numbers.push(*number),
            _ => {
                let mut same = false;
                for other in &others {
                    same = same || other.equals(&item, fuel)? == Truth::True;
                }
                if !same {
                    others.push(item.unmark());
                }
            }
        }
    }
    strings.sort();
    strings.dedup();
    numbers.sort();
    // Zero with a sign is another element.
    numbers.dedup_by(|a, b| a == b && a.has_sign() == b.has_sign());
    // Terraform orders other elements by a hash of its own.
    let by_hash = others.len() > 1 || others.len() == 1 && (strings.len(), numbers.len()) != (0, 0);
    let (strings, shuffled) = sorted(strings);
    let all = strings.into_iter().chain(numbers.into_iter().map(Value::number)).chain(others);
    let items: Arc<[Value]> = all.collect();
    let set = Sequence { set: true, ..Sequence::list(items, open, shuffled || by_hash) };
    Ok(Value::from(set).formed(Form::Collection).mark(sensitive))
}

/// Converts to a string.
pub(crate) fn to_string(value: &Value) -> Outcome<Text> {
    match (&value.kind, value.to_text()) {
        (_, Some(text)) => Ok(text),
        (Kind::Number(_), None) => Err(Fault::Limit("a number has no end of digits")),
        _ => Err(mismatch("a string", value)),
    }
}

/// Converts to a number; what of a text with holes may be one is unknown.
pub(crate) fn to_number(value: &Value) -> Outcome {
    match &value.kind {
        Kind::Number(_) => Ok(Value { of: None, ..value.clone() }),
        Kind::Unknown(hole) => {
            Ok(Value::unknown(converted(hole, AS_NUMBER)).typed(Common::NUMBER).mark(value.sensitive))
        }
        Kind::String(text) => match text.as_known() {
            None if may_be_number(text) => Ok(Value::unknown(converted_text(text, AS_NUMBER)?)
                .typed(Common::NUMBER)
                .mark(value.sensitive)),
            None => Err(mismatch("a number", value)),
            Some(known) => match Number::parse(known) {
                Some(number) => Ok(Value::number(number).mark(value.sensitive)),
                None if Number::is_written(known) => Err(super::operators::out_of_range()),
                None => Err(mismatch("a number", value)),
            },
        },
        Kind::Shuffled(_) => to_number(&value.clone().looked_into()),
        _ => Err(mismatch("a number", value)),
    }
}

/// Whether some text that this turns out to be is a number.
fn may_be_number(text: &Text) -> bool {
    let of_numbers = |c: char| {
        c.is_ascii_digit() || "+-.eE_xXoObBpP".contains(c) || ('a'..='f').contains(&c.to_ascii_lowercase())
    };
    text.pieces().all(|piece| match piece {
        Piece::Literal(known) => known.chars().all(of_numbers),
        Piece::Hole(hole) => {
            let needed = hole.shape().runs().iter().filter(|run| run.min > 0);
            // Every id of a broker begins with `b-`.
            needed.clone().all(|run| run.set.single().is_none_or(of_numbers))
                && needed.clone().next().is_none_or(|first| {
                    first.set.single().is_none_or(|c| c.is_ascii_digit() || "+-.".contains(c))
                })
        }
    })
}

const AS_NUMBER: &str = " as a number";
const AS_BOOL: &str = " as a bool";

/// The hole for what a conversion makes of something unknown, which may be written in another way then: `007` is 7, and
/// `1` is true.
fn converted(hole: &Hole, conversion: &str) -> Hole {
    let name = hole.expression().unwrap_or_else(|| hole.attribute());
    if name.ends_with(conversion) { hole.clone() } else { part_of(hole, conversion) }
}

/// The same for a text with holes.
fn converted_text(text: &Text, conversion: &str) -> Outcome<Hole> {
    match (text.as_hole(), text.holes().next()) {
        (Some(hole), _) => Ok(converted(hole, conversion)),
        // All of it names the hole, which is no name for a secret.
        (None, Some(hole)) if !text.is_sensitive() => {
            let name = format!("{text}{conversion}");
            Ok(Hole::of_expression(hole.address(), hole.attribute(), name, crate::text::Shape::ANY))
        }
        _ => Err(Fault::Unsettled),
    }
}

/// Converts to a bool; what of a text with holes may be one is unknown.
pub(crate) fn to_bool(value: &Value) -> Outcome {
    match &value.kind {
        Kind::Bool(_) => Ok(Value { of: None, ..value.clone() }),
        Kind::Unknown(hole) => {
            Ok(Value::unknown(converted(hole, AS_BOOL)).typed(Common::BOOL).mark(value.sensitive))
        }
        Kind::String(text) => match text.as_known() {
            None => {
                let may_be = |word: &&str| !text.equals(&Text::known(*word)).is_false();
                if !["true", "false", "1", "0"].iter().any(may_be) {
                    return Err(mismatch("a bool", value));
                }
                Ok(Value::unknown(converted_text(text, AS_BOOL)?).typed(Common::BOOL).mark(value.sensitive))
            }
            Some("true" | "1") => Ok(Value::boolean(true).mark(value.sensitive)),
            Some("false" | "0") => Ok(Value::boolean(false).mark(value.sensitive)),
            Some(_) => Err(mismatch("a bool", value)),
        },
        Kind::Shuffled(_) => to_bool(&value.clone().looked_into()),
        _ => Err(mismatch("a bool", value)),
    }
}

/// The hole for a part of an unknown value.
pub(crate) fn part_of(hole: &Hole, step: &str) -> Hole {
    let shape = crate::text::Shape::ANY;
    match hole.expression() {
        Some(expression) => {
            Hole::of_expression(hole.address(), hole.attribute(), format!("{expression}{step}"), shape)
        }
        None => Hole::new(hole.address(), format!("{}{step}", hole.attribute()), shape),
    }
}

fn mismatch(expected: &str, value: &Value) -> Fault {
    Fault::invalid(format!("{expected} is needed, and {} was given", value.type_name()))
}
