//! Expressions: from the tree of `hcl-edit` to that of the evaluator.

use std::ops::Range;

use hcl_edit::expr::{
    BinaryOperator, Expression, ForExpr, FuncCall, ObjectKey, Traversal, TraversalOperator, UnaryOperator,
};
use hcl_edit::{Decorated, parser};

use super::ast::{Call, Expr, ExprKind, For, Operator, Span, Step};
use super::{MAX_NESTING, Result, SyntaxError};
use crate::source::number::Number;
use crate::source::value::Value;
use crate::text::{Hole, Shape, Text};

/// What turns a parsed text into the tree of the evaluator.
#[derive(Clone, Copy)]
pub(super) struct Converter<'t> {
    /// The text before it was scanned.
    pub(super) text: &'t str,
    pub(super) file: u32,
    /// Where in the text the parsed part begins.
    pub(super) base: usize,
    /// Where in its file the text begins.
    pub(super) shift: usize,
}

/// The range of a parsed thing, within the parsed part. The parser gives one to all that it makes.
pub(super) fn range_of(parsed: &impl hcl_edit::Span) -> Range<usize> {
    parsed.span().unwrap_or_default()
}

impl<'t> Converter<'t> {
    pub(super) fn span(&self, range: &Range<usize>) -> Span {
        let start = self.base.saturating_add(self.shift);
        let clamp = |offset: usize| u32::try_from(offset.saturating_add(start)).unwrap_or(u32::MAX);
        Span { file: self.file, start: clamp(range.start), end: clamp(range.end) }
    }

    pub(super) fn span_of(&self, parsed: &impl hcl_edit::Span) -> Span {
        self.span(&range_of(parsed))
    }

