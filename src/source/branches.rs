//! The two branches of a conditional: the type that they have in common, and what one of them that fails means.

use super::fault::{Fault, Outcome};
use super::types::unified;
use super::value::{Form, Kind, Members, Sequence, Value};

/// The value of one branch as it is beside the other: a number beside a string is a string, and so are the elements of
/// lists and the members of objects.
pub(super) fn beside(value: &Value, other: &Value) -> Value {
    match (&value.kind, &other.kind) {
        (Kind::Number(_) | Kind::Bool(_), Kind::String(_) | Kind::Shuffled(_)) => match value.to_text() {
            Some(text) => Value::string(text).mark(value.sensitive),
            None => value.clone(),
        },
        (Kind::Sequence(own), Kind::Sequence(others)) => {
            let one_by_one = own.items.len() == others.items.len() && !is_collection(value, other);
            let items: Vec<Value> = if one_by_one {
                own.items.iter().zip(others.items.iter()).map(|(item, other)| beside(item, other)).collect()
            } else {
                of_one_type(own.items.iter(), others.items.iter())
            };
            // Tuples of different lengths have a list in common.
            let form = if own.items.len() == others.items.len() { value.form } else { Form::Collection };
            let kind = Kind::Sequence(Sequence { items: items.into(), ..own.clone() });
            Value { kind, form, ..value.clone() }
        }
        (Kind::Object(own), Kind::Object(others)) => {
            let same_names = own.len() == others.len() && own.keys().eq(others.keys());
            let values: Vec<Value> = if same_names && !is_collection(value, other) {
                own.values().zip(others.values()).map(|(item, other)| beside(item, other)).collect()
            } else {
                of_one_type(own.values(), others.values())
            };
            let members: Members = own.keys().cloned().zip(values).collect();
            // Objects with other names have a map in common.
            let form = if same_names { value.form } else { Form::Collection };
            Value { kind: Kind::Object(members.into()), form, ..value.clone() }
        }
        _ => value.clone(),
    }
}

fn is_collection(value: &Value, other: &Value) -> bool {
    value.form == Form::Collection || other.form == Form::Collection
}

/// The own elements as they are in a collection that could hold the others too.
fn of_one_type<'v>(
    own: impl Iterator<Item = &'v Value>,
    others: impl Iterator<Item = &'v Value>,
) -> Vec<Value> {
    let own: Vec<Value> = own.cloned().collect();
    let count = own.len();
    let all: Vec<Value> = own.into_iter().chain(others.cloned()).collect();
    unified(&all).into_iter().take(count).collect()
}

/// Whether the value may be another one beside some values: a number a string, a tuple a list.
pub(super) fn may_differ_beside(value: &Value) -> bool {
    match &value.kind {
        Kind::Number(_) | Kind::Bool(_) | Kind::Sequence(_) | Kind::Object(_) => true,
        Kind::Null | Kind::String(_) | Kind::Shuffled(_) | Kind::Unknown(_) => false,
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
