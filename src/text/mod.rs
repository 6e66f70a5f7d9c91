//! Text with holes, and three-valued logic: what every other layer is written in.
//!
//! A string of a plan is a sequence of literal parts and holes. A [`Hole`] is a value known only after apply, named
//! by where it comes from, with the [`Shape`] it will have. The same hole is the same value wherever it stands.

mod hole;
pub mod json;
mod order;
mod shape;
mod truth;

use std::fmt;
use std::sync::Arc;

pub use hole::Hole;
pub use order::in_order;
pub use shape::{CharSet, Run, Shape};
pub use truth::Truth;

/// What a text that Terraform marks sensitive prints as.
pub const SENSITIVE: &str = "(sensitive)";

/// A piece of a [`Text`] that has holes. Neighbouring literals are always merged, and none is empty.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Characters that are known.
    Literal(Box<str>),
    /// A value known only after apply.
    Hole(Hole),
}

/// A string that may have parts known only after apply, and that may be secret.
///
/// `Display` and `Debug` never show a sensitive text. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text {
    content: Content,
    sensitive: bool,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Content {
    Known(Arc<str>),
    /// Behind a thin pointer: together with the mark a text takes three words.
    Holed(Arc<Box<[Part]>>),
}

impl Text {
    /// A text that is known as a whole.
    pub fn known(text: impl Into<Arc<str>>) -> Self {
        Self { content: Content::Known(text.into()), sensitive: false }
    }

    /// A text of which nothing is known but what the hole tells.
    pub fn hole(hole: Hole) -> Self {
        Self { content: Content::Holed(Arc::new(Box::new([Part::Hole(hole)]))), sensitive: false }
    }

    /// Starts an empty text.
    pub fn builder() -> TextBuilder {
        TextBuilder::default()
    }

    /// The same text, marked as secret if `sensitive`; a mark that is there stays.
    #[must_use]
    pub fn mark_sensitive(mut self, sensitive: bool) -> Self {
        self.sensitive |= sensitive;
        self
    }

    /// The same characters without the mark of a secret: for comparing and looking up, never for printing.
    #[must_use]
    pub fn unmarked(&self) -> Self {
        Self { content: self.content.clone(), sensitive: false }
    }

    /// Whether Terraform marks the text, or anything it was made from, as sensitive.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    /// The characters, if all are known. For decisions: what is printed goes through `Display`.
    pub fn as_known(&self) -> Option<&str> {
        match &self.content {
            Content::Known(text) => Some(text),
            Content::Holed(_) => None,
        }
    }

    /// Whether all characters are known.
    pub fn is_known(&self) -> bool {
        matches!(self.content, Content::Known(_))
    }

    /// The pieces, in order.
    pub fn pieces(&self) -> impl DoubleEndedIterator<Item = Piece<'_>> + Clone {
        let (known, parts): (Option<&str>, &[Part]) = match &self.content {
            Content::Known(text) => (Some(text).filter(|text| !text.is_empty()).map(|text| &**text), &[]),
            Content::Holed(parts) => (None, parts),
        };
        known.map(Piece::Literal).into_iter().chain(parts.iter().map(|part| match part {
            Part::Literal(text) => Piece::Literal(text),
            Part::Hole(hole) => Piece::Hole(hole),
        }))
    }

    /// The holes, in order of appearance, repeated where they stand more than once.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.pieces().filter_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Hole(hole) => Some(hole),
        })
    }

    /// The hole, if the text is nothing but one hole.
    pub fn as_hole(&self) -> Option<&Hole> {
        match &self.content {
            Content::Holed(parts) => match &***parts {
                [Part::Hole(hole)] => Some(hole),
                _ => None,
            },
            Content::Known(_) => None,
        }
    }

    /// Whether the two are certainly equal, certainly different, or may be either.
    pub fn equals(&self, other: &Self) -> Truth {
        if self.content == other.content {
            return Truth::True;
        }
        match (self.as_known(), other.as_known()) {
            (Some(_), Some(_)) => Truth::False,
            _ => may_be_equal(self, other),
        }
    }
}

