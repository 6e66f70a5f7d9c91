//! Times, in RFC 3339.

use std::cmp::Ordering;

use super::{Fault, Invocation, Outcome};
use crate::source::number::Number;
use crate::source::value::Value;
use crate::text::Text;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "formatdate" => formatdate(f),
        "timeadd" => timeadd(f),
        "timecmp" => timecmp(f),
        "plantimestamp" => {
            Ok(match f.evaluator.source.timestamp().or_else(|| f.evaluator.world.timestamp()) {
                Some(time) => Value::string(time),
                None => f.unknown_text(),
            })
        }
        "timestamp" => Ok(f.unknown_text()),
        _ => return None,
    })
}

/// A time: seconds since 1970 in UTC with their fraction, and the offset of its zone in seconds.
#[derive(Clone, Copy)]
struct Time {
    seconds: i64,
    nanoseconds: i64,
    offset: i64,
}

/// A time as a calendar and a clock show it.
struct Fields {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    weekday: i64,
}

impl Time {
    fn parse(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize| {
            let digits = text.get(from..to)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i64>().ok()).flatten()
        };
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let separators: String =
            [4usize, 7, 10, 13, 16].iter().filter_map(|at| text.get(*at..at.saturating_add(1))).collect();
        let fits = separators == "--T::" && (1..=12).contains(&month) && (1..=31).contains(&day);
        if !fits || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let rest = text.get(19..)?;
        let (fraction, zone) = match rest.strip_prefix(['.', ',']) {
            Some(rest) => {
                let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
                (rest.strip_suffix(zone).filter(|digits| !digits.is_empty())?, zone)
            }
            None => ("", rest),
        };
        let nanoseconds = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
        let offset = match zone {
            "Z" => 0,
            zone => {
                let sign = match zone.get(..1)? {
                    "+" => 1i64,
                    "-" => -1,
                    _ => return None,
                };
                let (hours, minutes) = zone.get(1..)?.split_once(':')?;
                let minutes =
                    hours.parse::<i64>().ok()?.checked_mul(60)?.checked_add(minutes.parse().ok()?)?;
                sign.checked_mul(minutes)?.checked_mul(60)?
            }
        };
        let days = days_from_civil(year, month, day)?;
        if civil_from_days(days)? != (year, month, day) {
            return None;
        }
        let clock = hour.checked_mul(3600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)?;
        let seconds = days.checked_mul(86_400)?.checked_add(clock)?.checked_sub(offset)?;
        Some(Self { seconds, nanoseconds, offset })
    }

    fn fields(self) -> Option<Fields> {
        let local = self.seconds.checked_add(self.offset)?;
        let days = local.checked_div_euclid(86_400)?;
        let clock = local.checked_rem_euclid(86_400)?;
        let (year, month, day) = civil_from_days(days)?;
        Some(Fields {
            year,
            month,
            day,
            hour: clock.checked_div(3600)?,
            minute: clock.checked_rem(3600)?.checked_div(60)?,
            second: clock.checked_rem(60)?,
            weekday: days.checked_rem_euclid(7)?,
        })
    }

    fn zone(self, colon: bool) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        let colon = if colon { ":" } else { "" };
        format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    }

    /// The time after a number of seconds.
    fn after(self, seconds: Number) -> Option<Self> {
        let fraction = Number::from(i128::from(self.nanoseconds)).multiply(Number::parse("1e-9")?)?;
        let all = Number::from(i128::from(self.seconds)).add(fraction)?.add(seconds)?;
        let whole = all.floor();
        let nanoseconds = all.subtract(whole)?.multiply(Number::parse("1e9")?)?.truncate().as_integer()?;
        let seconds = i64::try_from(whole.as_integer()?).ok()?;
        Some(Self { seconds, nanoseconds: i64::try_from(nanoseconds).ok()?, ..self })
    }

    fn text(self) -> Option<String> {
        let at = self.fields()?;
        let zone = if self.offset == 0 { "Z".into() } else { self.zone(true) };
        let Fields { year, month, day, hour, minute, second, .. } = at;
        Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}"))
    }
}

