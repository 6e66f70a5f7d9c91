//! Files and blocks.

use std::sync::Arc;

use hcl_edit::parser;
use hcl_edit::structure::{self, BlockLabel, Structure};

use super::ast::{Attribute, Block, Body};
use super::expression::{Converter, range_of};
use super::{Result, SyntaxError};

/// How often an argument or block of a file is parsed again, and how many bytes all in all.
const MAX_TRIES: usize = 100;
const MAX_PARSED_AGAIN: usize = 16 << 20;

/// Parses one argument or block of a file.
pub(super) fn item(text: &str, converter: Converter<'_>) -> Result<Body> {
    let parsed = match parser::parse_body(text) {
        Err(error) if repeated_key(&error) => with_repeated_keys(text, converter.base)?,
        parsed => parsed.map_err(|error| SyntaxError::of_parser(&error, converter.base))?,
    };
    converter.body(&parsed)
}

/// Whether an object has a key twice. Terraform takes the last one; `hcl-edit` refuses it.
fn repeated_key(error: &parser::Error) -> bool {
    error.message().contains("redefined object key")
}

/// Parses a text in which keys of objects are repeated, with other letters in the repeated ones.
///
/// Names and constant strings are taken from the original text, so nobody sees these letters.
fn with_repeated_keys(text: &str, base: usize) -> Result<structure::Body> {
    let mut text = text.to_owned();
    let mut letters = (b'a'..=b'z').chain(b'A'..=b'Z').cycle();
    let tries = MAX_PARSED_AGAIN.checked_div(text.len()).unwrap_or_default().clamp(1, MAX_TRIES);
    for _ in 0..tries {
        let error = match parser::parse_body(&text) {
            Ok(parsed) => return Ok(parsed),
            Err(error) => error,
        };
        let key = error.location().offset();
        let rest = text.get(key..).unwrap_or_default();
        let letter = rest.find(|c: char| c.is_ascii_alphabetic()).map(|at| key.saturating_add(at));
        let (true, Some(at), Some(other)) = (repeated_key(&error), letter, letters.next()) else {
            return Err(SyntaxError::of_parser(&error, base));
        };
        let end = at.saturating_add(1);
        text.replace_range(at..end, char::from(other).encode_utf8(&mut [0; 4]));
    }
    Err(SyntaxError { message: "too many keys are repeated".into(), offset: base })
}

impl Converter<'_> {
    fn body(&self, parsed: &structure::Body) -> Result<Body> {
        let mut body = Body::default();
        for structure in parsed {
            match structure {
                Structure::Attribute(attribute) => body.attributes.push(Attribute {
                    name: attribute.key.as_str().into(),
                    name_span: self.span_of(&attribute.key),
                    value: Arc::new(self.expression(&attribute.value)?),
                    json: false,
                }),
                Structure::Block(block) => {
                    let inner = self.body(&block.body)?;
                    let header = range_of(&block.ident).start..self.opening_brace(block);
                    body.blocks.push(Block {
                        kind: block.ident.as_str().into(),
                        labels: block.labels.iter().map(|label| label.as_str().into()).collect(),
                        body: Arc::new(inner),
                        span: self.span(&header),
                    });
                }
            }
        }
        Ok(body)
    }

    /// The end of the opening brace of a block.
    fn opening_brace(&self, block: &structure::Block) -> usize {
        let end = match block.labels.last() {
            Some(BlockLabel::Ident(name)) => range_of(name).end,
            Some(BlockLabel::String(name)) => range_of(name).end,
            None => range_of(&block.ident).end,
        };
        let brace = self.raw(&(end..usize::MAX)).find('{').unwrap_or_default();
        end.saturating_add(brace).saturating_add(1)
    }
}
