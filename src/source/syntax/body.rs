//! Files and blocks.

use std::sync::Arc;

use super::ast::{Attribute, Block, Body};
use super::cursor::Cursor;
use super::{Result, SyntaxError};

/// What a line of a file begins with where reading can go on after an error.
const BLOCK_KINDS: &[&str] = &[
    "resource",
    "data",
    "module",
    "variable",
    "locals",
    "output",
    "provider",
    "terraform",
    "check",
    "moved",
    "import",
    "removed",
    "ephemeral",
];

impl Cursor<'_> {
    pub(super) fn file(mut self) -> (Body, Vec<SyntaxError>) {
        let mut body = Body::default();
        let mut errors = Vec::new();
        loop {
            self.space_and_lines();
            if self.rest().is_empty() {
                return (body, errors);
            }
            let start = self.offset();
            if let Err(error) = self.item(&mut body) {
                let reached = error.offset.max(start.saturating_add(1));
                errors.push(error);
                self.recover(start, reached);
            }
        }
    }

    /// Goes on at the next line that looks like the start of a block.
    fn recover(&mut self, start: usize, reached: usize) {
        let mut at = start;
        loop {
            let Some(next) = self.text.get(at..).and_then(|rest| rest.find('\n')) else {
                return self.seek(self.text.len());
            };
            at = at.saturating_add(next).saturating_add(1);
            let line = self.text.get(at..).unwrap_or_default();
            let word = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            // A heredoc may hold such a line too; what lies before the error has been read as something else.
            if at >= reached && BLOCK_KINDS.contains(&word) {
                return self.seek(at);
            }
        }
    }

    fn item(&mut self, body: &mut Body) -> Result<()> {
        let start = self.offset();
        let Some(name) = self.identifier() else {
            return Err(self.error("neither an argument nor a block"));
        };
        let name_span = self.span_from(start);
        self.space();
        if self.starts_with("=") && !self.starts_with("==") {
            self.advance(1);
            self.space();
            let value = self.deeper(Self::expression)?;
            let attribute = Attribute { name: name.into(), name_span, value: Arc::new(value), json: false };
            // The first one counts: Terraform refuses a second.
            if body.attribute(name).is_none() {
                body.attributes.push(attribute);
            }
        } else {
            let labels = self.labels()?;
            self.expect("{")?;
            let span = self.span_from(start);
            let inner = self.nested(false, Self::block_body)?;
            body.blocks.push(Block { kind: name.into(), labels, body: Arc::new(inner), span });
        }
        self.space();
        if self.line_break() || self.rest().is_empty() || self.starts_with("}") {
            return Ok(());
        }
        Err(self.error("a line break is missing after an argument or a block"))
    }

    fn labels(&mut self) -> Result<Vec<Box<str>>> {
        let mut labels = Vec::new();
        loop {
            self.space();
            if let Some(name) = self.identifier() {
                labels.push(name.into());
            } else if self.starts_with("\"") {
                labels.push(self.plain_string()?.into());
            } else {
                return Ok(labels);
            }
        }
    }

    fn block_body(&mut self) -> Result<Body> {
        let mut body = Body::default();
        loop {
            self.space_and_lines();
            if self.take("}") {
                return Ok(body);
            }
            self.item(&mut body)?;
        }
    }
}
