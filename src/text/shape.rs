//! The shape of a value that is not known yet: which characters can stand in it, and how many.

use std::borrow::Cow;

/// A set of characters: any part of ASCII, and all or none of the rest of Unicode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CharSet {
    ascii: u128,
    beyond_ascii: bool,
}

impl CharSet {
    /// Every character.
    pub const ANY: Self = Self { ascii: u128::MAX, beyond_ascii: true };
    /// `0` to `9`.
    pub const DIGIT: Self = Self::range(b'0', b'9');
    /// `0` to `9` and `a` to `f`.
    pub const LOWER_HEX: Self = Self::DIGIT.with(Self::range(b'a', b'f'));
    /// `0` to `9` and `A` to `Z`.
    pub const UPPER_ALPHANUMERIC: Self = Self::DIGIT.with(Self::range(b'A', b'Z'));
    /// Letters and digits.
    pub const ALPHANUMERIC: Self = Self::UPPER_ALPHANUMERIC.with(Self::range(b'a', b'z'));
    /// Letters, digits and `+=,.@_-`: the characters of an IAM name.
    pub const IAM_NAME: Self = Self::ALPHANUMERIC
        .with(Self::only(b'+'))
        .with(Self::only(b'='))
        .with(Self::only(b','))
        .with(Self::only(b'.'))
        .with(Self::only(b'@'))
        .with(Self::only(b'_'))
        .with(Self::only(b'-'));

    /// The ASCII characters from `first` to `last`, both included.
    pub const fn range(first: u8, last: u8) -> Self {
        let mut ascii = 0u128;
        let mut c = first;
        while c <= last && c < 128 {
            ascii |= 1 << c;
            c += 1;
        }
        Self { ascii, beyond_ascii: false }
    }

    /// One ASCII character.
    pub const fn only(c: u8) -> Self {
        Self::range(c, c)
    }

    /// The union of two sets.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self { ascii: self.ascii | other.ascii, beyond_ascii: self.beyond_ascii || other.beyond_ascii }
    }

    /// Whether `c` is in the set.
    pub fn contains(self, c: char) -> bool {
        if c.is_ascii() { self.ascii & (1u128 << u32::from(c)) != 0 } else { self.beyond_ascii }
    }

    /// Whether the two sets share a character.
    pub fn intersects(self, other: Self) -> bool {
        self.ascii & other.ascii != 0 || (self.beyond_ascii && other.beyond_ascii)
    }

    /// The only character of the set, if it holds exactly one.
    pub fn single(self) -> Option<char> {
        if self.beyond_ascii || self.ascii.count_ones() != 1 {
            return None;
        }
        char::from_u32(self.ascii.trailing_zeros())
    }
}

/// A run of characters from one set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Run {
    /// The characters that can stand in the run.
    pub set: CharSet,
    /// The least number of characters.
    pub min: u16,
    /// The greatest number of characters; `None` where there is no bound.
    pub max: Option<u16>,
}

impl Run {
    /// Exactly `count` characters of `set`.
    pub const fn exactly(count: u16, set: CharSet) -> Self {
        Self { set, min: count, max: Some(count) }
    }

    /// At least `min` characters of `set`.
    pub const fn at_least(min: u16, set: CharSet) -> Self {
        Self { set, min, max: None }
    }
}

const HYPHEN: CharSet = CharSet::only(b'-');
const ANYTHING: &[Run] = &[Run::at_least(0, CharSet::ANY)];
const UUID: &[Run] = &UUID_RUNS;
const UUID_RUNS: [Run; 9] = [
    Run::exactly(8, CharSet::LOWER_HEX),
    Run::exactly(1, HYPHEN),
    Run::exactly(4, CharSet::LOWER_HEX),
    Run::exactly(1, HYPHEN),
    Run::exactly(4, CharSet::LOWER_HEX),
    Run::exactly(1, HYPHEN),
    Run::exactly(4, CharSet::LOWER_HEX),
    Run::exactly(1, HYPHEN),
    Run::exactly(12, CharSet::LOWER_HEX),
];
const BROKER_ID: &[Run] = &{
    let [a, b, c, d, e, f, g, h, i] = UUID_RUNS;
    let letter = Run::exactly(1, CharSet::only(b'b'));
    [letter, Run::exactly(1, HYPHEN), a, b, c, d, e, f, g, h, i]
};
const ACCOUNT_ID: &[Run] = &[Run::exactly(12, CharSet::DIGIT)];
const REGION: &[Run] =
    &[Run::at_least(4, CharSet::range(b'a', b'z').with(CharSet::DIGIT).with(CharSet::only(b'-')))];