/// A time as YAML writes it, in RFC 3339: `2012-10-17` is the start of that day. Months, days and the clock may have one
/// digit, a fraction of a second goes, and a time without zone has a space before the clock.
pub(super) fn of_yaml(text: &str) -> Option<String> {
    let padded = |text: &str, separator: char| {
        let parts: Vec<&str> = text.split(separator).collect();
        let is_number =
            |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        let [first, second, third] = parts.as_slice() else { return None };
        let fits = (is_number(first) || separator == '-' && first.len() == 4)
            && is_number(second)
            && is_number(third);
        fits.then(|| format!("{first:0>2}{separator}{second:0>2}{separator}{third:0>2}"))
    };
    let Some(at) = text.find(['T', 't', ' ']) else {
        let date = padded(text, '-').filter(|date| date.len() == 10)?;
        return Time::parse(&format!("{date}T00:00:00Z"))?.text();
    };
    let (date, rest) = text.split_at_checked(at)?;
    let (separator, rest) = rest.split_at_checked(1)?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ':')).unwrap_or(rest.len());
    let (clock, after) = rest.split_at_checked(end)?;
    let (fraction, zone) = match after.strip_prefix('.') {
        Some(digits) => {
            let zone = digits.trim_start_matches(|c: char| c.is_ascii_digit());
            (after.strip_suffix(zone)?, zone)
        }
        None => ("", after),
    };
    let zone = match (separator, zone) {
        (" ", "") => "Z",
        ("T" | "t", zone) if zone == "Z" || zone.starts_with(['+', '-']) && zone.len() == 6 => zone,
        _ => return None,
    };
    let (date, clock) = (padded(date, '-').filter(|date| date.len() == 10)?, padded(clock, ':')?);
    Time::parse(&format!("{date}T{clock}{fraction}{zone}"))?.text()
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    // The year begins in March, so that the leap day is its last.
    let year = if month <= 2 { year.checked_sub(1)? } else { year };
    let era = year.checked_div_euclid(400)?;
    let year_of_era = year.checked_rem_euclid(400)?;
    let months = if month > 2 { month.checked_sub(3)? } else { month.checked_add(9)? };
    let day_of_year =
        months.checked_mul(153)?.checked_add(2)?.checked_div(5)?.checked_add(day)?.checked_sub(1)?;
    let leaps = year_of_era.checked_div(4)?.checked_sub(year_of_era.checked_div(100)?)?;
    let day_of_era = year_of_era.checked_mul(365)?.checked_add(leaps)?.checked_add(day_of_year)?;
    era.checked_mul(146_097)?.checked_add(day_of_era)?.checked_sub(719_468)
}

/// The date of the Gregorian calendar, days after 1970-01-01.
fn civil_from_days(days: i64) -> Option<(i64, i64, i64)> {
    let shifted = days.checked_add(719_468)?;
    let era = shifted.checked_div_euclid(146_097)?;
    let day_of_era = shifted.checked_rem_euclid(146_097)?;
    let corrected = day_of_era
        .checked_sub(day_of_era.checked_div(1460)?)?
        .checked_add(day_of_era.checked_div(36_524)?)?
        .checked_sub(day_of_era.checked_div(146_096)?)?;
    let year_of_era = corrected.checked_div(365)?;
    let before = year_of_era
        .checked_mul(365)?
        .checked_add(year_of_era.checked_div(4)?)?
        .checked_sub(year_of_era.checked_div(100)?)?;
    let day_of_year = day_of_era.checked_sub(before)?;
    let months = day_of_year.checked_mul(5)?.checked_add(2)?.checked_div(153)?;
    let day =
        day_of_year.checked_sub(months.checked_mul(153)?.checked_add(2)?.checked_div(5)?)?.checked_add(1)?;
    let month = if months < 10 { months.checked_add(3)? } else { months.checked_sub(9)? };
    let year = year_of_era.checked_add(era.checked_mul(400)?)?;
    Some((if month <= 2 { year.checked_add(1)? } else { year }, month, day))
}

fn time(f: &Invocation<'_, '_>, index: usize) -> Outcome<Option<Time>> {
    let text = f.text(index)?;
    let Some(known) = text.as_known() else { return Ok(None) };
    Time::parse(known).map(Some).ok_or_else(|| Fault::invalid("not a time in the form of RFC 3339"))
}

fn timecmp(f: &Invocation<'_, '_>) -> Outcome {
    let (Some(a), Some(b)) = (time(f, 0)?, time(f, 1)?) else { return Ok(f.unknown()) };
    let order = match (a.seconds, a.nanoseconds).cmp(&(b.seconds, b.nanoseconds)) {
        Ordering::Less => -1i128,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    };
    Ok(Value::number(Number::from(order)))
}

