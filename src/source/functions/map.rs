//! Functions of maps.

use std::collections::BTreeMap;

use super::{Fault, Invocation, Outcome};
use crate::source::expression::MAX_ELEMENTS;
use crate::source::operators::{Found, member};
use crate::source::sequence::in_order_of_names;
use crate::source::types::to_string;
use crate::source::value::{Form, Members, Sequence, Value};
use crate::text::Text;

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "keys" => keys(f),
        "values" => values(f),
        "lookup" => lookup(f),
        "merge" => merge(f),
        "transpose" => transpose(f),
        "zipmap" => zipmap(f),
        "map" => map(f),
        _ => return None,
    })
}

fn merge(f: &Invocation<'_, '_>) -> Outcome {
    let mut result = Members::new();
    for (at, argument) in f.arguments.iter().enumerate() {
        if argument.is_null() {
            continue;
        }
        let Some(members) = f.members(at)? else { return Ok(f.unknown()) };
        for (name, value) in members {
            // A name with holes may be one that is there already.
            let unsettled = |other: &Text| other != name && other.equals(name).is_maybe();
            if !name.is_known() {
                f.fuel().spend(result.len())?;
            }
            if !name.is_known() && result.keys().any(unsettled) {
                return Ok(f.unknown());
            }
            let replaced = result.insert(name.clone(), value.clone());
            // The last one counts: which that is has to be known.
            if let Some(replaced) = replaced.filter(|_| f.shuffled)
                && !replaced.equals(value, f.fuel())?.is_true()
            {
                return Ok(f.unknown());
            }
        }
    }
    if result.len() > MAX_ELEMENTS {
        return Err(Fault::Limit("too many elements"));
    }
    Ok(Value::object(result))
}

fn keys(f: &Invocation<'_, '_>) -> Outcome {
    Ok(match f.members(0)? {
        Some(members) => {
            in_order(members, |(name, _)| Value::string(name.clone())).formed(f.argument(0)?.form)
        }
        None => f.unknown_list(),
    })
}

fn values(f: &Invocation<'_, '_>) -> Outcome {
    Ok(match f.members(0)? {
        Some(members) => in_order(members, |(_, value)| value.clone()).formed(f.argument(0)?.form),
        None => f.unknown_list(),
    })
}

/// What is taken of each member, in the order of their names.
fn in_order(members: &Members, take: impl Fn((&Text, &Value)) -> Value) -> Value {
    let (members, shuffled) = in_order_of_names(members);
    Sequence::list(members.into_iter().map(take).collect::<Vec<_>>(), false, shuffled).into()
}

fn lookup(f: &Invocation<'_, '_>) -> Outcome {
    let Some(members) = f.members(0)? else { return Ok(f.unknown()) };
    Ok(match (member(members, &f.text(1)?), f.arguments.get(2)) {
        (Found::Yes(value), _) => value.clone(),
        (Found::Maybe, _) => f.unknown(),
        (Found::No, Some(default)) => default.clone(),
        (Found::No, None) => return Err(Fault::invalid("lookup finds no such key")),
    })
}

fn transpose(f: &Invocation<'_, '_>) -> Outcome {
    let Some(members) = f.members(0)? else { return Ok(f.unknown()) };
    let mut result: BTreeMap<Text, Vec<Value>> = BTreeMap::new();
    let (members, shuffled) = in_order_of_names(members);
    for (name, value) in members {
        let Some(list) = f.as_list(value)? else { return Ok(f.unknown()) };
        for item in &*list.items {
            let text = to_string(item)?;
            if list.open || !text.is_known() {
                return Ok(f.unknown());
            }
            result.entry(text).or_default().push(Value::string(name.clone()));
        }
    }
    let list = |values| Value::from(Sequence::list(values, false, shuffled)).formed(Form::Collection);
    let members = result.into_iter().map(|(name, values)| (name, list(values))).collect();
    Ok(Value::object(members).formed(Form::Collection))
}

fn zipmap(f: &Invocation<'_, '_>) -> Outcome {
    let (Some(names), Some(values)) = (f.list(0)?, f.list(1)?) else { return Ok(f.unknown()) };
    if names.open || values.open || names.shuffled || values.shuffled {
        return Ok(f.unknown());
    }
    if names.items.len() != values.items.len() {
        return Err(Fault::invalid("zipmap needs as many keys as values"));
    }
    let mut result = Members::new();
    for (name, value) in names.items.iter().zip(values.items.iter()) {
        let name = to_string(name)?;
        if !name.is_known() && result.keys().any(|other| other != &name && other.equals(&name).is_maybe()) {
            return Ok(f.unknown());
        }
        result.insert(name, value.clone());
    }
    Ok(Value::object(result))
}

fn map(f: &Invocation<'_, '_>) -> Outcome {
    let mut result = Members::new();
    for pair in f.arguments.chunks(2) {
        let [name, value] = pair else { return Err(f.wrong_count()) };
        result.insert(to_string(name)?, value.clone());
    }
    Ok(Value::object(result))
}
