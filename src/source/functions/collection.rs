//! Functions of lists and maps.

use super::characters::count as character_count;
use super::{Fault, Invocation, Outcome};
use crate::source::common::unified;
use crate::source::expression::MAX_ELEMENTS;
use crate::source::number::Number;
use crate::source::operators::{Found, element};
use crate::source::sequence::sorted;
use crate::source::types::{part_of, to_bool, to_string};
use crate::source::value::{Form, Kind, Sequence, Value};
use crate::text::{Piece, Text, Truth};

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "length" => length(f),
        "concat" => concat(f),
        "flatten" => flatten(f),
        "element" => element_of(f),
        "index" => index(f),
        "slice" => slice(f),
        "reverse" => list_to_list(f, |items| items.iter().rev().cloned().collect()),
        "chunklist" => chunklist(f),
        "coalesce" => coalesce(f),
        "coalescelist" => coalescelist(f),
        "compact" => compact(f),
        "distinct" => distinct(f),
        "contains" => contains(f),
        "alltrue" => truths(f, Truth::all, Truth::False),
        "anytrue" => truths(f, Truth::any, Truth::True),
        "one" => one(f),
        "sort" => sort(f),
        "matchkeys" => matchkeys(f),
        "list" => Ok(Value::tuple(f.arguments.clone())),
        _ => return None,
    })
}

fn length(f: &Invocation<'_, '_>) -> Outcome {
    let [value] = f.exactly::<1>()?;
    let count = match &value.kind {
        Kind::Unknown(_) | Kind::Sequence(Sequence { open: true, .. }) => None,
        // Two unknown elements of a set may turn out to be one.
        Kind::Sequence(sequence) if sequence.may_shrink(f.fuel())? => None,
        Kind::Sequence(sequence) => Some(sequence.items.len()),
        Kind::Object(_) if value.is_partial() => None,
        Kind::Object(members) => Some(members.len()),
        Kind::String(text) => length_of_text(text),
        _ => return Err(Fault::invalid(format!("length of {}", value.type_name()))),
    };
    Ok(count.map_or_else(|| f.unknown(), |count| Value::number(count.into())))
}

/// How many characters a text has, where that is certain.
fn length_of_text(text: &Text) -> Option<usize> {
    let mut follows_hole = false;
    text.pieces().try_fold(0usize, |sum, piece| match piece {
        // A mark would be one character with the end of what is in the hole.
        Piece::Literal(known) if follows_hole && !known.starts_with(|c: char| c.is_ascii()) => None,
        Piece::Literal(known) => sum.checked_add(character_count(known)),
        Piece::Hole(hole) => {
            follows_hole = true;
            let shape = hole.shape();
            // A mark would be one character with what stands before it.
            let has_marks = shape.may_contain('\u{301}');
            sum.checked_add(shape.max_len().filter(|most| *most == shape.min_len() && !has_marks)?)
        }
    })
}

fn bounded(items: Vec<Value>, open: bool, shuffled: bool) -> Outcome {
    if items.len() > MAX_ELEMENTS {
        return Err(Fault::Limit("too many elements"));
    }
    Ok(Sequence::list(items, open, shuffled).into())
}

fn concat(f: &Invocation<'_, '_>) -> Outcome {
    let (mut items, mut open, mut shuffled) = (Vec::new(), false, f.shuffled);
    let form = form_of_all(&f.arguments);
    for (at, argument) in f.arguments.iter().enumerate() {
        f.no_set(at)?;
        if let Some(list) = f.as_list(argument)? {
            items.extend(list.items.iter().cloned());
            open = open || list.open;
            shuffled = shuffled || list.shuffled;
        } else {
            items.push(argument.clone());
            open = true;
        }
        if items.len() > MAX_ELEMENTS {
            return Err(Fault::Limit("too many elements"));
        }
    }
    // Lists give a list of one type; with a tuple among them it is a tuple.
    let items = if form == Form::Collection { unified(&items, f.fuel())? } else { items };
    Ok(bounded(items, open, shuffled)?.formed(form))
}