/// Equality of two texts that differ as written: `False` only where it is certain.
fn may_be_equal(a: &Text, b: &Text) -> Truth {
    let (mut left, mut right): (Vec<_>, Vec<_>) = (a.pieces().collect(), b.pieces().collect());
    if strip_common(&mut left, &mut right, false) == Truth::False
        || strip_common(&mut left, &mut right, true) == Truth::False
    {
        return Truth::False;
    }
    match (left.as_slice(), right.as_slice()) {
        ([], []) => Truth::True,
        ([Piece::Hole(x)], [Piece::Hole(y)]) if x.differs_from(y) => Truth::False,
        ([Piece::Hole(hole)], [Piece::Literal(text)]) | ([Piece::Literal(text)], [Piece::Hole(hole)]) => {
            may_hold(hole, text)
        }
        ([], rest) | (rest, []) => {
            let least: usize = rest.iter().map(Piece::min_len).fold(0, usize::saturating_add);
            if least > 0 { Truth::False } else { Truth::Maybe }
        }
        _ => Truth::Maybe,
    }
}

/// Whether the hole may turn out to be `text`.
fn may_hold(hole: &Hole, text: &str) -> Truth {
    let count = text.chars().count();
    let fits = !hole.shape().is_fresh()
        && !hole.excludes(text)
        && count >= hole.shape().min_len()
        && hole.shape().max_len().is_none_or(|max| count <= max)
        && text.chars().all(|c| hole.shape().may_contain(c));
    if fits { Truth::Maybe } else { Truth::False }
}

/// Takes away what both begin with (end with, if `from_end`); `False` if they certainly differ there.
fn strip_common(left: &mut Vec<Piece<'_>>, right: &mut Vec<Piece<'_>>, from_end: bool) -> Truth {
    if from_end {
        left.reverse();
        right.reverse();
    }
    let mut result = Truth::Maybe;
    while let (Some(&a), Some(&b)) = (left.first(), right.first()) {
        match (a, b) {
            (Piece::Hole(x), Piece::Hole(y)) if x == y => {
                left.remove(0);
                right.remove(0);
            }
            (Piece::Literal(x), Piece::Literal(y)) => {
                let common = common_len(x, y, from_end);
                if common == 0 {
                    result = Truth::False;
                    break;
                }
                shorten(left, x, common, from_end);
                shorten(right, y, common, from_end);
            }
            _ => break,
        }
    }
    if from_end {
        left.reverse();
        right.reverse();
    }
    result
}

fn common_len(a: &str, b: &str, from_end: bool) -> usize {
    if from_end {
        a.chars().rev().zip(b.chars().rev()).take_while(|(x, y)| x == y).map(|(c, _)| c.len_utf8()).sum()
    } else {
        a.chars().zip(b.chars()).take_while(|(x, y)| x == y).map(|(c, _)| c.len_utf8()).sum()
    }
}

fn shorten<'a>(pieces: &mut Vec<Piece<'a>>, text: &'a str, by: usize, from_end: bool) {
    let rest =
        if from_end { text.len().checked_sub(by).and_then(|end| text.get(..end)) } else { text.get(by..) };
    match (rest, pieces.first_mut()) {
        (Some(rest), Some(first)) if !rest.is_empty() => *first = Piece::Literal(rest),
        _ => drop(pieces.drain(..1)),
    }
}

