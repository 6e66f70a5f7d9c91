//! Matching place by place, where pattern and text are of texts, wildcards and sets alone.

use super::Place;
use crate::iam::subject::{Unit, Units};
use crate::iam::token::{Reach, Sequence, Token, Tokens};

/// A place in the texts and wildcards of a pattern.
#[derive(Clone, Copy, Default)]
struct At {
    token: usize,
    /// Bytes of the token that lie before.
    offset: usize,
}

impl At {
    /// What stands here, and the place behind it.
    fn step(mut self, tokens: &Tokens<'_>) -> Option<(Place, Self)> {
        loop {
            let next = Self { token: self.token.saturating_add(1), offset: 0 };
            match tokens.at(self.token)? {
                Token::Text(text) => match text.get(self.offset..).and_then(|rest| rest.chars().next()) {
                    Some(c) => {
                        let offset = self.offset.saturating_add(c.len_utf8());
                        return Some((Place::Char(c), Self { offset, ..self }));
                    }
                    None => self = next,
                },
                Token::One(reach) => return Some((Place::One(reach), next)),
                Token::Star(reach) => return Some((Place::Star(reach), next)),
                Token::Hole { .. } | Token::Anything => return None,
            }
        }
    }
}

/// Matches a pattern of texts and wildcards with a text of known length: leftmost first, back to the latest star. The
/// first `start` characters are the same.
pub(super) fn greedy(
    tokens: &Tokens<'_>,
    units: &Units,
    start: usize,
    folding: bool,
    meet: fn(Place, Unit, bool) -> bool,
) -> bool {
    let (mut at, mut place) = (start, At { token: 0, offset: start });
    let mut star: Option<(At, usize, Reach)> = None;
    loop {
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
        let covered = units.list.get(from).is_some_and(|&unit| meet(Place::One(reach), unit, folding));
        if !covered {
            return false;
        }
        star = Some((behind, from.saturating_add(1), reach));
        (place, at) = (behind, from.saturating_add(1));
    }
}
