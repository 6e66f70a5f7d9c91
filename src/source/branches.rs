//! The two branches of a conditional: the value of one beside the other, and what one of them that fails means.

use super::common::Common;
use super::fault::{Fault, Outcome};
use super::fuel::Fuel;
use super::value::{Kind, Value};
use crate::text::{Hole, Shape};

/// How many characters of two values name what their types decide.
const LENGTH: usize = 500;

/// The value of one branch in the type that it has in common with the other one: a number beside a string is a string, a
/// tuple beside a list is a list, and so are their elements.
pub(super) fn beside(value: &Value, other: &Value, strict: bool, fuel: &Fuel) -> Outcome {
    let common = Common::of_all([value, other], fuel)?;
    // Where errors count, the plan would have failed; `try` and `can` have to know.
    if strict && common.is_clash() {
        return Err(Fault::invalid("the branches of a conditional have no type in common"));
    }
    if strict && common.may_clash() {
        return Err(Fault::Unsettled);
    }
    if common.is_clash() {
        // Terraform has found one all the same: less is known here than there.
        let name = format!("{value:?} or {other:?}").chars().take(LENGTH).collect::<String>();
        let hole = Hole::of_expression("", "type", name, Shape::ANY);
        return Common::Beside(Box::new(Common::Any), [hole].into()).convert(value, fuel);
    }
    common.convert(value, fuel)
}

/// Whether the value may be another one beside some values: a number a string, a tuple a list.
pub(super) fn may_differ_beside(value: &Value) -> bool {
    match &value.kind {
        Kind::Number(_) | Kind::Bool(_) | Kind::Sequence(_) | Kind::Object(_) => true,
        Kind::Null | Kind::Unknown(_) => value.of.is_some(),
        Kind::String(_) | Kind::Shuffled(_) => false,
    }
}

/// What both of two branches give of which one will be taken. If only one fails, it is not known whether that matters.
pub(super) fn both<T>(one: Outcome<T>, other: Outcome<T>) -> Outcome<(T, T)> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(fault @ (Fault::Exhausted | Fault::Limit(_))), _)
        | (_, Err(fault @ (Fault::Exhausted | Fault::Limit(_))))
        | (Err(fault @ Fault::Invalid(_)), Err(Fault::Invalid(_))) => Err(fault),
        _ => Err(Fault::Unsettled),
    }
}
