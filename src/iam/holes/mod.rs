//! Matching where the text, the pattern or both have holes.
//!
//! Two questions are asked. Does the pattern match *every* value? Answered with yes only where it is certain: a star
//! of the pattern takes in any value, a hole of the pattern meets the same hole of the text, a character meets a
//! place that can only hold this character. Does it match *some* value? Answered with no only where it is certain:
//! no choice of characters that the shapes allow makes the two meet.

mod greedy;
mod search;

use super::key::fold;
use super::subject::{Subject, Unit, Units};
use super::token::{Reach, Sequence, Token, Tokens};
use crate::text::{CharSet, Hole, Piece, Truth};
use greedy::greedy;
use search::{matches_every_value, matches_some_value};

/// Whether the pattern matches all, some or none of the values of the text. It stays out of the way of known texts, which
/// are matched far more often.
#[inline(never)]
pub(super) fn matches(tokens: &Tokens<'_>, subject: &Subject) -> Truth {
    let folding = tokens.fold;
    if differs_at_the_beginning(tokens, subject, folding) {
        return Truth::False;
    }
    let own;
    let units = if let Some(units) = subject.units() {
        units
    } else {
        own = Units::of(subject.text());
        &own
    };
    let start = same_beginning(tokens, subject, folding);
    let form = Form::of(tokens);
    let is_direct = form.is_plain && !units.has_loop;
    // Place by place they meet or they do not; that what is freshly made is no literal can only rule more out. No shape of a
    // fixed length holds a colon among other characters, which a star of a part could not tell apart.
    if is_direct {
        let covers = |reach, unit| possibly(Place::One(reach), unit, folding);
        if !greedy(tokens, units, start, folding, possibly, covers) {
            return Truth::False;
        }
    }
    // Of any number of characters nothing but a star takes in every value.
    if form.is_plain && greedy(tokens, units, start, folding, certainly, covers_all) {
        return Truth::True;
    }
    let may_be_fresh =
        || form.longest_text >= shortest_fresh(units) && may_be_written(tokens, units, folding);
    if is_direct && !may_be_fresh() {
        return Truth::Maybe;
    }
    let pattern = Places::of(tokens);
    if !form.is_plain && !pattern.has_anything && matches_every_value(&pattern, units, start, folding) {
        return Truth::True;
    }
    if matches_some_value(&pattern, units, start, folding) { Truth::Maybe } else { Truth::False }
}

/// What a pattern is made of.
struct Form {
    /// There are texts and wildcards alone.
    is_plain: bool,
    /// The most bytes of text in a row.
    longest_text: usize,
}

impl Form {
    fn of(tokens: &Tokens<'_>) -> Self {
        let mut form = Self { is_plain: true, longest_text: 0 };
        let mut length = 0usize;
        for token in (0..).map_while(|at| tokens.at(at)) {
            length = match token {
                Token::Text(text) => length.saturating_add(text.len()),
                _ => 0,
            };
            form.longest_text = form.longest_text.max(length);
            form.is_plain &= matches!(token, Token::Text(_) | Token::One(_) | Token::Star(_));
        }
        form
    }
}

/// How many characters at the beginning of both are written, and the same; they meet in one way alone.
fn same_beginning(tokens: &Tokens<'_>, subject: &Subject, folding: bool) -> usize {
    match (tokens.at(0), subject.pieces().next()) {
        // What is known at the beginning is the same, as far as both go.
        (Some(Token::Text(pattern)), Some(Piece::Literal(text))) if !folding && pattern.is_ascii() => {
            pattern.len().min(text.len())
        }
        _ => 0,
    }
}

/// Whether what is known at the beginning already rules a match out.
fn differs_at_the_beginning(tokens: &Tokens<'_>, subject: &Subject, folding: bool) -> bool {
    if folding {
        return false;
    }
    let (Some(Token::Text(pattern)), Some(Piece::Literal(text))) = (tokens.at(0), subject.pieces().next())
    else {
        return false;
    };
    let common = pattern.len().min(text.len());
    pattern.as_bytes().get(..common) != text.as_bytes().get(..common)
}

/// The least number of places that a freshly made value of the text takes, if there is one.
fn shortest_fresh(units: &Units) -> usize {
    let fresh = units.spans.iter().filter(|span| span.hole.shape().is_fresh());
    fresh.map(|span| span.end.saturating_sub(span.start)).min().unwrap_or(usize::MAX)
}

/// Whether some text of the pattern may stand where the whole of a freshly made value does.
fn may_be_written(tokens: &Tokens<'_>, units: &Units, folding: bool) -> bool {
    let fresh = units.spans.iter().filter(|span| span.hole.shape().is_fresh());
    let mut fresh = fresh.filter_map(|span| units.list.get(span.start..span.end));
    fresh.any(|value| {
        let mut texts = (0..).map_while(|at| match (tokens.at(at), tokens.at(at.saturating_add(1))) {
            // Texts that follow each other may cover it together.
            (Some(Token::Text(_)), Some(Token::Text(_))) => Some(None),
            (Some(Token::Text(text)), _) => Some(Some(text)),
            (Some(_), _) => Some(Some("")),
            (None, _) => None,
        });
        texts.any(|text| {
            let Some(text) = text.filter(|text| text.is_ascii()) else { return true };
            let meets = |(c, unit): (&u8, &Unit)| possibly(Place::Char(char::from(*c)), *unit, folding);
            text.as_bytes().windows(value.len().max(1)).any(|part| part.iter().zip(value).all(meets))
        })
    })
}

