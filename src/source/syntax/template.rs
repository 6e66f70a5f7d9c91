//! Templates: quoted, heredoc, and whole files.
//!
//! A template is first cut into tokens, as Terraform's scanner does it: the literal text of a heredoc or a file is one
//! token per line. Strip markers and the indentation of `<<-` work on these tokens.

use super::Result;
use super::ast::{Expr, Part};
use super::cursor::Cursor;

/// A token of a template.
enum Token {
    Literal(String),
    Interpolation(Expr),
    If(Expr),
    Else,
    EndIf,
    For(Option<Box<str>>, Box<str>, Expr),
    EndFor,
}

/// The end of a template.
#[derive(Clone, Copy)]
enum End<'a> {
    /// A quote.
    Quote,
    /// A line with nothing but this word.
    Line(&'a str),
    /// The end of the text.
    Text,
}

/// The tokens of a template as they are found, with what a strip marker left open.
#[derive(Default)]
struct Tokens {
    list: Vec<Token>,
    literal: String,
    strip_next: bool,
}

impl Tokens {
    fn end_literal(&mut self) {
        if self.literal.is_empty() {
            return;
        }
        let mut literal = std::mem::take(&mut self.literal);
        if std::mem::take(&mut self.strip_next) {
            literal = literal.trim_start().into();
        }
        self.list.push(Token::Literal(literal));
    }

    fn push(&mut self, token: Token, strip_after: bool) {
        self.strip_next = strip_after;
        self.list.push(token);
    }

    fn strip_before(&mut self) {
        if let Some(Token::Literal(text)) = self.list.last_mut() {
            text.truncate(text.trim_end().len());
        }
    }
}

impl Cursor<'_> {
    /// A quoted string without interpolation, such as the label of a block.
    pub(super) fn plain_string(&mut self) -> Result<String> {
        self.expect("\"")?;
        let mut result = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(result),
                Some('\\') => self.escape(&mut result)?,
                Some('\n') | None => return Err(self.error("a string has no end")),
                Some(c) => result.push(c),
            }
        }
    }

    pub(super) fn quoted_template(&mut self) -> Result<Vec<Part>> {
        self.expect("\"")?;
        let tokens = self.deeper(|inner| inner.tokens(End::Quote))?;
        tree(tokens).map_err(|message| self.error(message))
    }

    pub(super) fn heredoc(&mut self) -> Result<Vec<Part>> {
        self.expect("<<")?;
        let flush = self.take("-");
        let word = self.identifier().ok_or_else(|| self.error("a heredoc has no word that ends it"))?;
        if !self.line_break() {
            return Err(self.error("a line break is missing after the start of a heredoc"));
        }
        let mut tokens = self.deeper(|inner| inner.tokens(End::Line(word)))?;
        if flush {
            remove_indentation(&mut tokens);
        }
        tree(tokens).map_err(|message| self.error(message))
    }

    pub(super) fn bare_template(mut self) -> Result<Box<[Part]>> {
        let tokens = self.tokens(End::Text)?;
        tree(tokens).map(Into::into).map_err(|message| self.error(message))
    }

    fn tokens(&mut self, end: End<'_>) -> Result<Vec<Token>> {
        let mut tokens = Tokens::default();
        let mut line_start = true;
        loop {
            if line_start && let End::Line(word) = end {
                let rest = self.rest();
                let line = rest.split('\n').next().unwrap_or_default();
                if line.trim() == word {
                    let indent = line.len().saturating_sub(line.trim_start().len());
                    self.advance(indent.saturating_add(word.len()));
                    tokens.end_literal();
                    return Ok(tokens.list);
                }
            }
            line_start = false;
            let marker = self.starts_with("${") || self.starts_with("%{");
            if marker {
                self.marker(&mut tokens)?;
                continue;
            }
            match self.next() {
                None if matches!(end, End::Text) => {
                    tokens.end_literal();
                    return Ok(tokens.list);
                }
                None => return Err(self.error("a template has no end")),
                Some('"') if matches!(end, End::Quote) => {
                    tokens.end_literal();
                    return Ok(tokens.list);
                }
                Some('\\') if matches!(end, End::Quote) => self.escape(&mut tokens.literal)?,
                Some(c @ ('$' | '%')) => {
                    tokens.literal.push(c);
                    if self.peek() == Some(c)
                        && self.slice(self.offset(), self.offset().saturating_add(2)).ends_with('{')
                    {
                        tokens.literal.push('{');
                        self.advance(2);
                    }
                }
                Some('\n') => {
                    tokens.literal.push('\n');
                    if !matches!(end, End::Quote) {
                        tokens.end_literal();
                        line_start = true;
                    }
                }
                Some(c) => tokens.literal.push(c),
            }
        }
    }

    /// An interpolation or a directive.
    fn marker(&mut self, tokens: &mut Tokens) -> Result<()> {
        let directive = self.starts_with("%");
        self.advance(2);
        tokens.end_literal();
        if self.take("~") {
            tokens.strip_before();
        }
        let (token, strip_after) = self.nested(true, |inner| {
            inner.space();
            let token =
                if directive { inner.directive()? } else { Token::Interpolation(inner.expression()?) };
            inner.space();
            let strip = inner.take("~");
            inner.expect("}")?;
            Ok((token, strip))
        })?;
        tokens.push(token, strip_after);
        Ok(())
    }

    fn directive(&mut self) -> Result<Token> {
        match self.identifier() {
            Some("if") => {
                self.space();
                Ok(Token::If(self.expression()?))
            }
            Some("else") => Ok(Token::Else),
            Some("endif") => Ok(Token::EndIf),
            Some("for") => {
                let (key, value, collection) = self.for_intro()?;
                Ok(Token::For(key, value, collection))
            }
            Some("endfor") => Ok(Token::EndFor),
            _ => Err(self.error("a template directive is unknown")),
        }
    }

    fn escape(&mut self, result: &mut String) -> Result<()> {
        let c = match self.next() {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('"') => '"',
            Some('\\') => '\\',
            Some('u') => self.code_point(4)?,
            Some('U') => self.code_point(8)?,
            _ => return Err(self.error("an escape sequence is unknown")),
        };
        result.push(c);
        Ok(())
    }

    fn code_point(&mut self, digits: usize) -> Result<char> {
        let start = self.offset();
        let code = self.slice(start, start.saturating_add(digits));
        self.advance(digits);
        let parsed = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
        parsed.ok_or_else(|| self.error("a Unicode escape is not valid"))
    }
}

