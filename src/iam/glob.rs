//! Matching of known text: a general pattern, in time that never grows beyond pattern × text.

use super::key::fold;
use super::token::{Reach, Sequence, Token};

/// Whether the whole of `text` matches. Holes and open variables match nothing here.
pub(super) fn matches<S: Sequence + ?Sized>(tokens: &S, text: &str, folding: bool) -> bool {
    let mut at = 0usize;
    let mut rest = text;
    // The latest star: the token behind it, what text is left there, and how far it reaches. A star that stops at
    // colons never needs an earlier one to be tried again: what is between two colons is matched alone.
    let mut star: Option<(usize, &str, Reach)> = None;
    loop {
        let next = match tokens.at(at) {
            None if rest.is_empty() => return true,
            Some(Token::Star(reach)) => {
                at = at.saturating_add(1);
                if reach == Reach::Everywhere && tokens.at(at).is_none() {
                    return true;
                }
                star = Some((at, rest, reach));
                continue;
            }
            Some(Token::One(reach)) => match first(rest) {
                Some((c, tail)) if reach.covers(c) => Some(tail),
                _ => None,
            },
            Some(Token::Text(literal)) => strip(rest, literal, folding),
            None | Some(Token::Hole { .. } | Token::Anything) => None,
        };
        if let Some(tail) = next {
            rest = tail;
            at = at.saturating_add(1);
            continue;
        }
        let Some((behind, from, reach)) = star else { return false };
        let Some(longer) = lengthen(tokens.at(behind), from, reach, folding) else { return false };
        star = Some((behind, longer, reach));
        at = behind;
        rest = longer;
    }
}

/// Lets a star take more text: one character, or as many as bring it to the next occurrence of what follows it.
#[inline]
fn lengthen<'a>(behind: Option<Token<'_>>, from: &'a str, reach: Reach, folding: bool) -> Option<&'a str> {
    let (c, tail) = first(from)?;
    if !reach.covers(c) {
        return None;
    }
    match behind {
        Some(Token::Text(literal)) if reach == Reach::Everywhere && !folding => find(tail, literal),
        _ => Some(tail),
    }
}

/// `text` from the first occurrence of `literal` on. The texts are short: looking for the first byte is enough.
#[inline]
fn find<'a>(text: &'a str, literal: &str) -> Option<&'a str> {
    let bytes = text.as_bytes();
    let Some((&wanted, _)) = literal.as_bytes().split_first() else { return Some(text) };
    let last = bytes.len().checked_sub(literal.len())?;
    let mut at = 0usize;
    while at <= last {
        at = at.saturating_add(position(wanted, bytes.get(at..=last)?)?);
        let rest = text.get(at..)?;
        if begins(rest, literal) {
            return Some(rest);
        }
        at = at.saturating_add(1);
    }
    None
}

/// The first place of a byte. In what is short it is found before a search has begun.
#[inline]
fn position(wanted: u8, bytes: &[u8]) -> Option<usize> {
    if bytes.len() <= SHORT {
        bytes.iter().position(|byte| *byte == wanted)
    } else {
        memchr::memchr(wanted, bytes)
    }
}

/// So many bytes are short.
const SHORT: usize = 64;

#[inline]
fn first(text: &str) -> Option<(char, &str)> {
    let mut chars = text.chars();
    let c = chars.next()?;
    Some((c, chars.as_str()))
}

/// `text` without `literal` at its beginning.
#[inline]
fn strip<'a>(text: &'a str, literal: &str, folding: bool) -> Option<&'a str> {
    if folding {
        strip_folded(text, literal)
    } else if begins(text, literal) {
        text.get(literal.len()..)
    } else {
        None
    }
}

/// Whether `text` begins with `literal`. Texts of one kind begin alike, so the last byte is looked at first.
#[inline]
pub(super) fn begins(text: &str, literal: &str) -> bool {
    let (text, literal) = (text.as_bytes(), literal.as_bytes());
    let Some((last, _)) = literal.split_last() else { return true };
    text.get(literal.len().wrapping_sub(1)) == Some(last) && text.starts_with(literal)
}

/// `text` without `literal` at its beginning, upper and lower case alike.
pub(super) fn strip_folded<'a>(text: &'a str, literal: &str) -> Option<&'a str> {
    if literal.is_ascii()
        && let Some((head, tail)) = text.split_at_checked(literal.len())
        && head.is_ascii()
    {
        return head.eq_ignore_ascii_case(literal).then_some(tail);
    }
    let mut chars = text.chars();
    for expected in literal.chars() {
        if fold(chars.next()?) != fold(expected) {
            return None;
        }
    }
    Some(chars.as_str())
}
