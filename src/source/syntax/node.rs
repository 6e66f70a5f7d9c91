//! JSON values with their places in the source, which `serde_json` does not give.

use super::ast::Span;
use super::{MAX_NESTING, Result, SyntaxError};
use crate::source::number::Number;

/// A JSON value with its place.
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) span: Span,
}

pub(super) enum NodeKind {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Node>),
    Object(Vec<(String, Span, Node)>),
}

/// Parses a text.
pub(super) fn parse(text: &str, file: u32) -> Result<Node> {
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    Cursor { text, file, at, depth: 0 }.document()
}

struct Cursor<'t> {
    text: &'t str,
    file: u32,
    at: usize,
    depth: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.text.len());
    }

    fn starts_with(&self, token: char) -> bool {
        self.rest().starts_with(token)
    }

    fn take(&mut self, token: char) -> bool {
        let found = self.starts_with(token);
        if found {
            self.advance(token.len_utf8());
        }
        found
    }

    fn error(&self, message: impl Into<String>) -> SyntaxError {
        SyntaxError { message: message.into(), offset: self.at }
    }

    fn span_from(&self, start: usize) -> Span {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { file: self.file, start: clamp(start), end: clamp(self.at) }
    }

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
        if self.depth >= MAX_NESTING {
            return Err(self.error(format!("more than {MAX_NESTING} levels of nesting")));
        }
        let start = self.at;
        self.depth = self.depth.saturating_add(1);
        let kind = self.node_kind()?;
        self.depth = self.depth.saturating_sub(1);
        Ok(Node { kind, span: self.span_from(start) })
    }

    fn node_kind(&mut self) -> Result<NodeKind> {
        match self.rest().chars().next() {
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
        self.advance(1);
        let mut members = Vec::new();
        loop {
            self.blank();
            if self.take('}') {
                return Ok(NodeKind::Object(members));
            }
            let start = self.at;
            let name = self.json_string()?;
            let span = self.span_from(start);
            self.blank();
            if !self.take(':') {
                return Err(self.error("`:` is missing"));
            }
            members.push((name, span, self.node()?));
            self.blank();
            if !self.take(',') && !self.starts_with('}') {
                return Err(self.error("`,` or `}` is missing"));
            }
        }
    }

    fn items(&mut self) -> Result<NodeKind> {
        self.advance(1);
        let mut items = Vec::new();
        loop {
            self.blank();
            if self.take(']') {
                return Ok(NodeKind::Array(items));
            }
            items.push(self.node()?);
            self.blank();
            if !self.take(',') && !self.starts_with(']') {
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
