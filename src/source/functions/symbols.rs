//! Texts as positions: a hole whose shape says how long it will be is as many of them, each with the characters that can
//! stand there.

use regex_syntax::hir::Look;

use crate::text::{CharSet, Hole, Piece, Run, Shape, Text, Truth};

/// The longest text, in characters.
const MAX_SYMBOLS: usize = 20_000;

/// A text as positions.
pub(super) struct Symbols<'t> {
    text: &'t Text,
    list: Vec<Symbol>,
}

/// What stands at a position.
#[derive(Clone, Copy)]
pub(super) enum Symbol {
    Char(char),
    /// One of these.
    Set(CharSet),
}

impl Symbol {
    /// Whether it is a character of one of these ranges.
    pub(super) fn is_of(self, ranges: &[(char, char)]) -> Truth {
        let within = |c: char| ranges.iter().any(|(start, end)| (*start..=*end).contains(&c));
        match self {
            Self::Char(c) => within(c).into(),
            Self::Set(set) => {
                let chars = (0u8..128).map(char::from).filter(|c| set.contains(*c));
                let (mut all, mut none) = (true, true);
                for c in chars {
                    if within(c) {
                        none = false;
                    } else {
                        all = false;
                    }
                }
                // Beyond ASCII a set holds everything or nothing.
                if set.contains('\u{a0}') {
                    all = false;
                    none = false;
                }
                match (all, none) {
                    (true, _) => Truth::True,
                    (_, true) => Truth::False,
                    _ => Truth::Maybe,
                }
            }
        }
    }
}

impl<'t> Symbols<'t> {
    /// The positions of a text; `None` if a hole in it has no certain length.
    pub(super) fn of(text: &'t Text) -> Option<Self> {
        let mut list = Vec::new();
        for piece in text.pieces() {
            match piece {
                Piece::Literal(known) => list.extend(known.chars().map(Symbol::Char)),
                Piece::Hole(hole) => {
                    for run in hole.shape().runs() {
                        if run.max != Some(run.min) {
                            return None;
                        }
                        let symbol = run.set.single().map_or(Symbol::Set(run.set), Symbol::Char);
                        list.extend(std::iter::repeat_n(symbol, usize::from(run.min)));
                    }
                }
            }
            if list.len() > MAX_SYMBOLS {
                return None;
            }
        }
        Some(Self { text, list })
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<&Symbol> {
        self.list.get(at)
    }

    /// Whether all characters are ASCII, each of which counts as one.
    pub(super) fn are_ascii(&self) -> bool {
        self.list.iter().all(|symbol| match symbol {
            Symbol::Char(c) => c.is_ascii() && *c != '\r',
            Symbol::Set(set) => !set.contains('\u{a0}') && !set.contains('\r'),
        })
    }

    /// Where a text stands, one time after the other, as far as that is certain; and whether it stands nowhere else.
    pub(super) fn places(&self, needle: &str) -> (Vec<usize>, bool) {
        let wanted: Vec<char> = needle.chars().collect();
        let mut places = Vec::new();
        let mut at = 0usize;
        while !wanted.is_empty() && at < self.len() {
            let mut answer = Truth::True;
            for (c, place) in wanted.iter().zip(at..) {
                let symbol = self.get(place);
                answer = answer.and(symbol.map_or(Truth::False, |symbol| symbol.is_of(&[(*c, *c)])));
                if answer.is_false() {
                    break;
                }
            }
            match answer {
                Truth::True => {
                    places.push(at);
                    at = at.saturating_add(wanted.len());
                }
                Truth::False => at = at.saturating_add(1),
                Truth::Maybe => return (places, false),
            }
        }
        (places, true)
    }

    pub(super) fn looks(&self, look: Look, at: usize) -> Truth {
        let before = at.checked_sub(1).and_then(|at| self.list.get(at));
        let after = self.list.get(at);
        let is = |symbol: Option<&Symbol>, ranges: &[(char, char)]| {
            symbol.map_or(Truth::False, |symbol| symbol.is_of(ranges))
        };
        let word = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
        let line = [('\n', '\n')];
        match look {
            Look::Start => before.is_none().into(),
            Look::End => after.is_none().into(),
            Look::StartLF => Truth::from(before.is_none()).or(is(before, &line)),
            Look::EndLF => Truth::from(after.is_none()).or(is(after, &line)),
            Look::WordAscii | Look::WordAsciiNegate => {
                let (a, b) = (is(before, &word), is(after, &word));
                let differ = a.and(!b).or(b.and(!a));
                if look == Look::WordAscii { differ } else { !differ }
            }
            _ => Truth::Maybe,
        }
    }

    /// The characters at some positions, if all are certain.
    fn certain(&self, places: std::ops::Range<usize>) -> Option<String> {
        let certain = |symbol: &Symbol| match symbol {
            Symbol::Char(c) => Some(*c),
            Symbol::Set(_) => None,
        };
        self.list.get(places)?.iter().map(certain).collect()
    }

    /// The text between two positions; a part of a hole is a hole of its own.
    pub(super) fn slice(&self, start: usize, end: usize) -> Text {
        let mut builder = Text::builder();
        builder.mark_sensitive(self.text.is_sensitive());
        let mut at = 0usize;
        for piece in self.text.pieces() {
            let length = match piece {
                Piece::Literal(known) => known.chars().count(),
                Piece::Hole(hole) => hole.shape().min_len(),
            };
            let (from, to) = (start.saturating_sub(at), end.saturating_sub(at).min(length));
            at = at.saturating_add(length);
            if from >= to {
                continue;
            }
            match piece {
                Piece::Literal(known) => {
                    let part: String = known.chars().skip(from).take(to.saturating_sub(from)).collect();
                    builder.push_str(&part);
                }
                Piece::Hole(hole) if from == 0 && to == length => {
                    builder.push_hole(hole);
                }
                Piece::Hole(hole) => {
                    let begin = at.saturating_sub(length);
                    let part = begin.saturating_add(from)..begin.saturating_add(to);
                    match self.certain(part) {
                        Some(known) => builder.push_str(&known),
                        None => builder.push_hole(&part_of(hole, from, to)),
                    };
                }
            }
        }
        builder.finish()
    }
}

/// A part of a hole of a certain length, with the shape that it has.
fn part_of(hole: &Hole, from: usize, to: usize) -> Hole {
    let mut runs = Vec::new();
    let mut at = 0usize;
    for run in hole.shape().runs() {
        let (start, end) = (at, at.saturating_add(usize::from(run.min)));
        let length = end.min(to).saturating_sub(start.max(from));
        if let Some(length) = u16::try_from(length).ok().filter(|length| *length > 0) {
            runs.push(Run::exactly(length, run.set));
        }
        at = end;
    }
    let inner = hole.expression().unwrap_or_else(|| hole.attribute());
    let name = format!("characters {from} to {to} of {inner}");
    Hole::of_expression(hole.address(), hole.attribute(), name, Shape::new(runs, false))
}
