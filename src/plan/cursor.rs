//! Walks through the text of one JSON value that the scanner has found to be JSON.

use std::borrow::Cow;

use super::scan::{Scanner, skip_plain};

/// A value of another form than was looked for. Only the caller can say which value it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Misshapen;

/// The rest of a text.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a>(&'a [u8]);

/// A JSON string as it is written, without its quotes.
#[derive(Clone, Copy)]
pub(super) struct Raw<'a> {
    written: &'a [u8],
    has_escapes: bool,
}

impl<'a> Cursor<'a> {
    /// At the beginning of `text`.
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self(text)
    }

    /// The first byte of what comes next.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let [b' ' | b'\n' | b'\t' | b'\r', rest @ ..] = self.0 {
            self.0 = rest;
        }
        self.0.first().copied()
    }

    /// Consumes `byte` if it comes next.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.0 = self.0.get(1..).unwrap_or_default();
        }
        found
    }

    /// The text from here on.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Skips a value that is known to be written as `text`; `false` if another comes next.
    pub(super) fn take_same(&mut self, text: &[u8]) -> bool {
        self.peek();
        let Some(rest) = self.0.strip_prefix(text) else { return false };
        // A number may go on, and be another.
        let ends = matches!(text.last(), Some(b'}' | b']' | b'"' | b'e' | b'l'));
        if ends {
            self.0 = rest;
        }
        ends
    }

    /// Skips a value, and tells how it is written.
    pub(super) fn skip(&mut self) -> Result<&'a [u8], Misshapen> {
        self.peek();
        for literal in [b"false".as_slice(), b"true", b"null"] {
            if let Some(rest) = self.0.strip_prefix(literal) {
                self.0 = rest;
                return Ok(literal);
            }
        }
        let mut scanner = Scanner::new();
        let length = match scanner.feed(self.0) {
            Ok(Some(length)) => length,
            Ok(None) if scanner.may_end() => self.0.len(),
            Ok(None) | Err(_) => return Err(Misshapen),
        };
        let (value, rest) = self.0.split_at_checked(length).ok_or(Misshapen)?;
        self.0 = rest;
        Ok(value)
    }

    /// Goes into an object.
    pub(super) fn object(&mut self) -> Result<Items, Misshapen> {
        if self.take(b'{') { Ok(Items { first: true }) } else { Err(Misshapen) }
    }

    /// Goes into a list.
    pub(super) fn list(&mut self) -> Result<Items, Misshapen> {
        if self.take(b'[') { Ok(Items { first: true }) } else { Err(Misshapen) }
    }

    /// Goes to the next member of an object; `None` at its end.
    pub(super) fn next_key(&mut self, items: &mut Items) -> Result<Option<Raw<'a>>, Misshapen> {
        if self.take(b'}') {
            return Ok(None);
        }
        if !std::mem::take(&mut items.first) && !self.take(b',') {
            return Err(Misshapen);
        }
        let key = self.string()?;
        if self.take(b':') { Ok(Some(key)) } else { Err(Misshapen) }
    }

    /// Goes to the next element of a list; `false` at its end.
    pub(super) fn next_element(&mut self, items: &mut Items) -> Result<bool, Misshapen> {
        if self.take(b']') {
            return Ok(false);
        }
        if !std::mem::take(&mut items.first) && !self.take(b',') {
            return Err(Misshapen);
        }
        Ok(true)
    }

    /// Reads a string.
    pub(super) fn string(&mut self) -> Result<Raw<'a>, Misshapen> {
        if !self.take(b'"') {
            return Err(Misshapen);
        }
        let text = self.0;
        let mut rest = text;
        let mut has_escapes = false;
        loop {
            rest = skip_plain(rest);
            match rest {
                [b'"', after @ ..] => {
                    let length = text.len().saturating_sub(rest.len());
                    self.0 = after;
                    return Ok(Raw { written: text.get(..length).ok_or(Misshapen)?, has_escapes });
                }
                [b'\\', _, after @ ..] => {
                    has_escapes = true;
                    rest = after;
                }
                _ => return Err(Misshapen),
            }
        }
    }

    /// Reads a string as bytes; `None` for `null`.
    pub(super) fn optional_bytes(&mut self) -> Result<Option<Cow<'a, [u8]>>, Misshapen> {
        match self.peek() {
            Some(b'n') => self.skip().map(|_| None),
            _ => self.string()?.bytes().map(Some),
        }
    }

    /// Reads a string; `None` for `null`.
    pub(super) fn optional_string(&mut self) -> Result<Option<Cow<'a, str>>, Misshapen> {
        match self.peek() {
            Some(b'n') => self.skip().map(|_| None),
            _ => self.string()?.decode().map(Some),
        }
    }
}