    /// The source of a range.
    pub(super) fn raw(&self, range: &Range<usize>) -> &'t str {
        let end = range.end.saturating_add(self.base).min(self.text.len());
        self.text.get(range.start.saturating_add(self.base)..end).unwrap_or_default()
    }

    pub(super) fn error(&self, range: &Range<usize>, message: &str) -> SyntaxError {
        SyntaxError { message: message.into(), offset: range.start.saturating_add(self.base) }
    }

    pub(super) fn expression(&self, parsed: &Expression) -> Result<Expr> {
        let range = range_of(parsed);
        let kind = match parsed {
            Expression::Null(_) => ExprKind::Literal(Value::null()),
            Expression::Bool(value) => ExprKind::Literal(Value::boolean(*value.value())),
            Expression::Number(_) => self.number(&range)?,
            Expression::String(_) => ExprKind::Literal(Value::string(Text::known(self.string(&range)?))),
            Expression::StringTemplate(template) => self.quoted(template)?,
            Expression::HeredocTemplate(heredoc) => {
                self.heredoc(&heredoc.template, self.raw(&range).starts_with("<<-"))?
            }
            Expression::Array(items) => ExprKind::Tuple(self.all(items.iter())?),
            Expression::Object(members) => {
                let member = |(key, value): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
                    Ok((self.key(key)?, self.expression(value.expr())?))
                };
                ExprKind::Object(members.iter().map(member).collect::<Result<_>>()?)
            }
            // Steps after a parenthesis must not join those inside of it.
            Expression::Parenthesis(inner) => ExprKind::Wrap(Box::new(self.expression(inner.inner())?)),
            Expression::Variable(_) => ExprKind::Variable(self.raw(&range).into()),
            Expression::Conditional(parsed) => ExprKind::Conditional(Box::new([
                self.expression(&parsed.cond_expr)?,
                self.expression(&parsed.true_expr)?,
                self.expression(&parsed.false_expr)?,
            ])),
            Expression::FuncCall(call) => self.call(call)?,
            Expression::Traversal(traversal) => return self.traversal(traversal, range.start),
            Expression::UnaryOp(operation) => {
                let operand = Box::new(self.expression(&operation.expr)?);
                match operation.operator.value() {
                    UnaryOperator::Neg => ExprKind::Negate(operand),
                    UnaryOperator::Not => ExprKind::Not(operand),
                }
            }
            Expression::BinaryOp(operation) => {
                let operands = [self.expression(&operation.lhs_expr)?, self.expression(&operation.rhs_expr)?];
                ExprKind::Binary(operator(*operation.operator.value()), Box::new(operands))
            }
            Expression::ForExpr(parsed) => self.for_expression(parsed)?,
        };
        Ok(Expr::new(kind, self.span(&range)))
    }

    fn all<'p>(&self, parsed: impl Iterator<Item = &'p Expression>) -> Result<Box<[Expr]>> {
        parsed.map(|parsed| self.expression(parsed)).collect()
    }

    /// A number, exact: `hcl-edit` rounds what is no 64-bit integer.
    fn number(&self, range: &Range<usize>) -> Result<ExprKind> {
        let raw = self.raw(range);
        let number = |digits| {
            // One that is too large to be computed with is named by its digits.
            let large = || Value::unknown(Hole::of_expression("", "number", digits, Shape::ANY));
            Ok(ExprKind::Literal(Number::parse(digits).map_or_else(large, Value::number)))
        };
        let Some(after_sign) = raw.strip_prefix('-') else { return number(raw) };
        let digits = after_sign.trim_start_matches(|c: char| !c.is_ascii_digit());
        let start = range.end.saturating_sub(digits.len());
        let operand = Expr::new(number(digits)?, self.span(&(start..range.end)));
        Ok(ExprKind::Negate(Box::new(operand)))
    }

    /// A quoted string without interpolation.
    fn string(&self, range: &Range<usize>) -> Result<String> {
        let raw = self.raw(range);
        let plain = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
        // A heredoc that is empty was made a string.
        let Some(plain) = plain else { return Ok(String::new()) };
        self.unescape(plain, range)
    }

    /// The text of a part of a quoted string.
    pub(super) fn unescape(&self, raw: &str, range: &Range<usize>) -> Result<String> {
        if !raw.contains(['\\', '$', '%']) {
            return Ok(raw.into());
        }
        let parsed = parser::parse_expr(&format!("\"{raw}\""));
        let text = parsed.as_ref().ok().and_then(Expression::as_str);
        text.map(str::to_owned).ok_or_else(|| self.error(range, "a string is not valid"))
    }

    fn key(&self, key: &ObjectKey) -> Result<Expr> {
        let range = range_of(key);
        let name = match key {
            ObjectKey::Ident(_) | ObjectKey::Expression(Expression::Null(_) | Expression::Bool(_)) => {
                self.raw(&range)
            }
            ObjectKey::Expression(expression) => return self.expression(expression),
        };
        Ok(Expr::new(ExprKind::Literal(Value::string(Text::known(name))), self.span(&range)))
    }

    fn call(&self, call: &FuncCall) -> Result<ExprKind> {
        let mut name = String::new();
        for part in &call.name.namespace {
            name.push_str(self.raw(&range_of(part)));
            name.push_str("::");
        }
        name.push_str(self.raw(&range_of(&call.name.name)));
        let arguments = self.all(call.args.iter())?;
        let expand = call.args.expand_final();
        Ok(ExprKind::Call(Box::new(Call { name: name.into(), arguments, expand })))
    }

    fn traversal(&self, traversal: &Traversal, start: usize) -> Result<Expr> {
        let is_splat = |step: &&Decorated<TraversalOperator>| {
            matches!(step.value(), TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_))
        };
        let range = start..start;
        if traversal.operators.iter().filter(is_splat).count() > MAX_NESTING {
            return Err(self.error(&range, "too many splats in a row"));
        }
        self.steps(self.expression(&traversal.expr)?, &traversal.operators, start)
    }

    fn steps(&self, base: Expr, operators: &[Decorated<TraversalOperator>], start: usize) -> Result<Expr> {
        let mut base = base;
        let mut steps = Vec::new();
        let mut end = start;
        let mut rest = operators;
        while let Some((operator, after)) = rest.split_first() {
            rest = after;
            let splat_end = end;
            end = range_of(operator).end;
            match operator.value() {
                TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_) => {
                    steps.push(self.attribute(operator));
                }
                TraversalOperator::Index(index) => {
                    let index = self.expression(index)?;
                    steps.push(match index.as_literal().and_then(Value::as_known_str) {
                        Some(name) => Step::Attribute(Text::known(name)),
                        None => Step::Index(index),
                    });
                }
                // What follows applies to each element: attributes only, an index no longer.
                TraversalOperator::AttrSplat(_) => {
                    let source = with_steps(base, std::mem::take(&mut steps), self.span(&(start..splat_end)));
                    let mut inner = Vec::new();
                    while let Some((operator, after)) = rest.split_first()
                        && matches!(
                            operator.value(),
                            TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_)
                        )
                    {
                        rest = after;
                        end = range_of(operator).end;
                        inner.push(self.attribute(operator));
                    }
                    let span = self.span(&(start..end));
                    let item = Expr::new(ExprKind::SplatItem, source.span);
                    let each = with_steps(item, inner, span);
                    base = Expr::new(ExprKind::Splat(Box::new(source), Box::new(each)), span);
                }
                // All that follows applies to each element.
                TraversalOperator::FullSplat(_) => {
                    let source = with_steps(base, steps, self.span(&(start..splat_end)));
                    let item = Expr::new(ExprKind::SplatItem, source.span);
                    let each = self.steps(item, rest, start)?;
                    let end = rest.last().map_or(end, |last| range_of(last).end);
                    let kind = ExprKind::Splat(Box::new(source), Box::new(each));
                    return Ok(Expr::new(kind, self.span(&(start..end))));
                }
            }
        }
        Ok(with_steps(base, steps, self.span(&(start..end))))
    }

    /// The step `.name` or `.0`.
    fn attribute(&self, operator: &Decorated<TraversalOperator>) -> Step {
        match operator.value() {
            TraversalOperator::GetAttr(name) => Step::Attribute(Text::known(name.as_str())),
            _ => Step::Attribute(Text::known(self.raw(&range_of(operator)).trim_start_matches('.').trim())),
        }
    }

    fn for_expression(&self, parsed: &ForExpr) -> Result<ExprKind> {
        let key_and_value = |parsed: &ForExpr| {
            let value = self.expression(&parsed.value_expr)?;
            let key = parsed.key_expr.as_ref().map(|key| self.expression(key)).transpose()?;
            Ok((key, value))
        };
        let (result_key, result) = key_and_value(parsed)?;
        let condition = parsed.cond.as_ref().map(|condition| self.expression(&condition.expr)).transpose()?;
        Ok(ExprKind::For(Box::new(For {
            key: parsed.intro.key_var.as_ref().map(|name| name.as_str().into()),
            value: parsed.intro.value_var.as_str().into(),
            collection: self.expression(&parsed.intro.collection_expr)?,
            result_key,
            result,
            condition,
            group: parsed.grouping,
        })))
    }
}

fn operator(operator: BinaryOperator) -> Operator {
    match operator {
        BinaryOperator::Or => Operator::Or,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::NotEqual,
        BinaryOperator::Less => Operator::Less,
        BinaryOperator::LessEq => Operator::LessOrEqual,
        BinaryOperator::Greater => Operator::Greater,
        BinaryOperator::GreaterEq => Operator::GreaterOrEqual,
        BinaryOperator::Plus => Operator::Add,
        BinaryOperator::Minus => Operator::Subtract,
        BinaryOperator::Mul => Operator::Multiply,
        BinaryOperator::Div => Operator::Divide,
        BinaryOperator::Mod => Operator::Modulo,
    }
}

fn with_steps(base: Expr, steps: Vec<Step>, span: Span) -> Expr {
    if steps.is_empty() {
        return base;
    }
    Expr::new(ExprKind::Traversal(Box::new(base), steps.into()), span)
}