fn timeadd(f: &Invocation<'_, '_>) -> Outcome {
    let duration = f.text(1)?;
    let (Some(start), Some(duration)) = (time(f, 0)?, duration.as_known()) else {
        return Ok(f.unknown_text());
    };
    let duration = seconds(duration).ok_or_else(|| Fault::invalid("not a duration such as 1h30m"))?;
    let text = start.after(duration).and_then(Time::text).ok_or(Fault::Limit("a time is out of range"))?;
    Ok(Value::string(Text::known(text)))
}

/// The seconds of a duration of Go: `-1.5h10m`.
fn seconds(text: &str) -> Option<Number> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(Number::ZERO);
    }
    let mut total = Number::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let (count, after) = rest.split_at_checked(digits)?;
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(end)?;
        let factor = match unit {
            "h" => "3600",
            "m" => "60",
            "s" => "1",
            "ms" => "0.001",
            "us" | "µs" | "μs" => "0.000001",
            "ns" => "0.000000001",
            _ => return None,
        };
        total = total.add(Number::parse(count)?.multiply(Number::parse(factor)?)?)?;
        rest = next;
    }
    if negative { total.negate() } else { Some(total) }
}

fn formatdate(f: &Invocation<'_, '_>) -> Outcome {
    let pattern = f.text(0)?;
    let (Some(pattern), Some(time)) = (pattern.as_known(), time(f, 1)?) else { return Ok(f.unknown_text()) };
    let at = time.fields().ok_or(Fault::Limit("a time is out of range"))?;
    let mut result = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\'' {
            loop {
                match chars.next() {
                    Some('\'') if chars.next_if_eq(&'\'').is_some() => result.push('\''),
                    Some('\'') => break,
                    Some(c) => result.push(c),
                    None => return Err(Fault::invalid("a quoted part of a date format has no end")),
                }
            }
            continue;
        }
        if !c.is_ascii_alphabetic() {
            result.push(c);
            continue;
        }
        let mut count = 1usize;
        while chars.next_if_eq(&c).is_some() {
            count = count.saturating_add(1);
        }
        let part =
            date_part(c, count, &at, time).ok_or_else(|| Fault::invalid("a date format is unknown"))?;
        result.push_str(&part);
    }
    Ok(Value::string(Text::known(result)))
}

fn date_part(letter: char, count: usize, at: &Fields, time: Time) -> Option<String> {
    let name = |names: &[&str], index: i64, length: usize| {
        let name = names.get(usize::try_from(index).ok()?)?;
        name.get(..length.min(name.len())).map(str::to_owned)
    };
    let hour12 = match at.hour % 12 {
        0 => 12,
        hour => hour,
    };
    Some(match (letter, count) {
        ('Y', 4) => format!("{:04}", at.year),
        ('Y', 2) => format!("{:02}", at.year % 100),
        ('M', 4) => name(&MONTHS, at.month.checked_sub(1)?, usize::MAX)?,
        ('M', 3) => name(&MONTHS, at.month.checked_sub(1)?, 3)?,
        ('M', 2) => format!("{:02}", at.month),
        ('M', 1) => at.month.to_string(),
        ('D', 2) => format!("{:02}", at.day),
        ('D', 1) => at.day.to_string(),
        ('E', 4) => name(&DAYS, at.weekday, usize::MAX)?,
        ('E', 3) => name(&DAYS, at.weekday, 3)?,
        ('h', 2) => format!("{:02}", at.hour),
        ('h', 1) => at.hour.to_string(),
        ('H', 2) => format!("{hour12:02}"),
        ('H', 1) => hour12.to_string(),
        ('A', 2) => if at.hour < 12 { "AM" } else { "PM" }.into(),
        ('a', 2) => if at.hour < 12 { "am" } else { "pm" }.into(),
        ('m', 2) => format!("{:02}", at.minute),
        ('m', 1) => at.minute.to_string(),
        ('s', 2) => format!("{:02}", at.second),
        ('s', 1) => at.second.to_string(),
        ('Z', 3) if time.offset == 0 => "UTC".into(),
        ('Z', 1) if time.offset == 0 => "Z".into(),
        ('Z', 3 | 4) => time.zone(false),
        ('Z', 1 | 5) => time.zone(true),
        _ => return None,
    })
}