/// The form of what is put together: a collection of collections alone, else as it is written.
pub(super) fn form_of_all(values: &[Value]) -> Form {
    let has = |form| values.iter().any(|value| value.form == form && !value.is_unknown());
    match (has(Form::Structural), has(Form::Unsure) || values.iter().any(Value::is_unknown)) {
        (true, _) => Form::Structural,
        (false, true) => Form::Unsure,
        (false, false) if values.is_empty() => Form::Structural,
        (false, false) => Form::Collection,
    }
}

/// The elements of lists within lists.
#[derive(Default)]
struct Flat {
    items: Vec<Value>,
    open: bool,
    shuffled: bool,
    /// Whether one of the lists is a secret: then the whole is.
    sensitive: bool,
}

impl Flat {
    fn add(&mut self, f: &Invocation<'_, '_>, list: &Sequence, depth: u32) -> Outcome<()> {
        if depth > 100 || self.items.len() > MAX_ELEMENTS {
            return Err(Fault::Limit("too many elements"));
        }
        self.open |= list.open;
        self.shuffled |= list.shuffled;
        for item in &*list.items {
            f.fuel().spend(1)?;
            match &item.kind {
                Kind::Sequence(inner) => {
                    self.sensitive |= item.sensitive;
                    self.add(f, inner, depth.saturating_add(1))?;
                }
                kind => {
                    self.open |= matches!(kind, Kind::Unknown(_));
                    self.items.push(item.clone());
                }
            }
        }
        Ok(())
    }
}

fn flatten(f: &Invocation<'_, '_>) -> Outcome {
    let Some(list) = f.list(0)? else { return Ok(f.unknown_list()) };
    let mut flat = Flat::default();
    flat.add(f, list, 0)?;
    let Flat { items, open, shuffled, sensitive } = flat;
    Ok(bounded(items, open, shuffled)?.formed(Form::Structural).mark(sensitive))
}

fn element_of(f: &Invocation<'_, '_>) -> Outcome {
    f.no_set(0)?;
    let (Some(list), Some(index)) = (f.list(0)?, f.number(1)?) else { return Ok(f.unknown()) };
    let Some(index) = index.as_integer() else { return Err(Fault::invalid("element needs a whole number")) };
    if list.items.is_empty() {
        return Err(Fault::invalid("element of an empty list"));
    }
    let from_start = index.checked_rem(i128::try_from(list.items.len()).unwrap_or(i128::MAX)) == Some(0);
    // A list counts from its end then, which a tuple does not.
    match f.argument(0)?.form {
        _ if from_start && !list.open => {}
        Form::Structural if index < 0 => return Err(Fault::invalid("element needs no negative number")),
        Form::Unsure if index < 0 => return Ok(f.unknown()),
        _ => {}
    }
    let count = i128::try_from(list.items.len()).unwrap_or(i128::MAX);
    if list.open && (index < 0 || index >= count) {
        return Ok(f.unknown());
    }
    let wrapped = Number::from(index.checked_rem_euclid(count).unwrap_or_default());
    Ok(match element(list, wrapped) {
        Found::Yes(value) => value.clone(),
        Found::Maybe | Found::No => f.unknown(),
    })
}

fn index(f: &Invocation<'_, '_>) -> Outcome {
    f.no_set(0)?;
    let wanted = f.no_null(1)?;
    let Some(list) = f.list(0)? else { return Ok(f.unknown()) };
    for (at, item) in list.items.iter().enumerate() {
        match item.equals(wanted, f.fuel())? {
            Truth::True if list.shuffled => return Ok(f.unknown()),
            Truth::True => return Ok(Value::number(at.into())),
            Truth::Maybe => return Ok(f.unknown()),
            Truth::False => {}
        }
    }
    if list.open { Ok(f.unknown()) } else { Err(Fault::invalid("index finds no such element")) }
}

fn slice(f: &Invocation<'_, '_>) -> Outcome {
    f.no_set(0)?;
    let (Some(list), Some(start), Some(end)) = (f.list(0)?, f.number(1)?, f.number(2)?) else {
        return Ok(f.unknown_list());
    };
    let unknown = list.items.iter().position(Value::is_unknown);
    let (Some(start), Some(end)) = (start.as_index(), end.as_index()) else {
        return Err(Fault::invalid("slice needs whole numbers"));
    };
    if list.shuffled || list.open && unknown.is_none_or(|first| end > first) {
        return Ok(f.unknown_list());
    }
    let items = list.items.get(start..end).ok_or_else(|| Fault::invalid("slice reaches beyond the list"))?;
    Ok(Value::sequence(items, false).formed(f.argument(0)?.form))
}

