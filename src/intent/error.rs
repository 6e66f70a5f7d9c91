//! What is wrong with an intent, each with its line.

use std::fmt;
use std::io;

use crate::source::Location;

/// An intent that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IntentError {
    /// The file cannot be read.
    #[error("cannot read {path}: {error}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// The file says something that cannot be meant; one line for each problem, in the order of the file.
    #[error("{}", lines(.0))]
    Invalid(Vec<Problem>),
}

/// Something that is wrong with an intent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub location: Location,
    /// What, and what to write instead.
    pub message: String,
}

impl Problem {
    pub(super) fn new(location: &Location, message: impl Into<String>) -> Self {
        Self { location: location.clone(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", place(&self.location), self.message)
    }
}

/// `FILE:LINE:COLUMN`.
fn place(location: &Location) -> String {
    format!("{}:{}:{}", location.file, location.line, location.column)
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}
