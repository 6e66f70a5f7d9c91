//! `fileset`: the files of a folder whose paths match a pattern.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::file::{no_folder, path};
use super::{Fault, Invocation, Outcome};
use crate::source::types::set_of;
use crate::source::value::Value;

/// The most entries that are looked at.
const MAX_ENTRIES: usize = 20_000;

pub(super) fn call(f: &Invocation<'_, '_>) -> Outcome {
    let pattern = f.text(1)?;
    let (Some(root), Some(pattern)) = (path(f, 0)?, pattern.as_known()) else {
        no_folder(f);
        return Ok(f.unknown_list());
    };
    if !is_pattern(pattern) {
        return Err(Fault::invalid("the pattern of fileset is not valid"));
    }
    // Characters that are quoted, and choices within choices, are not told apart here.
    let nested = pattern.split('{').skip(1).any(|choices| !choices.contains('}'));
    let Some(pattern) = within(&root, pattern).filter(|_| !nested && !pattern.contains('\\')) else {
        return Ok(f.unknown_list());
    };
    let mut found = Vec::new();
    let mut waiting = vec![(root, String::new())];
    let mut seen = 0usize;
    while let Some((dir, prefix)) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&dir) else { continue };
        for entry in entries.flatten() {
            seen = seen.saturating_add(1);
            if seen > MAX_ENTRIES {
                return Err(Fault::Limit("a folder has too many files"));
            }
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = format!("{prefix}{name}");
            let Ok(info) = fs::metadata(entry.path()) else { continue };
            if info.is_dir() {
                if prefix.split('/').count() < 32 {
                    waiting.push((entry.path(), format!("{path}/")));
                }
            } else if glob(&pattern, &path) {
                found.push(Value::string(path));
            }
        }
    }
    set_of(&found, false, f.fuel())
}

/// Whether each class of a pattern has an end, and characters.
fn is_pattern(pattern: &str) -> bool {
    pattern.split('[').skip(1).all(|rest| {
        let class = rest.strip_prefix('^').unwrap_or(rest);
        class.find(']').is_some_and(|end| end > 0)
    })
}

/// The pattern for paths within a folder, without `.` and `..`; `None` where it may lead out of it.
fn within(root: &Path, pattern: &str) -> Option<String> {
    let root: PathBuf = root.components().filter(|part| *part != Component::CurDir).collect();
    let mut names: Vec<&str> = root.iter().map(|name| name.to_str().unwrap_or("..")).collect();
    let depth = names.len();
    let mut parts: Vec<&str> = Vec::new();
    // How many folders up from the root the pattern begins.
    let mut above = 0usize;
    for part in pattern.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    above = above.saturating_add(1);
                }
            }
            part => parts.push(part),
        }
    }
    let down = names.split_off(depth.checked_sub(above)?);
    // It comes back by the names of the folders, and none of them leads elsewhere.
    let rest = parts.strip_prefix(down.as_slice())?;
    (!down.contains(&"..")).then(|| rest.join("/"))
}

/// Whether a path matches a pattern of `*`, `**`, `?`, `[…]` and `{a,b}`.
fn glob(pattern: &str, path: &str) -> bool {
    if let Some((before, rest)) = pattern.split_once('{')
        && let Some((choices, after)) = rest.split_once('}')
    {
        return choices.split(',').any(|choice| glob(&format!("{before}{choice}{after}"), path));
    }
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    parts_match(&pattern, &path)
}

fn parts_match(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), None) => parts_match(rest, path),
        (Some((&"**", rest)), Some((_, deeper))) => parts_match(rest, path) || parts_match(pattern, deeper),
        (Some((first, rest)), Some((name, deeper))) => {
            let first: Vec<char> = first.chars().collect();
            let name: Vec<char> = name.chars().collect();
            name_matches(&first, &name) && parts_match(rest, deeper)
        }
        _ => false,
    }
}

fn name_matches(pattern: &[char], name: &[char]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), None) => name_matches(rest, name),
        (Some(('*', rest)), Some((_, shorter))) => name_matches(rest, name) || name_matches(pattern, shorter),
        (Some(('?', rest)), Some((_, shorter))) => name_matches(rest, shorter),
        (Some(('[', rest)), Some((c, shorter))) => {
            let Some(end) = rest.iter().position(|c| *c == ']') else { return false };
            let (class, after) = rest.split_at(end);
            let negated = class.first() == Some(&'^');
            let class = if negated { class.get(1..).unwrap_or_default() } else { class };
            let within = class.contains(c)
                || class.windows(3).any(|range| matches!(range, [low, '-', high] if low <= c && c <= high));
            within != negated && name_matches(after.get(1..).unwrap_or_default(), shorter)
        }
        (Some((first, rest)), Some((c, shorter))) => first == c && name_matches(rest, shorter),
        (Some(_), None) | (None, Some(_)) => false,
    }
}