fn list_to_list(f: &Invocation<'_, '_>, change: impl Fn(&[Value]) -> Vec<Value>) -> Outcome {
    Ok(match f.list(0)? {
        Some(list) => {
            let form = f.argument(0)?.form;
            Value::from(Sequence::list(change(&list.items), list.open, list.shuffled)).formed(form)
        }
        None => f.unknown_list(),
    })
}

fn chunklist(f: &Invocation<'_, '_>) -> Outcome {
    let (Some(list), Some(size)) = (f.list(0)?, f.number(1)?) else { return Ok(f.unknown_list()) };
    let size = size.as_index().ok_or_else(|| Fault::invalid("chunklist needs a size"))?;
    if list.open || list.shuffled {
        return Ok(f.unknown_list());
    }
    let items = f.of_one_type(&list.items)?;
    let size = if size == 0 { items.len().max(1) } else { size };
    Ok(Value::list(items.chunks(size).map(Value::list).collect::<Vec<_>>()))
}

fn coalesce(f: &Invocation<'_, '_>) -> Outcome {
    for argument in &f.arguments {
        let settled = match &argument.kind {
            Kind::Null => continue,
            Kind::Unknown(_) => return Ok(f.unknown()),
            Kind::String(text) => match text.as_known() {
                Some("") => continue,
                Some(_) => true,
                None => text.equals(&Text::known("")).is_false(),
            },
            Kind::Shuffled(shuffled) => shuffled.text.equals(&Text::known("")).is_false(),
            _ => true,
        };
        if !settled {
            return Ok(f.unknown_text());
        }
        return f.common(&f.arguments)?.convert(argument, f.fuel());
    }
    Err(Fault::invalid("coalesce finds no value"))
}

fn coalescelist(f: &Invocation<'_, '_>) -> Outcome {
    for index in 0..f.arguments.len() {
        let Some(list) = f.list(index)? else { return Ok(f.unknown_list()) };
        if list.open && list.items.iter().all(Value::is_unknown) {
            return Ok(f.unknown_list());
        }
        if !list.items.is_empty() {
            return Ok(f.argument(index)?.clone());
        }
    }
    Err(Fault::invalid("coalescelist finds no list with elements"))
}

fn compact(f: &Invocation<'_, '_>) -> Outcome {
    let Some(list) = f.list(0)? else { return Ok(f.unknown_list()) };
    let (mut items, mut open) = (Vec::new(), list.open);
    for item in &*list.items {
        if item.is_null() {
            continue;
        }
        let text = to_string(item)?;
        match text.equals(&Text::known("")) {
            Truth::True => {}
            Truth::False => items.push(Value::string(text)),
            Truth::Maybe => {
                open = true;
                let hole = text.as_hole().cloned();
                items.push(hole.map_or_else(|| Value::string(text), Value::unknown));
            }
        }
    }
    Ok(Value::from(Sequence::list(items, open, list.shuffled)).formed(Form::Collection))
}

fn distinct(f: &Invocation<'_, '_>) -> Outcome {
    let Some(list) = f.list(0)? else { return Ok(f.unknown_list()) };
    let mut items: Vec<Value> = Vec::new();
    let mut seen: std::collections::BTreeSet<Text> = std::collections::BTreeSet::new();
    let (mut open, mut holed) = (list.open, false);
    let items_of_one_type = f.of_one_type(&list.items)?;
    for item in &items_of_one_type {
        if let Some(text) = item.as_text() {
            // The same text, holes included, is the same element.
            if !seen.insert(text.unmarked()) {
                continue;
            }
            holed = holed || !text.is_known();
            for other in items.iter().filter(|_| holed) {
                open = open || other.equals(item, f.fuel())?.is_maybe();
            }
            items.push(item.clone());
            continue;
        }
        let mut answer = Truth::False;
        for other in items.iter().filter(|other| other.as_text().is_none()) {
            f.fuel().spend(1)?;
            answer = answer.or(other.equals(item, f.fuel())?);
        }
        if !answer.is_true() {
            open = open || answer.is_maybe();
            items.push(item.clone());
        }
    }
    Ok(Value::from(Sequence::list(items, open, list.shuffled)).formed(Form::Collection))
}

