//! The JSON syntax (`.tf.json`).
//!
//! Each string is a template. Which properties are arguments and which nested blocks only the schema tells: properties
//! become arguments marked as JSON, except those that hold `dynamic` blocks.

use std::sync::Arc;

use super::ast::{Attribute, Block, Body, Expr, ExprKind, Span};
use super::cursor::Cursor;
use super::expression::template;
use super::{Result, SyntaxError};
use crate::source::number::Number;
use crate::source::value::Value;
use crate::text::Text;

/// A JSON value with its place.
struct Node {
    kind: NodeKind,
    span: Span,
}

enum NodeKind {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Node>),
    Object(Vec<(String, Span, Node)>),
}

/// Parses a file.
pub(crate) fn parse_file(text: &str, file: u32) -> (Body, Vec<SyntaxError>) {
    let mut cursor = Cursor::new(text, file);
    let mut body = Body::default();
    let mut errors = Vec::new();
    match cursor.document() {
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
                Cursor::within(text, value.span.file, offset(value.span)).whole_expression()?
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
    let parts = Cursor::within(text, span.file, offset(span)).bare_template()?;
    Ok(template(parts.into_vec(), span))
}

impl Cursor<'_> {
    fn document(&mut self) -> Result<Node> {
        let root = self.node()?;
        self.blank();
        if self.rest().is_empty() { Ok(root) } else { Err(self.error("more follows the JSON value")) }
    }

    fn blank(&mut self) {
        let rest = self.rest();
        self.advance(rest.find(|c: char| !c.is_ascii_whitespace()).unwrap_or(rest.len()));
    }

    fn node(&mut self) -> Result<Node> {
        self.blank();
        let start = self.offset();
        let kind = self.deeper(Self::node_kind)?;
        Ok(Node { kind, span: self.span_from(start) })
    }

    fn node_kind(&mut self) -> Result<NodeKind> {
        match self.peek() {
            Some('{') => self.members(),
            Some('[') => self.items(),
            Some('"') => Ok(NodeKind::String(self.json_string()?)),
            _ => {
                let rest = self.rest();
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
                let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                let kind = match word {
                    "null" => NodeKind::Null,
                    "true" => NodeKind::Bool(true),
                    "false" => NodeKind::Bool(false),
                    _ => NodeKind::Number(Number::parse(word).ok_or_else(|| self.error("not a JSON value"))?),
                };
                self.advance(word.len());
                Ok(kind)
            }
        }
    }

    fn members(&mut self) -> Result<NodeKind> {
        self.expect("{")?;
        let mut members = Vec::new();
        loop {
            self.blank();
            if self.take("}") {
                return Ok(NodeKind::Object(members));
            }
            let start = self.offset();
            let name = self.json_string()?;
            let span = self.span_from(start);
            self.blank();
            self.expect(":")?;
            members.push((name, span, self.node()?));
            self.blank();
            if !self.take(",") && !self.starts_with("}") {
                return Err(self.error("`,` or `}` is missing"));
            }
        }
    }

    fn items(&mut self) -> Result<NodeKind> {
        self.expect("[")?;
        let mut items = Vec::new();
        loop {
            self.blank();
            if self.take("]") {
                return Ok(NodeKind::Array(items));
            }
            items.push(self.node()?);
            self.blank();
            if !self.take(",") && !self.starts_with("]") {
                return Err(self.error("`,` or `]` is missing"));
            }
        }
    }

    fn json_string(&mut self) -> Result<String> {
        let rest = self.rest();
        let mut escaped = false;
        let end = rest.char_indices().skip(1).find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        let text = end.and_then(|(at, _)| rest.get(..=at));
        let parsed = text.and_then(|text| serde_json::from_str::<String>(text).ok());
        let string = parsed.ok_or_else(|| self.error("not a JSON string"))?;
        self.advance(text.map_or(0, str::len));
        Ok(string)
    }
}
