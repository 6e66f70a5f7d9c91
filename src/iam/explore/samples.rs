//! Values of keys that patterns name, tried in the place of the variable.

use std::collections::{BTreeMap, BTreeSet};

use crate::iam::key::{Context, KeyKind, KeyName, KeyState, Question};
use crate::iam::pattern::Pattern;
use crate::iam::subject::Subject;
use crate::text::Truth;

/// The keys that are explored.
#[derive(Debug, Default)]
pub(super) struct Explored {
    pub(super) keys: BTreeSet<KeyName>,
    /// Of keys that patterns name and that not every text is a value of: some of their values.
    pub(super) samples: BTreeMap<KeyName, Samples>,
}

/// What a key can hold; nothing where it is absent.
#[derive(Debug, Default)]
pub(super) struct Samples {
    pub(super) held: Vec<Option<Subject>>,
    /// Whether it can hold nothing else.
    pub(super) complete: bool,
}

/// Combinations of the values of several variables in one pattern.
const MOST_COMBINATIONS: usize = 24;

/// What the variables of a pattern hold.
type Held<'a> = BTreeMap<&'a KeyName, &'a Option<Subject>>;

impl Explored {
    pub(super) fn contains(&self, key: &KeyName) -> bool {
        self.keys.contains(key)
    }

    /// What the variables of a pattern can hold; nothing where none has samples. Tells whether they can hold nothing
    /// else.
    pub(super) fn combinations<'a>(&'a self, pattern: &'a Pattern) -> (Vec<Held<'a>>, bool) {
        let mut found: Vec<Held<'a>> = vec![BTreeMap::new()];
        let mut complete = true;
        let named: BTreeSet<&KeyName> = pattern.variables().collect();
        for key in named {
            let Some(samples) = self.samples.get(key) else { continue };
            let with = |held: &Held<'a>, value: &'a Option<Subject>| {
                let mut held = held.clone();
                held.insert(key, value);
                held
            };
            found = found
                .iter()
                .flat_map(|held| samples.held.iter().map(move |value| with(held, value)))
                .collect();
            complete &= samples.complete && found.len() <= MOST_COMBINATIONS;
            found.truncate(MOST_COMBINATIONS);
        }
        found.retain(|held| !held.is_empty());
        (found, complete)
    }
}

/// Whether not every text is a value of such a key.
pub(super) fn is_typed(kind: KeyKind) -> bool {
    matches!(kind, KeyKind::Bool | KeyKind::Numeric | KeyKind::Date | KeyKind::IpAddress)
}

/// A context in which some keys hold what is tried.
pub(super) struct Sampled<'a, C: ?Sized> {
    pub(super) base: &'a C,
    pub(super) held: &'a Held<'a>,
}

impl<C: Context + ?Sized> Context for Sampled<'_, C> {
    fn key(&self, name: &KeyName) -> KeyState<'_> {
        match self.held.get(name) {
            Some(Some(value)) => {
                KeyState::Present { values: std::slice::from_ref(value), multivalued: false }
            }
            Some(None) => KeyState::Absent,
            None => self.base.key(name),
        }
    }

    fn settle(&self, question: &Question<'_>) -> Truth {
        self.base.settle(question)
    }
}
