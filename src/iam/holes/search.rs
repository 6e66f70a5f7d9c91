//! The searches through all ways in which a pattern and a text with holes can meet.

use fixedbitset::FixedBitSet;

use super::{Place, Places, certainly, covers_all, is_fresh, possibly};
use crate::iam::subject::{Span, Unit, Units};

/// Whether the pattern certainly matches, whatever the holes turn out to be.
pub(super) fn matches_every_value(pattern: &Places<'_>, units: &Units, start: usize, folding: bool) -> bool {
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
pub(super) fn matches_some_value(pattern: &Places<'_>, units: &Units, start: usize, folding: bool) -> bool {
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
