//! Where in a document something stands.

use std::fmt::Write;

/// A place in the document, from the inside out.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    outer: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Member(&'a str),
    Item(usize),
}

impl<'a> Place<'a> {
    pub(super) const ROOT: Self = Self { outer: None, step: Step::Root };

    pub(super) fn member(&'a self, name: &'a str) -> Self {
        Self { outer: Some(self), step: Step::Member(name) }
    }

    pub(super) fn item(&'a self, index: usize) -> Self {
        Self { outer: Some(self), step: Step::Item(index) }
    }

    pub(super) fn write(&self, out: &mut String) {
        if let Some(outer) = self.outer {
            outer.write(out);
        }
        match self.step {
            Step::Root => {}
            Step::Member(name) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(name);
            }
            Step::Item(index) => {
                // Writing to a string does not fail.
                let _ = write!(out, "[{index}]");
            }
        }
    }
}
