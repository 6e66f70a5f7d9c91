//! Matching place by place, where pattern and text are of texts, wildcards and sets alone.

use memchr::{memchr2, memchr3};

use super::Place;
use crate::iam::subject::{OPEN, Unit, Units};
use crate::iam::token::{Reach, Sequence, Token, Tokens};

/// A place in the texts and wildcards of a pattern.
#[derive(Clone, Copy)]
struct At<'t> {
    /// What is left of the text that the place stands in.
    text: &'t str,
    /// The token behind it.
    next: usize,
}

impl<'t> At<'t> {
    /// The place behind the first `count` characters, which are text.
    fn behind(count: usize, tokens: &'t Tokens<'_>) -> Self {
        match tokens.at(0) {
            Some(Token::Text(text)) if count > 0 => {
                Self { text: text.get(count..).unwrap_or_default(), next: 1 }
            }
            _ => Self { text: "", next: 0 },
        }
    }

    /// What stands here, and the place behind it.
    #[inline]
    fn step(mut self, tokens: &'t Tokens<'_>) -> Option<(Place, Self)> {
        loop {
            let mut text = self.text.chars();
            if let Some(c) = text.next() {
                return Some((Place::Char(c), Self { text: text.as_str(), ..self }));
            }
            let token = tokens.at(self.next)?;
            self.next = self.next.saturating_add(1);
            match token {
                Token::Text(text) => self.text = text,
                Token::One(reach) => return Some((Place::One(reach), self)),
                Token::Star(reach) => return Some((Place::Star(reach), self)),
                Token::Hole { .. } | Token::Anything => return None,
            }
        }
    }
}

/// Matches a pattern of texts and wildcards with a text place by place: leftmost first, back to the latest star. The first
/// `start` characters are the same, and ASCII. `meet` tells whether a place takes in a unit, `covers` whether a star does.
pub(super) fn greedy(
    tokens: &Tokens<'_>,
    units: &Units,
    start: usize,
    folding: bool,
    meet: impl Fn(Place, Unit, bool) -> bool,
    covers: impl Fn(Reach, Unit) -> bool,
) -> bool {
    let (mut at, mut place) = (start, At::behind(start, tokens));
    let mut star: Option<(At<'_>, usize, Reach)> = None;
    loop {
        if !folding {
            let same = same_beginning(place.text, units, at);
            place.text = place.text.get(same..).unwrap_or_default();
            at = at.saturating_add(same);
        }
        let next = match (place.step(tokens), units.list.get(at)) {
            (None, None) => return true,
            (Some((Place::Star(reach), behind)), _) => {
                place = behind;
                if reach == Reach::Everywhere && place.step(tokens).is_none() {
                    return true;
                }
                star = Some((place, at, reach));
                continue;
            }
            (Some((wanted, behind)), Some(&unit)) if meet(wanted, unit, folding) => Some(behind),
            _ => None,
        };
        if let Some(behind) = next {
            at = at.saturating_add(1);
            place = behind;
            continue;
        }
        let Some((behind, from, reach)) = star else { return false };
        if !units.list.get(from).is_some_and(|&unit| covers(reach, unit)) {
            return false;
        }
        let mut from = from.saturating_add(1);
        if let Some((Place::Char(first), _)) = behind.step(tokens).filter(|_| !folding) {
            from = may_begin(first, reach, units, from);
        }
        star = Some((behind, from, reach));
        (place, at) = (behind, from);
    }
}

/// How many characters of the beginning are written in the text as well.
fn same_beginning(pattern: &str, units: &Units, at: usize) -> usize {
    let written = units.written.get(at..).unwrap_or_default();
    pattern.bytes().zip(written).take_while(|(wanted, written)| wanted == *written).count()
}

/// The first place, from here on, where a text may stand that begins with `first`, or that the star before it may not
/// take in.
fn may_begin(first: char, reach: Reach, units: &Units, from: usize) -> usize {
    let Some(first) = u8::try_from(first).ok().filter(u8::is_ascii) else { return from };
    let rest = units.written.get(from..).unwrap_or_default();
    let place = match reach {
        Reach::Everywhere => memchr2(first, OPEN, rest),
        Reach::Part | Reach::Unsure => memchr3(first, b':', OPEN, rest),
    };
    from.saturating_add(place.unwrap_or(rest.len()))
}