fn contains(f: &Invocation<'_, '_>) -> Outcome {
    let wanted = f.no_null(1)?;
    let Some(list) = f.list(0)? else { return Ok(f.unknown()) };
    let mut answer = if list.open { Truth::Maybe } else { Truth::False };
    for item in &*list.items {
        answer = answer.or(item.equals(wanted, f.fuel())?);
    }
    Ok(f.truth(answer))
}

fn truths(f: &Invocation<'_, '_>, all: impl Fn(Vec<Truth>) -> Truth, decisive: Truth) -> Outcome {
    let Some(list) = f.list(0)? else { return Ok(f.unknown()) };
    let mut answers = Vec::new();
    for item in &*list.items {
        answers.push(if item.is_null() {
            Truth::False
        } else {
            to_bool(item)?.as_bool().map_or(Truth::Maybe, Truth::from)
        });
    }
    let answer = all(answers);
    Ok(f.truth(if list.open && answer != decisive { Truth::Maybe } else { answer }))
}

fn one(f: &Invocation<'_, '_>) -> Outcome {
    let [value] = f.exactly::<1>()?;
    let list = match &value.kind {
        Kind::Sequence(list) if list.open => return Ok(f.unknown()),
        Kind::Sequence(list) => list,
        Kind::Unknown(hole) => return Ok(Value::unknown(part_of(hole, "[0]"))),
        _ => return Err(Fault::invalid("one needs a list")),
    };
    match &*list.items {
        [] => Ok(Value::null()),
        [item] => Ok(item.clone()),
        _ => Err(Fault::invalid("one needs a list of at most one element")),
    }
}

fn sort(f: &Invocation<'_, '_>) -> Outcome {
    let Some(list) = f.list(0)? else { return Ok(f.unknown_list()) };
    let mut texts = Vec::new();
    let mut unknown = Vec::new();
    for item in &*list.items {
        match &item.kind {
            Kind::Unknown(_) => unknown.push(item.clone()),
            _ => texts.push(to_string(item)?),
        }
    }
    let (texts, shuffled) = sorted(texts);
    // Where an unknown element will stand is not known: then no position is.
    let shuffled = shuffled || !unknown.is_empty();
    let items: Vec<Value> = texts.into_iter().chain(unknown).collect();
    Ok(Value::from(Sequence::list(items, list.open, shuffled)).formed(Form::Collection))
}

fn matchkeys(f: &Invocation<'_, '_>) -> Outcome {
    let (Some(values), Some(keys), Some(wanted)) = (f.list(0)?, f.list(1)?, f.list(2)?) else {
        return Ok(f.unknown_list());
    };
    if values.open || keys.open || wanted.open || values.shuffled || keys.shuffled {
        return Ok(f.unknown_list());
    }
    if values.items.len() != keys.items.len() {
        return Err(Fault::invalid("matchkeys needs as many keys as values"));
    }
    let values = f.of_one_type(&values.items)?;
    let common = f.common(keys.items.iter().chain(wanted.items.iter()))?;
    let keys = common.convert_all(&*keys.items, f.fuel())?;
    let wanted = common.convert_all(&*wanted.items, f.fuel())?;
    let (mut items, mut open) = (Vec::new(), false);
    for (value, key) in values.iter().zip(&keys) {
        let mut answer = Truth::False;
        for other in &wanted {
            f.fuel().spend(1)?;
            answer = answer.or(key.equals(other, f.fuel())?);
        }
        match answer {
            Truth::True => items.push(value.clone()),
            Truth::False => {}
            Truth::Maybe => {
                open = true;
                items.push(f.unknown());
            }
        }
    }
    Ok(Value::sequence(items, open).formed(Form::Collection))
}
