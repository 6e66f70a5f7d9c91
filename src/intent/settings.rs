//! How the analysis is set, and which findings are accepted.

use super::pattern::Pattern;
use crate::access::{ContextError, Overrides};
use crate::source::Location;

/// `settings { … }`.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Severities of rules, by rule.
    pub severities: Vec<(Box<str>, Level)>,
    /// Keys of the request's context, fixed for the whole analysis: key and value, a key several times for a list.
    pub context: Vec<(String, String)>,
    /// Who runs the plan.
    pub deployers: Vec<Pattern>,
}

/// How severe the findings of a rule are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The rule is not applied.
    Off,
    /// Worth knowing.
    Note,
    /// Probably not as meant.
    Warning,
    /// Will fail, or gives away what must not be given.
    Error,
}

impl Level {
    pub(super) const NAMES: [&'static str; 4] = ["off", "note", "warning", "error"];

    pub(super) fn named(word: &str) -> Option<Self> {
        Some(match word {
            "off" => Self::Off,
            "note" => Self::Note,
            "warning" => Self::Warning,
            "error" => Self::Error,
            _ => return None,
        })
    }
}

/// `accept { … }`: findings that do not count, and why. All parts given must match.
#[derive(Clone, Debug)]
pub struct Accept {
    /// Where it stands.
    pub location: Location,
    /// Rules, one of which must have found it; none given: any.
    pub rules: Vec<Box<str>>,
    /// Principals, one of which it must be about.
    pub principals: Vec<Pattern>,
    /// Brokers, one of which it must be about.
    pub brokers: Vec<Pattern>,
    /// Operations, one of which it must be about.
    pub operations: Vec<Box<str>>,
    /// Fingerprints, one of which it must have.
    pub fingerprints: Vec<Box<str>>,
    /// Why.
    pub reason: Box<str>,
    /// The last day on which it holds (`2027-01-31`).
    pub until: Option<Box<str>>,
}

impl Settings {
    /// The assumptions on the request's context, with what the command line says: a key that it fixes is as it says.
    pub fn overrides(&self, command_line: &[(String, String)]) -> Result<Overrides, ContextError> {
        let given = |key: &str| command_line.iter().any(|(other, _)| other.eq_ignore_ascii_case(key));
        let mut pairs: Vec<(String, String)> =
            self.context.iter().filter(|(key, _)| !given(key)).cloned().collect();
        pairs.extend(command_line.iter().cloned());
        Overrides::new(&pairs)
    }
}
