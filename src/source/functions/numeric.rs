//! Numeric functions.

use super::{Fault, Invocation, Outcome};
use crate::source::number::Number;
use crate::source::operators::out_of_range;
use crate::source::types::to_number;
use crate::source::value::{Kind, Value};

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "abs" => one(f, |n| if n.is_negative() { n.negate() } else { Some(n) }),
        "ceil" => one(f, Number::ceil),
        "floor" => one(f, |n| Some(n.floor())),
        "signum" => signum(f),
        "max" => extreme(f, |a, b| a > b),
        "min" => extreme(f, |a, b| a < b),
        "log" => float(f, |a, b| a.ln() / b.ln()),
        "pow" => pow(f),
        "parseint" => parseint(f),
        "sum" => sum(f),
        "range" => range(f),
        _ => return None,
    })
}

fn one(f: &Invocation<'_, '_>, op: impl Fn(Number) -> Option<Number>) -> Outcome {
    match f.number(0)? {
        Some(number) => op(number).map(Value::number).ok_or_else(out_of_range),
        None => Ok(f.unknown()),
    }
}

fn signum(f: &Invocation<'_, '_>) -> Outcome {
    let Some(number) = f.number(0)? else { return Ok(f.unknown()) };
    if number.as_integer().is_none() {
        return Err(Fault::invalid("signum needs a whole number"));
    }
    let sign = i128::from(number > Number::ZERO).saturating_sub(i128::from(number.is_negative()));
    Ok(Value::number(Number::from(sign)))
}

fn extreme(f: &Invocation<'_, '_>, better: impl Fn(Number, Number) -> bool) -> Outcome {
    let mut best: Option<Number> = None;
    for index in 0..f.arguments.len() {
        let Some(number) = f.number(index)? else { return Ok(f.unknown()) };
        best = Some(best.filter(|best| !better(number, *best)).unwrap_or(number));
    }
    best.map(Value::number).ok_or_else(|| f.wrong_count())
}

fn float(f: &Invocation<'_, '_>, op: impl Fn(f64, f64) -> f64) -> Outcome {
    let (Some(a), Some(b)) = (f.number(0)?, f.number(1)?) else { return Ok(f.unknown()) };
    Number::from_f64(op(a.to_f64(), b.to_f64())).map(Value::number).ok_or_else(out_of_range)
}

fn pow(f: &Invocation<'_, '_>) -> Outcome {
    let (Some(base), Some(exponent)) = (f.number(0)?, f.number(1)?) else { return Ok(f.unknown()) };
    let exact =
        exponent.as_integer().and_then(|exponent| u32::try_from(exponent).ok()).filter(|e| *e <= 1024);
    let Some(exponent) = exact else { return float(f, f64::powf) };
    let mut result = Some(Number::from(1i128));
    for _ in 0..exponent {
        result = result.and_then(|result| result.multiply(base));
    }
    // It is computed with floating point numbers: what these cannot hold exactly comes out rounded.
    let exact = |number: &Number| {
        let most = Number::from(1i128 << 53);
        let size = if number.is_negative() { number.negate() } else { Some(*number) };
        number.as_integer().is_some() && size.is_some_and(|size| size <= most)
    };
    match result.filter(exact) {
        Some(result) => Ok(Value::number(result)),
        None if base.as_integer().is_none() => float(f, f64::powf),
        None => Err(Fault::Limit("a power is too large to be exact")),
    }
}

fn parseint(f: &Invocation<'_, '_>) -> Outcome {
    if matches!(f.argument(0)?.kind, Kind::Number(_)) {
        return Err(Fault::invalid("parseint needs a string"));
    }
    let text = f.text(0)?;
    let (Some(known), Some(base)) = (text.as_known(), f.number(1)?) else { return Ok(f.unknown()) };
    let base =
        base.as_integer().and_then(|base| u32::try_from(base).ok()).filter(|base| (2..=62).contains(base));
    let base = base.ok_or_else(|| Fault::invalid("parseint needs a base from 2 to 62"))?;
    if base > 36 {
        return Ok(f.unknown());
    }
    let number =
        i128::from_str_radix(known, base).map_err(|_| Fault::invalid("parseint needs an integer"))?;
    Ok(Value::number(Number::from(number)))
}

fn sum(f: &Invocation<'_, '_>) -> Outcome {
    let Some(list) = f.list(0)? else { return Ok(f.unknown()) };
    if list.open {
        return Ok(f.unknown());
    }
    if list.items.is_empty() {
        return Err(Fault::invalid("sum needs at least one element"));
    }
    let mut total = Number::ZERO;
    for item in &*list.items {
        match to_number(item)?.kind {
            Kind::Number(number) => total = total.add(number).ok_or_else(out_of_range)?,
            _ => return Ok(f.unknown()),
        }
    }
    Ok(Value::number(total))
}

fn range(f: &Invocation<'_, '_>) -> Outcome {
    let mut numbers = Vec::new();
    for index in 0..f.arguments.len() {
        let Some(number) = f.number(index)? else { return Ok(f.unknown_list()) };
        numbers.push(number);
    }
    let one = Number::from(1i128);
    let (start, end, step) = match numbers.as_slice() {
        [end] => (Number::ZERO, *end, if end.is_negative() { Number::from(-1i128) } else { one }),
        [start, end] => (*start, *end, if end < start { Number::from(-1i128) } else { one }),
        [start, end, step] => (*start, *end, *step),
        _ => return Err(f.wrong_count()),
    };
    let down = step.is_negative();
    if step == Number::ZERO || (end > start && down) || (end < start && !down) {
        return Err(Fault::invalid("range needs a step that leads from start to end"));
    }
    let mut items = Vec::new();
    let mut next = start;
    while if down { next > end } else { next < end } {
        if items.len() >= 1024 {
            return Err(Fault::invalid("range gives more than 1024 values"));
        }
        items.push(Value::number(next));
        next = next.add(step).ok_or_else(out_of_range)?;
    }
    Ok(Value::list(items))
}
