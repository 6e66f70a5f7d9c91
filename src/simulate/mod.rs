//! Single IAM requests without a plan: the offline twin of `aws iam simulate-custom-policy`.
//!
//! Requests are JSON objects, one to a line, or a single object over several lines. Every line is answered by a line,
//! in order; the lines that are there are evaluated in parallel.

mod answer;
mod caller;
mod position;
mod request;
#[cfg(test)]
mod tests;

use std::io::{self, Read, Write};

use rayon::prelude::*;

/// Why a run ends before its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The requests cannot be read.
    #[error("cannot read the requests: {0}")]
    Read(io::Error),
    /// The answers cannot be written.
    #[error("cannot write the answers: {0}")]
    Write(io::Error),
}

/// What was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// All requests.
    pub requests: usize,
    /// Those answered with an error.
    pub errors: usize,
}

/// How much is read at a time.
const CHUNK: usize = 1 << 20;

/// Answers every request of `reader`, each with one line, as soon as it is read.
pub fn run(mut reader: impl Read, mut writer: impl Write) -> Result<Outcome, Error> {
    let mut outcome = Outcome::default();
    let mut pending: Vec<u8> = Vec::new();
    let mut chunk = vec![0; CHUNK];
    let mut first = true;
    let mut single = false;
    loop {
        let count = match reader.read(&mut chunk) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::Read(error)),
        };
        let ended = count == 0;
        pending.extend_from_slice(chunk.get(..count).unwrap_or_default());
        if first {
            if let Some(rest) = pending.strip_prefix(b"\xef\xbb\xbf") {
                pending = rest.to_vec();
            }
            if let Some(line) = first_line(&pending, ended) {
                first = false;
                single = is_cut_off(line);
            }
        }
        if first || (single && !ended) {
            if ended {
                break;
            }
            continue;
        }
        if single {
            if is_one_value(&pending) {
                answer_all(&[&pending], &mut writer, &mut outcome)?;
                return Ok(outcome);
            }
            single = false;
        }
        let complete = if ended {
            pending.len()
        } else {
            pending.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at.saturating_add(1))
        };
        let rest = pending.split_off(complete);
        let lines: Vec<&[u8]> = pending.split(|&byte| byte == b'\n').filter(|line| !is_blank(line)).collect();
        answer_all(&lines, &mut writer, &mut outcome)?;
        pending = rest;
        if ended {
            break;
        }
    }
    Ok(outcome)
}

fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
}

/// The first line with something in it, once all of it is there.
fn first_line(bytes: &[u8], ended: bool) -> Option<&[u8]> {
    let mut lines = bytes.split_inclusive(|&byte| byte == b'\n');
    lines.find(|line| !is_blank(line)).filter(|line| ended || line.ends_with(b"\n"))
}

/// Whether the line begins a value that it does not end.
fn is_cut_off(line: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(line).is_err_and(|error| error.is_eof())
}

fn is_one_value(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

fn answer_all(lines: &[&[u8]], writer: &mut impl Write, outcome: &mut Outcome) -> Result<(), Error> {
    if lines.is_empty() {
        return Ok(());
    }
    let answers: Vec<(String, bool)> = lines.par_iter().map(|line| answer::answer(line)).collect();
    for (line, failed) in &answers {
        outcome.requests = outcome.requests.saturating_add(1);
        outcome.errors = outcome.errors.saturating_add(usize::from(*failed));
        writer.write_all(line.as_bytes()).map_err(Error::Write)?;
    }
    writer.flush().map_err(Error::Write)
}

/// Answers one request; tells whether the answer is an error. For programs that feed requests one by one.
pub fn answer(request: &[u8]) -> (String, bool) {
    answer::answer(request)
}
