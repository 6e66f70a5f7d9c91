//! The syntax of Terraform's language: native (`.tf`) and JSON (`.tf.json`).
//!
//! The parser follows `hclsyntax`, the parser that Terraform itself uses, in what it accepts and in how it treats white
//! space in templates. It is lenient where a plan proves that Terraform was content.

pub(crate) mod ast;
mod body;
mod cursor;
mod expression;
pub(crate) mod json;
mod template;

use ast::{Body, Part};
use cursor::Cursor;

/// How deep expressions, templates and blocks may nest.
const MAX_NESTING: u32 = 100;

/// A text that is not of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// What is wrong.
    pub(crate) message: String,
    /// The byte where it is.
    pub(crate) offset: usize,
}

type Result<T> = std::result::Result<T, SyntaxError>;

/// Parses a file. What cannot be parsed is left out, block by block, and reported.
pub(crate) fn parse_file(text: &str, file: u32) -> (Body, Vec<SyntaxError>) {
    Cursor::new(text, file).file()
}

/// Parses a whole text as a template, as `templatefile` reads it.
pub(crate) fn parse_template(text: &str, file: u32) -> Result<Box<[Part]>> {
    Cursor::new(text, file).bare_template()
}
