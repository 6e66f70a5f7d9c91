//! Markdown for a pull-request comment and the summary of a workflow's step.
//!
//! GitHub takes 65,536 characters. Each part has a budget; what does not fit is counted. Text from a plan is code, in
//! spans that it cannot leave.

mod sections;

use std::io::{self, Write};

use super::Report;

/// The most bytes that are written; the rest up to GitHub's limit is for a marker before them.
const MOST_BYTES: usize = 65_000;

/// What a Markdown report says besides the report.
#[derive(Clone, Copy, Debug)]
pub struct MarkdownOptions {
    /// Whether there are findings that make the run fail.
    pub fails: bool,
}

impl Report<'_> {
    /// Writes the report as Markdown.
    pub fn write_markdown(&self, out: &mut dyn Write, options: MarkdownOptions) -> io::Result<()> {
        out.write_all(sections::document(self, options).as_bytes())
    }
}

/// Text with a bound on its size.
struct Bounded {
    text: String,
    most: usize,
}

impl Bounded {
    fn new(most: usize) -> Self {
        Self { text: String::new(), most }
    }

    /// Adds a piece if all of it fits.
    fn push(&mut self, piece: &str) -> bool {
        let fits = self.text.len().saturating_add(piece.len()) <= self.most;
        if fits {
            self.text.push_str(piece);
        }
        fits
    }
}
