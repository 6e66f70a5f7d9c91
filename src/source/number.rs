//! Numbers: exact fractions, written as Terraform writes them.

use std::cmp::Ordering;
use std::fmt;

/// A number: a fraction of two integers, in lowest terms.
///
/// Terraform computes with 512 bits; here what passes 127 bits is an error, never a rounded result.
#[derive(Clone, Copy)]
pub(crate) struct Number {
    numerator: i128,
    /// Always positive.
    denominator: i128,
    /// Whether it is a floating point number of which only the digits are known that tell it from all others: it can be
    /// written, and not be computed with.
    rounded: bool,
    /// Whether it is zero with a sign, which is written as `-0`.
    minus: bool,
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        (self.numerator, self.denominator) == (other.numerator, other.denominator)
    }
}

impl Eq for Number {}

impl Number {
    pub(crate) const ZERO: Self = Self { numerator: 0, denominator: 1, rounded: false, minus: false };

    fn new(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let (numerator, denominator) = if denominator < 0 {
            (numerator.checked_neg()?, denominator.checked_neg()?)
        } else {
            (numerator, denominator)
        };
        let divisor = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).ok()?;
        Some(Self {
            numerator: numerator.checked_div(divisor)?,
            denominator: denominator.checked_div(divisor)?,
            rounded: false,
            minus: false,
        })
    }

    /// Whether a text is a decimal number, even if it is one that cannot be computed with.
    pub(crate) fn is_written(text: &str) -> bool {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = |text: &str| text.strip_prefix(['-', '+']).unwrap_or(text).to_owned();
        let text = unsigned(text);
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent = unsigned(exponent);
        digits(whole)
            && digits(fraction)
            && whole.len().max(fraction.len()) > 0
            && !exponent.is_empty()
            && digits(&exponent)
    }

    /// Reads a decimal number, with fraction and exponent.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (digits, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: String = [whole, fraction].concat();
        if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let scale = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let power = 10i128.checked_pow(scale.unsigned_abs())?;
        let value: i128 = all.parse().ok()?;
        if negative && value == 0 {
            return Some(Self { minus: true, ..Self::ZERO });
        }
        let value = if negative { value.checked_neg()? } else { value };
        if scale >= 0 { Self::new(value.checked_mul(power)?, 1) } else { Self::new(value, power) }
    }

    /// The integer, if it is one.
    pub(crate) fn as_integer(self) -> Option<i128> {
        (self.denominator == 1).then_some(self.numerator)
    }

    /// The number of things that it counts, if it is a whole number of them.
    pub(crate) fn as_index(self) -> Option<usize> {
        usize::try_from(self.as_integer()?).ok()
    }

    /// Whether a sign is written before it.
    pub(crate) fn has_sign(self) -> bool {
        self.is_negative() || self.minus
    }

    /// The number, with a sign if it is zero and `minus`.
    fn signed(self, minus: bool) -> Self {
        Self { minus: minus && self.numerator == 0, ..self }
    }

    /// The number, if it can be computed with.
    fn exact(self) -> Option<Self> {
        (!self.rounded).then_some(self)
    }

    pub(crate) fn add(self, other: Self) -> Option<Self> {
        let (this, other) = (self.exact()?, other.exact()?);
        let left = this.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(this.denominator)?;
        let sum = Self::new(left.checked_add(right)?, this.denominator.checked_mul(other.denominator)?)?;
        Some(Self { minus: this.minus && other.minus, ..sum })
    }

    pub(crate) fn negate(self) -> Option<Self> {
        let minus = self.numerator == 0 && !self.minus;
        Some(Self { numerator: self.numerator.checked_neg()?, minus, ..self })
    }

    pub(crate) fn subtract(self, other: Self) -> Option<Self> {
        self.add(other.negate()?)
    }

    pub(crate) fn multiply(self, other: Self) -> Option<Self> {
        let (this, other) = (self.exact()?, other.exact()?);
        Self::new(
            this.numerator.checked_mul(other.numerator)?,
            this.denominator.checked_mul(other.denominator)?,
        )
        .map(|product| product.signed(this.has_sign() != other.has_sign()))
    }

    pub(crate) fn divide(self, other: Self) -> Option<Self> {
        let (this, other) = (self.exact()?, other.exact()?);
        Self::new(
            this.numerator.checked_mul(other.denominator)?,
            this.denominator.checked_mul(other.numerator)?,
        )
        .map(|quotient| quotient.signed(this.has_sign() != other.has_sign()))
    }

    /// The remainder of a division that rounds toward zero.
    pub(crate) fn modulo(self, other: Self) -> Option<Self> {
        let quotient = self.divide(other)?;
        let whole = Self::from(quotient.numerator.checked_div(quotient.denominator)?);
        self.subtract(whole.multiply(other)?)
    }

    pub(crate) fn floor(self) -> Self {
        Self::from(self.numerator.checked_div_euclid(self.denominator).unwrap_or_default())
    }

    pub(crate) fn ceil(self) -> Option<Self> {
        self.negate()?.floor().negate().map(|number| number.signed(false))
    }

    /// The integer part.
    pub(crate) fn truncate(self) -> Self {
        Self::from(self.numerator.checked_div(self.denominator).unwrap_or_default())
    }

    pub(crate) fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// The number as a floating point number; inexact.
    pub(crate) fn to_f64(self) -> f64 {
        nearest(self.numerator) / nearest(self.denominator)
    }

    /// A floating point number, by its shortest decimal form.
    pub(crate) fn from_f64(value: f64) -> Option<Self> {
        let number = value.is_finite().then(|| Self::parse(&format!("{value}"))).flatten()?;
        let rounded = !number.denominator.unsigned_abs().is_power_of_two();
        Some(Self { rounded, ..number })
    }

    /// Whether the binary number with 512 bits that Terraform computes with is greater than this one, signs aside.
    fn is_less_than_in_binary(self) -> bool {
        /// How many bits a number has.
        const BITS: u32 = 512;
        let (numerator, denominator) = (self.numerator.unsigned_abs(), self.denominator.unsigned_abs());
        let whole = numerator.checked_div(denominator).unwrap_or_default();
        let mut rest = numerator.checked_rem(denominator).unwrap_or_default();
        let mut bits = u128::BITS.saturating_sub(whole.leading_zeros());
        while bits < BITS && rest != 0 {
            rest = rest.saturating_mul(2);
            if rest >= denominator {
                rest = rest.saturating_sub(denominator);
                bits = bits.saturating_add(1);
            } else if bits > 0 {
                bits = bits.saturating_add(1);
            }
        }
        rest.saturating_mul(2) > denominator
    }

    /// The digits with exactly `places` after the point, rounded half to even as `%f` does: what is half way in decimals
    /// seldom is in binary.
    pub(crate) fn fixed(self, places: u32) -> Option<String> {
        let power = 10i128.checked_pow(places)?;
        let scaled = Self { rounded: false, ..self }.multiply(Self::from(power))?;
        let floor = scaled.floor();
        let rest = scaled.subtract(floor)?;
        let half = Self { numerator: 1, denominator: 2, rounded: false, minus: false };
        let low = floor.numerator;
        let round_up = match rest.cmp(&half) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal if self.denominator.unsigned_abs().is_power_of_two() => low.checked_rem(2)? != 0,
            // A rounded number is half way in decimals only.
            Ordering::Equal if self.rounded => return None,
            Ordering::Equal => self.is_less_than_in_binary() != self.is_negative(),
        };
        let value = low.checked_add(i128::from(round_up))?;
        let sign = if value < 0 { "-" } else { "" };
        let digits = value.unsigned_abs().to_string();
        let width = usize::try_from(places).ok()?;
        let digits = format!("{digits:0>least$}", least = width.checked_add(1)?);
        let (whole, fraction) = digits.split_at_checked(digits.len().checked_sub(width)?)?;
        Some(if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
    }

    /// The number as `%g` writes it: with an exponent where that is less than -4 or greater than 5.
    pub(crate) fn to_short_text(self) -> Option<String> {
        let text = self.to_text()?;
        let (sign, plain) = match text.strip_prefix('-') {
            Some(plain) => ("-", plain),
            None => ("", text.as_str()),
        };
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let digits = [whole, fraction].concat();
        let digits = digits.trim_start_matches('0');
        let zeros = whole.len().checked_add(fraction.len())?.checked_sub(digits.len())?;
        // Where the first digit stands that is not zero.
        let exponent =
            i64::try_from(whole.len()).ok()?.checked_sub(i64::try_from(zeros).ok()?)?.checked_sub(1)?;
        if digits.is_empty() || (-4..=5).contains(&exponent) {
            return Some(text);
        }
        let (first, rest) = digits.trim_end_matches('0').split_at_checked(1)?;
        let point = if rest.is_empty() { "" } else { "." };
        let direction = if exponent < 0 { '-' } else { '+' };
        Some(format!("{sign}{first}{point}{rest}e{direction}{:0>2}", exponent.unsigned_abs()))
    }

    /// The number as Terraform turns it into a string; `None` if its decimal digits have no end.
    pub(crate) fn to_text(self) -> Option<String> {
        if self.minus {
            return Some("-0".into());
        }
        if self.denominator == 1 {
            return Some(self.numerator.to_string());
        }
        let mut rest = self.denominator;
        let mut count = |factor: i128| {
            let mut times = 0u32;
            while rest.checked_rem(factor) == Some(0) {
                rest = rest.checked_div(factor).unwrap_or(1);
                times = times.saturating_add(1);
            }
            times
        };
        let places = count(2).max(count(5));
        if rest == 1 { self.fixed(places) } else { None }
    }
}