/// One place of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Char(char),
    Set(CharSet),
    Loop(CharSet),
    One(Reach),
    Star(Reach),
}

/// A pattern, spelled out.
pub(super) struct Places<'a> {
    pub(super) list: Vec<Place>,
    spans: Vec<PlaceSpan<'a>>,
    has_anything: bool,
}

struct PlaceSpan<'a> {
    hole: &'a Hole,
    wild: bool,
    start: usize,
    end: usize,
}

impl<'a> Places<'a> {
    pub(super) fn of(tokens: &'a Tokens<'_>) -> Self {
        let mut places = Self { list: Vec::with_capacity(64), spans: Vec::new(), has_anything: false };
        for token in (0..).map_while(|at| tokens.at(at)) {
            match token {
                Token::Text(text) => places.list.extend(text.chars().map(Place::Char)),
                Token::One(reach) => places.list.push(Place::One(reach)),
                Token::Star(reach) => places.list.push(Place::Star(reach)),
                Token::Anything => {
                    places.has_anything = true;
                    places.list.push(Place::Loop(CharSet::ANY));
                }
                Token::Hole { hole, wild } => places.hole(hole, wild),
            }
        }
        places
    }

    fn hole(&mut self, hole: &'a Hole, wild: bool) {
        let wild = wild && hole.shape().may_contain_wildcard();
        let start = self.list.len();
        if wild {
            self.list.push(Place::Loop(CharSet::ANY));
        } else {
            let mut units = Units::default();
            units.push_hole(hole);
            self.list.extend(units.list.iter().map(|unit| match *unit {
                Unit::Char(c) => Place::Char(c),
                Unit::Set(set) => Place::Set(set),
                Unit::Loop(set) => Place::Loop(set),
            }));
        }
        self.spans.push(PlaceSpan { hole, wild, start, end: self.list.len() });
    }

    /// A hole that begins here and whose value nothing written today can be.
    fn fresh_at(&self, at: usize) -> Option<&PlaceSpan<'a>> {
        self.spans
            .iter()
            .find(|span| span.start == at && !span.wild && is_fresh(span.hole, self.list.get(at)))
    }

    fn span_of(&self, at: usize) -> Option<&PlaceSpan<'a>> {
        self.spans.iter().find(|span| (span.start..span.end).contains(&at))
    }
}

/// A value whose first place can be empty is not followed: that it is taken in by a literal cannot be told.
fn is_fresh(hole: &Hole, first: Option<&Place>) -> bool {
    hole.shape().is_fresh() && !matches!(first, Some(Place::Loop(_)) | None)
}

#[inline]
fn same(a: char, b: char, folding: bool) -> bool {
    a == b || (folding && fold(a) == fold(b))
}

/// Whether the place of the pattern meets every character that can stand there.
#[inline]
fn certainly(place: Place, unit: Unit, folding: bool) -> bool {
    match (place, unit) {
        (Place::Char(wanted), Unit::Char(c)) => same(wanted, c, folding),
        (Place::One(reach), unit) => covers_all(reach, unit) && !unit.is_loop(),
        _ => false,
    }
}

/// Whether a wildcard takes in every character that can stand there.
fn covers_all(reach: Reach, unit: Unit) -> bool {
    match unit {
        Unit::Char(c) => reach.covers(c),
        Unit::Set(set) | Unit::Loop(set) => reach == Reach::Everywhere || !set.contains(':'),
    }
}

/// Whether the place of the pattern meets some character that can stand there.
#[inline]
pub(super) fn possibly(place: Place, unit: Unit, folding: bool) -> bool {
    match (place, unit) {
        (Place::Char(wanted), Unit::Char(c)) => same(wanted, c, folding),
        (Place::Char(c), Unit::Set(set) | Unit::Loop(set))
        | (Place::Set(set) | Place::Loop(set), Unit::Char(c)) => holds(set, c, folding),
        (Place::Set(a) | Place::Loop(a), Unit::Set(b) | Unit::Loop(b)) => {
            if folding {
                either_case(a).intersects(either_case(b))
            } else {
                a.intersects(b)
            }
        }
        (Place::One(reach) | Place::Star(reach), Unit::Char(c)) => reach.may_cover(c),
        (Place::One(reach) | Place::Star(reach), Unit::Set(set) | Unit::Loop(set)) => {
            reach != Reach::Part || set.single() != Some(':')
        }
    }
}

fn holds(set: CharSet, c: char, folding: bool) -> bool {
    if !folding {
        return set.contains(c);
    }
    // Some characters beyond ASCII have an ASCII character as their lower case.
    set.contains(c)
        || either_case(set).contains(fold(c))
        || (c.is_ascii_alphabetic() && set.contains('\u{212A}'))
}

/// The set with all letters if it has one.
fn either_case(set: CharSet) -> CharSet {
    let letters = CharSet::range(b'a', b'z').with(CharSet::range(b'A', b'Z'));
    if set.intersects(letters) || set.contains('\u{212A}') { set.with(letters) } else { set }
}
