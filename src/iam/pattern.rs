//! Patterns of actions, resources and condition values: compiled once, matched with text that may have holes.

use super::glob;
use super::holes;
use super::key::{Context, KeyName, KeyState, Meeting, Question, fold};
use super::parse::{Syntax, Variables, parse};
use super::subject::Subject;
use super::token::{Colons, Element, Reach, Sequence, Token, Variable};
use crate::text::{Text, Truth};

pub use super::token::Tokens;

/// What a pattern is matched with, which decides how it is read and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PatternKind {
    /// An action in lower case, as [`super::Request`] has it: wildcards, no variables, case does not matter.
    Action,
    /// A resource: wildcards that cross colons and slashes, variables behind the fifth colon.
    Resource,
    /// `StringEquals`: variables, no wildcards.
    Equal,
    /// `StringEqualsIgnoreCase`: variables, no wildcards, case does not matter.
    EqualIgnoringCase,
    /// `StringLike`: variables and wildcards.
    Like,
    /// `ArnEquals`, `ArnLike`: variables and wildcards, the six parts compared one by one.
    Arn,
}

/// How a pattern without holes and variables is matched with known text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strategy {
    Everything,
    Nothing,
    Literal,
    Prefix,
    Suffix,
    PrefixAndSuffix,
    General,
    /// Holes or variables.
    Open,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    source: Text,
    kind: PatternKind,
    strategy: Strategy,
    has_variables: bool,
    folds: bool,
    elements: Box<[Element]>,
}

impl Pattern {
    /// Compiles a pattern. `variables` is false in documents of old versions, where `${…}` is plain text.
    ///
    /// The error says what is wrong with the pattern.
    pub fn new(source: Text, kind: PatternKind, variables: bool) -> Result<Self, String> {
        let wildcards = !matches!(kind, PatternKind::Equal | PatternKind::EqualIgnoringCase);
        let syntax = Syntax {
            wildcards,
            variables: match kind {
                _ if !variables => Variables::None,
                PatternKind::Action => Variables::None,
                PatternKind::Resource => Variables::InResource,
                _ => Variables::Anywhere,
            },
            arn: kind == PatternKind::Arn,
        };
        let mut elements = parse(&source, syntax)?;
        let has_holes = elements.iter().any(|element| matches!(element, Element::Hole(_)));
        if kind == PatternKind::Action && !has_holes {
            // The action of a request is in lower case: then case need not be looked at again.
            for element in &mut elements {
                match element {
                    Element::Text(text) if text.is_ascii() => text.make_ascii_lowercase(),
                    Element::Text(text) => *text = text.chars().map(fold).collect(),
                    _ => {}
                }
            }
        }
        let folds = kind == PatternKind::EqualIgnoringCase || (kind == PatternKind::Action && has_holes);
        let has_variables =
            elements.iter().any(|element| matches!(element, Element::Variable(_) | Element::Opaque));
        let strategy = strategy(&elements, kind);
        Ok(Self { source, kind, strategy, has_variables, folds, elements })
    }

    /// The pattern as it was written.
    pub fn source(&self) -> &Text {
        &self.source
    }

    /// What the pattern is matched with.
    pub fn kind(&self) -> PatternKind {
        self.kind
    }

    /// Whether everything matches, whatever it is.
    pub fn is_everything(&self) -> bool {
        self.strategy == Strategy::Everything
    }

    /// The keys of the policy variables.
    pub fn variables(&self) -> impl Iterator<Item = &KeyName> {
        self.elements.iter().filter_map(|element| match element {
            Element::Variable(variable) => Some(&variable.key),
            _ => None,
        })
    }

    /// Whether case is left aside when the pattern is matched.
    pub(super) fn fold(&self) -> bool {
        self.folds
    }

    /// The key, if the pattern is nothing but a variable without a default.
    pub(super) fn only_variable(&self) -> Option<&KeyName> {
        match &*self.elements {
            [Element::Variable(variable)] if variable.default.is_none() => Some(&variable.key),
            _ => None,
        }
    }

