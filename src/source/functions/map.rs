//! Functions of maps.

use std::collections::BTreeMap;

use super::collection::form_of_all;
use super::{Fault, Invocation, Outcome};
use crate::source::common::Common;
use crate::source::expression::MAX_ELEMENTS;
use crate::source::number::Number;
use crate::source::operators::{Found, member};
use crate::source::sequence::in_order_of_names;
use crate::source::types::{to_bool, to_number, to_string};
use crate::source::value::{Form, Kind, Members, Sequence, Value};
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
    let mut kinds: Vec<Common> = Vec::new();
    for (at, argument) in f.arguments.iter().enumerate() {
        if argument.form == Form::Collection {
            let Some(members) = f.members(at)? else { continue };
            kinds.push(Common::of_all(members.values(), f.fuel())?);
        }
        if argument.is_null() {
            match argument.of.as_deref() {
                Some(Common::Primitive(_) | Common::List(..) | Common::Set(_) | Common::Tuple(_)) => {
                    return Err(Fault::invalid("merge needs maps, and null of another type was given"));
                }
                _ => continue,
            }
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
    // Maps of one type give a map; anything else among them makes it an object.
    let form = match form_of_all(&f.arguments) {
        _ if f.arguments.iter().any(Value::is_null) => Form::Structural,
        Form::Collection if kinds.iter().any(|kind| Some(kind) != kinds.first()) => {
            // Without elements, or with null for all, nothing here tells the type of a map.
            if kinds.iter().all(Common::is_settled) { Form::Structural } else { Form::Unsure }
        }
        form => form,
    };
    Ok(Value::object(result).formed(form))
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
    let value = f.argument(0)?;
    if let (true, Kind::Object(members)) = (value.is_partial(), &value.kind) {
        return Ok(match member(members, &f.text(1)?) {
            Found::Yes(value) => value.clone(),
            Found::Maybe | Found::No => f.unknown(),
        });
    }
    let Some(members) = f.members(0)? else { return Ok(f.unknown()) };
    let default = match f.arguments.get(2) {
        Some(default) => Some(default_of(f, members, default)?),
        None => None,
    };
    Ok(match (member(members, &f.text(1)?), default) {
        (Found::Yes(value), _) => value.clone(),
        (Found::Maybe, _) => f.unknown(),
        (Found::No, Some(default)) => default,
        (Found::No, None) => return Err(Fault::invalid("lookup finds no such key")),
    })
}

/// The default of a look-up: in the type of a map's elements, and as it is beside an object.
fn default_of(f: &Invocation<'_, '_>, members: &Members, default: &Value) -> Outcome {
    let form = f.argument(0)?.form;
    let first = members.values().find(|value| !value.is_null() && !value.is_unknown());
    let first = first.filter(|first| first.maybe_text().is_none());
    if form == Form::Structural || default.is_null() {
        return Ok(default.clone());
    }
    let Some(first) = first else {
        // A number may be needed as a string, and a string as a number.
        let stays = !members.values().any(|value| value.is_unknown() || value.maybe_text().is_some())
            || default
                .as_known_str()
                .is_some_and(|text| !Number::is_written(text) && !["true", "false"].contains(&text));
        return Ok(if stays { default.clone() } else { f.unknown() });
    };
    let converted = match &first.kind {
        Kind::Bool(_) => to_bool(default),
        Kind::Number(_) => to_number(default),
        Kind::String(_) => to_string(default).map(Value::string),
        _ if Common::of_all([first], f.fuel())? == Common::of_all([default], f.fuel())? => {
            Ok(default.clone())
        }
        _ => return Ok(f.unknown()),
    };
    match converted {
        Ok(converted) if form == Form::Collection => Ok(converted),
        Err(fault) if form == Form::Collection => Err(fault),
        // What the plan shows may be a map or an object.
        Ok(converted) if converted.equals(default, f.fuel())?.is_true() => Ok(converted),
        _ => Ok(f.unknown()),
    }
}

fn transpose(f: &Invocation<'_, '_>) -> Outcome {
    let Some(members) = f.members(0)? else { return Ok(f.unknown()) };
    let mut result: BTreeMap<Text, Vec<Value>> = BTreeMap::new();
    let mut sensitive = false;
    let (members, shuffled) = in_order_of_names(members);
    for (name, value) in members {
        let Some(list) = f.as_list(value)? else { return Ok(f.unknown()) };
        for item in &*list.items {
            let text = to_string(item)?;
            sensitive = sensitive || value.sensitive || text.is_sensitive();
            let text = text.unmarked();
            if list.open || !text.is_known() {
                return Ok(f.unknown());
            }
            result.entry(text).or_default().push(Value::string(name.clone()));
        }
    }
    let list = |values| Value::from(Sequence::list(values, false, shuffled)).formed(Form::Collection);
    let members = result.into_iter().map(|(name, values)| (name, list(values))).collect();
    Ok(Value::object(members).formed(Form::Collection).mark(sensitive))
}

fn zipmap(f: &Invocation<'_, '_>) -> Outcome {
    f.no_set(1)?;
    let (Some(names), Some(values)) = (f.list(0)?, f.list(1)?) else { return Ok(f.unknown()) };
    if names.open || values.open || names.shuffled || values.shuffled {
        return Ok(f.unknown());
    }
    if names.items.len() != values.items.len() {
        return Err(Fault::invalid("zipmap needs as many keys as values"));
    }
    let mut result = Members::new();
    let mut sensitive = false;
    for (name, value) in names.items.iter().zip(values.items.iter()) {
        let name = to_string(name)?;
        sensitive = sensitive || name.is_sensitive();
        let name = name.unmarked();
        if !name.is_known() && result.keys().any(|other| other != &name && other.equals(&name).is_maybe()) {
            return Ok(f.unknown());
        }
        result.insert(name, value.clone());
    }
    Ok(Value::object(result).formed(f.argument(1)?.form).mark(sensitive))
}

fn map(f: &Invocation<'_, '_>) -> Outcome {
    let mut result = Members::new();
    for pair in f.arguments.chunks(2) {
        let [name, value] = pair else { return Err(f.wrong_count()) };
        // The call as a whole has the mark of its arguments.
        result.insert(to_string(name)?.unmarked(), value.clone());
    }
    Ok(Value::object(result))
}