/// Removes the indentation that all lines of a `<<-` heredoc share.
fn remove_indentation(tokens: &mut [Token]) {
    let is_break = |token: &Token| matches!(token, Token::Literal(text) if text.ends_with('\n'));
    let mut least = usize::MAX;
    let mut starts = Vec::new();
    let mut line_start = true;
    for (index, token) in tokens.iter().enumerate() {
        if line_start {
            let indent = match token {
                // A line of white space alone does not count.
                Token::Literal(text) if text.trim().is_empty() && text.ends_with('\n') => usize::MAX,
                Token::Literal(text) => {
                    starts.push(index);
                    text.chars().take_while(|c| c.is_whitespace()).count()
                }
                _ => 0,
            };
            least = least.min(indent);
        }
        line_start = is_break(token);
    }
    for index in starts {
        if let Some(Token::Literal(text)) = tokens.get_mut(index) {
            *text = text.chars().skip(least).collect();
        }
    }
}

/// The tree that the directives make.
fn tree(tokens: Vec<Token>) -> std::result::Result<Vec<Part>, &'static str> {
    enum Open {
        If(Expr),
        Else(Expr, Vec<Part>),
        For(Option<Box<str>>, Box<str>, Expr),
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut open: Vec<(Open, Vec<Part>)> = Vec::new();
    for token in tokens {
        match token {
            Token::Literal(text) => match parts.last_mut() {
                _ if text.is_empty() => {}
                Some(Part::Literal(before)) => before.push_str(&text),
                _ => parts.push(Part::Literal(text)),
            },
            Token::Interpolation(expression) => parts.push(Part::Interpolation(expression)),
            Token::If(condition) => open.push((Open::If(condition), std::mem::take(&mut parts))),
            Token::For(key, value, collection) => {
                open.push((Open::For(key, value, collection), std::mem::take(&mut parts)));
            }
            Token::Else => match open.pop() {
                Some((Open::If(condition), before)) => {
                    open.push((Open::Else(condition, std::mem::take(&mut parts)), before));
                }
                _ => return Err("an `else` directive without `if`"),
            },
            Token::EndIf => {
                let body = std::mem::take(&mut parts);
                let (condition, then, otherwise) = match open.pop() {
                    Some((Open::If(condition), before)) => {
                        parts = before;
                        (condition, body, Vec::new())
                    }
                    Some((Open::Else(condition, then), before)) => {
                        parts = before;
                        (condition, then, body)
                    }
                    _ => return Err("an `endif` directive without `if`"),
                };
                parts.push(Part::If { condition, then: then.into(), otherwise: otherwise.into() });
            }
            Token::EndFor => match open.pop() {
                Some((Open::For(key, value, collection), before)) => {
                    let body = std::mem::replace(&mut parts, before).into();
                    parts.push(Part::For { key, value, collection, body });
                }
                _ => return Err("an `endfor` directive without `for`"),
            },
        }
    }
    if open.is_empty() { Ok(parts) } else { Err("a template directive has no end") }
}
