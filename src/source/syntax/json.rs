//! The JSON syntax (`.tf.json`).
//!
//! Each string is a template. Which properties are arguments and which nested blocks only the schema tells: properties
//! become arguments marked as JSON, except those that hold `dynamic` blocks.

use std::sync::Arc;

use super::ast::{Attribute, Block, Body, Expr, ExprKind, Span};
use super::node::{self, Node, NodeKind};
use super::template::template;
use super::{Result, SyntaxError, expression_within, template_within};
use crate::source::value::Value;
use crate::text::Text;

/// Parses a file.
pub(crate) fn parse_file(text: &str, file: u32) -> (Body, Vec<SyntaxError>) {
    let mut body = Body::default();
    let mut errors = Vec::new();
    match node::parse(text, file) {
        Ok(root) => {
            for object in objects(&root) {
                for (kind, _, value) in object {
                    top_level(kind, value, &mut body, &mut errors);
                }
            }
        }
        Err(error) => errors.push(error),
    }
    (body, errors)
}

/// The objects of a node: itself, or those of a list.
fn objects(node: &Node) -> Vec<&Vec<(String, Span, Node)>> {
    match &node.kind {
        NodeKind::Object(members) => vec![members],
        NodeKind::Array(nodes) => nodes.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

fn top_level(kind: &str, value: &Node, body: &mut Body, errors: &mut Vec<SyntaxError>) {
    let labels = match kind {
        "resource" | "data" | "ephemeral" => 2,
        "module" | "variable" | "output" | "provider" | "check" => 1,
        _ => 0,
    };
    labelled(kind, &[], labels, value, value.span, body, errors);
}

fn labelled(
    kind: &str,
    labels: &[Box<str>],
    missing: usize,
    node: &Node,
    place: Span,
    body: &mut Body,
    errors: &mut Vec<SyntaxError>,
) {
    for members in objects(node) {
        if missing == 0 {
            match block_body(members, kind == "variable") {
                Ok(inner) => body.blocks.push(Block {
                    kind: kind.into(),
                    labels: labels.to_vec(),
                    body: Arc::new(inner),
                    span: place,
                }),
                Err(error) => errors.push(error),
            }
            continue;
        }
        for (name, span, value) in members {
            let mut labels = labels.to_vec();
            labels.push(name.as_str().into());
            labelled(kind, &labels, missing.saturating_sub(1), value, *span, body, errors);
        }
    }
}

fn block_body(members: &[(String, Span, Node)], variable: bool) -> Result<Body> {
    let mut body = Body::default();
    for (name, span, value) in members {
        if name == "//" {
            continue;
        }
        if name == "dynamic" {
            for blocks in objects(value) {
                for (label, span, block) in blocks {
                    for members in objects(block) {
                        body.blocks.push(dynamic(label, *span, members)?);
                    }
                }
            }
            continue;
        }
        if holds_dynamic(value) {
            for members in objects(value) {
                let inner = Arc::new(block_body(members, false)?);
                body.blocks.push(Block {
                    kind: name.as_str().into(),
                    labels: Vec::new(),
                    body: inner,
                    span: *span,
                });
            }
            continue;
        }
        let value = match &value.kind {
            NodeKind::String(text) if variable && name == "type" => {
                expression_within(text, value.span.file, offset(value.span))?
            }
            _ => expression(value)?,
        };
        body.attributes.push(Attribute {
            name: name.as_str().into(),
            name_span: *span,
            value: Arc::new(value),
            json: true,
        });
    }
    Ok(body)
}

fn dynamic(label: &str, span: Span, members: &[(String, Span, Node)]) -> Result<Block> {
    let mut body = Body::default();
    for (name, span, value) in members {
        if name == "content" {
            for members in objects(value) {
                let inner = Arc::new(block_body(members, false)?);
                body.blocks.push(Block {
                    kind: "content".into(),
                    labels: Vec::new(),
                    body: inner,
                    span: *span,
                });
            }
        } else {
            let value = Arc::new(expression(value)?);
            body.attributes.push(Attribute {
                name: name.as_str().into(),
                name_span: *span,
                value,
                json: true,
            });
        }
    }
    Ok(Block { kind: "dynamic".into(), labels: vec![label.into()], body: Arc::new(body), span })
}

fn holds_dynamic(node: &Node) -> bool {
    objects(node).iter().any(|members| {
        members.iter().any(|(name, _, value)| {
            name == "dynamic" && matches!(value.kind, NodeKind::Object(_) | NodeKind::Array(_))
                || holds_dynamic(value)
        })
    })
}

/// Where the characters of a string begin.
fn offset(span: Span) -> usize {
    usize::try_from(span.start).unwrap_or_default().saturating_add(1)
}

fn expression(node: &Node) -> Result<Expr> {
    let literal = |value| ExprKind::Literal(value);
    let kind = match &node.kind {
        NodeKind::Null => literal(Value::null()),
        NodeKind::Bool(value) => literal(Value::boolean(*value)),
        NodeKind::Number(number) => literal(Value::number(*number)),
        NodeKind::String(text) => return string(text, node.span),
        NodeKind::Array(items) => {
            ExprKind::Tuple(items.iter().map(expression).collect::<Result<Vec<_>>>()?.into())
        }
        NodeKind::Object(members) => {
            let member =
                |(name, span, value): &(String, Span, Node)| Ok((string(name, *span)?, expression(value)?));
            let kept = members.iter().filter(|(name, _, _)| name != "//");
            ExprKind::Object(kept.map(member).collect::<Result<Vec<_>>>()?.into())
        }
    };
    Ok(Expr { kind, span: node.span })
}

fn string(text: &str, span: Span) -> Result<Expr> {
    if !text.contains(['$', '%']) {
        return Ok(Expr { kind: ExprKind::Literal(Value::string(Text::known(text))), span });
    }
    let parts = template_within(text, span.file, offset(span))?;
    Ok(Expr { kind: template(parts.into_vec()), span })
}