    pub(super) fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// Whether the pattern matches the whole of the text.
    #[inline]
    pub fn matches<C: Context + ?Sized>(&self, subject: &Subject, context: &C) -> Truth {
        match self.strategy {
            Strategy::Everything => Truth::True,
            Strategy::Nothing => Truth::False,
            Strategy::Open => self.matches_open(subject, context),
            _ => match subject.as_known() {
                Some(text) => Truth::from(self.matches_known(text)),
                None => self.matches_open(subject, context),
            },
        }
    }

    /// Matches known text with a pattern that has neither holes nor variables.
    #[inline]
    fn matches_known(&self, text: &str) -> bool {
        if self.fold() {
            return self.matches_folded(text);
        }
        match (self.strategy, &*self.elements) {
            (Strategy::Literal, [Element::Text(literal)]) => {
                literal.len() == text.len() && glob::begins(text, literal)
            }
            (Strategy::Literal, _) => text.is_empty(),
            (Strategy::Prefix, [Element::Text(prefix), _]) => glob::begins(text, prefix),
            (Strategy::Suffix, [_, Element::Text(suffix)]) => text.ends_with(&**suffix),
            (Strategy::PrefixAndSuffix, [Element::Text(prefix), _, Element::Text(suffix)]) => {
                text.len() >= prefix.len().saturating_add(suffix.len())
                    && glob::begins(text, prefix)
                    && text.ends_with(&**suffix)
            }
            _ => glob::matches(&*self.elements, text, false),
        }
    }

    fn matches_folded(&self, text: &str) -> bool {
        match (self.strategy, &*self.elements) {
            (Strategy::Literal, [Element::Text(literal)]) => {
                glob::strip_folded(text, literal).is_some_and(str::is_empty)
            }
            (Strategy::Prefix, [Element::Text(prefix), _]) => glob::strip_folded(text, prefix).is_some(),
            _ => glob::matches(&*self.elements, text, true),
        }
    }

    #[cold]
    fn ask<C: Context + ?Sized>(
        tokens: &Tokens<'_>,
        subject: &Subject,
        place: Option<Meeting>,
        context: &C,
    ) -> Truth {
        match holes::matches(tokens, subject) {
            Truth::Maybe => context.settle(&Question::Match { pattern: tokens, subject, place }),
            certain => {
                if let Some(place) = place {
                    context.remember(place, certain);
                }
                certain
            }
        }
    }

    fn matches_open<C: Context + ?Sized>(&self, subject: &Subject, context: &C) -> Truth {
        let mut place = (!self.has_variables).then(|| Meeting::of(self, subject, 0));
        if let Some(answer) = place.and_then(|place| context.recall(place)) {
            return answer;
        }
        let Some((tokens, open)) = self.resolve(context) else { return Truth::False };
        if let Some(text) = subject.as_known().filter(|_| !open.any) {
            return Truth::from(glob::matches(&tokens, text, self.fold()));
        }
        if self.has_variables {
            place = context.variant(self).map(|variant| Meeting::of(self, subject, variant));
            if let Some(answer) = place.and_then(|place| context.recall(place)) {
                return answer;
            }
        }
        if open.pending {
            // What the variable holds is still to be tried: no assumption can be made about the match.
            let answer = holes::matches(&tokens, subject);
            if let Some(place) = place {
                context.remember(place, answer);
            }
            return answer;
        }
        Self::ask(&tokens, subject, place, context)
    }