const PARTITION: &[Run] = &[
    Run::exactly(3, CharSet::range(b'a', b'z')),
    Run::at_least(0, CharSet::range(b'a', b'z').with(CharSet::only(b'-'))),
];
const HEX: &[Run] = &[Run::at_least(2, CharSet::LOWER_HEX)];
const NAME_SUFFIX: &[Run] = &[Run::exactly(26, CharSet::LOWER_HEX)];
const KEY_ID: &[Run] = &[Run::at_least(32, CharSet::LOWER_HEX.with(HYPHEN).with(CharSet::range(b'k', b'r')))];
const IAM_NAME: &[Run] = &[Run::at_least(1, CharSet::IAM_NAME)];
const IAM_UNIQUE_ID: &[Run] =
    &[Run::exactly(1, CharSet::only(b'A')), Run::at_least(15, CharSet::UPPER_ALPHANUMERIC)];
const ROLE_ID: &[Run] = &unique_id(*b"AROA");
const USER_ID: &[Run] = &unique_id(*b"AIDA");

/// Unique ids of IAM begin with four letters that tell of what (IAM User Guide, "IAM identifiers").
const fn unique_id(prefix: [u8; 4]) -> [Run; 5] {
    let [a, b, c, d] = prefix;
    [
        Run::exactly(1, CharSet::only(a)),
        Run::exactly(1, CharSet::only(b)),
        Run::exactly(1, CharSet::only(c)),
        Run::exactly(1, CharSet::only(d)),
        Run::at_least(12, CharSet::UPPER_ALPHANUMERIC),
    ]
}

/// What is known of an unknown text: a sequence of runs, and whether AWS or the provider will make it up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape {
    runs: Cow<'static, [Run]>,
    fresh: bool,
}

impl Shape {
    /// Nothing is known of the text.
    pub const ANY: Self = Self { runs: Cow::Borrowed(ANYTHING), fresh: false };
    /// Something that apply makes, never seen before, of which nothing else is known.
    pub const NEW: Self = Self { runs: Cow::Borrowed(ANYTHING), fresh: true };
    /// The id of a broker that is still to be created: `b-` and a UUID in lower case, never seen before.
    pub const NEW_BROKER_ID: Self = Self { runs: Cow::Borrowed(BROKER_ID), fresh: true };
    /// The id of a broker that exists, or may exist, but is not shown.
    pub const BROKER_ID: Self = Self { runs: Cow::Borrowed(BROKER_ID), fresh: false };
    /// A UUID in lower case that apply makes.
    pub const NEW_UUID: Self = Self { runs: Cow::Borrowed(UUID), fresh: true };
    /// Digits in lower-case hexadecimal, two at least.
    pub const HEX: Self = Self { runs: Cow::Borrowed(HEX), fresh: false };
    /// Twelve digits.
    pub const ACCOUNT_ID: Self = Self { runs: Cow::Borrowed(ACCOUNT_ID), fresh: false };
    /// The id of an account that is still to be created.
    pub const NEW_ACCOUNT_ID: Self = Self { runs: Cow::Borrowed(ACCOUNT_ID), fresh: true };
    /// The name of a region, such as `eu-west-1`.
    pub const REGION: Self = Self { runs: Cow::Borrowed(REGION), fresh: false };
    /// The name of a partition, such as `aws` or `aws-us-gov`.
    pub const PARTITION: Self = Self { runs: Cow::Borrowed(PARTITION), fresh: false };
    /// What the provider appends to a `name_prefix`: 26 hexadecimal digits made from time and a counter.
    pub const NAME_SUFFIX: Self = Self { runs: Cow::Borrowed(NAME_SUFFIX), fresh: true };
    /// The id of a key of AWS KMS that is still to be created: a UUID, or `mrk-` and hexadecimal digits.
    pub const NEW_KEY_ID: Self = Self { runs: Cow::Borrowed(KEY_ID), fresh: true };
    /// The name of a role, user, group or policy.
    pub const IAM_NAME: Self = Self { runs: Cow::Borrowed(IAM_NAME), fresh: false };
    /// The unique id of a role, user, group or policy that is still to be created (`AROA…`).
    pub const NEW_IAM_UNIQUE_ID: Self = Self { runs: Cow::Borrowed(IAM_UNIQUE_ID), fresh: true };

