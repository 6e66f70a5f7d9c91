//! What an expression says of the type of its value, whatever the value is.

use super::common::Common;
use super::syntax::ast::{Expr, ExprKind};
use super::value::{Form, Kind, Sequence, Value};

const NUMBERS: [&str; 14] = [
    "abs", "ceil", "floor", "index", "length", "log", "max", "min", "parseint", "pow", "signum", "sum",
    "timecmp", "tonumber",
];

const BOOLS: [&str; 9] = [
    "alltrue",
    "anytrue",
    "can",
    "contains",
    "endswith",
    "issensitive",
    "startswith",
    "strcontains",
    "tobool",
];

const LISTS_OF_STRINGS: [&str; 5] = ["cidrsubnets", "compact", "formatlist", "sort", "split"];

/// What a function gives, with the type that the function tells of what is unknown in it, or empty.
pub(super) fn typed_by_function(name: &str, value: Value) -> Value {
    match &value.kind {
        Kind::Unknown(_) if value.of.is_none() && NUMBERS.contains(&name) => value.typed(Common::NUMBER),
        Kind::Unknown(_) if value.of.is_none() && BOOLS.contains(&name) => value.typed(Common::BOOL),
        Kind::Sequence(list) if LISTS_OF_STRINGS.contains(&name) => {
            let of = Common::List(Box::new(Common::STRING), Form::Collection);
            if !list.items.iter().any(Value::is_unknown) {
                return value.typed(of);
            }
            let items: Vec<Value> =
                list.items.iter().map(|item| item.clone().typed(Common::STRING)).collect();
            let list = Sequence { items: items.into(), ..list.clone() };
            Value { kind: Kind::Sequence(list), ..value }
        }
        _ => value,
    }
}

/// The type that the value of an expression has even if it fails.
pub(super) fn type_of_failed(expression: &Expr) -> Option<Common> {
    match &expression.kind {
        ExprKind::Wrap(inner) => type_of_failed(inner),
        ExprKind::Template(_) => Some(Common::STRING),
        ExprKind::Negate(_) | ExprKind::Not(_) | ExprKind::Binary(..) => {
            Some(if is_number(expression) { Common::NUMBER } else { Common::BOOL })
        }
        _ => None,
    }
}

/// Whether the value is a number, if there is one.
pub(super) fn is_number(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Wrap(inner) => is_number(inner),
        ExprKind::Negate(_) | ExprKind::Literal(Value { kind: Kind::Number(_), .. }) => true,
        ExprKind::Binary(operator, _) => operator.is_arithmetic(),
        ExprKind::Call(call) => NUMBERS.contains(&core_name(&call.name)),
        _ => false,
    }
}

/// Whether the value is a bool, if there is one.
pub(super) fn is_bool(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Wrap(inner) => is_bool(inner),
        ExprKind::Not(_) | ExprKind::Literal(Value { kind: Kind::Bool(_), .. }) => true,
        ExprKind::Binary(..) => !is_number(expression),
        ExprKind::Call(call) => BOOLS.contains(&core_name(&call.name)),
        _ => false,
    }
}

/// Whether the value is a string, a number or a bool, if there is one.
pub(super) fn is_primitive(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Wrap(inner) => is_primitive(inner),
        ExprKind::Template(_) => true,
        ExprKind::Conditional(parts) => {
            let [_, then, otherwise] = &**parts;
            is_primitive(then) && is_primitive(otherwise)
        }
        _ => is_number(expression) || is_bool(expression),
    }
}

/// Whether the value is a list of such elements, if there is one.
pub(super) fn has_primitive_elements(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Wrap(inner) => has_primitive_elements(inner),
        ExprKind::Tuple(items) => items.iter().all(is_primitive),
        ExprKind::For(parts) => parts.result_key.is_none() && is_primitive(&parts.result),
        _ => false,
    }
}

fn core_name(name: &str) -> &str {
    name.strip_prefix("core::").unwrap_or(name)
}
