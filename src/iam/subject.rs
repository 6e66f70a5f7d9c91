//! A text prepared for matching: its holes spelled out as the characters that can stand in them.

use std::ops::Deref;
use std::sync::Arc;

use crate::text::{CharSet, Hole, Piece, Text};

/// One place of a text with holes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// This character.
    Char(char),
    /// One character of the set.
    Set(CharSet),
    /// Any number of characters of the set, none included.
    Loop(CharSet),
}

impl Unit {
    pub(super) fn is_loop(self) -> bool {
        matches!(self, Self::Loop(_))
    }
}

/// The units `start..end` that stand for one hole.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) hole: Hole,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A text as the language of all its values, and a little more where a hole occurs twice or its length has bounds.
#[derive(Clone, Debug, Default)]
pub(super) struct Units {
    pub(super) list: Vec<Unit>,
    /// For each unit the ASCII character that it is, else [`OPEN`].
    pub(super) written: Vec<u8>,
    pub(super) spans: Vec<Span>,
    pub(super) has_loop: bool,
}

/// Stands for a unit that is no ASCII character.
pub(super) const OPEN: u8 = 0xFF;

// A run of exactly this many characters is spelled out; of a longer one only the beginning is.
const SPELLED_OUT: u16 = 64;

impl Units {
    pub(super) fn of(text: &Text) -> Self {
        let mut units = Self::default();
        for piece in text.pieces() {
            match piece {
                Piece::Literal(literal) => units.push_str(literal),
                Piece::Hole(hole) => units.push_hole(hole),
            }
        }
        units
    }

    pub(super) fn push_str(&mut self, literal: &str) {
        self.list.extend(literal.chars().map(Unit::Char));
        self.written.extend(literal.chars().map(written));
    }

    pub(super) fn push_loop(&mut self, set: CharSet) {
        self.has_loop = true;
        self.list.push(Unit::Loop(set));
        self.written.push(OPEN);
    }

    pub(super) fn push_hole(&mut self, hole: &Hole) {
        let start = self.list.len();
        for run in hole.shape().runs() {
            let single = run.set.single();
            let (unit, byte) = single.map_or((Unit::Set(run.set), OPEN), |c| (Unit::Char(c), written(c)));
            for _ in 0..run.min.min(SPELLED_OUT) {
                self.list.push(unit);
                self.written.push(byte);
            }
            if run.max != Some(run.min) || run.min > SPELLED_OUT {
                self.push_loop(run.set);
            }
        }
        self.spans.push(Span { hole: hole.clone(), start, end: self.list.len() });
    }

    pub(super) fn span_at(&self, start: usize) -> Option<&Span> {
        self.spans.iter().find(|span| span.start == start)
    }
}

fn written(c: char) -> u8 {
    u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(OPEN)
}

/// A text prepared for matching with patterns. Made once, matched often.
#[derive(Clone, Debug)]
pub struct Subject {
    text: Text,
    units: Option<Arc<Units>>,
}

impl Subject {
    /// Prepares a text.
    pub fn new(text: Text) -> Self {
        let units = (!text.is_known()).then(|| Arc::new(Units::of(&text)));
        Self { text, units }
    }

    /// The text.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The units, if the text has holes.
    pub(super) fn units(&self) -> Option<&Units> {
        self.units.as_deref()
    }
}

impl Deref for Subject {
    type Target = Text;

    fn deref(&self) -> &Text {
        &self.text
    }
}

impl From<Text> for Subject {
    fn from(text: Text) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Subject {
    fn from(text: &str) -> Self {
        Self::new(Text::known(text))
    }
}

impl PartialEq for Subject {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Subject {}
