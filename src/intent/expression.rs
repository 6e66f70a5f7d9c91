//! The constants that an intent is written in: strings, lists, objects, `true` and `false`.

use super::error::Problem;
use crate::source::syntax::ast::{Attribute, Body, Expr, ExprKind, Span};
use crate::source::{Location, SourceFile};

/// Reads constants, and keeps what is wrong with them.
pub(super) struct Reader<'f> {
    file: &'f SourceFile,
    pub(super) problems: Vec<Problem>,
}

/// A text with its place.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) text: Box<str>,
    pub(super) location: Location,
}

impl<'f> Reader<'f> {
    pub(super) fn new(file: &'f SourceFile) -> Self {
        Self { file, problems: Vec::new() }
    }

    pub(super) fn location(&self, span: Span) -> Location {
        self.file.location(span)
    }

    pub(super) fn wrong(&mut self, span: Span, message: impl Into<String>) {
        let location = self.location(span);
        self.problems.push(Problem { location, message: message.into() });
    }

    /// Reports attributes that are not among `known`, or that are there twice, and all nested blocks.
    pub(super) fn only(&mut self, body: &Body, block: &str, known: &[&str]) {
        for (index, attribute) in body.attributes.iter().enumerate() {
            if !known.contains(&&*attribute.name) {
                let message =
                    format!("`{}` is no attribute of {block}: write {}", attribute.name, listed(known));
                self.wrong(attribute.name_span, message);
            } else if body.attributes.iter().take(index).any(|before| before.name == attribute.name) {
                self.wrong(attribute.name_span, format!("`{}` is there twice", attribute.name));
            }
        }
        for nested in &body.blocks {
            let message = if known.contains(&&*nested.kind) {
                format!("`{0}` is an attribute: write `{0} = {{ … }}`", nested.kind)
            } else {
                format!("`{}` is no attribute of {block}: write {}", nested.kind, listed(known))
            };
            self.wrong(nested.span, message);
        }
    }

    /// A string.
    pub(super) fn word(&mut self, expression: &Expr, what: &str) -> Option<Word> {
        let text = expression.as_str();
        if text.is_none() {
            self.wrong(expression.span, format!("{what} is a string in quotes, without references"));
        }
        Some(Word { text: text?.into(), location: self.location(expression.span) })
    }

    /// A list of strings; one string stands for a list of one.
    pub(super) fn words(&mut self, expression: &Expr, what: &str) -> Vec<Word> {
        match &expression.kind {
            ExprKind::Tuple(items) => items.iter().filter_map(|item| self.word(item, what)).collect(),
            _ => self.word(expression, what).into_iter().collect(),
        }
    }

    /// A list of strings that must not be empty.
    pub(super) fn some_words(&mut self, attribute: &Attribute) -> Vec<Word> {
        let what = format!("each of `{}`", attribute.name);
        let words = self.words(&attribute.value, &what);
        if matches!(&attribute.value.kind, ExprKind::Tuple(items) if items.is_empty()) {
            self.wrong(
                attribute.value.span,
                format!("`{}` is empty: leave nothing to guess", attribute.name),
            );
        }
        words
    }

    /// `true` or `false`; `false` where the attribute is missing.
    pub(super) fn flag(&mut self, attribute: Option<&Attribute>) -> bool {
        let Some(attribute) = attribute else { return false };
        let value = attribute.value.as_bool();
        if value.is_none() {
            self.wrong(attribute.value.span, format!("`{}` is true or false", attribute.name));
        }
        value.unwrap_or_default()
    }

    /// The members of an object, each key with its place and value.
    pub(super) fn members<'e>(&mut self, expression: &'e Expr, what: &str) -> Vec<(Word, &'e Expr)> {
        let ExprKind::Object(members) = &expression.kind else {
            self.wrong(expression.span, format!("{what} is an object: write {{ KEY = VALUE }}"));
            return Vec::new();
        };
        let mut read: Vec<(Word, &Expr)> = Vec::new();
        for (key, value) in members {
            let Some(word) = self.word(key, "a key") else { continue };
            if read.iter().any(|(before, _)| before.text == word.text) {
                self.wrong(key.span, format!("`{}` is there twice", word.text));
            } else {
                read.push((word, value));
            }
        }
        read
    }
}

/// `a, b or c`.
pub(super) fn listed(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
