//! The elements of a pattern: text, wildcards, holes and policy variables.

use super::key::KeyName;
use crate::text::{Hole, Piece, Text};

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

/// What the pattern is for, and so how it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syntax {
    /// `*` and `?` are wildcards.
    pub(super) wildcards: bool,
    /// What `${…}` is.
    pub(super) variables: Variables,
    /// The six parts of an ARN are compared one by one.
    pub(super) arn: bool,
}

/// What `${…}` is in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variables {
    /// Plain text.
    None,
    /// A policy variable.
    Anywhere,
    /// A policy variable, which may stand behind the fifth colon only.
    InResource,
}

/// Splits a pattern into its elements.
pub(super) fn parse(source: &Text, syntax: Syntax) -> Result<Box<[Element]>, String> {
    if let Some(elements) = source.as_known().and_then(|known| plain(known, syntax)) {
        return Ok(elements);
    }
    let mut parser = Parser { syntax, elements: Vec::new(), text: String::new(), colons: 0, skipping: false };
    let mut pieces = source.pieces().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Literal(literal) => parser.literal(literal, pieces.peek().is_some())?,
            Piece::Hole(hole) => parser.hole(hole),
        }
    }
    if parser.skipping {
        return Err("a policy variable is not closed".into());
    }
    parser.flush();
    let mut elements = parser.elements;
    if syntax.arn {
        set_reach(&mut elements);
    }
    Ok(elements.into())
}

/// What most patterns are: a text, perhaps with a star at its end.
fn plain(known: &str, syntax: Syntax) -> Option<Box<[Element]>> {
    let (text, star) = match known.strip_suffix('*') {
        Some(text) if syntax.wildcards => (text, true),
        _ => (known, false),
    };
    let is_plain = !text.is_empty() && !text.bytes().any(|byte| matches!(byte, b'*' | b'?' | b'$'));
    // In an ARN, how far a star reaches is told by the colons before it.
    if !is_plain || (star && syntax.arn) {
        return None;
    }
    let text = Element::Text(text.into());
    Some(if star { Box::new([text, Element::Star(Reach::Everywhere)]) } else { Box::new([text]) })
}

struct Parser {
    syntax: Syntax,
    elements: Vec<Element>,
    text: String,
    colons: usize,
    // Inside a policy variable that a hole interrupts.
    skipping: bool,
}

impl Parser {
    fn literal(&mut self, mut rest: &str, more: bool) -> Result<(), String> {
        if self.skipping {
            let Some((_, after)) = rest.split_once('}') else { return Ok(()) };
            self.skipping = false;
            self.flush();
            self.elements.push(Element::Opaque);
            rest = after;
        }
        while let Some(at) = rest.find(|c| self.is_special(c)) {
            let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.push_str(before);
            let mut chars = from.chars();
            let special = chars.next();
            rest = chars.as_str();
            match special {
                Some('*') => self.wildcard(true),
                Some('?') => self.wildcard(false),
                Some('$') if rest.starts_with('{') => {
                    rest = rest.get(1..).unwrap_or_default();
                    if let Some(after) = self.variable(rest)? {
                        rest = after;
                    } else if more {
                        self.skipping = true;
                        return Ok(());
                    } else {
                        return Err("a policy variable is not closed".into());
                    }
                }
                _ => self.push_str("$"),
            }
        }
        self.push_str(rest);
        Ok(())
    }

    fn is_special(&self, c: char) -> bool {
        match c {
            '*' | '?' => self.syntax.wildcards,
            '$' => self.syntax.variables != Variables::None,
            _ => false,
        }
    }

    fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.colons = self.colons.saturating_add(self.text.bytes().filter(|&b| b == b':').count());
            self.elements.push(Element::Text(std::mem::take(&mut self.text).into()));
        }
    }

    fn wildcard(&mut self, many: bool) {
        self.flush();
        match (many, self.elements.last()) {
            (true, Some(Element::Star(_))) => {}
            (true, _) => self.elements.push(Element::Star(Reach::Everywhere)),
            (false, _) => self.elements.push(Element::One(Reach::Everywhere)),
        }
    }

    fn hole(&mut self, hole: &Hole) {
        if self.skipping {
            return;
        }
        self.flush();
        self.elements.push(Element::Hole(hole.clone()));
    }

    /// Reads a variable behind its `${`; gives the rest behind it, or nothing if it is not closed.
    fn variable<'a>(&mut self, rest: &'a str) -> Result<Option<&'a str>, String> {
        for escaped in ["*", "?", "$"] {
            if let Some(after) = rest.strip_prefix(escaped).and_then(|rest| rest.strip_prefix('}')) {
                self.push_str(escaped);
                return Ok(Some(after));
            }
        }
        let Some((key, default, after)) = split_variable(rest) else { return Ok(None) };
        if key.is_empty() || key != key.trim() {
            return Err(format!("`${{{key}}}` is no policy variable"));
        }
        self.flush();
        if self.syntax.variables == Variables::InResource && self.colons < 5 {
            return Err("a policy variable stands before the fifth colon of the ARN".into());
        }
        let default = default.map(Into::into);
        self.elements.push(Element::Variable(Box::new(Variable { key: KeyName::new(key), default })));
        Ok(Some(after))
    }
}

/// `key}`, or `key, 'default'}`: the key, the default, and what follows.
fn split_variable(rest: &str) -> Option<(&str, Option<&str>, &str)> {
    let (inside, after) = rest.split_once('}')?;
    if let Some((key, tail)) = rest.split_once(',')
        && key.len() < inside.len()
        && let Some(quoted) = tail.trim_start().strip_prefix('\'')
    {
        let (default, after) = quoted.split_once("'}")?;
        return Some((key.trim_end(), Some(default), after));
    }
    Some((inside, None, after))
}

/// Limits the wildcards in the first five parts.
fn set_reach(elements: &mut [Element]) {
    let mut colons = Colons::default();
    for element in elements {
        match element {
            Element::Text(text) => colons.text(text),
            Element::One(reach) | Element::Star(reach) => *reach = colons.reach(),
            Element::Hole(hole) => colons.hole(hole),
            Element::Variable(_) | Element::Opaque => colons.unsure = true,
        }
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