impl From<i128> for Number {
    fn from(value: i128) -> Self {
        Self { numerator: value, denominator: 1, rounded: false, minus: false }
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        Self::from(i128::try_from(value).unwrap_or(i128::MAX))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = self.numerator.checked_mul(other.denominator);
        let right = other.numerator.checked_mul(self.denominator);
        match (left, right) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => self.to_f64().total_cmp(&other.to_f64()),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

/// The floating point number that is nearest; a decimal number is always read as that.
fn nearest(integer: i128) -> f64 {
    integer.to_string().parse().unwrap_or(f64::NAN)
}

fn gcd(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a.checked_rem(b).unwrap_or(0));
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::Number;

    fn text(source: &str) -> Option<String> {
        Number::parse(source).and_then(Number::to_text)
    }

    #[test]
    fn numbers_print_without_exponent_and_trailing_zeros() {
        for (source, expected) in
            [("0", "0"), ("1.50", "1.5"), ("1e3", "1000"), ("-0.25", "-0.25"), ("1.5e-3", "0.0015")]
        {
            assert_eq!(text(source).as_deref(), Some(expected), "{source}");
        }
        assert_eq!(text("x"), None);
        assert_eq!(text("1e99"), None);
    }

    #[test]
    fn arithmetic_is_exact() {
        let n = |text: &str| Number::parse(text).unwrap();
        assert_eq!(n("0.1").add(n("0.2")), Some(n("0.3")));
        assert_eq!(n("-7").modulo(n("2")), Some(n("-1")));
        assert_eq!(n("-1.5").floor(), n("-2"));
        assert_eq!(n("-1.5").ceil(), Some(n("-1")));
        assert_eq!(n("1").divide(n("0")), None);
        assert_eq!(n("1").divide(n("3")).unwrap().to_text(), None);
        assert_eq!(n("2.675").fixed(2).as_deref(), Some("2.67"));
        assert_eq!(n("1.015").fixed(2).as_deref(), Some("1.02"));
        assert_eq!(n("-0.35").fixed(1).as_deref(), Some("-0.3"));
        assert_eq!(n("1.125").fixed(2).as_deref(), Some("1.12"));
        assert_eq!(n("-0.5").fixed(0).as_deref(), Some("0"));
        assert_eq!(n("-0.75").to_f64().to_bits(), (-0.75f64).to_bits());
    }

    /// What is half way in decimals is on one side of it in binary, and a rounded number does not tell on which.
    #[test]
    fn rounded_numbers_have_no_certain_ties() {
        let rounded = Number::from_f64(0.0225f64.sqrt()).unwrap();
        assert_eq!(rounded.fixed(1), None);
        assert_eq!(rounded.fixed(2).as_deref(), Some("0.15"));
        assert_eq!(Number::parse("0.15").unwrap().fixed(2).as_deref(), Some("0.15"));
    }
}
