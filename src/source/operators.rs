//! Operators and indexes.

use super::common::Common;
use super::env::Env;
use super::evaluator::Evaluator;
use super::fault::{Fault, Outcome};
use super::number::Number;
use super::syntax::ast::{Expr, Operator};
use super::typed::{is_bool, is_number};
use super::types::{part_of, to_bool, to_number, to_string};
use super::value::{Form, Kind, Members, Sequence, Value};
use crate::text::{Text, Truth};

impl Evaluator<'_> {
    pub(super) fn not(&self, operand: &Expr, expression: &Expr, env: &Env<'_>) -> Outcome {
        let value = self.condition(operand, env)?;
        let result = match value.as_bool() {
            Some(known) => Value::boolean(!known),
            None => Value::unknown(self.hole(expression, env)).typed(Common::BOOL),
        };
        Ok(result.mark(value.sensitive))
    }

    /// The value of an expression that must be a bool.
    pub(super) fn condition(&self, expression: &Expr, env: &Env<'_>) -> Outcome {
        let value = self.eval(expression, env)?;
        let is_open = !value.is_null() && value.as_bool().is_none() && value.as_known_str().is_none();
        let result = to_bool(&value)?;
        if env.strict && is_open && !is_bool(expression) { Err(Fault::Unsettled) } else { Ok(result) }
    }

    pub(super) fn negate(&self, operand: &Expr, expression: &Expr, env: &Env<'_>) -> Outcome {
        let value = self.eval(operand, env)?;
        let result = match number_of(&value, operand, env)? {
            Kind::Number(number) => Value::number(number.negate().ok_or_else(out_of_range)?),
            _ => Value::unknown(self.hole(expression, env)).typed(Common::NUMBER),
        };
        Ok(result.mark(value.sensitive))
    }

    pub(super) fn binary(
        &self,
        operator: Operator,
        left: &Expr,
        right: &Expr,
        expression: &Expr,
        env: &Env<'_>,
    ) -> Outcome {
        if let Operator::And | Operator::Or = operator {
            return self.logic(operator, left, right, expression, env);
        }
        let (a, b) = (self.eval(left, env)?, self.eval(right, env)?);
        let truth = |truth: Truth| match truth {
            Truth::True => Value::boolean(true),
            Truth::False => Value::boolean(false),
            Truth::Maybe => Value::unknown(self.hole(expression, env)).typed(Common::BOOL),
        };
        let sensitive = a.sensitive || b.sensitive;
        let result = match operator {
            Operator::Equal | Operator::NotEqual => {
                let sensitive = sensitive || a.has_marks(&self.fuel)? || b.has_marks(&self.fuel)?;
                let equal = a.equals(&b, &self.fuel)?;
                truth(if operator == Operator::Equal { equal } else { !equal }).mark(sensitive)
            }
            _ => match (number_of(&a, left, env)?, number_of(&b, right, env)?) {
                (Kind::Number(a), Kind::Number(b)) => arithmetic(operator, a, b)?,
                _ if env.strict => return Err(Fault::Unsettled),
                _ => {
                    let of = if operator.is_arithmetic() { Common::NUMBER } else { Common::BOOL };
                    Value::unknown(self.hole(expression, env)).typed(of)
                }
            },
        };
        Ok(result.mark(sensitive))
    }

    /// `value[index]`, and `value.index`.
    pub(super) fn index(&self, value: &Value, index: &Value, expression: &Expr, env: &Env<'_>) -> Outcome {
        let sensitive = value.sensitive || index.sensitive;
        let result = match &value.kind {
            Kind::Null => return Err(Fault::invalid("an attribute or element of null")),
            Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Shuffled(_) => {
                return Err(Fault::invalid(format!("an attribute or element of {}", value.type_name())));
            }
            // It may be empty, or null: `try` and `can` have to know.
            Kind::Unknown(_) if env.strict => return Err(Fault::Unsettled),
            // A secret index is not told, and so names no part.
            Kind::Unknown(_) if index.sensitive => Value::unknown(self.hole(expression, env)),
            Kind::Unknown(hole) => match (&index.kind, index.to_text()) {
                (Kind::String(_), Some(text)) if text.is_known() => {
                    let name = text.as_known().unwrap_or_default();
                    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
                    let step = if plain { format!(".{name}") } else { format!("[\"{name}\"]") };
                    Value::unknown(part_of(hole, &step))
                }
                (Kind::Number(_), Some(text)) if text.is_known() => {
                    Value::unknown(part_of(hole, &format!("[{text}]")))
                }
                _ => Value::unknown(self.hole(expression, env)),
            },
            Kind::Object(members) => match member(members, &to_string(index)?) {
                Found::Yes(value) => value.clone(),
                Found::No if value.is_partial() && env.strict => return Err(Fault::Unsettled),
                Found::No if value.is_partial() => Value::unknown(self.hole(expression, env)),
                Found::Maybe if env.strict => return Err(Fault::Unsettled),
                Found::Maybe => Value::unknown(self.hole(expression, env)),
                Found::No => {
                    return Err(Fault::invalid(format!("there is no element {:?}", to_string(index)?)));
                }
            },
            Kind::Sequence(Sequence { set: true, .. }) if value.form == Form::Collection => {
                return Err(Fault::invalid("a set has no indexes"));
            }
            Kind::Sequence(sequence) => match to_number(index)?.kind {
                Kind::Number(number) => match element(sequence, number) {
                    Found::Yes(value) => value.clone(),
                    Found::Maybe if env.strict && !has_index(sequence, number) => {
                        return Err(Fault::Unsettled);
                    }
                    Found::Maybe => Value::unknown(self.hole(expression, env)),
                    Found::No => {
                        return Err(Fault::invalid(format!("there is no element {number:?} in a list")));
                    }
                },
                _ => Value::unknown(self.hole(expression, env)),
            },
        };
        Ok(result.mark(sensitive))
    }
}

