//! Condition keys: their names, what a request holds for them, and where the evaluation asks for it.

pub(super) use super::key_name::fold;
pub use super::key_name::{KeyName, is_spelling_of};
use super::pattern::{Pattern, Tokens};
use super::subject::Subject;
use crate::text::{Hole, SENSITIVE, Text, Truth};

/// The type of a condition key's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// Any string.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number that is not negative: a count, a size, an age.
    Numeric,
    /// A point in time, to the second.
    Date,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// Binary data in base64.
    Binary,
}

/// What is known of a key that only the request brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    /// The documented spelling; `aws:PrincipalTag/${TagKey}` for the keys of tags.
    pub name: Box<str>,
    /// The type of its values.
    pub kind: KeyKind,
    /// Whether it holds a list.
    pub multivalued: bool,
    /// Whether a request may come without it.
    pub may_be_absent: bool,
    /// The form of every value where more is known of it than its type: a text with holes
    /// (`arn:aws:iam::123456789012:user/⟨a name⟩`).
    pub form: Option<Text>,
}

impl KeyFacts {
    /// The documented spelling of `key`, as it is shown: that of the table, with the tag key as the policy writes it.
    pub fn spelling(&self, key: &KeyName) -> String {
        match (self.name.split_once("${"), key.spelled().split_once('/')) {
            (Some((prefix, _)), Some(_)) if key.is_sensitive() => format!("{prefix}{SENSITIVE}"),
            (Some((prefix, _)), Some((_, tag))) => format!("{prefix}{tag}"),
            _ => self.name.to_string(),
        }
    }
}

/// What a request holds for a key.
#[derive(Clone, Copy, Debug)]
pub enum KeyState<'a> {
    /// The key is there with these values; an empty list is a key that is there without a value.
    Present {
        /// The values.
        values: &'a [Subject],
        /// Whether the key is of a list type, whatever the number of its values.
        multivalued: bool,
    },
    /// The request does not have the key.
    Absent,
    /// Only the request tells: the key is explored.
    Free(&'a KeyFacts),
    /// Whether the key is there, and with which values, hangs on the hole.
    /// Keys with the same hole have the same values.
    Unknown(&'a Hole),
}

/// Where the evaluation of a request asks for what it does not find in the policies.
pub trait Context {
    /// What the request holds for the key.
    fn key(&self, name: &KeyName) -> KeyState<'_>;

    /// A number for what the variables of the pattern hold now: the same number, the same values. Nothing where
    /// answers are not to be remembered.
    fn variant(&self, pattern: &Pattern) -> Option<u64> {
        let _ = pattern;
        None
    }

    /// What [`Context::remember`] was told of the pattern and the text.
    fn recall(&self, place: Meeting) -> Option<Truth> {
        let _ = place;
        None
    }

    /// Takes note of whether a pattern matches a text, for contexts that are asked often.
    fn remember(&self, place: Meeting, answer: Truth) {
        let _ = (place, answer);
    }

    /// The answer to a question that hangs on holes, where the asker assumes one. The same question gets the same
    /// answer within one evaluation.
    fn settle(&self, question: &Question<'_>) -> Truth {
        let _ = question;
        Truth::Maybe
    }
}

impl<C: Context + ?Sized> Context for &C {
    fn key(&self, name: &KeyName) -> KeyState<'_> {
        (**self).key(name)
    }

    fn variant(&self, pattern: &Pattern) -> Option<u64> {
        (**self).variant(pattern)
    }

    fn recall(&self, place: Meeting) -> Option<Truth> {
        (**self).recall(place)
    }

    fn remember(&self, place: Meeting, answer: Truth) {
        (**self).remember(place, answer);
    }

    fn settle(&self, question: &Question<'_>) -> Truth {
        (**self).settle(question)
    }
}

/// A pattern and a text that meet, by where they are kept: for as long as both are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Meeting {
    pattern: usize,
    text: usize,
    variant: u64,
}

impl Meeting {
    pub(super) fn of(pattern: &Pattern, text: &Subject, variant: u64) -> Self {
        let pattern = std::ptr::from_ref(pattern).addr();
        Self { pattern, text: std::ptr::from_ref(text).addr(), variant }
    }
}

/// A question whose answer hangs on something unknown.
#[derive(Clone, Copy, Debug)]
pub enum Question<'a> {
    /// Whether a pattern matches a text.
    Match {
        /// The pattern, its variables replaced.
        pattern: &'a Tokens<'a>,
        /// The text.
        subject: &'a Subject,
        /// Which pattern, in which variant, and which text, where answers are remembered.
        place: Option<Meeting>,
    },
    /// Whether a comparison other than of texts holds between a value of a policy and one of the request.
    Compare {
        /// The name of the operator, without what surrounds it.
        operator: &'static str,
        /// The value of the policy.
        policy: &'a Text,
        /// The value of the request.
        request: &'a Text,
    },
    /// A part of a policy of which nothing is known, for a request with this action or resource.
    Unknown {
        /// What would tell.
        hole: &'a Hole,
        /// Which answer of it is asked for.
        role: Role,
        /// Tells the places of all policies apart, where the answer hangs on the place; else zero.
        part: usize,
    },
    /// A part of a policy that cannot be understood.
    NotUnderstood {
        /// Tells the parts of all policies apart.
        part: usize,
        /// Which answer of it is asked for.
        role: Role,
    },
}

