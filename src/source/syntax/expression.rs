//! Expressions.

use super::Result;
use super::ast::{Call, Expr, ExprKind, For, Operator, Part, Span, Step};
use super::cursor::Cursor;
use crate::source::number::Number;
use crate::source::value::Value;
use crate::text::Text;

/// Binary operators by level of binding, the loosest first.
const LEVELS: &[&[(&str, Operator)]] = &[
    &[("||", Operator::Or)],
    &[("&&", Operator::And)],
    &[("==", Operator::Equal), ("!=", Operator::NotEqual)],
    &[
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Modulo)],
];

impl Expr {
    fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// The string that a constant is.
    pub(crate) fn as_literal(&self) -> Option<&Value> {
        match &self.kind {
            ExprKind::Literal(value) => Some(value),
            _ => None,
        }
    }
}

impl Cursor<'_> {
    pub(super) fn whole_expression(mut self) -> Result<Expr> {
        let expression = self.nested(true, |inner| {
            inner.space();
            let expression = inner.expression()?;
            inner.space();
            Ok(expression)
        })?;
        if self.rest().is_empty() { Ok(expression) } else { Err(self.error("more follows the expression")) }
    }

    /// An expression; white space before it is already skipped.
    pub(super) fn expression(&mut self) -> Result<Expr> {
        let start = self.offset();
        let condition = self.binary(0)?;
        let end = self.offset();
        self.space();
        if !self.take("?") {
            self.seek(end);
            return Ok(condition);
        }
        let branches = self.deeper(|inner| {
            inner.space();
            let then = inner.expression()?;
            inner.space();
            inner.expect(":")?;
            inner.space();
            Ok((then, inner.expression()?))
        });
        let (then, otherwise) = branches?;
        let kind = ExprKind::Conditional(Box::new([condition, then, otherwise]));
        Ok(Expr::new(kind, self.span_from(start)))
    }

    fn binary(&mut self, level: usize) -> Result<Expr> {
        let Some(operators) = LEVELS.get(level) else { return self.term_with_steps() };
        let next = level.saturating_add(1);
        let start = self.offset();
        let mut left = self.binary(next)?;
        let mut chained = 0u32;
        loop {
            let end = self.offset();
            self.space();
            let Some(operator) = self.operator(operators) else {
                self.seek(end);
                return Ok(left);
            };
            chained = chained.saturating_add(1);
            if chained > 500 {
                return Err(self.error("more than 500 operators in a row"));
            }
            self.space();
            let right = self.binary(next)?;
            left = Expr::new(ExprKind::Binary(operator, Box::new([left, right])), self.span_from(start));
        }
    }

    fn operator(&mut self, operators: &[(&str, Operator)]) -> Option<Operator> {
        let (token, operator) = operators.iter().find(|(token, _)| self.starts_with(token))?;
        // `=>` ends a key of a `for` expression, and is no operator; nor is a comment.
        if self.starts_with("=>") || self.starts_with("//") || self.starts_with("/*") {
            return None;
        }
        self.advance(token.len());
        Some(*operator)
    }

    fn term_with_steps(&mut self) -> Result<Expr> {
        let start = self.offset();
        let operator = match self.peek() {
            Some('!') => Some(ExprKind::Not as fn(Box<Expr>) -> ExprKind),
            Some('-') => Some(ExprKind::Negate as fn(Box<Expr>) -> ExprKind),
            _ => None,
        };
        if let Some(operator) = operator {
            self.advance(1);
            self.space();
            let operand = self.deeper(Self::term_with_steps)?;
            return Ok(Expr::new(operator(Box::new(operand)), self.span_from(start)));
        }
        let term = self.term()?;
        self.steps(term, start)
    }

    /// The steps that follow a term: attributes, indexes, splats.
    fn steps(&mut self, base: Expr, start: usize) -> Result<Expr> {
        let mut steps = Vec::new();
        let mut base = base;
        loop {
            let end = self.offset();
            self.space();
            if self.starts_with(".") && !self.starts_with("..") {
                self.advance(1);
                self.space();
                if self.take("*") {
                    let source = with_steps(base, steps, self.span_from(start));
                    base = self.attribute_splat(source, start)?;
                    steps = Vec::new();
                } else if let Some(name) = self.identifier() {
                    steps.push(Step::Attribute(Text::known(name)));
                } else if let Some(digits) = self.digits() {
                    steps.push(Step::Attribute(Text::known(digits)));
                } else {
                    return Err(self.error("a name is missing after `.`"));
                }
            } else if self.take("[") {
                let index = self.nested(true, |inner| {
                    inner.space();
                    let splat = inner.starts_with("*");
                    let index = if splat {
                        inner.advance(1);
                        None
                    } else {
                        Some(inner.expression()?)
                    };
                    inner.space();
                    inner.expect("]")?;
                    Ok(index)
                })?;
                let Some(index) = index else {
                    let source = with_steps(base, steps, self.span_from(start));
                    return self.full_splat(source, start);
                };
                steps.push(match index.as_literal().and_then(Value::as_known_str) {
                    Some(name) => Step::Attribute(Text::known(name)),
                    None => Step::Index(index),
                });
            } else {
                self.seek(end);
                let span = self.span_from(start);
                return Ok(with_steps(base, steps, span));
            }
        }
    }

    /// `source.*` with the attributes that follow, which apply to each element; an index no longer does.
    fn attribute_splat(&mut self, source: Expr, start: usize) -> Result<Expr> {
        let item = Expr::new(ExprKind::SplatItem, source.span);
        let mut steps = Vec::new();
        loop {
            let end = self.offset();
            self.space();
            let more = self.starts_with(".") && !self.starts_with("..");
            if more {
                self.advance(1);
                self.space();
            }
            match if more { self.identifier().or_else(|| self.digits()) } else { None } {
                Some(name) => steps.push(Step::Attribute(Text::known(name))),
                None if more => return Err(self.error("a name is missing after `.`")),
                None => {
                    self.seek(end);
                    break;
                }
            }
        }
        let span = self.span_from(start);
        let each = with_steps(item, steps, span);
        Ok(Expr::new(ExprKind::Splat(Box::new(source), Box::new(each)), span))
    }

    /// `source[*]`: all that follows applies to each element.
    fn full_splat(&mut self, source: Expr, start: usize) -> Result<Expr> {
        let item = Expr::new(ExprKind::SplatItem, source.span);
        let each = self.deeper(|inner| inner.steps(item, start))?;
        Ok(Expr::new(ExprKind::Splat(Box::new(source), Box::new(each)), self.span_from(start)))
    }

    fn digits(&mut self) -> Option<&str> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        self.advance(end);
        rest.get(..end).filter(|digits| !digits.is_empty())
    }

    fn term(&mut self) -> Result<Expr> {
        let start = self.offset();
        match self.peek() {
            Some('(') => {
                self.advance(1);
                self.nested(true, |inner| {
                    inner.space();
                    let expression = inner.expression()?;
                    inner.space();
                    inner.expect(")")?;
                    // Steps after the parenthesis must not join those inside of it.
                    Ok(Expr::new(ExprKind::Wrap(Box::new(expression)), inner.span_from(start)))
                })
            }
            Some('[') => self.tuple(start),
            Some('{') => self.object(start),
            Some('"') => {
                let parts = self.quoted_template()?;
                Ok(template(parts, self.span_from(start)))
            }
            Some('<') if self.starts_with("<<") => {
                let parts = self.heredoc()?;
                Ok(template(parts, self.span_from(start)))
            }
            Some(c) if c.is_ascii_digit() => self.number(start),
            _ => self.name_or_call(start),
        }
    }

    fn number(&mut self, start: usize) -> Result<Expr> {
        let rest = self.rest();
        let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let after = |at: usize| rest.get(at..).unwrap_or_default();
        let mut end = digits(rest);
        if let Some(fraction) = after(end).strip_prefix('.') {
            let length = digits(fraction);
            if length > 0 {
                end = end.saturating_add(length).saturating_add(1);
            }
        }
        if let Some(exponent) = after(end).strip_prefix(['e', 'E']) {
            let sign = usize::from(exponent.starts_with(['+', '-']));
            let length = digits(exponent.get(sign..).unwrap_or_default());
            if length > 0 {
                end = end.saturating_add(length).saturating_add(sign).saturating_add(1);
            }
        }
        self.advance(end);
        let number = Number::parse(self.slice(start, self.offset()));
        let number = number.ok_or_else(|| self.error("a number out of range"))?;
        Ok(Expr::new(ExprKind::Literal(Value::number(number)), self.span_from(start)))
    }

    fn name_or_call(&mut self, start: usize) -> Result<Expr> {
        let Some(first) = self.identifier() else { return Err(self.error("an expression is missing")) };
        let mut name = String::from(first);
        while self.take("::") {
            let part = self.identifier().ok_or_else(|| self.error("a name is missing after `::`"))?;
            name.push_str("::");
            name.push_str(part);
        }
        let end = self.offset();
        self.space();
        if self.take("(") {
            let (arguments, expand) = self.nested(true, Self::arguments)?;
            let call = Call { name: name.into(), arguments: arguments.into(), expand };
            return Ok(Expr::new(ExprKind::Call(Box::new(call)), self.span_from(start)));
        }
        self.seek(end);
        let kind = match first {
            "true" => ExprKind::Literal(Value::boolean(true)),
            "false" => ExprKind::Literal(Value::boolean(false)),
            "null" => ExprKind::Literal(Value::null()),
            _ => ExprKind::Variable(name.into()),
        };
        Ok(Expr::new(kind, self.span_from(start)))
    }

    fn arguments(&mut self) -> Result<(Vec<Expr>, bool)> {
        let mut arguments = Vec::new();
        loop {
            self.space();
            if self.take(")") {
                return Ok((arguments, false));
            }
            arguments.push(self.expression()?);
            self.space();
            if self.take("...") {
                self.space();
                self.take(",");
                self.space();
                self.expect(")")?;
                return Ok((arguments, true));
            }
            if !self.take(",") {
                self.expect(")")?;
                return Ok((arguments, false));
            }
        }
    }

    fn tuple(&mut self, start: usize) -> Result<Expr> {
        self.advance(1);
        self.nested(true, |inner| {
            inner.space();
            if inner.peek_identifier() == Some("for") {
                return inner.for_expression(start, "]");
            }
            let mut items = Vec::new();
            loop {
                inner.space();
                if inner.take("]") {
                    return Ok(Expr::new(ExprKind::Tuple(items.into()), inner.span_from(start)));
                }
                items.push(inner.expression()?);
                inner.space();
                if !inner.take(",") && !inner.starts_with("]") {
                    return Err(inner.error("`,` or `]` is missing"));
                }
            }
        })
    }

    fn object(&mut self, start: usize) -> Result<Expr> {
        self.advance(1);
        let inside = self.offset();
        self.space_and_lines();
        if self.peek_identifier() == Some("for") {
            return self.nested(true, |inner| inner.for_expression(start, "}"));
        }
        self.seek(inside);
        self.nested(false, |inner| {
            let mut items = Vec::new();
            loop {
                inner.space_and_lines();
                if inner.take("}") {
                    return Ok(Expr::new(ExprKind::Object(items.into()), inner.span_from(start)));
                }
                let key = inner.object_key()?;
                inner.space();
                if !inner.take(":") {
                    inner.expect("=")?;
                }
                inner.space();
                let value = inner.expression()?;
                items.push((key, value));
                inner.space();
                let ended = inner.line_break();
                if ended {
                    inner.space_and_lines();
                }
                if !inner.take(",") && !ended && !inner.starts_with("}") {
                    return Err(inner.error("`,`, `}` or a line break is missing"));
                }
            }
        })
    }

    fn object_key(&mut self) -> Result<Expr> {
        let start = self.offset();
        let key = self.expression()?;
        let ExprKind::Variable(name) = &key.kind else {
            // Names that are also constants are names here.
            let literal = key.as_literal().is_some_and(|value| value.as_known_str().is_none());
            let name = self.slice(start, self.offset());
            if literal && matches!(name, "true" | "false" | "null") {
                return Ok(Expr::new(ExprKind::Literal(Value::string(Text::known(name))), key.span));
            }
            return Ok(key);
        };
        Ok(Expr::new(ExprKind::Literal(Value::string(Text::known(&**name))), key.span))
    }

    /// A `for` expression, after its opening bracket; line breaks are white space in it.
    fn for_expression(&mut self, start: usize, close: &str) -> Result<Expr> {
        self.identifier();
        let (key, value, collection) = self.for_intro()?;
        self.space();
        self.expect(":")?;
        self.space();
        let first = self.expression()?;
        self.space();
        let (result_key, result) = if self.take("=>") {
            self.space();
            let value = self.expression()?;
            self.space();
            (Some(first), value)
        } else {
            (None, first)
        };
        let group = self.take("...");
        self.space();
        let condition = if self.peek_identifier() == Some("if") {
            self.identifier();
            self.space();
            Some(self.expression()?)
        } else {
            None
        };
        self.space();
        self.expect(close)?;
        let parts = For { key, value, collection, result_key, result, condition, group };
        Ok(Expr::new(ExprKind::For(Box::new(parts)), self.span_from(start)))
    }

    /// `[key,] value in collection`.
    pub(super) fn for_intro(&mut self) -> Result<(Option<Box<str>>, Box<str>, Expr)> {
        self.space();
        let first: Box<str> =
            self.identifier().ok_or_else(|| self.error("a name is missing after `for`"))?.into();
        self.space();
        let second: Option<Box<str>> = if self.take(",") {
            self.space();
            Some(self.identifier().ok_or_else(|| self.error("a name is missing after `,`"))?.into())
        } else {
            None
        };
        self.space();
        if self.identifier() != Some("in") {
            return Err(self.error("`in` is missing"));
        }
        self.space();
        let collection = self.expression()?;
        Ok(match second {
            Some(value) => (Some(first), value, collection),
            None => (None, first, collection),
        })
    }
}

fn with_steps(base: Expr, steps: Vec<Step>, span: Span) -> Expr {
    if steps.is_empty() {
        return base;
    }
    Expr::new(ExprKind::Traversal(Box::new(base), steps.into()), span)
}

/// The expression that a template is: a constant, one value, or a text made of parts.
pub(super) fn template(parts: Vec<Part>, span: Span) -> Expr {
    let mut parts = parts;
    let kind = match parts.as_slice() {
        [] => ExprKind::Literal(Value::string(Text::known(""))),
        [Part::Literal(text)] => ExprKind::Literal(Value::string(Text::known(text.as_str()))),
        [Part::Interpolation(_)] => match parts.pop() {
            Some(Part::Interpolation(inner)) => ExprKind::Wrap(Box::new(inner)),
            _ => ExprKind::Template(Box::default()),
        },
        _ => ExprKind::Template(parts.into()),
    };
    Expr::new(kind, span)
}
