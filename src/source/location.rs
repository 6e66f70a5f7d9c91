//! Where a block, an argument, or a part of a document stands in the source.

use super::evaluator::Evaluator;
use super::load::Location;
use super::module::block_type;
use super::syntax::ast::{Body, Expr, ExprKind, Span};
use crate::plan::Address;

/// A step of a path such as `policy.Statement[0].Action`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PathStep<'p> {
    Name(&'p str),
    Index(usize),
}

impl Evaluator<'_> {
    /// Where a resource or data source, or something in it, is written; `None` if the source does not have it.
    ///
    /// `path` leads from the block into it: an argument (`policy`), a nested block (`statement[1].actions`), and through
    /// `jsonencode` into a document (`policy.Statement[0].Action`). It is followed as far as the source is written out;
    /// where an expression computes the rest, the place of that expression is given.
    pub fn location(&self, address: &Address, path: Option<&str>) -> Option<Location> {
        let instance = self.instance_of(&address.module)?;
        let block = self.block(instance, &address.block())?;
        let steps = path.map(steps).unwrap_or_default();
        let span =
            if steps.is_empty() { block.span } else { in_body(&block.body, block.span, &steps, false)? };
        Some(self.source.file(span)?.location(span))
    }
}

fn steps(path: &str) -> Vec<PathStep<'_>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let mut pieces = part.split('[');
        steps.extend(pieces.next().filter(|name| !name.is_empty()).map(PathStep::Name));
        let index = |piece: &str| piece.trim_end_matches(']').parse().ok().map(PathStep::Index);
        steps.extend(pieces.filter_map(index));
    }
    steps
}

/// The place of a step within a body; that of the body itself if `lenient` and there is no such step.
fn in_body(body: &Body, here: Span, steps: &[PathStep<'_>], lenient: bool) -> Option<Span> {
    let Some((PathStep::Name(name), rest)) = steps.split_first() else { return Some(here) };
    if let Some(attribute) = body.attribute(name) {
        let value = &attribute.value;
        return Some(in_expression(value, rest).unwrap_or(attribute.name_span));
    }
    let (index, rest) = match rest.split_first() {
        Some((PathStep::Index(index), rest)) => (*index, rest),
        _ => (0, rest),
    };
    let blocks: Vec<_> = body.blocks.iter().filter(|block| block_type(block) == *name).collect();
    // Behind a dynamic block the numbers no longer tell; the last one is the best guess that stays in the source.
    let first_dynamic = blocks.iter().position(|block| &*block.kind == "dynamic");
    let index = first_dynamic.map_or(index, |first| index.min(first));
    let Some(block) = blocks.get(index) else { return lenient.then_some(here) };
    if &*block.kind == "dynamic" && !block.labels.is_empty() {
        let content = block.body.blocks.iter().find(|nested| &*nested.kind == "content");
        return match content {
            Some(content) if !rest.is_empty() => in_body(&content.body, block.span, rest, true),
            _ => Some(block.span),
        };
    }
    if rest.is_empty() { Some(block.span) } else { in_body(&block.body, block.span, rest, true) }
}

/// The place that the steps lead to within an expression; `None` if they do not lead into it at all.
fn in_expression(expression: &Expr, steps: &[PathStep<'_>]) -> Option<Span> {
    let (step, rest) = steps.split_first()?;
    match (&expression.kind, step) {
        (ExprKind::Wrap(inner), _) => in_expression(inner, steps),
        (ExprKind::Call(call), _) if &*call.name == "jsonencode" => {
            call.arguments.first().and_then(|argument| in_expression(argument, steps))
        }
        (ExprKind::Object(members), PathStep::Name(name)) => {
            let found = members
                .iter()
                .find(|(key, _)| key.as_literal().and_then(|literal| literal.as_known_str()) == Some(name));
            found.map(|(key, value)| in_expression(value, rest).unwrap_or(key.span))
        }
        (ExprKind::Tuple(items), PathStep::Index(index)) => {
            let item = items.get(*index)?;
            Some(in_expression(item, rest).unwrap_or(item.span))
        }
        // A single statement may stand without its list.
        (ExprKind::Object(_), PathStep::Index(0)) => in_expression(expression, rest),
        _ => None,
    }
}
