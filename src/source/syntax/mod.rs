//! The syntax of Terraform's language: native (`.tf`) and JSON (`.tf.json`).
//!
//! The parser is `hcl-edit`. A pass before it ([`scan`]) bounds the depth and evens out where `hcl-edit` and `hclsyntax`,
//! the parser of Terraform, differ; its tree is then made into a smaller one ([`ast`]) that the evaluator works on. The
//! text of templates is taken from the source again, because `hcl-edit` treats white space and escapes in heredocs and
//! directives in its own way.

pub(crate) mod ast;
mod body;
mod expression;
pub(crate) mod json;
mod node;
mod scan;
mod template;
#[cfg(test)]
mod tests;

use std::ops::Range;

use hcl_edit::parser;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use ast::{Body, Expr, Part};
use expression::Converter;

/// How deep brackets, templates and blocks may nest; `hcl-edit` allows no more either, and counts operators too.
const MAX_NESTING: usize = 64;

/// From how many blocks on a file is parsed by several threads.
const WORTH_THREADS: usize = 50;

/// A text that is not of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// What is wrong.
    pub(crate) message: String,
    /// The byte where it is.
    pub(crate) offset: usize,
}

impl SyntaxError {
    /// An error of the parser within a text that begins at `base`.
    fn of_parser(error: &parser::Error, base: usize) -> Self {
        Self { message: error.message().into(), offset: base.saturating_add(error.location().offset()) }
    }
}

type Result<T> = std::result::Result<T, SyntaxError>;

/// Parses a file. What cannot be parsed is left out, block by block, and reported.
pub(crate) fn parse_file(text: &str, file: u32) -> (Body, Vec<SyntaxError>) {
    let mut body = Body::default();
    let scanned = match scan::file(text) {
        Ok(scanned) => scanned,
        Err(error) => return (body, vec![error]),
    };
    let parse = |range: &Range<usize>| {
        let item = scanned.text.get(range.clone()).unwrap_or_default();
        body::item(item, Converter { text, file, base: range.start, shift: 0 })
    };
    let parsed: Vec<_> = if scanned.items.len() < WORTH_THREADS {
        scanned.items.iter().map(parse).collect()
    } else {
        scanned.items.par_iter().map(parse).collect()
    };
    let mut errors = scanned.errors;
    for item in parsed {
        match item {
            Ok(item) => {
                body.attributes.extend(item.attributes);
                body.blocks.extend(item.blocks);
            }
            Err(error) => errors.push(error),
        }
    }
    errors.sort_by_key(|error| error.offset);
    (body, errors)
}

/// Parses a whole text as a template, as `templatefile` reads it.
pub(crate) fn parse_template(text: &str, file: u32) -> Result<Box<[Part]>> {
    template_within(text, file, 0)
}

/// Parses a text that stands within its file, from `shift` on, as a template.
fn template_within(text: &str, file: u32, shift: usize) -> Result<Box<[Part]>> {
    let scanned = scan::template(text)?;
    let parsed = parser::parse_template(&scanned).map_err(|error| SyntaxError::of_parser(&error, 0))?;
    Converter { text, file, base: 0, shift }.whole_template(&parsed)
}

/// Parses a text that stands within its file, from `shift` on, as an expression.
fn expression_within(text: &str, file: u32, shift: usize) -> Result<Expr> {
    let scanned = scan::expression(text)?;
    let trimmed = scanned.trim_start();
    let base = scanned.len().saturating_sub(trimmed.len());
    let parsed =
        parser::parse_expr(trimmed.trim_end()).map_err(|error| SyntaxError::of_parser(&error, base))?;
    Converter { text, file, base, shift }.expression(&parsed)
}
