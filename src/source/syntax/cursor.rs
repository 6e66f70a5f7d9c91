//! A position in a source text, and the small tokens.

use super::ast::Span;
use super::{MAX_NESTING, Result, SyntaxError};

/// A position in a source text.
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    pub(super) file: u32,
    /// Where the text begins within its file.
    base: usize,
    at: usize,
    depth: u32,
    /// Whether a line break is white space here: within parentheses, brackets and interpolations.
    lines_are_space: bool,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, file: u32) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, file, base: 0, at, depth: 0, lines_are_space: false }
    }

    /// A text that stands within its file, from `base` on.
    pub(super) fn within(text: &'t str, file: u32, base: usize) -> Self {
        Self { base, ..Self::new(text, file) }
    }

    pub(super) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn seek(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The text between two offsets.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn starts_with(&self, token: &str) -> bool {
        self.rest().starts_with(token)
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at = self.at.saturating_add(c.len_utf8());
        Some(c)
    }

    pub(super) fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.text.len());
    }

    /// Takes `token` if it stands here.
    pub(super) fn take(&mut self, token: &str) -> bool {
        let found = self.starts_with(token);
        if found {
            self.advance(token.len());
        }
        found
    }

    pub(super) fn expect(&mut self, token: &str) -> Result<()> {
        if self.take(token) { Ok(()) } else { Err(self.error(format!("`{token}` is missing"))) }
    }

    pub(super) fn error(&self, message: impl Into<String>) -> SyntaxError {
        SyntaxError { message: message.into(), offset: self.at }
    }

    pub(super) fn span_from(&self, start: usize) -> Span {
        let clamp = |offset: usize| u32::try_from(offset.saturating_add(self.base)).unwrap_or(u32::MAX);
        Span { file: self.file, start: clamp(start), end: clamp(self.at) }
    }

    /// Skips spaces and comments; line breaks too, where they are white space.
    pub(super) fn space(&mut self) {
        let lines = self.lines_are_space;
        self.skip(lines);
    }

    /// Skips spaces, comments and line breaks.
    pub(super) fn space_and_lines(&mut self) {
        self.skip(true);
    }

    fn skip(&mut self, lines: bool) {
        loop {
            let rest = self.rest();
            match rest.as_bytes().first() {
                Some(b' ' | b'\t') => self.advance(1),
                Some(b'\n' | b'\r') if lines => self.advance(1),
                Some(b'#') => self.line_comment(rest),
                Some(b'/') if rest.starts_with("//") => self.line_comment(rest),
                Some(b'/') if rest.starts_with("/*") => {
                    let length = rest.find("*/").map_or(rest.len(), |end| end.saturating_add(2));
                    self.advance(length);
                }
                _ => return,
            }
        }
    }

    fn line_comment(&mut self, rest: &str) {
        // The line break itself stays: it ends an argument as it would without the comment.
        self.advance(rest.find('\n').unwrap_or(rest.len()));
    }

    /// Takes a line break.
    pub(super) fn line_break(&mut self) -> bool {
        self.take("\r\n") || self.take("\n")
    }

    /// Runs `inside` with line breaks as white space, or not, and one level deeper.
    pub(super) fn nested<T>(
        &mut self,
        lines_are_space: bool,
        inside: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if self.depth >= MAX_NESTING {
            return Err(self.error(format!("more than {MAX_NESTING} levels of nesting")));
        }
        let before = self.lines_are_space;
        self.lines_are_space = lines_are_space;
        self.depth = self.depth.saturating_add(1);
        let result = inside(self);
        self.depth = self.depth.saturating_sub(1);
        self.lines_are_space = before;
        result
    }

    /// As [`Cursor::nested`], with line breaks as they are.
    pub(super) fn deeper<T>(&mut self, inside: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let lines = self.lines_are_space;
        self.nested(lines, inside)
    }

    /// An identifier, if one stands here.
    pub(super) fn identifier(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let first = rest.chars().next()?;
        if !(first.is_alphabetic() || first == '_') {
            return None;
        }
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
        let name = rest.get(..end)?;
        self.advance(end);
        Some(name)
    }

    /// The identifier that stands here, without taking it.
    pub(super) fn peek_identifier(&mut self) -> Option<&'t str> {
        let at = self.at;
        let name = self.identifier();
        self.at = at;
        name
    }
}
