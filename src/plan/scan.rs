//! A scanner that finds where a JSON value ends, and checks on the way that it is JSON.
//!
//! It does not recurse, holds no more than a bit per level of nesting, and can be fed a value in pieces, so what is
//! skipped costs neither memory nor stack. What it accepts is RFC 8259; that strings are UTF-8 is checked elsewhere.
//!
//! Two ways lead through a value. The careful one takes a byte at a time and can stop anywhere. The fast one takes
//! whole tokens, and leaves what is not whole, not common or not right to the careful one.

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
                Expect::String => match string_end(bytes, at) {
                    (end, Some(b'"')) => {
                        at = end.saturating_add(1);
                        self.expect = if self.is_key { Expect::Colon } else { self.after_value() };
                        continue;
                    }
                    (end, Some(b'\\')) => {
                        at = end.saturating_add(1);
                        self.expect = Expect::Escape;
                    }
                    (end, Some(_)) => return Err(Flaw::Unexpected(end)),
                    (_, None) => return Ok(None),
                },
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

    fn close(&mut self) -> Expect {
        self.depth = self.depth.wrapping_sub(1);
        self.objects >>= 1;
        self.after_value()
    }

    fn after_value(&self) -> Expect {
        if self.depth == 0 { Expect::Done } else { Expect::CommaOrEnd }
    }

    fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    /// Runs over whole tokens from `from` on. Where it stops, the state is that before the next token.
    fn fast(&mut self, bytes: &[u8], from: usize) -> usize {
        let mut rest = bytes.get(from..).unwrap_or_default();
        self.fast_tokens(&mut rest);
        bytes.len().saturating_sub(rest.len())
    }

    /// Takes tokens as long as they are whole and common; `None` always.
    fn fast_tokens(&mut self, rest: &mut &[u8]) -> Option<()> {
        loop {
            if matches!(self.expect, Expect::Key | Expect::KeyOrEnd) {
                self.fast_key(rest)?;
            }
            if matches!(self.expect, Expect::Value | Expect::ValueOrEnd) {
                let (byte, tail) = next_byte(rest)?;
                *rest = match byte {
                    b'"' => skip_string(tail)?,
                    b'{' if self.depth < MAX_DEPTH => {
                        self.push(true);
                        self.expect = Expect::KeyOrEnd;
                        *rest = tail;
                        continue;
                    }
                    b'[' if self.depth < MAX_DEPTH => {
                        self.push(false);
                        self.expect = Expect::ValueOrEnd;
                        *rest = tail;
                        continue;
                    }
                    b']' if self.expect == Expect::ValueOrEnd => {
                        self.close();
                        tail
                    }
                    b't' => tail.strip_prefix(b"rue")?,
                    b'f' => tail.strip_prefix(b"alse")?,
                    b'n' => tail.strip_prefix(b"ull")?,
                    b'1'..=b'9' => skip_integer(tail)?,
                    _ => return None,
                };
                self.expect = self.after_value();
            }
            loop {
                if self.expect != Expect::CommaOrEnd {
                    return None;
                }
                let (byte, tail) = next_byte(rest)?;
                self.expect = match (byte, self.in_object()) {
                    (b',', true) => Expect::Key,
                    (b',', false) => Expect::Value,
                    (b'}', true) | (b']', false) => self.close(),
                    _ => return None,
                };
                *rest = tail;
                if byte == b',' {
                    break;
                }
            }
        }
    }

    /// Takes a key and its colon, or the end of an empty object.
    #[inline]
    fn fast_key(&mut self, rest: &mut &[u8]) -> Option<()> {
        let (byte, tail) = next_byte(rest)?;
        if byte == b'"' {
            let (b':', tail) = next_byte(skip_string(tail)?)? else { return None };
            *rest = tail;
            self.expect = Expect::Value;
            return Some(());
        }
        if byte == b'}' && self.expect == Expect::KeyOrEnd {
            *rest = tail;
            self.expect = self.close();
            return Some(());
        }
        None
    }
}

/// The next byte that is not white space, and what follows it.
#[inline]
fn next_byte(mut rest: &[u8]) -> Option<(u8, &[u8])> {
    loop {
        match rest {
            [b' ' | b'\n' | b'\t' | b'\r', tail @ ..] => rest = tail,
            [byte, tail @ ..] => return Some((*byte, tail)),
            [] => return None,
        }
    }
}

/// What follows a string whose opening quote is gone; `None` if it is not whole, or for the careful way.
#[inline]
fn skip_string(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let (chunk, tail) = rest.split_first_chunk::<8>()?;
        let offset = plain_bytes(*chunk);
        if offset == 8 {
            rest = tail;
            continue;
        }
        match rest.get(offset..)? {
            [b'"', tail @ ..] => return Some(tail),
            [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', tail @ ..] => rest = tail,
            [b'\\', b'u', tail @ ..] => {
                let (digits, tail) = tail.split_first_chunk::<4>()?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                rest = tail;
            }
            _ => return None,
        }
    }
}

/// What follows an integer whose first digit is gone; `None` if it may go on, or is no integer.
#[inline]
fn skip_integer(rest: &[u8]) -> Option<&[u8]> {
    let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
    let rest = rest.get(end..)?;
    if matches!(rest, [b'.' | b'e' | b'E', ..]) { None } else { Some(rest) }
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

/// Where the ordinary text of a string ends that goes on at `from`, and the byte that ends it: a quote, a backslash
/// or a control character.
pub(super) fn string_end(bytes: &[u8], from: usize) -> (usize, Option<u8>) {
    let mut at = from;
    let mut rest = bytes.get(from..).unwrap_or_default();
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        let offset = plain_bytes(*chunk);
        at = at.saturating_add(offset);
        if offset < 8 {
            return (at, bytes.get(at).copied());
        }
        rest = tail;
    }
    let end = rest.iter().position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\');
    let end = at.saturating_add(end.unwrap_or(rest.len()));
    (end, bytes.get(end).copied())
}
