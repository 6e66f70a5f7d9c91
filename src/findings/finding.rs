//! What a rule finds.

use std::fmt;

use super::Location;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not as meant.
    Warning,
    /// Will fail, or gives away what must not be given.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// What a rule finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Something that is meant, or needed, and not given.
    Gap,
    /// Something that is given and not meant, or more than is needed.
    Excess,
    /// Something written that does not do what it says.
    Mistake,
    /// Something that could not be decided.
    Unknown,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gap => "gap",
            Self::Excess => "excess",
            Self::Mistake => "mistake",
            Self::Unknown => "unknown",
        })
    }
}

/// Something that a rule has found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The id of the rule.
    pub rule: &'static str,
    /// What the rule finds.
    pub kind: Kind,
    /// How much it matters.
    pub severity: Severity,
    /// The principal that it is about.
    pub principal: Option<String>,
    /// The broker that it is about.
    pub broker: Option<String>,
    /// The operation that it is about.
    pub operation: Option<&'static str>,
    /// What is the matter.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where.
    pub location: Option<Location>,
    /// What else belongs to it, in order: the steps of a path, the statements behind it.
    pub related: Vec<Related>,
    /// A policy that mends it.
    pub fix: Option<Fix>,
    /// Why it does not count, where somebody has accepted it.
    pub accepted: Option<Acceptance>,
    /// The same from run to run as long as the matter is the same, wherever its line moves. What the plan moves goes by
    /// its address from before.
    pub fingerprint: String,
    /// The fingerprint once a plan that moves what the finding is about has been applied, where that differs.
    pub fingerprint_after_move: Option<String>,
}

impl Finding {
    /// Whether it goes by this fingerprint, before or after a move.
    pub fn has_fingerprint(&self, fingerprint: &str) -> bool {
        self.fingerprint == fingerprint || self.fingerprint_after_move.as_deref() == Some(fingerprint)
    }
}

/// Something that belongs to a finding: a step of a path, a statement behind it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Related {
    /// What it is.
    pub message: String,
    /// Where.
    pub location: Option<Location>,
}

/// A policy that mends a finding, as HCL in both forms that people write.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fix {
    /// What to do with it.
    pub title: String,
    /// As a `data "aws_iam_policy_document"`.
    pub policy_document: String,
    /// As `jsonencode({…})`.
    pub jsonencode: String,
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Acceptance {
    /// The reason that was given.
    pub reason: String,
    /// The day after which it counts again (`2027-01-31`), if there is one.
    pub until: Option<String>,
}