/// The value of an expression that must be a number.
fn number_of(value: &Value, expression: &Expr, env: &Env<'_>) -> Outcome<Kind> {
    let result = to_number(value)?.kind;
    let is_open = matches!(result, Kind::Unknown(_)) && !is_number(expression);
    if env.strict && is_open { Err(Fault::Unsettled) } else { Ok(result) }
}

/// The outcome of looking something up.
pub(super) enum Found<'v> {
    Yes(&'v Value),
    No,
    /// It hangs on something unknown.
    Maybe,
}

/// Whether a list certainly has an element at an index, whichever.
fn has_index(sequence: &Sequence, index: Number) -> bool {
    let certain = sequence.items.iter().filter(|item| !(sequence.open && item.is_unknown())).count();
    !sequence.set && index.as_index().is_some_and(|index| index < certain)
}

/// The element of a list at an index.
pub(super) fn element(sequence: &Sequence, index: Number) -> Found<'_> {
    let found = index.as_index().and_then(|index| Some((index, sequence.items.get(index)?)));
    let settled = match (sequence.items.iter().position(Value::is_unknown), found) {
        (Some(first), Some((index, _))) if sequence.open => index < first,
        _ => !sequence.open,
    };
    match found {
        Some((_, value)) if settled && !sequence.shuffled => Found::Yes(value),
        Some(_) => Found::Maybe,
        None if !settled || sequence.set => Found::Maybe,
        None => Found::No,
    }
}

/// The member of an object or map with a name, either of which may have holes.
pub(super) fn member<'m>(members: &'m Members, name: &Text) -> Found<'m> {
    let holed = members.last_key_value().is_some_and(|(name, _)| !name.is_known());
    let name = &name.unmarked();
    if let Some(value) = members.get(name) {
        return Found::Yes(value);
    }
    if !holed && name.is_known() {
        return Found::No;
    }
    let mut result = Found::No;
    for (key, value) in members {
        match key.equals(name) {
            Truth::True => return Found::Yes(value),
            Truth::Maybe => result = Found::Maybe,
            Truth::False => {}
        }
    }
    result
}

fn arithmetic(operator: Operator, a: Number, b: Number) -> Outcome {
    let number = |result: Option<Number>| result.map(Value::number).ok_or_else(out_of_range);
    match operator {
        Operator::Divide if b == Number::ZERO => Err(Fault::invalid("a division by zero")),
        Operator::Add => number(a.add(b)),
        Operator::Subtract => number(a.subtract(b)),
        Operator::Multiply => number(a.multiply(b)),
        Operator::Modulo if b == Number::ZERO => Ok(Value::number(a)),
        Operator::Divide => number(a.divide(b)),
        Operator::Modulo => number(a.modulo(b)),
        Operator::Less => Ok(Value::boolean(a < b)),
        Operator::LessOrEqual => Ok(Value::boolean(a <= b)),
        Operator::Greater => Ok(Value::boolean(a > b)),
        _ => Ok(Value::boolean(a >= b)),
    }
}

pub(super) fn out_of_range() -> Fault {
    Fault::Limit("a number is out of range")
}
