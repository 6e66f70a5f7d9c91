//! Functions of sets.

use super::{Fault, Invocation, Outcome};
use crate::source::common::Common;
use crate::source::expression::MAX_ELEMENTS;
use crate::source::types::set_of;
use crate::source::value::{Form, Kind, Sequence, Value};
use crate::text::Truth;

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "setunion" => union(f),
        "setintersection" => sieve(f, |found| found),
        "setsubtract" => sieve(f, |found| !found),
        "setproduct" => product(f),
        _ => return None,
    })
}

/// All arguments as sets; `None` if one is unknown.
fn sets<'v>(f: &'v Invocation<'_, '_>) -> Outcome<Option<Vec<&'v Sequence>>> {
    let mut sets = Vec::new();
    for index in 0..f.arguments.len() {
        match f.list(index)? {
            Some(set) => sets.push(set),
            None => return Ok(None),
        }
    }
    Ok(Some(sets))
}

fn union(f: &Invocation<'_, '_>) -> Outcome {
    let (mut items, mut open) = (Vec::new(), false);
    for (index, argument) in f.arguments.iter().enumerate() {
        if let Some(set) = f.list(index)? {
            items.extend(set.items.iter().cloned());
            open = open || set.open;
        } else {
            items.push(argument.clone());
            open = true;
        }
    }
    set_of(&f.of_one_type(&items)?, open, f.fuel())
}

/// The elements of the first set for which `keep` holds of the answer whether the others have them.
fn sieve(f: &Invocation<'_, '_>, keep: impl Fn(Truth) -> Truth) -> Outcome {
    let Some(sets) = sets(f)? else { return Ok(f.unknown_list()) };
    let Some((first, others)) = sets.split_first() else { return Err(f.wrong_count()) };
    let common = f.common(sets.iter().flat_map(|set| &*set.items))?;
    let convert = |set: &&Sequence| Ok((common.convert_all(&*set.items, f.fuel())?, set.open));
    let others: Vec<(Vec<Value>, bool)> = others.iter().map(convert).collect::<Outcome<_>>()?;
    let (mut items, mut open) = (Vec::new(), first.open);
    for item in &common.convert_all(&*first.items, f.fuel())? {
        let mut kept = Truth::True;
        for (other, open) in &others {
            let mut found = if *open { Truth::Maybe } else { Truth::False };
            for candidate in other {
                f.fuel().spend(1)?;
                found = found.or(candidate.equals(item, f.fuel())?);
            }
            kept = kept.and(keep(found));
        }
        match kept {
            Truth::True => items.push(item.clone()),
            Truth::False => {}
            Truth::Maybe => {
                open = true;
                items.push(f.unknown());
            }
        }
    }
    let set = set_of(&items, open, f.fuel())?;
    Ok(if common.is_settled() { set.typed(Common::Set(Box::new(common))) } else { set })
}

fn product(f: &Invocation<'_, '_>) -> Outcome {
    let Some(sets) = sets(f)? else { return Ok(f.unknown_list()) };
    if sets.len() < 2 {
        return Err(f.wrong_count());
    }
    if sets.iter().any(|set| set.open) {
        return Ok(f.unknown_list());
    }
    let count = sets.iter().try_fold(1usize, |count, set| count.checked_mul(set.items.len()));
    let count = count.filter(|count| *count <= MAX_ELEMENTS).ok_or(Fault::Limit("too many elements"))?;
    f.fuel().spend(count.saturating_mul(sets.len()))?;
    // One set among the arguments makes sets of all of them; what the plan shows may be one.
    let is_set = sets.iter().any(|set| set.set);
    let may_be_set = is_set || f.arguments.iter().any(|argument| argument.form == Form::Unsure);
    let mut sensitive = false;
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for set in &sets {
        let mut items = f.of_one_type(&set.items)?;
        if may_be_set {
            let unique = set_of(&items, false, f.fuel())?;
            sensitive = sensitive || unique.sensitive;
            let Kind::Sequence(unique) = &unique.kind else { return Ok(f.unknown_list()) };
            let as_many = unique.items.len() == items.len() && !unique.may_shrink(f.fuel())?;
            if !is_set && !as_many {
                return Ok(f.unknown_list());
            }
            items = unique.items.to_vec();
        }
        let extended = rows.iter().flat_map(|row| {
            items.iter().map(move |item| {
                let mut row = row.clone();
                row.push(item.clone());
                row
            })
        });
        rows = extended.collect();
    }
    let items: Vec<Value> = rows.into_iter().map(Value::tuple).collect();
    let shuffled = may_be_set || sets.iter().any(|set| set.shuffled);
    let product = Value::from(Sequence { set: is_set, ..Sequence::list(items, false, shuffled) });
    let form = if may_be_set && !is_set { Form::Unsure } else { Form::Collection };
    Ok(product.formed(form).mark(sensitive))
}