/// What is asked of a part of a policy of which nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Whether it allows the request.
    Allows,
    /// Whether it denies the request.
    Denies,
    /// Whether the effect is Allow rather than Deny.
    Effect,
    /// Whether its actions include the request's.
    Actions,
    /// Whether its resources include the request's.
    Resources,
    /// Whether its conditions hold for the request.
    Conditions,
    /// Whether its principals include the caller.
    Principal,
    /// Whether the statement holds although a part of it is not understood.
    Statement,
}

/// A key with what a request holds for it.
#[derive(Clone, Debug)]
pub enum KeyValue {
    /// As [`KeyState::Present`].
    Present {
        /// The values.
        values: Vec<Subject>,
        /// Whether the key is of a list type.
        multivalued: bool,
    },
    /// As [`KeyState::Absent`].
    Absent,
    /// As [`KeyState::Free`].
    Free(KeyFacts),
    /// As [`KeyState::Unknown`].
    Unknown(Hole),
}

impl KeyValue {
    /// A key of one value.
    pub fn one(value: impl Into<Text>) -> Self {
        Self::Present { values: vec![Subject::new(value.into())], multivalued: false }
    }

    /// A key of a list.
    pub fn list<T: Into<Text>>(values: impl IntoIterator<Item = T>) -> Self {
        let values = values.into_iter().map(|value| Subject::new(value.into())).collect();
        Self::Present { values, multivalued: true }
    }

    /// As the evaluation asks for it.
    pub fn state(&self) -> KeyState<'_> {
        match self {
            Self::Present { values, multivalued } => KeyState::Present { values, multivalued: *multivalued },
            Self::Absent => KeyState::Absent,
            Self::Free(facts) => KeyState::Free(facts),
            Self::Unknown(hole) => KeyState::Unknown(hole),
        }
    }
}

/// A context that is a table. A key that is not in it is absent.
#[derive(Clone, Debug, Default)]
pub struct ContextTable {
    // Sorted by the hash of the name: looked up by hash first, then by name.
    entries: Vec<(KeyName, KeyValue)>,
}

impl ContextTable {
    /// An empty table: every key is absent.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a key; gives back what it held before.
    pub fn insert(&mut self, key: &str, value: KeyValue) -> Option<KeyValue> {
        let name = KeyName::new(key);
        let at = self.entries.partition_point(|(entry, _)| entry.hash() < name.hash());
        let mut same_hash =
            self.entries.iter_mut().skip(at).take_while(|(entry, _)| entry.hash() == name.hash());
        if let Some((_, old)) = same_hash.find(|(entry, _)| *entry == name) {
            return Some(std::mem::replace(old, value));
        }
        self.entries.insert(at, (name, value));
        None
    }

    /// What the table holds for a key.
    pub fn get(&self, name: &KeyName) -> Option<&KeyValue> {
        let found = if self.entries.len() <= 16 {
            self.entries.iter().find(|(entry, _)| entry == name)
        } else {
            let start = self.entries.partition_point(|(entry, _)| entry.hash() < name.hash());
            let mut same_hash =
                self.entries.iter().skip(start).take_while(|(entry, _)| entry.hash() == name.hash());
            same_hash.find(|(entry, _)| entry == name)
        };
        found.map(|(_, value)| value)
    }

    /// The keys with what they hold, in no particular but always the same order.
    pub fn iter(&self) -> impl Iterator<Item = (&KeyName, &KeyValue)> {
        self.entries.iter().map(|(name, value)| (name, value))
    }
}

impl Context for ContextTable {
    #[inline]
    fn key(&self, name: &KeyName) -> KeyState<'_> {
        self.get(name).map_or(KeyState::Absent, KeyValue::state)
    }
}

#[cfg(test)]
mod tests {
    use super::{Context, ContextTable, KeyFacts, KeyKind, KeyName, KeyState, KeyValue};

    #[test]
    fn keys_are_found_in_any_spelling() {
        let mut table = ContextTable::new();
        for n in 0..40 {
            table.insert(&format!("aws:PrincipalTag/Key{n}"), KeyValue::one("v"));
        }
        assert!(matches!(table.key(&KeyName::new("AWS:principaltag/kEY17")), KeyState::Present { .. }));
        assert!(matches!(table.key(&KeyName::new("aws:PrincipalTag/key40")), KeyState::Absent));
        assert!(table.insert("aws:principaltag/key3", KeyValue::Absent).is_some());
        assert!(matches!(table.key(&KeyName::new("aws:PrincipalTag/Key3")), KeyState::Absent));
    }

    #[test]
    fn tag_keys_are_spelled_as_the_policy_spells_them_behind_the_documented_prefix() {
        let facts = KeyFacts {
            name: "aws:PrincipalTag/${TagKey}".into(),
            kind: KeyKind::String,
            multivalued: false,
            may_be_absent: true,
            form: None,
        };
        assert_eq!(facts.spelling(&KeyName::new("AWS:principaltag/Team")), "aws:PrincipalTag/Team");
    }
}