    /// The unique id of a role that is still to be created (`AROA…`).
    pub const NEW_ROLE_ID: Self = Self { runs: Cow::Borrowed(ROLE_ID), fresh: true };
    /// The unique id of a user (`AIDA…`).
    pub const USER_ID: Self = Self { runs: Cow::Borrowed(USER_ID), fresh: false };
    /// The unique id of a user who is still to be created.
    pub const NEW_USER_ID: Self = Self { runs: Cow::Borrowed(USER_ID), fresh: true };

    /// A shape of its own. `fresh` as in [`Shape::is_fresh`].
    pub fn new(runs: Vec<Run>, fresh: bool) -> Self {
        Self { runs: Cow::Owned(runs), fresh }
    }

    /// The runs, in order.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Whether the value is generated during apply and occurs nowhere before: no text written down today can
    /// equal it as a whole, and no other hole with a fresh shape can either.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// Whether `c` can stand anywhere in the text.
    pub fn may_contain(&self, c: char) -> bool {
        self.runs.iter().any(|run| run.max != Some(0) && run.set.contains(c))
    }

    /// Whether the text can contain a wildcard of IAM patterns, `*` or `?`.
    pub fn may_contain_wildcard(&self) -> bool {
        self.may_contain('*') || self.may_contain('?')
    }

    /// Whether changing the text to lower case leaves it as it is, whatever it turns out to be.
    pub fn is_lower_case(&self) -> bool {
        let upper = CharSet::range(b'A', b'Z');
        self.runs.iter().all(|run| !run.set.beyond_ascii && !run.set.intersects(upper))
    }

    /// Whether changing the text to upper case leaves it as it is, whatever it turns out to be.
    pub fn is_upper_case(&self) -> bool {
        let lower = CharSet::range(b'a', b'z');
        self.runs.iter().all(|run| !run.set.beyond_ascii && !run.set.intersects(lower))
    }

    /// The least number of characters.
    pub fn min_len(&self) -> usize {
        self.runs.iter().map(|run| usize::from(run.min)).fold(0, usize::saturating_add)
    }

    /// The greatest number of characters, if there is a bound.
    pub fn max_len(&self) -> Option<usize> {
        self.runs.iter().try_fold(0usize, |sum, run| Some(sum.saturating_add(usize::from(run.max?))))
    }
}

#[cfg(test)]
mod tests {
    use super::{CharSet, Shape};

    #[test]
    fn a_broker_id_has_38_characters_and_no_wildcard() {
        assert_eq!(Shape::NEW_BROKER_ID.min_len(), 38);
        assert_eq!(Shape::NEW_BROKER_ID.max_len(), Some(38));
        assert!(!Shape::NEW_BROKER_ID.may_contain_wildcard());
        assert!(Shape::NEW_BROKER_ID.is_lower_case());
        assert!(!Shape::NEW_BROKER_ID.may_contain(':'));
    }

    #[test]
    fn nothing_is_ruled_out_of_any_text() {
        assert!(Shape::ANY.may_contain('*'));
        assert!(Shape::ANY.may_contain('é'));
        assert_eq!(Shape::ANY.max_len(), None);
    }

    #[test]
    fn sets_know_their_only_character() {
        assert_eq!(CharSet::only(b'-').single(), Some('-'));
        assert_eq!(CharSet::DIGIT.single(), None);
    }
}
