//! JSON, base64, URL and CSV.

use std::fmt::Write;

use super::text::mapped;
use super::{Fault, Invocation, Outcome, json};
use crate::source::value::{Form, Members, Value};
use crate::text::{Hole, Text};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "jsonencode" => jsonencode(f),
        "jsondecode" => f.text(0).and_then(|text| match f.decoded("json", &text) {
            Some(value) => Ok(value),
            None => json::decode(&text, f.env.strict, f.fuel()),
        }),
        "base64encode" => base64encode(f),
        "base64decode" => f.text(0).and_then(|text| match f.decoded("base64", &text) {
            Some(value) => Ok(value),
            None => f.of_known(from_base64_text),
        }),
        "urlencode" => f.text(0).and_then(|text| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
            let others = || (0u8..128).map(char::from).chain(['\u{a0}']).filter(|c| !is_plain(*c));
            let stays = |hole: &Hole| !others().any(|c| hole.shape().may_contain(c));
            if text.holes().all(stays) {
                f.bounded(mapped(&text, urlencode, Hole::clone))
            } else {
                Ok(f.unknown_text())
            }
        }),
        "urldecode" => f.of_known(urldecode),
        "csvdecode" => csvdecode(f),
        "textencodebase64" => in_utf8(f, |text| Ok(to_base64(text.as_bytes()))),
        "textdecodebase64" => in_utf8(f, from_base64_text),
        "base64gzip" => Ok(f.unknown_text()),
        _ => return None,
    })
}

fn from_base64_text(text: &str) -> Outcome<String> {
    let bytes = from_base64(text).ok_or_else(|| Fault::invalid("not base64"))?;
    String::from_utf8(bytes).map_err(|_| Fault::invalid("what base64 encodes is not UTF-8"))
}

/// `f` of a text in an encoding; other encodings than UTF-8 are not known here.
fn in_utf8(f: &Invocation<'_, '_>, change: impl Fn(&str) -> Outcome<String>) -> Outcome {
    match f.text(1)?.as_known() {
        Some(name) if name.eq_ignore_ascii_case("utf-8") => f.of_known(change),
        _ => Ok(f.unknown_text()),
    }
}

fn base64encode(f: &Invocation<'_, '_>) -> Outcome {
    let text = f.text(0)?;
    if text.is_known() {
        return f.of_known(|text| Ok(to_base64(text.as_bytes())));
    }
    Ok(f.encoded("base64", Value::string(text)))
}

fn jsonencode(f: &Invocation<'_, '_>) -> Outcome {
    let [value] = f.exactly::<1>()?;
    // Of a string, it has quotes around it.
    if value.is_unknown() || value.maybe_text().is_some() {
        return Ok(f.encoded("json", value.clone()));
    }
    let (text, shuffled) = json::encode(value, f.fuel())?;
    f.bounded(text.clone())?;
    Ok(Value::written(text, shuffled, || f.hole()))
}

pub(super) fn to_base64(bytes: &[u8]) -> String {
    let mut result = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (index, shift) in [18u32, 12, 6, 0].into_iter().enumerate() {
            let digit = usize::try_from(bits >> shift & 63).ok().and_then(|digit| ALPHABET.get(digit));
            let padded = index > chunk.len();
            result.push(if padded { '=' } else { digit.map_or('=', |digit| char::from(*digit)) });
        }
    }
    result
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let clean: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    if !clean.len().is_multiple_of(4) {
        return None;
    }
    let padding = clean.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = clean.get(..clean.len().checked_sub(padding)?)?;
    if padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(clean.len());
    for chunk in digits.chunks(4) {
        let mut bits = 0u32;
        for index in 0..4 {
            let digit = match chunk.get(index) {
                Some(byte) => ALPHABET.iter().position(|digit| digit == byte)?,
                None => 0,
            };
            bits = bits << 6 | u32::try_from(digit).ok()?;
        }
        let decoded = bits.to_be_bytes();
        bytes.extend_from_slice(decoded.get(1..chunk.len())?);
    }
    Some(bytes)
}

/// As Go's `url.QueryEscape`.
fn urlencode(text: &str) -> String {
    let mut result = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                result.push(char::from(byte));
            }
            b' ' => result.push('+'),
            _ => {
                let _ = write!(result, "%{byte:02X}");
            }
        }
    }
    result
}

fn urldecode(text: &str) -> Outcome<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits: Option<Vec<u8>> = (0..2).map(|_| rest.next()).collect();
                let digits = digits.and_then(|digits| String::from_utf8(digits).ok());
                let code = digits.and_then(|digits| u8::from_str_radix(&digits, 16).ok());
                bytes.push(code.ok_or_else(|| Fault::invalid("not a valid URL escape"))?);
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| Fault::invalid("a URL escape is not UTF-8"))
}

fn csvdecode(f: &Invocation<'_, '_>) -> Outcome {
    let text = f.text(0)?;
    let Some(known) = text.as_known() else { return Ok(f.unknown_list()) };
    f.fuel().spend(known.len() / 16)?;
    let mut rows = csv_rows(known)?.into_iter();
    let Some(header) = rows.next() else { return Err(Fault::invalid("csvdecode needs a header line")) };
    let mut names = header.clone();
    names.sort();
    names.dedup();
    if names.len() != header.len() {
        return Err(Fault::invalid("a CSV column is there twice"));
    }
    let mut result = Vec::new();
    for row in rows {
        if row.len() != header.len() {
            return Err(Fault::invalid("a CSV line has another number of fields than the header"));
        }
        let cell = |(name, value): (&String, String)| {
            (
                Text::known(name.as_str()),
                Value::string(Text::known(value).mark_sensitive(text.is_sensitive())),
            )
        };
        let row: Members = header.iter().zip(row).map(cell).collect();
        result.push(Value::object(row).formed(Form::Structural));
    }
    Ok(Value::list(result))
}

/// The rows of a CSV text (RFC 4180); empty lines are none.
fn csv_rows(text: &str) -> Outcome<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut field = String::new();
    let (mut quoted, mut was_quoted) = (false, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            c if quoted => field.push(c),
            '"' if field.is_empty() && !was_quoted => {
                quoted = true;
                was_quoted = true;
            }
            '"' => return Err(Fault::invalid("a quote within a CSV field that is not quoted")),
            ',' => {
                row.push(std::mem::take(&mut field));
                was_quoted = false;
            }
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => {
                if !(row.is_empty() && field.is_empty() && !was_quoted) {
                    row.push(std::mem::take(&mut field));
                    rows.push(std::mem::take(&mut row));
                }
                was_quoted = false;
            }
            c => field.push(c),
        }
    }
    if quoted {
        return Err(Fault::invalid("a quoted CSV field has no end"));
    }
    if !(row.is_empty() && field.is_empty() && !was_quoted) {
        row.push(field);
        rows.push(row);
    }
    Ok(rows)
}
