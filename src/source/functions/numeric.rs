//! Numeric functions.

use super::{Fault, Invocation, Outcome};
use crate::source::number::Number;
use crate::source::operators::out_of_range;
use crate::source::types::to_number;
use crate::source::value::{Kind, Value};

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "abs" => one(f, |n| if n.has_sign() { n.negate() } else { Some(n) }),
        "ceil" => one(f, Number::ceil),
        "floor" => one(f, |n| Some(n.floor())),
        "signum" => signum(f),
        "max" => extreme(f, |a, b| a > b),
        "min" => extreme(f, |a, b| a < b),
        "log" => log(f),
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

fn rounded(result: f64) -> Outcome {
    Number::from_f64(result).map(Value::number).ok_or_else(out_of_range)
}

fn log(f: &Invocation<'_, '_>) -> Outcome {
    let (Some(number), Some(base)) = (f.number(0)?, f.number(1)?) else { return Ok(f.unknown()) };
    rounded(number.to_f64().ln() / base.to_f64().ln())
}

fn pow(f: &Invocation<'_, '_>) -> Outcome {
    let (Some(base), Some(exponent)) = (f.number(0)?, f.number(1)?) else { return Ok(f.unknown()) };
    // A zero loses its sign on the way.
    if base == Number::ZERO && base.has_sign() {
        return Err(Fault::Limit("a power of zero with a sign"));
    }
    let half = Number::from_f64(0.5);
    if Some(exponent) == half && !base.is_negative() {
        return rounded(base.to_f64().sqrt());
    }
    match exponent.as_integer().and_then(|exponent| i32::try_from(exponent).ok()) {
        Some(exponent) => rounded(go_pow(base.to_f64(), exponent)),
        None => Err(Fault::Limit("a power is not exact")),
    }
}

/// A power as Go computes it, which rounds at other places than others do.
fn go_pow(base: f64, exponent: i32) -> f64 {
    match (base, exponent) {
        (_, 0) => return 1.0,
        (_, 1) => return base,
        (0.0, _) => return if exponent < 0 { f64::INFINITY } else { 0.0 },
        _ => {}
    }
    let (mut result, mut result_exponent) = (1.0f64, 0i32);
    let (mut factor, mut factor_exponent) = fraction_and_exponent(base);
    let mut rest = exponent.unsigned_abs();
    while rest != 0 {
        if factor_exponent.unsigned_abs() > 1 << 12 {
            return f64::NAN;
        }
        if rest & 1 == 1 {
            result *= factor;
            result_exponent = result_exponent.saturating_add(factor_exponent);
        }
        factor *= factor;
        factor_exponent = factor_exponent.saturating_mul(2);
        if factor < 0.5 {
            factor += factor;
            factor_exponent = factor_exponent.saturating_sub(1);
        }
        rest >>= 1;
    }
    if exponent < 0 {
        result = 1.0 / result;
        result_exponent = result_exponent.saturating_neg();
    }
    if result_exponent.unsigned_abs() > 1000 { f64::NAN } else { result * 2f64.powi(result_exponent) }
}

/// A number as a fraction from a half to one, and the power of two that it is to be multiplied with.
fn fraction_and_exponent(number: f64) -> (f64, i32) {
    let (mut fraction, mut exponent) = (number, 0i32);
    while fraction.abs() >= 1.0 && fraction.is_finite() {
        fraction /= 2.0;
        exponent = exponent.saturating_add(1);
    }
    while fraction.abs() < 0.5 && fraction != 0.0 {
        fraction *= 2.0;
        exponent = exponent.saturating_sub(1);
    }
    (fraction, exponent)
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
    integer(known, base).map(|number| Value::number(Number::from(number)))
}

/// An integer in a base of up to 62; beyond 36, small letters come before capital ones.
fn integer(text: &str, base: u32) -> Outcome<i128> {
    let invalid = || Fault::invalid("parseint needs an integer");
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return Err(invalid());
    }
    let mut number = 0i128;
    let mut fits = true;
    for digit in digits.chars() {
        let value = match digit {
            'A'..='Z' if base > 36 => digit.to_digit(36).map(|value| value.saturating_add(26)),
            _ => digit.to_digit(36),
        };
        let value = value.filter(|value| *value < base).ok_or_else(invalid)?;
        let next =
            number.checked_mul(i128::from(base)).and_then(|number| number.checked_add(i128::from(value)));
        fits = fits && next.is_some();
        number = next.unwrap_or_default();
    }
    if !fits {
        return Err(out_of_range());
    }
    Ok(if negative { number.saturating_neg() } else { number })
}

fn sum(f: &Invocation<'_, '_>) -> Outcome {
    let Some(list) = f.list(0)? else { return Ok(f.unknown()) };
    if list.open {
        return Ok(f.unknown());
    }
    if list.items.is_empty() {
        return Err(Fault::invalid("sum needs at least one element"));
    }
    let mut total: Option<Number> = None;
    for item in &*list.items {
        match to_number(item)?.kind {
            Kind::Number(number) => {
                let sum = total.map_or(Some(number), |total| total.add(number));
                total = Some(sum.ok_or_else(out_of_range)?);
            }
            _ => return Ok(f.unknown()),
        }
    }
    Ok(Value::number(total.unwrap_or(Number::ZERO)))
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
