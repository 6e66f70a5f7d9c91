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
const MOST_WHOLE: usize = 20;
const GREATEST_SCALE: usize = 17;

/// A number as it is written: its sign, its digits, and how many of these stand before the point.
struct Written<'t> {
    is_negative: bool,
    /// Without zeros at either end, in two parts; none for zero.
    digits: [&'t str; 2],
    /// Negative where zeros stand between the point and the first digit.
    before_point: i64,
}

impl<'t> Written<'t> {
    /// An integer or a decimal fraction, with an optional sign and exponent.
    fn parse(text: &'t str) -> Option<Self> {
        let (body, exponent) = match text.split_once(['e', 'E']) {
            Some((body, exponent)) => (body, exponent_of(exponent)?),
            None => (text, 0),
        };
        let (is_negative, digits) = match body.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, body.strip_prefix('+').unwrap_or(body)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() && fraction.is_empty() || !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let mut whole = whole.trim_start_matches('0');
        let mut fraction = fraction.trim_end_matches('0');
        let mut before_point = signed(whole.len()).saturating_add(exponent);
        if whole.is_empty() {
            let zeros = fraction.len().saturating_sub(fraction.trim_start_matches('0').len());
            before_point = before_point.saturating_sub(signed(zeros));
            fraction = fraction.trim_start_matches('0');
        }
        if fraction.is_empty() {
            whole = whole.trim_end_matches('0');
        }
        Some(Self { is_negative, digits: [whole, fraction], before_point })
    }

    fn len(&self) -> usize {
        self.digits.iter().map(|part| part.len()).fold(0, usize::saturating_add)
    }

    fn is_zero(&self) -> bool {
        self.len() == 0
    }

    /// How many digits stand behind the point; negative where zeros follow before it.
    fn behind_point(&self) -> i64 {
        signed(self.len()).saturating_sub(self.before_point)
    }

    /// The first digits, as an integer.
    fn first(&self, count: usize) -> Option<i128> {
        let digits = self.digits.iter().flat_map(|part| part.bytes()).take(count);
        digits
            .map(|byte| i128::from(byte.wrapping_sub(b'0')))
            .try_fold(0i128, |sum, digit| sum.checked_mul(10)?.checked_add(digit))
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// An exponent; one that is too long to be read is as good as any great one.
fn exponent_of(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse::<i32>().map_or(i64::from(i32::MAX), i64::from).saturating_mul(sign))
}

impl Number {
    /// Reads an integer or a decimal fraction, with an optional sign and exponent; `None` also for one that is too long
    /// to be compared exactly.
    pub(in crate::iam) fn parse(text: &str) -> Option<Self> {
        let written = Written::parse(text)?;
        if written.is_zero() {
            return Some(Self { mantissa: 0, scale: 0 });
        }
        let is_short = usize::try_from(written.before_point).unwrap_or(0) <= MOST_WHOLE
            && usize::try_from(written.behind_point()).unwrap_or(0) <= GREATEST_SCALE;
        if is_short { Self::of(&written) } else { None }
    }

    /// The same of a number of any length, to be compared with what [`Number::parse`] reads: it is as great, and equal to
    /// none of these where it is too long to be one of them.
    pub(in crate::iam) fn of_any_length(text: &str) -> Option<Self> {
        let written = Written::parse(text)?;
        let sign = if written.is_negative { -1 } else { 1 };
        if usize::try_from(written.before_point).unwrap_or(0) > MOST_WHOLE && !written.is_zero() {
            let beyond = 10i128.checked_pow(u32::try_from(MOST_WHOLE).ok()?)?;
            return Some(Self { mantissa: beyond.checked_mul(sign)?, scale: 0 });
        }
        if usize::try_from(written.behind_point()).unwrap_or(0) <= GREATEST_SCALE || written.is_zero() {
            return Self::parse(text);
        }
        // Cut off where others end, and half a step further on.
        let kept = written.before_point.saturating_add(signed(GREATEST_SCALE));
        let cut = written.first(usize::try_from(kept).unwrap_or(0))?;
        let mantissa = cut.checked_mul(10)?.checked_add(5)?.checked_mul(sign)?;
        Some(Self { mantissa, scale: u32::try_from(GREATEST_SCALE).ok()?.checked_add(1)? })
    }

    fn of(written: &Written<'_>) -> Option<Self> {
        let digits = written.first(written.len())?;
        let mantissa = if written.is_negative { digits.checked_neg()? } else { digits };
        let behind = written.behind_point();
        if let Ok(scale) = u32::try_from(behind) {
            return Some(Self { mantissa, scale });
        }
        let zeros = 10i128.checked_pow(u32::try_from(behind.unsigned_abs()).ok()?)?;
        Some(Self { mantissa: mantissa.checked_mul(zeros)?, scale: 0 })
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
        for text in [
            "",
            "-",
            ".",
            "1,5",
            "0x10",
            "1 ",
            "NaN",
            "inf",
            "1e",
            "1e+",
            "1e99",
            "123456789012345678901",
            "0.000000000000000001",
            "٣",
        ] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn numbers_of_any_length_stand_between_the_others() {
        let any = |text: &str| Number::of_any_length(text).unwrap();
        let great = "9".repeat(400);
        assert!(any(&great) > number("99999999999999999999") && any(&format!("-{great}")) < number("-5"));
        assert!(any("1e999999999999") > number("5") && any("-1e999999999999") < number("5"));
        assert!(any("1e-999999999999") > number("0") && any("-1e-999999999999") < number("0"));
        assert_eq!(any("0e999999999999"), number("0"));
        let long = any("0.123456789012345678");
        assert!(long > number("0.12345678901234567") && long < number("0.12345678901234568"));
        let mixed = any("123456789012345.123456789012");
        assert!(mixed > number("0.5") && mixed == number("123456789012345.123456789012"));
        assert!(any("99999999999999999999.999999999999999999") < any(&great));
        assert!(any("-99999999999999999999.999999999999999999") < number("-99999999999999999999"));
        assert_eq!(any("300.0"), number("3e2"));
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
