//! Names of condition keys.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::text::SENSITIVE;

/// The name of a condition key, compared without case, the tag key of `aws:ResourceTag/Team` included.
#[derive(Clone)]
pub struct KeyName {
    spelled: Arc<str>,
    lower: Option<Arc<str>>,
    hash: u64,
    sensitive: bool,
}

impl KeyName {
    /// A key by any spelling of its name.
    pub fn new(spelled: &str) -> Self {
        let lower = spelled
            .chars()
            .any(|c| c != fold(c))
            .then(|| spelled.chars().map(fold).collect::<String>().into());
        let hash = hash(lower.as_deref().unwrap_or(spelled));
        Self { spelled: spelled.into(), lower, hash, sensitive: false }
    }

    /// The name, marked as sensitive if `sensitive`: it counts as it is, and is not shown.
    #[must_use]
    pub fn mark_sensitive(mut self, sensitive: bool) -> Self {
        self.sensitive |= sensitive;
        self
    }

    /// Whether the name must not be shown.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    /// The name as it was written, which is for looking up alone where it is sensitive.
    pub fn spelled(&self) -> &str {
        &self.spelled
    }

    /// The name in lower case.
    pub fn lower(&self) -> &str {
        self.lower.as_deref().unwrap_or(&self.spelled)
    }

    /// Whether the key has this name; `lower` must be in lower case.
    pub fn is(&self, lower: &str) -> bool {
        self.lower() == lower
    }

    pub(super) fn hash(&self) -> u64 {
        self.hash
    }
}

impl PartialEq for KeyName {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.lower() == other.lower()
    }
}

impl Eq for KeyName {}

impl PartialOrd for KeyName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for KeyName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.lower().cmp(other.lower())
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.sensitive { SENSITIVE } else { &self.spelled })
    }
}

impl fmt::Debug for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", if self.sensitive { SENSITIVE } else { &self.spelled })
    }
}

/// FNV-1a: short names, no adversary, the same on every run.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Whether `spelled` is a spelling of the name, or part of a name, that is `lower` in lower case.
pub fn is_spelling_of(spelled: &str, lower: &str) -> bool {
    spelled == lower || spelled.chars().map(fold).eq(lower.chars())
}

/// The lower case of a character, where that is one character.
#[inline]
pub(super) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}

impl Hash for KeyName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.lower().hash(state);
    }
}
