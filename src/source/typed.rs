//! What an expression says of the type of its value, whatever the value is.

use super::syntax::ast::{Expr, ExprKind, Operator};
use super::value::{Kind, Value};

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

/// Whether the value is a number, if there is one.
pub(super) fn is_number(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Wrap(inner) => is_number(inner),
        ExprKind::Negate(_) | ExprKind::Literal(Value { kind: Kind::Number(_), .. }) => true,
        ExprKind::Binary(operator, _) => matches!(
            operator,
            Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Modulo
        ),
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
