//! What is meant: the file `mqwarden.hcl`, read and held against a plan.
//!
//! The language is that of Terraform, and the parser is the one that reads `.tf` files: it bounds the depth of what it
//! reads, and knows the place of every element. A file says who may do what with which brokers (`access`), what nobody
//! may (`protect`), which findings are accepted (`accept`), and how the analysis is set (`settings`).

mod act;
mod error;
mod expression;
mod judge;
mod meant;
mod pattern;
mod read;
mod selection;
mod settings;

pub use act::Act;
pub use error::{IntentError, Problem};
pub use judge::{Judgement, Matter, What};
pub(crate) use judge::{call, verdict_without_mfa};
pub use meant::{BlockRef, Meant, Named};
pub use pattern::Pattern;
pub use selection::Selection;
pub use settings::{Accept, Level, Settings};

use std::collections::BTreeSet;

use crate::source::Location;

/// A file that says what is meant.
#[derive(Clone, Debug, Default)]
pub struct Intent {
    /// Who may do what.
    pub access: Vec<Access>,
    /// What nobody may.
    pub protect: Vec<Protect>,
    /// Findings that do not count.
    pub accept: Vec<Accept>,
    /// How the analysis is set.
    pub settings: Settings,
}

/// `access "NAME" { … }`: these principals may do this with these brokers.
#[derive(Clone, Debug)]
pub struct Access {
    /// The block's label.
    pub name: Box<str>,
    /// Where it stands.
    pub location: Location,
    /// Who.
    pub principals: Vec<Pattern>,
    /// With which brokers.
    pub brokers: Selection,
    /// What.
    pub may: BTreeSet<Act>,
    /// Whether only a request with MFA may be allowed.
    pub only_with_mfa: bool,
    /// Whether patterns that match nothing are as meant.
    pub optional: bool,
}

/// `protect "NAME" { … }`: nobody may do this with these brokers.
#[derive(Clone, Debug)]
pub struct Protect {
    /// The block's label.
    pub name: Box<str>,
    /// Where it stands.
    pub location: Location,
    /// Which brokers.
    pub brokers: Selection,
    /// What nobody may.
    pub nobody_may: BTreeSet<Act>,
    /// But for these principals.
    pub except: Vec<Pattern>,
    /// Whether patterns that match nothing are as meant.
    pub optional: bool,
}

impl Intent {
    /// Reads a file. `name` is what places are named with; `rules` are the ids of all rules, which severities and
    /// accepted findings may name.
    pub fn parse(name: &str, text: &str, rules: &[&str]) -> Result<Self, IntentError> {
        read::intent(name, text, rules)
    }

    /// Whether any block speaks of an action.
    pub(crate) fn speaks_of(&self, act: Act) -> bool {
        self.access.iter().any(|block| block.may.contains(&act))
            || self.protect.iter().any(|block| block.nobody_may.contains(&act))
    }
}
