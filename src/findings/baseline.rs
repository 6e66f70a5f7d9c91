//! Baselines: the findings that were there already, by fingerprint.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::{Acceptance, Finding};

/// The version of the form.
const VERSION: u32 = 1;
/// How many entries a note names.
const MOST_NAMED: usize = 3;

/// Findings that do not count because they were there already.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    findings: Vec<Entry>,
}

/// A finding of a baseline. Only its fingerprints are compared; the rest is for readers.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: String,
    principal: Option<String>,
    broker: Option<String>,
    operation: Option<String>,
    fingerprint: String,
    /// The fingerprint once the plan that moved what the finding is about has been applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fingerprint_after_move: Option<String>,
}

/// A file that is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It cannot be read.
    #[error("cannot read {path}: {error}; --write-baseline writes one")]
    Read {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// It is something else.
    #[error("{path} is no baseline: {error}; write it anew with --write-baseline")]
    NotABaseline {
        /// The file.
        path: String,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// It is of a version that is not known here.
    #[error(
        "{path} is a baseline of version {version}, and only version {VERSION} is known: write it anew with --write-baseline"
    )]
    Version {
        /// The file.
        path: String,
        /// Its version.
        version: u32,
    },
}

/// What every version has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl Baseline {
    /// The findings that count, or that a baseline has accepted before.
    pub fn of(findings: &[Finding], before: Option<&Self>) -> Self {
        let is_known = |finding: &Finding| before.is_some_and(|before| before.entry(finding).is_some());
        let entry = |finding: &Finding| Entry {
            rule: finding.rule.to_owned(),
            principal: finding.principal.clone(),
            broker: finding.broker.clone(),
            operation: finding.operation.map(str::to_owned),
            fingerprint: finding.fingerprint.clone(),
            fingerprint_after_move: finding.fingerprint_after_move.clone(),
        };
        let counts = |finding: &&Finding| finding.accepted.is_none() || is_known(finding);
        let entries: BTreeSet<Entry> = findings.iter().filter(counts).map(entry).collect();
        Self { version: VERSION, findings: entries.into_iter().collect() }
    }

    /// Reads a baseline; `path` is what messages name it.
    pub fn parse(path: &str, text: &str) -> Result<Self, BaselineError> {
        let failed = |error| BaselineError::NotABaseline { path: path.to_owned(), error };
        let text = text.trim_start_matches('\u{feff}');
        // The version first: a later form may have other members.
        let Versioned { version } = serde_json::from_str(text).map_err(failed)?;
        if version != VERSION {
            return Err(BaselineError::Version { path: path.to_owned(), version });
        }
        serde_json::from_str(text).map_err(failed)
    }

    /// Writes it, sorted, so that two runs differ only where the findings do.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self)?;
        out.write_all(b"\n")
    }

    fn entry(&self, finding: &Finding) -> Option<usize> {
        self.findings.iter().position(|entry| {
            finding.has_fingerprint(&entry.fingerprint)
                || entry.fingerprint_after_move.as_deref().is_some_and(|other| finding.has_fingerprint(other))
        })
    }

    /// Marks the findings that it knows. Gives a note on entries that no longer occur.
    pub fn accept(&self, name: &str, findings: &mut [Finding]) -> Option<String> {
        let mut occurs = vec![false; self.findings.len()];
        for finding in findings {
            let Some(position) = self.entry(finding) else { continue };
            // The same entry may be there more than once.
            let entry = self.findings.get(position);
            for (other, seen) in self.findings.iter().zip(&mut occurs) {
                *seen |= entry.is_some_and(|entry| entry.fingerprint == other.fingerprint);
            }
            if finding.accepted.is_none() {
                finding.accepted =
                    Some(Acceptance { reason: format!("in the baseline {name}"), until: None });
            }
        }
        let gone: Vec<&Entry> =
            self.findings.iter().zip(&occurs).filter(|(_, seen)| !**seen).map(|(entry, _)| entry).collect();
        if gone.is_empty() {
            return None;
        }
        let mut named: Vec<String> = gone.iter().take(MOST_NAMED).map(|entry| entry.title()).collect();
        if gone.len() > MOST_NAMED {
            named.push(format!("and {} more", gone.len().saturating_sub(MOST_NAMED)));
        }
        Some(format!(
            "the baseline {name} holds what is no longer found: {}; write it anew with --write-baseline",
            named.join(", ")
        ))
    }
}

impl Entry {
    fn title(&self) -> String {
        let about: Vec<&str> = [&self.principal, &self.operation, &self.broker]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        if about.is_empty() {
            format!("{} {}", self.rule, self.fingerprint)
        } else {
            format!("{} ({})", self.rule, about.join(" "))
        }
    }
}
