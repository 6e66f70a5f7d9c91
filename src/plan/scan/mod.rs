//! A scanner that finds where a JSON value ends, and checks on the way that it is JSON.
//!
//! It does not recurse, holds no more than a bit per level of nesting, and can be fed a value in pieces, so what is
//! skipped costs neither memory nor stack. What it accepts is RFC 8259; that strings are UTF-8 is checked elsewhere.
//!
//! Two ways lead through a value. The careful one takes a byte at a time and can stop anywhere. The fast one takes
//! whole tokens, and leaves what is not whole, not common or not right to the careful one.

mod fast;

/// The deepest nesting that is followed, as in `serde_json`. Terraform's own documents stay far below.
const MAX_DEPTH: u32 = 128;

/// What is wrong with a text that is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A byte where it cannot stand; its position in the piece that was fed.
    Unexpected(usize),
    /// Deeper nesting than is followed.
    TooDeep(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    String,
    Escape,
    Hex(u8),
    Number(Number),
    Literal(&'static [u8]),
    Done,
}

/// How far a number has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Minus,
    Zero,
    Integer,
    Point,
    Fraction,
    Exponent,
    ExponentSign,
    ExponentDigits,
}

impl Number {
    /// The state after `byte`; `None` if the number cannot go on with it.
    fn next(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Minus, b'0') => Some(Self::Zero),
            (Self::Minus, b'1'..=b'9') | (Self::Integer, b'0'..=b'9') => Some(Self::Integer),
            (Self::Zero | Self::Integer, b'.') => Some(Self::Point),
            (Self::Point | Self::Fraction, b'0'..=b'9') => Some(Self::Fraction),
            (Self::Zero | Self::Integer | Self::Fraction, b'e' | b'E') => Some(Self::Exponent),
            (Self::Exponent, b'+' | b'-') => Some(Self::ExponentSign),
            (Self::Exponent | Self::ExponentSign | Self::ExponentDigits, b'0'..=b'9') => {
                Some(Self::ExponentDigits)
            }
            _ => None,
        }
    }

    /// Whether the number may end here.
    fn is_whole(self) -> bool {
        matches!(self, Self::Zero | Self::Integer | Self::Fraction | Self::ExponentDigits)
    }
}

/// Scans one value.
#[derive(Clone, Debug)]
pub(super) struct Scanner {
    expect: Expect,
    /// Whether the string that is being read is a key.
    is_key: bool,
    depth: u32,
    /// One bit a level, the innermost lowest: whether it is an object.
    objects: u128,
}

impl Scanner {
    /// A scanner before its value.
    pub(super) fn new() -> Self {
        Self { expect: Expect::Value, is_key: false, depth: 0, objects: 0 }
    }

    /// Reads on. `Some(n)`: the value ended after `n` bytes; `None`: it goes on after `bytes`.
    ///
    /// A number that nothing follows ends with the input: see [`Scanner::may_end`].
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<Option<usize>, Flaw> {
        let mut at = 0usize;
        loop {
            at = self.fast(bytes, at);
            match self.expect {
                Expect::Done => return Ok(Some(at)),
                Expect::String => {
                    let rest = skip_plain(bytes.get(at..).unwrap_or_default());
                    at = bytes.len().saturating_sub(rest.len());
                    match rest.first() {
                        Some(b'"') => {
                            at = at.saturating_add(1);
                            self.expect = if self.is_key { Expect::Colon } else { self.after_value() };
                            continue;
                        }
                        Some(b'\\') => {
                            at = at.saturating_add(1);
                            self.expect = Expect::Escape;
                        }
                        Some(_) => return Err(Flaw::Unexpected(at)),
                        None => return Ok(None),
                    }
                }
                Expect::Value
                | Expect::ValueOrEnd
                | Expect::Key
                | Expect::KeyOrEnd
                | Expect::Colon
                | Expect::CommaOrEnd => {
                    while let Some(b' ' | b'\n' | b'\t' | b'\r') = bytes.get(at) {
                        at = at.saturating_add(1);
                    }
                }
                Expect::Escape | Expect::Hex(_) | Expect::Number(_) | Expect::Literal(_) => {}
            }
            let Some(&byte) = bytes.get(at) else { return Ok(None) };
            if let Expect::Number(number) = self.expect {
                if let Some(next) = number.next(byte) {
                    self.expect = Expect::Number(next);
                } else if number.is_whole() {
                    self.expect = self.after_value();
                    continue;
                } else {
                    return Err(Flaw::Unexpected(at));
                }
            } else {
                self.token(byte, at)?;
            }
            at = at.saturating_add(1);
        }
    }