/// Where a walk through an object or list is.
pub(super) struct Items {
    first: bool,
}

impl<'a> Raw<'a> {
    /// How long it is as it is written.
    pub(super) fn len(self) -> usize {
        self.written.len()
    }

    /// The string's bytes: faster than the string, to compare it.
    pub(super) fn bytes(self) -> Result<Cow<'a, [u8]>, Misshapen> {
        if self.has_escapes {
            return Ok(Cow::Owned(self.decode()?.into_owned().into_bytes()));
        }
        Ok(Cow::Borrowed(self.written))
    }

    /// The string itself. Halves of surrogate pairs without the other half become U+FFFD.
    pub(super) fn decode(self) -> Result<Cow<'a, str>, Misshapen> {
        let text = std::str::from_utf8(self.written).map_err(|_| Misshapen)?;
        if !self.has_escapes {
            return Ok(Cow::Borrowed(text));
        }
        let mut decoded = String::with_capacity(text.len());
        let mut rest = text;
        loop {
            let plain = rest.len().saturating_sub(skip_plain(rest.as_bytes()).len());
            let (before, after) = rest.split_at_checked(plain).ok_or(Misshapen)?;
            decoded.push_str(before);
            let Some(after) = after.strip_prefix('\\') else { return Ok(Cow::Owned(decoded)) };
            rest = unescape(after, &mut decoded)?;
        }
    }
}

/// Appends what the escape stands for that `text` begins with, its backslash gone; the rest of the text.
fn unescape<'a>(text: &'a str, decoded: &mut String) -> Result<&'a str, Misshapen> {
    let (&kind, _) = text.as_bytes().split_first().ok_or(Misshapen)?;
    let rest = text.get(1..).ok_or(Misshapen)?;
    let plain = match kind {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => {
            let (unit, rest) = hex(rest)?;
            let low = rest.strip_prefix("\\u").map(hex).transpose()?;
            // A pair is one character; a half alone is none.
            if let (0xD800..0xDC00, Some((low @ 0xDC00..0xE000, rest))) = (unit, low) {
                let pair = char::decode_utf16([unit, low]).next();
                decoded.push(pair.and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER));
                return Ok(rest);
            }
            decoded.push(char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER));
            return Ok(rest);
        }
        other => char::from(other),
    };
    decoded.push(plain);
    Ok(rest)
}

fn hex(text: &str) -> Result<(u16, &str), Misshapen> {
    let (digits, rest) = text.split_at_checked(4).ok_or(Misshapen)?;
    Ok((u16::from_str_radix(digits, 16).map_err(|_| Misshapen)?, rest))
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Misshapen};
    use proptest::prelude::*;

    fn decode(json: &str) -> Result<String, Misshapen> {
        Cursor::new(json.as_bytes()).string()?.decode().map(Into::into)
    }

    #[test]
    fn strings_are_decoded() {
        for (json, text) in [
            (r#""""#, ""),
            (r#""plain and long enough""#, "plain and long enough"),
            (r#""a\"b\\c\/d\n\r\t\b\fe""#, "a\"b\\c/d\n\r\t\u{8}\u{c}e"),
            (r#""\u00e9\u003c\uD83D\ude00""#, "é<😀"),
            (r#""\ud83d x \ude00\ud83d\u0041""#, "\u{fffd} x \u{fffd}\u{fffd}A"),
        ] {
            assert_eq!(decode(json).as_deref(), Ok(text), "{json}");
        }
        assert_eq!(decode("12"), Err(Misshapen));
        assert_eq!(decode("\"cut off"), Err(Misshapen));
        assert_eq!(decode("\"cut off\\"), Err(Misshapen));
    }

    #[test]
    fn the_same_text_is_the_same_value_unless_a_number_goes_on() {
        let same = |json: &str, text: &str| Cursor::new(json.as_bytes()).take_same(text.as_bytes());
        assert!(same(" {\"a\":1},", "{\"a\":1}"));
        assert!(!same("12", "1"));
        assert!(!same("12", "12"));
        assert!(same("null}", "null"));
    }

    proptest! {
        #[test]
        fn every_string_survives(text in ".*") {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(decode(&json), Ok(text));
        }

        #[test]
        fn nothing_makes_it_panic(bytes: Vec<u8>) {
            let mut cursor = Cursor::new(&bytes);
            let _ = cursor.skip();
            let _ = Cursor::new(&bytes).string().map(|raw| raw.decode().map(drop));
        }
    }
}
