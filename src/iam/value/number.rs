//! Decimal numbers, compared exactly.

use std::cmp::Ordering;
use std::fmt;

/// A decimal number: `mantissa` divided by ten to the power of `scale`.
#[derive(Clone, Copy, Debug)]
pub(in crate::iam) struct Number {
    mantissa: i128,
    scale: u32,
}

// Beyond these, aligning two numbers could overflow; no quota, size or age comes near.
const MOST_DIGITS: u32 = 20;
const GREATEST_SCALE: u32 = 17;

impl Number {
    /// Reads an integer or a decimal fraction, with an optional sign and exponent.
    pub(in crate::iam) fn parse(text: &str) -> Option<Self> {
        let (body, exponent) = match text.split_once(['e', 'E']) {
            Some((body, exponent)) => (body, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match body.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, body.strip_prefix('+').unwrap_or(body)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        if whole.len().checked_add(fraction.len())? > MOST_DIGITS as usize {
            return None;
        }
        let mut mantissa = 0i128;
        for c in whole.chars().chain(fraction.chars()) {
            mantissa = mantissa.checked_mul(10)?.checked_add(i128::from(c.to_digit(10)?))?;
        }
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        let mantissa = if negative { mantissa.checked_neg()? } else { mantissa };
        if mantissa == 0 {
            return Some(Self { mantissa: 0, scale: 0 });
        }
        if let Ok(scale) = u32::try_from(scale) {
            return (scale <= GREATEST_SCALE).then_some(Self { mantissa, scale });
        }
        let zeros = scale.unsigned_abs();
        let mantissa =
            (zeros <= GREATEST_SCALE).then(|| 10i128.checked_pow(zeros))??.checked_mul(mantissa)?;
        (mantissa.unsigned_abs() < 10u128.pow(MOST_DIGITS)).then_some(Self { mantissa, scale: 0 })
    }

    /// An integer.
    pub(in crate::iam) fn integer(value: i64) -> Self {
        Self { mantissa: i128::from(value), scale: 0 }
    }

    pub(in crate::iam) fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// The least integer above.
    pub(in crate::iam) fn next_integer(self) -> Self {
        Self { mantissa: self.floor().saturating_add(1), scale: 0 }
    }

    /// The greatest integer below.
    pub(in crate::iam) fn previous_integer(self) -> Self {
        let floor = self.floor();
        let whole = Self { mantissa: floor, scale: 0 } == self;
        Self { mantissa: if whole { floor.saturating_sub(1) } else { floor }, scale: 0 }
    }

    fn floor(self) -> i128 {
        10i128
            .checked_pow(self.scale)
            .and_then(|unit| self.mantissa.checked_div_euclid(unit))
            .unwrap_or_default()
    }

    /// The number halfway between two.
    pub(in crate::iam) fn between(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let sum = self.aligned(scale)?.checked_add(other.aligned(scale)?)?;
        Some(Self { mantissa: sum.checked_mul(5)?, scale: scale.checked_add(1)? })
    }

    fn aligned(self, scale: u32) -> Option<i128> {
        let zeros = scale.checked_sub(self.scale)?;
        10i128.checked_pow(zeros)?.checked_mul(self.mantissa)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        match (self.aligned(scale), other.aligned(scale)) {
            (Some(a), Some(b)) => a.cmp(&b),
            // Within the bounds of `parse` this does not occur.
            _ => self.mantissa.signum().cmp(&other.mantissa.signum()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.mantissa);
        }
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let width = usize::try_from(self.scale).unwrap_or_default().saturating_add(1);
        let digits = format!("{:0>width$}", self.mantissa.unsigned_abs());
        let at = digits.len().saturating_sub(width.saturating_sub(1));
        let (whole, fraction) = digits.split_at_checked(at).unwrap_or((&digits, ""));
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{fraction}") }
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn spelling_does_not_matter_and_comparison_is_exact() {
        for (a, b) in
            [("300", "300.00"), ("0", "-0"), ("1e3", "1000"), ("1.5e1", "15"), ("+7", "007"), (".5", "0.50")]
        {
            assert_eq!(number(a), number(b), "{a} {b}");
        }
        assert!(number("0.1") < number("0.10000000000000001"));
        assert!(number("-1") < number("0"));
        assert!(number("999999999999999999") > number("999999999999999998.5"));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", ".", "1,5", "0x10", "1 ", "NaN", "inf", "1e", "1e99", "123456789012345678901"] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn neighbours_print_without_needless_digits() {
        assert_eq!(number("12.5").next_integer().to_string(), "13");
        assert_eq!(number("12.5").previous_integer().to_string(), "12");
        assert_eq!(number("300").previous_integer().to_string(), "299");
        assert_eq!(number("0").between(number("1")).unwrap().to_string(), "0.5");
        assert_eq!(number("2").between(number("4")).unwrap().to_string(), "3");
        assert_eq!(number("-0.5").to_string(), "-0.5");
    }
}