/// A piece of a [`Text`], borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Characters that are known; never empty.
    Literal(&'a str),
    /// A value known only after apply.
    Hole(&'a Hole),
}

impl Piece<'_> {
    fn min_len(&self) -> usize {
        match self {
            Self::Literal(text) => text.len(),
            Self::Hole(hole) => hole.shape().min_len(),
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::known("")
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::known(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::known(text)
    }
}

impl From<Hole> for Text {
    fn from(hole: Hole) -> Self {
        Self::hole(hole)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sensitive {
            return f.write_str(SENSITIVE);
        }
        for piece in self.pieces() {
            match piece {
                Piece::Literal(text) => f.write_str(text)?,
                Piece::Hole(hole) => fmt::Display::fmt(hole, f)?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// Builds a [`Text`] piece by piece. A sensitive piece makes the whole sensitive.
#[derive(Default)]
pub struct TextBuilder {
    parts: Vec<Part>,
    tail: String,
    sensitive: bool,
}

impl TextBuilder {
    /// Appends known characters.
    pub fn push_str(&mut self, text: &str) -> &mut Self {
        self.tail.push_str(text);
        self
    }

    /// Appends a hole.
    pub fn push_hole(&mut self, hole: &Hole) -> &mut Self {
        self.flush();
        self.parts.push(Part::Hole(hole.clone()));
        self
    }

    /// Appends a text.
    pub fn push_text(&mut self, text: &Text) -> &mut Self {
        self.sensitive |= text.sensitive;
        for piece in text.pieces() {
            self.push_piece(piece);
        }
        self
    }

    /// Appends one piece.
    pub fn push_piece(&mut self, piece: Piece<'_>) -> &mut Self {
        match piece {
            Piece::Literal(text) => self.push_str(text),
            Piece::Hole(hole) => self.push_hole(hole),
        }
    }

    /// Marks what is built as secret, if `sensitive`.
    pub fn mark_sensitive(&mut self, sensitive: bool) -> &mut Self {
        self.sensitive |= sensitive;
        self
    }

    /// The finished text; the builder is empty afterwards.
    pub fn finish(&mut self) -> Text {
        let sensitive = std::mem::take(&mut self.sensitive);
        if self.parts.is_empty() {
            let tail = std::mem::take(&mut self.tail);
            return Text { content: Content::Known(tail.into()), sensitive };
        }
        self.flush();
        Text { content: Content::Holed(Arc::new(std::mem::take(&mut self.parts).into())), sensitive }
    }

    fn flush(&mut self) {
        if !self.tail.is_empty() {
            self.parts.push(Part::Literal(std::mem::take(&mut self.tail).into()));
        }
    }
}

/// Joins texts, one after the other.
pub fn concat<'a>(texts: impl IntoIterator<Item = &'a Text>) -> Text {
    let mut builder = Text::builder();
    for text in texts {
        builder.push_text(text);
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::{Hole, Shape, Text, Truth, concat};

    fn id(address: &str) -> Hole {
        Hole::new(address, "id", Shape::NEW_BROKER_ID)
    }

    fn arn(hole: &Hole) -> Text {
        Text::builder().push_str("broker:orders:").push_hole(hole).finish()
    }

    #[test]
    fn a_text_with_holes_prints_its_references_and_a_secret_never_prints() {
        assert_eq!(arn(&id("aws_mq_broker.a")).to_string(), "broker:orders:${aws_mq_broker.a.id}");
        let secret = Text::known("hunter2").mark_sensitive(true);
        assert_eq!(secret.to_string(), "(sensitive)");
        assert_eq!(format!("{secret:?}"), "\"(sensitive)\"");
        assert_eq!(concat([&Text::known("x"), &secret]).to_string(), "(sensitive)");
    }

    #[test]
    fn literals_merge_so_that_equal_texts_are_equal() {
        let a = Text::builder().push_str("br").push_str("oker:orders:").push_hole(&id("a")).finish();
        assert_eq!(a, arn(&id("a")));
        assert_eq!(Text::builder().push_str("a").push_str("").finish(), Text::known("a"));
    }

    #[test]
    fn equality_is_certain_where_the_holes_decide_it() {
        let (a, b) = (arn(&id("a")), arn(&id("b")));
        assert_eq!(a.equals(&a.clone()), Truth::True);
        assert_eq!(a.equals(&b), Truth::False);
        assert_eq!(a.equals(&Text::known("broker:invoices:b-1")), Truth::False);
        let account = Text::hole(Hole::account());
        assert_eq!(account.equals(&Text::known("123456789012")), Truth::Maybe);
        assert_eq!(account.equals(&Text::known("12345678901x")), Truth::False);
        assert_eq!(Text::hole(Hole::new("a", "x", Shape::ANY)).equals(&a), Truth::Maybe);
    }
}
