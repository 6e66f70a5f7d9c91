//! The fast way through a value: whole tokens at a time.

use super::{Expect, MAX_DEPTH, Scanner, plain_bytes};

impl Scanner {
    /// Runs over whole tokens from `from` on. Where it stops, the state is that before the next token.
    pub(super) fn fast(&mut self, bytes: &[u8], from: usize) -> usize {
        let mut rest = bytes.get(from..).unwrap_or_default();
        let entry = match self.expect {
            Expect::CommaOrEnd => Entry::After,
            Expect::Key => Entry::Next,
            Expect::Value if !self.in_object() && self.depth > 0 => Entry::Next,
            Expect::KeyOrEnd | Expect::ValueOrEnd => Entry::First,
            _ => return from,
        };
        self.expect = self.fast_tokens(&mut rest, entry);
        bytes.len().saturating_sub(rest.len())
    }

    /// Takes tokens as long as they are whole and common; what is expected then.
    fn fast_tokens(&mut self, rest: &mut &[u8], mut entry: Entry) -> Expect {
        loop {
            while entry == Entry::After {
                if self.depth == 0 {
                    return Expect::Done;
                }
                let Some((byte, tail)) = next_byte(rest) else { return Expect::CommaOrEnd };
                match (byte, self.in_object()) {
                    (b',', _) => entry = Entry::Next,
                    (b'}', true) | (b']', false) => self.pop(),
                    _ => return Expect::CommaOrEnd,
                }
                *rest = tail;
            }
            let result =
                if self.in_object() { self.fast_object(rest, entry) } else { self.fast_list(rest, entry) };
            entry = match result {
                Ok(entry) => entry,
                Err(expect) => return expect,
            };
        }
    }

    /// Takes the members of one object up to a nested value or the end of a value.
    #[inline]
    fn fast_object(&mut self, rest: &mut &[u8], mut entry: Entry) -> Result<Entry, Expect> {
        loop {
            let expect = if entry == Entry::First { Expect::KeyOrEnd } else { Expect::Key };
            let (byte, tail) = next_byte(rest).ok_or(expect)?;
            if byte != b'"' {
                if byte != b'}' || entry != Entry::First {
                    return Err(expect);
                }
                *rest = tail;
                self.pop();
                return Ok(Entry::After);
            }
            let Some((b':', tail)) = skip_string(tail).and_then(next_byte) else { return Err(expect) };
            *rest = tail;
            let (byte, tail) = next_byte(rest).ok_or(Expect::Value)?;
            if byte == b'"' {
                *rest = skip_string(tail).ok_or(Expect::Value)?;
            } else if byte == b'{' || byte == b'[' {
                self.fast_open(byte == b'{').ok_or(Expect::Value)?;
                *rest = tail;
                return Ok(Entry::First);
            } else {
                *rest = skip_scalar(byte, tail).ok_or(Expect::Value)?;
            }
            let [b',', tail @ ..] = *rest else { return Ok(Entry::After) };
            *rest = tail;
            entry = Entry::Next;
        }
    }

    /// Takes the elements of one list up to a nested value or the end of a value.
    #[inline]
    fn fast_list(&mut self, rest: &mut &[u8], mut entry: Entry) -> Result<Entry, Expect> {
        loop {
            let expect = if entry == Entry::First { Expect::ValueOrEnd } else { Expect::Value };
            let (byte, tail) = next_byte(rest).ok_or(expect)?;
            if byte == b'"' {
                *rest = skip_string(tail).ok_or(expect)?;
            } else if byte == b'{' || byte == b'[' {
                self.fast_open(byte == b'{').ok_or(expect)?;
                *rest = tail;
                return Ok(Entry::First);
            } else if byte == b']' && entry == Entry::First {
                *rest = tail;
                self.pop();
                return Ok(Entry::After);
            } else {
                *rest = skip_scalar(byte, tail).ok_or(expect)?;
            }
            let [b',', tail @ ..] = *rest else { return Ok(Entry::After) };
            *rest = tail;
            entry = Entry::Next;
        }
    }

    fn fast_open(&mut self, object: bool) -> Option<()> {
        if self.depth == MAX_DEPTH {
            return None;
        }
        self.push(object);
        Some(())
    }
}

/// Where the fast way is in an object or list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    /// Before its first member or element, or its end.
    First,
    /// After a comma.
    Next,
    /// After a value.
    After,
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

/// What follows a literal or an integer whose first byte is gone; `None` if it is not whole, or for the careful way.
#[inline]
fn skip_scalar(first: u8, rest: &[u8]) -> Option<&[u8]> {
    match first {
        b't' => rest.strip_prefix(b"rue"),
        b'f' => rest.strip_prefix(b"alse"),
        b'n' => rest.strip_prefix(b"ull"),
        b'1'..=b'9' => skip_integer(rest),
        _ => None,
    }
}

/// What follows an integer whose first digit is gone; `None` if it may go on, or is no integer.
#[inline]
fn skip_integer(rest: &[u8]) -> Option<&[u8]> {
    let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
    let rest = rest.get(end..)?;
    if matches!(rest, [b'.' | b'e' | b'E', ..]) { None } else { Some(rest) }
}
