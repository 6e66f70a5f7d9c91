//! Type conversions, and the marks of sensitivity.

use super::{Fault, Invocation, Outcome};
use crate::source::common::Common;
use crate::source::syntax::ast::{Expr, ExprKind, Part};
use crate::source::types::{set_of, to_bool, to_number, to_string};
use crate::source::value::{Form, Kind, Sequence, Value};
use crate::text::Text;

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "tostring" => convert(f, |value| match &value.kind {
            Kind::Shuffled(_) => Ok(value.clone()),
            // It may be null.
            Kind::Unknown(_) => Ok(value.clone().typed(Common::STRING)),
            _ => Ok(Value::string(to_string(value)?)),
        }),
        "tonumber" => convert(f, to_number),
        "tobool" => convert(f, to_bool),
        "tolist" => convert(f, |value| match &value.kind {
            Kind::Sequence(sequence) => {
                let items = f.of_one_type(&sequence.items)?;
                // Elements of a set that may be one may become one.
                let open = sequence.open || sequence.may_shrink(f.fuel())?;
                let list =
                    Value::from(Sequence::list(items, open, sequence.shuffled)).formed(Form::Collection);
                Ok(match element_of_empty(value) {
                    Some(element) => list.typed(Common::List(element, Form::Collection)),
                    None => list,
                })
            }
            // It may be null.
            Kind::Unknown(_) => Ok(f.unknown()),
            _ => Err(Fault::invalid(format!("tolist needs a list, and {} was given", value.type_name()))),
        }),
        "toset" => convert(f, |value| match &value.kind {
            Kind::Sequence(sequence) if sequence.items.is_empty() => {
                let set = set_of(&[], sequence.open, f.fuel())?;
                Ok(Value { of: element_of_empty(value).map(|element| Common::Set(element).into()), ..set })
            }
            Kind::Sequence(sequence) => set_of(&f.of_one_type(&sequence.items)?, sequence.open, f.fuel()),
            Kind::Unknown(_) => Ok(f.unknown()),
            _ => Err(Fault::invalid(format!("toset needs a list, and {} was given", value.type_name()))),
        }),
        "tomap" => convert(f, |value| match &value.kind {
            Kind::Object(_) if value.is_partial() => Ok(f.unknown()),
            Kind::Object(members) => {
                let values: Vec<Value> = members.values().cloned().collect();
                let members = members.keys().cloned().zip(f.of_one_type(&values)?).collect();
                Ok(Value::object(members).formed(Form::Collection))
            }
            Kind::Unknown(_) => Ok(value.clone()),
            _ => Err(Fault::invalid(format!("tomap needs a map, and {} was given", value.type_name()))),
        }),
        "sensitive" => f.exactly::<1>().map(|[value]| value.clone().mark(true)),
        "nonsensitive" => f.exactly::<1>().map(|[value]| unmarked(value)),
        "issensitive" => issensitive(f),
        "ephemeralasnull" => f.exactly::<1>().map(|[value]| value.clone()),
        "type" => Ok(f.unknown()),
        _ => return None,
    })
}

/// The type of the elements that a list or set without elements would have, where it is known.
fn element_of_empty(value: &Value) -> Option<Box<Common>> {
    match value.of.as_deref() {
        Some(Common::List(element, _) | Common::Set(element)) => Some(element.clone()),
        None if value.form == Form::Structural && value.is_empty() => Some(Box::new(Common::Any)),
        _ => None,
    }
}

/// What a conversion makes of the argument: of null another null, if values of its type can be converted at all.
fn convert(f: &Invocation<'_, '_>, conversion: impl Fn(&Value) -> Outcome) -> Outcome {
    let [value] = f.exactly::<1>()?;
    if !value.is_null() {
        return conversion(value);
    }
    let is_possible = match (value.of.as_deref().filter(|of| of.is_settled()), f.name) {
        (None, _) => true,
        (Some(of), "tonumber") => [Common::NUMBER, Common::STRING].contains(of),
        (Some(of), "tobool") => [Common::BOOL, Common::STRING].contains(of),
        (Some(of), "tostring") => matches!(of, Common::Primitive(_)),
        (Some(of), "tomap") => matches!(of, Common::Map(..) | Common::Object(_)),
        (Some(of), _) => matches!(of, Common::List(..) | Common::Set(_) | Common::Tuple(_)),
    };
    if !is_possible {
        return Err(Fault::invalid(format!("{} of null of another type", f.name)));
    }
    Ok(match f.name {
        "tonumber" => Value::null().typed(Common::NUMBER),
        "tobool" => Value::null().typed(Common::BOOL),
        "tostring" => Value::null().typed(Common::STRING),
        _ => Value { of: None, ..value.clone() },
    }
    .mark(value.sensitive))
}

/// Which marks there are is certain of what an expression itself says, and of variables of the root module. Attributes of
/// resources and outputs of modules may have others, depending on the version and on whether they are known.
fn issensitive(f: &Invocation<'_, '_>) -> Outcome {
    fn is_certain(expression: &Expr) -> bool {
        match &expression.kind {
            ExprKind::Literal(_) => true,
            ExprKind::Wrap(inner) => is_certain(inner),
            ExprKind::Tuple(items) => items.iter().all(is_certain),
            ExprKind::Object(members) => {
                members.iter().all(|(name, value)| is_certain(name) && is_certain(value))
            }
            ExprKind::Template(parts) => parts.iter().all(|part| match part {
                Part::Literal(_) => true,
                Part::Interpolation(inner) => is_certain(inner),
                Part::If { .. } | Part::For { .. } => false,
            }),
            ExprKind::Traversal(base, _) => {
                matches!(&base.kind, ExprKind::Variable(name) if &**name == "var")
            }
            ExprKind::Call(call) => {
                matches!(&*call.name, "sensitive" | "nonsensitive") && call.arguments.iter().all(is_certain)
            }
            _ => false,
        }
    }
    let [value] = f.exactly::<1>()?;
    let certain = match &f.expression.kind {
        ExprKind::Call(call) => f.env.instance == 0 && call.arguments.iter().all(is_certain),
        _ => false,
    };
    Ok(if certain { Value::boolean(value.sensitive) } else { f.unknown() })
}

/// `nonsensitive` takes the marks of the elements away too.
fn unmarked(value: &Value) -> Value {
    let value = value.clone().unmark();
    match &value.kind {
        Kind::Sequence(sequence) => {
            let items = sequence.items.iter().map(unmarked).collect::<Vec<_>>();
            let sequence = Sequence { items: items.into(), ..sequence.clone() };
            Value::from(sequence).formed(value.form)
        }
        Kind::Object(members) => {
            let member = |(name, value): (&Text, &Value)| (name.clone(), unmarked(value));
            Value::object(members.iter().map(member).collect()).formed(value.form)
        }
        _ => value,
    }
}
