//! The elements of a pattern: text, wildcards, holes and policy variables.

use super::key::KeyName;
use crate::text::Hole;

/// How far a wildcard reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Reach {
    /// Over every character.
    Everywhere,
    /// Not over a colon: it stands in one of the first five parts of a pattern for ARNs.
    Part,
    /// One of the two: a hole before it may bring colons of its own.
    Unsure,
}

impl Reach {
    /// Whether the wildcard certainly covers `c`.
    pub(super) fn covers(self, c: char) -> bool {
        self == Self::Everywhere || c != ':'
    }

    /// Whether the wildcard may cover `c`.
    pub(super) fn may_cover(self, c: char) -> bool {
        self != Self::Part || c != ':'
    }
}

/// A policy variable: `${key}` or `${key, 'default'}`.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) key: KeyName,
    pub(super) default: Option<Box<str>>,
}

/// An element of a compiled pattern.
#[derive(Clone, Debug)]
pub(super) enum Element {
    Text(Box<str>),
    One(Reach),
    Star(Reach),
    /// A hole of the policy; it may bring wildcards.
    Hole(Hole),
    Variable(Box<Variable>),
    /// A policy variable whose name has a hole.
    Opaque,
}

/// An element as one match sees it, its variable replaced.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token<'a> {
    Text(&'a str),
    One(Reach),
    Star(Reach),
    /// A hole; `wild` if wildcards in its value count.
    Hole {
        hole: &'a Hole,
        wild: bool,
    },
    /// Text of which nothing is known; it may also be that the pattern matches nothing.
    Anything,
}

/// Elements that can be looked at one by one.
pub(super) trait Sequence {
    fn at(&self, index: usize) -> Option<Token<'_>>;
}

impl Sequence for [Element] {
    #[inline]
    fn at(&self, index: usize) -> Option<Token<'_>> {
        self.get(index).map(|element| match element {
            Element::Text(text) => Token::Text(text),
            Element::One(reach) => Token::One(*reach),
            Element::Star(reach) => Token::Star(*reach),
            Element::Hole(hole) => Token::Hole { hole, wild: true },
            Element::Variable(_) | Element::Opaque => Token::Anything,
        })
    }
}

/// Counts the colons passed in a pattern for ARNs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Colons {
    pub(super) sure: usize,
    pub(super) unsure: bool,
}

impl Colons {
    pub(super) fn text(&mut self, text: &str) {
        self.sure = self.sure.saturating_add(text.bytes().filter(|&b| b == b':').count());
    }

    pub(super) fn hole(&mut self, hole: &Hole) {
        self.unsure |= hole.shape().may_contain(':');
    }

    pub(super) fn reach(self) -> Reach {
        match self {
            Self { sure: 5.., .. } => Reach::Everywhere,
            Self { unsure: true, .. } => Reach::Unsure,
            _ => Reach::Part,
        }
    }
}

/// The tokens of one match, for a pattern with variables.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    list: &'a [Element],
    resolved: Vec<Token<'a>>,
    inline: [Token<'a>; INLINE],
    len: usize,
    pub(super) fold: bool,
}

const INLINE: usize = 12;

impl<'a> Tokens<'a> {
    /// The elements of a pattern without variables.
    pub(super) fn of(elements: &'a [Element], fold: bool) -> Self {
        Self { list: elements, ..Self::empty(fold) }
    }

    pub(super) fn empty(fold: bool) -> Self {
        Self { list: &[], resolved: Vec::new(), inline: [Token::Anything; INLINE], len: 0, fold }
    }

    pub(super) fn push(&mut self, token: Token<'a>) {
        if let Some(place) = self.inline.get_mut(self.len) {
            *place = token;
        } else {
            self.resolved.push(token);
        }
        self.len = self.len.saturating_add(1);
    }
}

impl Tokens<'_> {
    /// The text, if the pattern is nothing but text in which case matters.
    pub(super) fn literal(&self) -> Option<String> {
        if self.fold {
            return None;
        }
        let mut text = String::new();
        for token in (0..).map_while(|at| self.at(at)) {
            match token {
                Token::Text(part) => text.push_str(part),
                _ => return None,
            }
        }
        Some(text)
    }

    /// The same for two patterns only if they match the same texts for the same reason.
    pub(super) fn identity(&self) -> PatternIdentity {
        let mut parts: Vec<PatternPart> = Vec::new();
        for token in (0..).map_while(|at| self.at(at)) {
            match (token, parts.last_mut()) {
                (Token::Text(more), Some(PatternPart::Text(text))) => text.push_str(more),
                (Token::Text(text), _) => parts.push(PatternPart::Text(text.to_owned())),
                (Token::One(reach), _) => parts.push(PatternPart::One(reach)),
                (Token::Star(reach), _) => parts.push(PatternPart::Star(reach)),
                (Token::Hole { hole, wild }, _) => parts.push(PatternPart::Hole(hole.clone(), wild)),
                (Token::Anything, _) => parts.push(PatternPart::Anything),
            }
        }
        PatternIdentity { parts, fold: self.fold }
    }

    /// The holes of the pattern.
    pub(super) fn holes(&self) -> impl Iterator<Item = &Hole> {
        (0..).map_while(|at| self.at(at)).filter_map(|token| match token {
            Token::Hole { hole, .. } => Some(hole),
            _ => None,
        })
    }
}

/// What makes a pattern the same as another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PatternIdentity {
    parts: Vec<PatternPart>,
    fold: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PatternPart {
    Text(String),
    One(Reach),
    Star(Reach),
    Hole(Hole, bool),
    Anything,
}

impl Sequence for Tokens<'_> {
    #[inline]
    fn at(&self, index: usize) -> Option<Token<'_>> {
        if !self.list.is_empty() {
            return self.list.at(index);
        }
        if index >= self.len {
            return None;
        }
        self.inline.get(index).or_else(|| self.resolved.get(index.checked_sub(INLINE)?)).copied()
    }
}