    /// The pattern with its variables replaced; nothing where it can match nothing.
    pub(super) fn resolve<'a, C: Context + ?Sized>(&'a self, context: &'a C) -> Option<(Tokens<'a>, Open)> {
        let mut open = Open { any: false, pending: false };
        match self.strategy {
            Strategy::Open => {}
            Strategy::Nothing => return None,
            _ if self.elements.is_empty() => return Some((Tokens::empty(self.fold()), open)),
            _ => return Some((Tokens::of(&self.elements, self.fold()), open)),
        }
        let mut tokens = Tokens::empty(self.fold());
        let mut colons = Colons::default();
        for element in &*self.elements {
            match element {
                Element::Text(text) => {
                    colons.text(text);
                    tokens.push(Token::Text(text));
                }
                Element::One(reach) => tokens.push(Token::One(self.reach(*reach, colons))),
                Element::Star(reach) => tokens.push(Token::Star(self.reach(*reach, colons))),
                Element::Hole(hole) => {
                    open.any = true;
                    colons.hole(hole);
                    tokens.push(Token::Hole { hole, wild: self.kind.has_wildcards() });
                }
                Element::Opaque => {
                    open.any = true;
                    colons.unsure = true;
                    tokens.push(Token::Anything);
                }
                Element::Variable(variable) => {
                    if !replace(variable, context, &mut tokens, &mut colons, &mut open) {
                        return None;
                    }
                }
            }
        }
        if self.kind == PatternKind::Arn && colons.sure < 5 && !colons.unsure {
            return None;
        }
        Some((tokens, open))
    }

    fn reach(&self, compiled: Reach, colons: Colons) -> Reach {
        if self.kind == PatternKind::Arn { colons.reach() } else { compiled }
    }

    /// Whether some text that begins so may match, as far as the beginning tells; `prefix` is ASCII, case aside.
    pub(super) fn may_begin(&self, prefix: &str) -> bool {
        let Some(Element::Text(text)) = self.elements.first() else { return true };
        for (own, wanted) in text.bytes().zip(prefix.bytes()) {
            if !own.eq_ignore_ascii_case(&wanted) {
                // What case other characters have is not told by their first byte.
                return !own.is_ascii();
            }
        }
        true
    }

    /// The service that an action pattern names, with its colon; `None` where it may be another one too.
    pub(super) fn service(&self) -> Option<&str> {
        let Some(Element::Text(text)) = self.elements.first() else { return None };
        let end = text.bytes().position(|byte| byte == b':')?;
        text.get(..=end).filter(|service| service.is_ascii())
    }

    /// Whether there are variables, so that the answer hangs on the request's context.
    pub fn has_variables(&self) -> bool {
        self.has_variables
    }
}

impl PatternKind {
    pub(super) fn has_wildcards(self) -> bool {
        !matches!(self, Self::Equal | Self::EqualIgnoringCase)
    }
}

/// What is left open after the variables are replaced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    /// There are holes, or variables whose value is not known.
    pub(super) any: bool,
    /// There are variables whose value is still to be tried.
    pub(super) pending: bool,
}

/// Replaces a variable; false if it has no value, so that the pattern matches nothing.
fn replace<'a, C: Context + ?Sized>(
    variable: &'a Variable,
    context: &'a C,
    tokens: &mut Tokens<'a>,
    colons: &mut Colons,
    open: &mut Open,
) -> bool {
    match context.key(&variable.key) {
        KeyState::Present { values: [value], multivalued: false } => {
            for piece in value.text().pieces() {
                match piece {
                    crate::text::Piece::Literal(text) => {
                        colons.text(text);
                        tokens.push(Token::Text(text));
                    }
                    crate::text::Piece::Hole(hole) => {
                        open.any = true;
                        colons.hole(hole);
                        tokens.push(Token::Hole { hole, wild: false });
                    }
                }
            }
            true
        }
        KeyState::Present { .. } | KeyState::Absent => match &variable.default {
            Some(default) => {
                colons.text(default);
                tokens.push(Token::Text(default));
                true
            }
            None => false,
        },
        KeyState::Free(_) | KeyState::Unknown(_) => {
            open.any = true;
            open.pending = true;
            colons.unsure = true;
            tokens.push(Token::Anything);
            true
        }
    }
}

fn strategy(elements: &[Element], kind: PatternKind) -> Strategy {
    let open =
        |element: &Element| matches!(element, Element::Hole(_) | Element::Variable(_) | Element::Opaque);
    if elements.iter().any(open) {
        return Strategy::Open;
    }
    if kind == PatternKind::Arn {
        let mut colons = Colons::default();
        let texts = (0..).map_while(|at| elements.at(at));
        for token in texts {
            if let Token::Text(text) = token {
                colons.text(text);
            }
        }
        if colons.sure < 5 {
            return Strategy::Nothing;
        }
    }
    match elements {
        [Element::Star(Reach::Everywhere)] => Strategy::Everything,
        [] | [Element::Text(_)] => Strategy::Literal,
        [Element::Text(_), Element::Star(Reach::Everywhere)] => Strategy::Prefix,
        [Element::Star(Reach::Everywhere), Element::Text(_)] => Strategy::Suffix,
        [Element::Text(_), Element::Star(Reach::Everywhere), Element::Text(_)] => Strategy::PrefixAndSuffix,
        _ => Strategy::General,
    }
}
