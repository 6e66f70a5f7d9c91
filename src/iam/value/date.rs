//! Points in time: ISO 8601 in the forms of the W3C profile, and seconds since 1970.

use std::fmt;

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::iam) struct Date {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(in crate::iam) seconds: i64,
    nanos: u32,
}

impl Date {
    pub(in crate::iam) fn from_seconds(seconds: i64) -> Self {
        Self { seconds, nanos: 0 }
    }

    /// Whether it is a whole second.
    pub(in crate::iam) fn is_whole(self) -> bool {
        self.nanos == 0
    }

    /// Reads `2024-03-01T12:00:00Z`, its shorter forms, an offset for `Z`, a fraction of a second; or a number of
    /// seconds, which is what digits alone are read as. Without an offset the time is UTC.
    pub(in crate::iam) fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        if unsigned.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Self::parse_epoch(text);
        }
        let (date, time) = match text.split_once(['T', 't']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let basic = !date.contains('-');
        let mut fields = Fields { rest: date };
        let year = fields.digits(4)?;
        let separator = if basic { "" } else { "-" };
        let month = fields.next_field_or(separator, 1)?;
        let day = fields.next_field_or(separator, 1)?;
        if !fields.rest.is_empty() || !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day)
        {
            return None;
        }
        let days = days_from_civil(year, month, day)?;
        let (seconds, nanos) = match time {
            Some(time) => clock(time)?,
            None => (0, 0),
        };
        Some(Self { seconds: days.checked_mul(86_400)?.checked_add(seconds)?, nanos })
    }

    fn parse_epoch(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let seconds: i64 = whole.parse().ok()?;
        let nanos = nanos(fraction)?;
        if whole.starts_with('-') && nanos > 0 {
            return Some(Self {
                seconds: seconds.checked_sub(1)?,
                nanos: 1_000_000_000u32.checked_sub(nanos)?,
            });
        }
        Some(Self { seconds, nanos })
    }
}

/// `12:00:00.5Z` as seconds after midnight UTC, and nanoseconds.
fn clock(text: &str) -> Option<(i64, u32)> {
    let zone_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (time, zone) = text.split_at_checked(zone_at)?;
    let basic = !time.contains(':');
    let separator = if basic { "" } else { ":" };
    let (time, fraction) = time.split_once(['.', ',']).unwrap_or((time, ""));
    let mut fields = Fields { rest: time };
    let hour = fields.digits(2)?;
    let minute = fields.next_field(separator)?;
    let second = fields.next_field_or(separator, 0)?;
    if !fields.rest.is_empty()
        || hour > 24
        || minute > 59
        || second > 60
        || (hour == 24 && minute + second > 0)
    {
        return None;
    }
    let offset = match zone {
        "" | "Z" | "z" => 0,
        _ => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let mut fields = Fields { rest: zone.get(1..)? };
            let hours = fields.digits(2)?;
            let separator = if fields.rest.starts_with(':') { ":" } else { "" };
            let minutes = fields.next_field_or(separator, 0)?;
            if !fields.rest.is_empty() || hours > 23 || minutes > 59 {
                return None;
            }
            sign * (hours * 3600 + minutes * 60)
        }
    };
    Some((hour * 3600 + minute * 60 + second - offset, nanos(fraction)?))
}

fn nanos(fraction: &str) -> Option<u32> {
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(9)
        .try_fold(0u32, |sum, c| sum.checked_mul(10)?.checked_add(c.to_digit(10)?))
}

struct Fields<'a> {
    rest: &'a str,
}

impl Fields<'_> {
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (field, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        field.bytes().all(|b| b.is_ascii_digit()).then(|| field.parse().ok())?
    }

    /// Two digits behind a separator.
    fn next_field(&mut self, separator: &str) -> Option<i64> {
        self.rest = self.rest.strip_prefix(separator)?;
        self.digits(2)
    }

    /// The same, or the default if the text ends here.
    fn next_field_or(&mut self, separator: &str, default: i64) -> Option<i64> {
        if self.rest.is_empty() { Some(default) } else { self.next_field(separator) }
    }
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, by counting years from March.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let year = if month <= 2 { year.checked_sub(1)? } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = ((month + 9) % 12 * 153 + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

impl fmt::Display for Date {
    /// ISO 8601 in UTC, to the second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.seconds.div_euclid(86_400));
        let second = self.seconds.rem_euclid(86_400);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// The seconds since 1970 of a time in any spelling that conditions read.
pub fn seconds_of(time: &str) -> Option<i64> {
    Date::parse(time).map(|date| date.seconds)
}

/// Seconds since 1970 as ISO 8601 has them, in UTC.
pub fn iso_8601(seconds: i64) -> String {
    Date::from_seconds(seconds).to_string()
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn every_spelling_of_a_moment_is_that_moment() {
        let noon = Date::from_seconds(1_709_294_400);
        for text in [
            "2024-03-01T12:00:00Z",
            "2024-03-01T12:00:00+00:00",
            "2024-03-01T13:30:00+01:30",
            "2024-03-01T05:00:00-0700",
            "2024-03-01T12:00Z",
            "2024-03-01T12:00:00",
            "2024-03-01T12:00:00.000Z",
            "20240301T120000Z",
            "1709294400",
            "1709294400.0",
        ] {
            assert_eq!(Date::parse(text), Some(noon), "{text}");
        }
        assert_eq!(noon.to_string(), "2024-03-01T12:00:00Z");
        assert_eq!(Date::parse("2024-03-01"), Date::parse("2024-03-01T00:00:00Z"));
        assert_eq!(Date::parse("2024-03"), Date::parse("2024-03-01T00:00:00Z"));
        assert_eq!(Date::parse("1970-01-01T00:00:00Z"), Some(Date::from_seconds(0)));
        assert!(Date::parse("-1.5") < Date::parse("-1"));
        assert!(Date::parse("2024-03-01T12:00:00.5Z").unwrap() > noon);
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "-",
            "today",
            "2024-13-01",
            "2023-02-29",
            "2024-03-01T25:00:00Z",
            "2024-03-01T12",
            "2024-3-1",
            "1.2.3",
        ] {
            assert!(Date::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn days_go_round() {
        for seconds in [-62_167_219_200, -1, 0, 951_782_400, 4_102_444_799, 253_402_300_799] {
            let date = Date::from_seconds(seconds);
            assert_eq!(Date::parse(&date.to_string()), Some(date));
        }
    }
}
