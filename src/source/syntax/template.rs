//! Templates: quoted, heredoc, and whole files.
//!
//! A template is cut into tokens, as Terraform's scanner does it: the literal text of a heredoc or a file is one token per
//! line. Strip markers and the indentation of `<<-` work on these tokens. The literal text is that of the source:
//! `hcl-edit` does not resolve escapes within directives, and has its own rules for indentation.

use hcl_edit::template::{Directive, Element, ForDirective, IfDirective, StringTemplate, Strip, Template};

use super::Result;
use super::ast::{Expr, ExprKind, Part};
use super::expression::{Converter, range_of};
use crate::source::value::Value;
use crate::text::Text;

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

/// The tokens of a template as they are found, with what a strip marker left open.
#[derive(Default)]
struct Tokens {
    list: Vec<Token>,
    strip_next: bool,
    /// Whether the template is quoted, so that its text has escape sequences.
    quoted: bool,
}

impl Tokens {
    fn literal(&mut self, mut literal: String) {
        if std::mem::take(&mut self.strip_next) {
            literal = literal.trim_start().into();
        }
        self.list.push(Token::Literal(literal));
    }

    fn marker(&mut self, strip: Strip, token: Token) {
        if let (true, Some(Token::Literal(text))) = (strip.strip_start(), self.list.last_mut()) {
            text.truncate(text.trim_end().len());
        }
        self.strip_next = strip.strip_end();
        self.list.push(token);
    }
}

impl Converter<'_> {
    /// A quoted template.
    pub(super) fn quoted(&self, parsed: &StringTemplate) -> Result<ExprKind> {
        let mut tokens = Tokens { quoted: true, ..Tokens::default() };
        self.tokens(parsed, &mut tokens)?;
        Ok(template(tree(tokens.list)))
    }

    /// A heredoc; `flush` if it began with `<<-`.
    pub(super) fn heredoc(&self, parsed: &Template, flush: bool) -> Result<ExprKind> {
        let mut tokens = Tokens::default();
        self.tokens(parsed, &mut tokens)?;
        if flush {
            remove_indentation(&mut tokens.list);
        }
        Ok(template(tree(tokens.list)))
    }

    /// A text that is a template as a whole.
    pub(super) fn whole_template(&self, parsed: &Template) -> Result<Box<[Part]>> {
        let mut tokens = Tokens::default();
        self.tokens(parsed, &mut tokens)?;
        Ok(tree(tokens.list).into())
    }

    fn tokens(&self, parsed: &Template, tokens: &mut Tokens) -> Result<()> {
        for element in parsed {
            match element {
                Element::Literal(literal) => {
                    let range = range_of(literal);
                    let raw = self.raw(&range);
                    if tokens.quoted {
                        tokens.literal(self.unescape(raw, &range)?);
                        continue;
                    }
                    for line in raw.split_inclusive('\n') {
                        tokens.literal(line.replace("$${", "${").replace("%%{", "%{"));
                    }
                }
                Element::Interpolation(interpolation) => {
                    let inner = self.expression(&interpolation.expr)?;
                    tokens.marker(interpolation.strip, Token::Interpolation(inner));
                }
                Element::Directive(directive) => match &**directive {
                    Directive::If(directive) => self.if_tokens(directive, tokens)?,
                    Directive::For(directive) => self.for_tokens(directive, tokens)?,
                },
            }
        }
        Ok(())
    }

    fn if_tokens(&self, directive: &IfDirective, tokens: &mut Tokens) -> Result<()> {
        let condition = self.expression(&directive.if_expr.cond_expr)?;
        tokens.marker(directive.if_expr.strip, Token::If(condition));
        self.tokens(&directive.if_expr.template, tokens)?;
        if let Some(otherwise) = &directive.else_expr {
            tokens.marker(otherwise.strip, Token::Else);
            self.tokens(&otherwise.template, tokens)?;
        }
        tokens.marker(directive.endif_expr.strip, Token::EndIf);
        Ok(())
    }

    fn for_tokens(&self, directive: &ForDirective, tokens: &mut Tokens) -> Result<()> {
        let parsed = &directive.for_expr;
        let key = parsed.key_var.as_ref().map(|name| name.as_str().into());
        let token =
            Token::For(key, parsed.value_var.as_str().into(), self.expression(&parsed.collection_expr)?);
        tokens.marker(parsed.strip, token);
        self.tokens(&parsed.template, tokens)?;
        tokens.marker(directive.endfor_expr.strip, Token::EndFor);
        Ok(())
    }
}

/// What a template is: a constant, one value, or a text made of parts.
pub(super) fn template(parts: Vec<Part>) -> ExprKind {
    let mut parts = parts;
    match parts.as_slice() {
        [] => ExprKind::Literal(Value::string(Text::known(""))),
        [Part::Literal(text)] => ExprKind::Literal(Value::string(Text::known(text.as_str()))),
        [Part::Interpolation(_)] => match parts.pop() {
            Some(Part::Interpolation(inner)) => ExprKind::Wrap(Box::new(inner)),
            _ => ExprKind::Template(Box::default()),
        },
        _ => ExprKind::Template(parts.into()),
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
fn tree(tokens: Vec<Token>) -> Vec<Part> {
    /// A directive that is open, with the parts before it.
    enum Open {
        If(Expr, Vec<Part>),
        Else(Expr, Box<[Part]>, Vec<Part>),
        For(Option<Box<str>>, Box<str>, Expr, Vec<Part>),
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for token in tokens {
        match token {
            Token::Literal(text) => match parts.last_mut() {
                _ if text.is_empty() => {}
                Some(Part::Literal(before)) => before.push_str(&text),
                _ => parts.push(Part::Literal(text)),
            },
            Token::Interpolation(expression) => parts.push(Part::Interpolation(expression)),
            Token::If(condition) => open.push(Open::If(condition, std::mem::take(&mut parts))),
            Token::For(key, value, collection) => {
                open.push(Open::For(key, value, collection, std::mem::take(&mut parts)));
            }
            // The parser has seen to it that each of these closes what was opened.
            Token::Else | Token::EndIf | Token::EndFor => {
                let body = std::mem::take(&mut parts).into();
                let (part, before) = match open.pop() {
                    Some(Open::If(condition, before)) if matches!(token, Token::Else) => {
                        open.push(Open::Else(condition, body, before));
                        continue;
                    }
                    Some(Open::If(condition, before)) => {
                        (Part::If { condition, then: body, otherwise: Box::default() }, before)
                    }
                    Some(Open::Else(condition, then, before)) => {
                        (Part::If { condition, then, otherwise: body }, before)
                    }
                    Some(Open::For(key, value, collection, before)) => {
                        (Part::For { key, value, collection, body }, before)
                    }
                    None => continue,
                };
                parts = before;
                parts.push(part);
            }
        }
    }
    parts
}