    /// Whether the value may end where the input ends.
    pub(super) fn may_end(&self) -> bool {
        match self.expect {
            Expect::Done => true,
            Expect::Number(number) => self.depth == 0 && number.is_whole(),
            _ => false,
        }
    }

    /// Takes one byte that is not part of a number and not ordinary text of a string.
    fn token(&mut self, byte: u8, at: usize) -> Result<(), Flaw> {
        self.expect = match (self.expect, byte) {
            (Expect::Value | Expect::ValueOrEnd, b'"') => {
                self.is_key = false;
                Expect::String
            }
            (Expect::Key | Expect::KeyOrEnd, b'"') => {
                self.is_key = true;
                Expect::String
            }
            (Expect::CommaOrEnd, b',') if self.in_object() => Expect::Key,
            (Expect::Colon, b':') | (Expect::CommaOrEnd, b',') => Expect::Value,
            (Expect::Value | Expect::ValueOrEnd, b'{') => {
                self.open(true, at)?;
                Expect::KeyOrEnd
            }
            (Expect::Value | Expect::ValueOrEnd, b'[') => {
                self.open(false, at)?;
                Expect::ValueOrEnd
            }
            (Expect::KeyOrEnd, b'}') | (Expect::ValueOrEnd, b']') => self.close(),
            (Expect::CommaOrEnd, b'}') if self.in_object() => self.close(),
            (Expect::CommaOrEnd, b']') if !self.in_object() => self.close(),
            (Expect::Value | Expect::ValueOrEnd, b't') => Expect::Literal(b"rue"),
            (Expect::Value | Expect::ValueOrEnd, b'f') => Expect::Literal(b"alse"),
            (Expect::Value | Expect::ValueOrEnd, b'n') => Expect::Literal(b"ull"),
            (Expect::Value | Expect::ValueOrEnd, b'-') => Expect::Number(Number::Minus),
            (Expect::Value | Expect::ValueOrEnd, b'0') => Expect::Number(Number::Zero),
            (Expect::Value | Expect::ValueOrEnd, b'1'..=b'9') => Expect::Number(Number::Integer),
            (Expect::Escape, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')
            | (Expect::Hex(1), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => Expect::String,
            (Expect::Escape, b'u') => Expect::Hex(4),
            (Expect::Hex(left), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                Expect::Hex(left.saturating_sub(1))
            }
            (Expect::Literal([first, rest @ ..]), _) if *first == byte => match rest {
                [] => self.after_value(),
                _ => Expect::Literal(rest),
            },
            _ => return Err(Flaw::Unexpected(at)),
        };
        Ok(())
    }

    fn open(&mut self, object: bool, at: usize) -> Result<(), Flaw> {
        if self.depth == MAX_DEPTH {
            return Err(Flaw::TooDeep(at));
        }
        self.push(object);
        Ok(())
    }

    fn push(&mut self, object: bool) {
        self.depth = self.depth.wrapping_add(1);
        self.objects = (self.objects << 1) | u128::from(object);
    }

    fn pop(&mut self) {
        self.depth = self.depth.wrapping_sub(1);
        self.objects >>= 1;
    }

    fn close(&mut self) -> Expect {
        self.pop();
        self.after_value()
    }

    fn after_value(&self) -> Expect {
        if self.depth == 0 { Expect::Done } else { Expect::CommaOrEnd }
    }

    fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }
}

/// How many of the first bytes are ordinary text of a string: no quote, backslash or control character. Eight at
/// most.
#[inline]
fn plain_bytes(chunk: [u8; 8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    let word = u64::from_le_bytes(chunk);
    let (quote, backslash) = (word ^ (ONES * 0x22), word ^ (ONES * 0x5C));
    // The highest bit of a byte is set where the byte is below 0x20, a quote or a backslash. Borrows can set it
    // falsely, but only above the first that is set rightly.
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = quote.wrapping_sub(ONES) & !quote;
    let backslash = backslash.wrapping_sub(ONES) & !backslash;
    let found = (control | quote | backslash) & (ONES << 7);
    usize::try_from(found.trailing_zeros() / 8).unwrap_or(8)
}

/// What follows the ordinary text of a string: a quote, a backslash, a control character, or nothing.
#[inline]
pub(super) fn skip_plain(mut rest: &[u8]) -> &[u8] {
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        let offset = plain_bytes(*chunk);
        if offset < 8 {
            return rest.get(offset..).unwrap_or_default();
        }
        rest = tail;
    }
    let end = rest.iter().position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\');
    end.and_then(|end| rest.get(end..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Flaw, Scanner};
    use proptest::prelude::*;

    /// Feeds `text` in pieces of `step` bytes; the length of the value, `None` if it is no JSON.
    fn scan(text: &[u8], step: usize) -> Option<usize> {
        let mut scanner = Scanner::new();
        let mut base = 0;
        for piece in text.chunks(step) {
            if let Some(end) = scanner.feed(piece).ok()? {
                return Some(base + end);
            }
            base += piece.len();
        }
        scanner.may_end().then_some(base)
    }

    fn is_json(text: &[u8]) -> bool {
        serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
    }

    /// Whether the whole of `text` is one value with nothing but white space after it.
    fn accepts(text: &[u8], step: usize) -> bool {
        scan(text, step)
            .is_some_and(|end| text[end..].iter().all(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'\r')))
    }

    #[test]
    fn values_end_where_they_end() {
        for (text, end) in [
            ("{}x", 2),
            ("  [1, 2.5e-3, -0, true] ,", 23),
            (r#""a\"b\\" "#, 8),
            ("12,", 2),
            ("12", 2),
            (r#"{"a":{"b":[{},[],"}"]}}}"#, 23),
        ] {
            for step in 1..8 {
                assert_eq!(scan(text.as_bytes(), step), Some(end), "{text} in steps of {step}");
            }
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{,}",
            "[1 2]",
            "{\"a\" 1}",
            "{\"a\":}",
            "tru",
            "trux",
            "01",
            "1.",
            "-",
            "1e",
            "1e+",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"a",
            "[}",
            "{]",
            "{1:2}",
            "}",
            "nul",
            ".5",
            "+1",
            "[\"a\":1]",
        ] {
            for step in 1..8 {
                assert!(!accepts(text.as_bytes(), step), "{text} in steps of {step}");
            }
        }
    }

    #[test]
    fn nesting_has_a_bound_and_needs_no_stack() {
        let deep = |n: usize| [vec![b'['; n], vec![b']'; n]].concat();
        assert_eq!(scan(&deep(128), 64), Some(256));
        assert_eq!(Scanner::new().feed(&deep(129)), Err(Flaw::TooDeep(128)));
        assert_eq!(Scanner::new().feed(&vec![b'['; 1_000_000]), Err(Flaw::TooDeep(128)));
    }

    proptest! {
        #[test]
        fn it_accepts_what_serde_json_accepts(text in r#"[\[\]{},:"\\a0-9eE.+\-tu ]{0,12}"#, step in 1usize..5) {
            prop_assert_eq!(accepts(text.as_bytes(), step), is_json(text.as_bytes()), "{}", text);
        }

        #[test]
        fn it_accepts_tokens_in_the_orders_that_serde_json_accepts(
            tokens in prop::collection::vec(
                prop::sample::select(vec![
                    "{", "}", "[", "]", ",", ":", "\"a\"", "\"long enough for a word\"", "\"\\n\\u00e9\"", "1", "-20.5e3",
                    "true", "null", " ", "\n", "{\"k\":", "[1,", "{\"k\":\"v\",", "]}", "}}", "\"", "0", "12",
                ]),
                0..14,
            ),
            step in 1usize..30,
        ) {
            let text = tokens.concat() + "                ";
            prop_assert_eq!(accepts(text.as_bytes(), step), is_json(text.as_bytes()), "{}", text);
            prop_assert_eq!(accepts(text.as_bytes(), text.len()), is_json(text.as_bytes()), "{}", text);
        }

        #[test]
        fn one_changed_byte_changes_nothing_about_that(at in 0usize..90, byte in 0u8..128, step in 1usize..40) {
            let mut text = br#"{"a": [1, -2.5e+3, true, null, "x\n\u00e9 and more than eight", {}], "b": {"c": [[], false]}}"#.to_vec();
            text[at] = byte;
            prop_assert_eq!(accepts(&text, step), is_json(&text), "{}", String::from_utf8_lossy(&text));
        }
    }
}
