//! Matching where the text, the pattern or both have holes.
//!
//! Two questions are asked. Does the pattern match *every* value? Answered with yes only where it is certain: a star
//! of the pattern takes in any value, a hole of the pattern meets the same hole of the text, a character meets a
//! place that can only hold this character. Does it match *some* value? Answered with no only where it is certain:
//! no choice of characters that the shapes allow makes the two meet.

use fixedbitset::FixedBitSet;

use super::key::fold;
use super::subject::{Span, Subject, Unit, Units};
use super::token::{Reach, Sequence, Token, Tokens};
use crate::text::{CharSet, Hole, Piece, Truth};

/// Whether the pattern matches all, some or none of the values of the text.
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
    if is_direct {
        // Place by place they meet or they do not; that what is freshly made is no literal can only rule more out. No
        // shape of a fixed length holds a colon among other characters, which a star of a part could not tell apart.
        if !greedy(tokens, units, start, folding, possibly) {
            return Truth::False;
        }
        if greedy(tokens, units, start, folding, certainly) {
            return Truth::True;
        }
        if form.longest_text < shortest_fresh(units) {
            return Truth::Maybe;
        }
    }
    let pattern = Places::of(tokens);
    if !is_direct && !pattern.has_anything && matches_every_value(&pattern, units, start, folding) {
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
fn greedy(
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

fn same(a: char, b: char, folding: bool) -> bool {
    a == b || (folding && fold(a) == fold(b))
}

/// Whether the place of the pattern meets every character that can stand there.
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

/// Whether the pattern certainly matches, whatever the holes turn out to be.
fn matches_every_value(pattern: &Places<'_>, units: &Units, start: usize, folding: bool) -> bool {
    let (rows, columns) = (pattern.list.len().saturating_add(1), units.list.len().saturating_add(1));
    let mut search = Search::new(rows.saturating_mul(columns));
    search.visit(start.saturating_mul(columns).saturating_add(start), (start, start));
    while let Some((place, at)) = search.open.pop() {
        let mut go = |place: usize, at: usize| {
            search.visit(place.saturating_mul(columns).saturating_add(at), (place, at));
        };
        for span in pattern.spans.iter().filter(|span| span.start == place) {
            if let Some(own) = units.span_at(at).filter(|own| own.hole == *span.hole) {
                go(span.end, own.end);
            }
        }
        let unit = units.list.get(at).copied();
        match (pattern.list.get(place).copied(), unit) {
            (None, None) => return true,
            (Some(Place::Star(reach)), unit) => {
                go(place.saturating_add(1), at);
                if unit.is_some_and(|unit| covers_all(reach, unit)) {
                    go(place, at.saturating_add(1));
                }
            }
            // A character that a hole of the pattern certainly has is as good as one that is written.
            (Some(wanted @ (Place::Char(_) | Place::One(_))), Some(unit))
                if certainly(wanted, unit, folding) =>
            {
                go(place.saturating_add(1), at.saturating_add(1));
            }
            _ => {}
        }
    }
    false
}

/// A search that comes to no state twice.
struct Search<S> {
    open: Vec<S>,
    seen: FixedBitSet,
}

impl<S> Search<S> {
    fn new(states: usize) -> Self {
        Self { open: Vec::new(), seen: FixedBitSet::with_capacity(states) }
    }

    fn visit(&mut self, index: usize, state: S) {
        if index < self.seen.len() && !self.seen.put(index) {
            self.open.push(state);
        }
    }
}

/// What has met a freshly made value of the text so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Met {
    /// Not followed, or a wildcard or another unknown value.
    Anything = 0,
    /// Nothing but characters that are written in the pattern.
    Literals = 1,
    /// Another freshly made value of the pattern, from its beginning.
    OtherFresh = 2,
}

#[derive(Clone, Copy)]
struct State {
    place: usize,
    at: usize,
    met: Met,
    /// A freshly made value of the pattern has met nothing but characters written in the text.
    literal: bool,
}

/// Whether some values of the holes make the pattern match; repeated holes are not followed.
fn matches_some_value(pattern: &Places<'_>, units: &Units, start: usize, folding: bool) -> bool {
    let columns = units.list.len().saturating_add(1);
    let rows = pattern.list.len().saturating_add(1);
    let mut search = Search::new(rows.saturating_mul(columns).saturating_mul(6));
    let enter = |search: &mut Search<State>, state: State| {
        let index = state.place.saturating_mul(columns).saturating_add(state.at).saturating_mul(6);
        let flags = (state.met as usize).saturating_mul(2).saturating_add(usize::from(state.literal));
        search.visit(index.saturating_add(flags), state);
    };
    let first = State { place: start, at: start, met: Met::Anything, literal: false };
    // Before characters that are the same there is nothing to be entered, and nothing left.
    let before = start.saturating_sub(1);
    let from = State { place: before, at: before, ..first };
    enter(&mut search, begin(from, first, pattern, units, start == 0));
    while let Some(state) = search.open.pop() {
        let State { place, at, .. } = state;
        let (wanted, unit) = (pattern.list.get(place).copied(), units.list.get(at).copied());
        if wanted.is_none() && unit.is_none() {
            return true;
        }
        if matches!(wanted, Some(Place::Star(_) | Place::Loop(_))) {
            let next = State { place: place.saturating_add(1), ..state };
            if let Some(next) = leave(state, next, pattern, units) {
                enter(&mut search, begin(state, next, pattern, units, false));
            }
        }
        if unit.is_some_and(Unit::is_loop) {
            let next = State { at: at.saturating_add(1), ..state };
            if let Some(next) = leave(state, next, pattern, units) {
                enter(&mut search, begin(state, next, pattern, units, false));
            }
        }
        let (Some(wanted), Some(unit)) = (wanted, unit) else { continue };
        if !possibly(wanted, unit, folding) {
            continue;
        }
        let after = consume(state, wanted, pattern, units);
        let next = State {
            place: if matches!(wanted, Place::Star(_) | Place::Loop(_)) {
                place
            } else {
                place.saturating_add(1)
            },
            at: if unit.is_loop() { at } else { at.saturating_add(1) },
            ..after
        };
        if let Some(next) = leave(after, next, pattern, units) {
            enter(&mut search, begin(state, next, pattern, units, false));
        }
    }
    false
}

/// What is known of the values met, after one more character.
fn consume(state: State, wanted: Place, pattern: &Places<'_>, units: &Units) -> State {
    let own = pattern.span_of(state.place);
    let written_in_pattern = own.is_none() && matches!(wanted, Place::Char(_));
    let met = match state.met {
        Met::Literals if written_in_pattern => Met::Literals,
        Met::OtherFresh if own.is_some_and(|span| is_fresh(span.hole, pattern.list.get(span.start))) => {
            Met::OtherFresh
        }
        _ => Met::Anything,
    };
    let written_in_text = !units.spans.iter().any(|span| (span.start..span.end).contains(&state.at));
    State { met, literal: state.literal && written_in_text, ..state }
}

/// Leaves the values that end here, unless what they met rules the way out.
fn leave(from: State, mut next: State, pattern: &Places<'_>, units: &Units) -> Option<State> {
    let text_ends = |span: &&Span| span.end == next.at && (span.start..span.end).contains(&from.at);
    if next.at != from.at && units.spans.iter().any(|span| text_ends(&span)) {
        let pattern_ends = pattern.spans.iter().any(|span| span.end == next.place);
        match next.met {
            Met::Literals => return None,
            Met::OtherFresh if pattern_ends => return None,
            _ => next.met = Met::Anything,
        }
    }
    if next.place != from.place && pattern.spans.iter().any(|span| span.end == next.place) {
        if next.literal {
            return None;
        }
        next.literal = false;
        if next.met == Met::OtherFresh {
            next.met = Met::Anything;
        }
    }
    Some(next)
}

/// Enters the values that begin here.
fn begin(from: State, mut next: State, pattern: &Places<'_>, units: &Units, first: bool) -> State {
    let fresh_text = units.span_at(next.at).filter(|span| {
        let loops = units.list.get(span.start).is_none_or(|unit| unit.is_loop());
        span.hole.shape().is_fresh() && !loops
    });
    if let Some(span) = fresh_text {
        next.met = match pattern.fresh_at(next.place) {
            Some(other) if *other.hole != span.hole => Met::OtherFresh,
            Some(_) => Met::Anything,
            None => Met::Literals,
        };
    }
    if (first || next.place != from.place) && pattern.fresh_at(next.place).is_some() {
        next.literal = true;
    }
    next
}
