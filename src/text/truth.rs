//! Three-valued logic (Kleene): what is certain, what is ruled out, and what hangs on something unknown.

use std::ops::Not;

/// An answer that may hang on a value nobody knows yet.
///
/// The order is `False < Maybe < True`, so conjunction is the minimum and disjunction the maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// Ruled out, whatever the unknown values turn out to be.
    False,
    /// True for some unknown values and false for others, or not decidable.
    Maybe,
    /// Certain, whatever the unknown values turn out to be.
    True,
}

impl Truth {
    /// Conjunction: the lesser of the two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Disjunction: the greater of the two.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// Whether the answer is certain and positive.
    #[inline]
    pub fn is_true(self) -> bool {
        self == Self::True
    }

    /// Whether the answer is certain and negative.
    #[inline]
    pub fn is_false(self) -> bool {
        self == Self::False
    }

    /// Whether the answer hangs on something unknown.
    #[inline]
    pub fn is_maybe(self) -> bool {
        self == Self::Maybe
    }

    /// Conjunction of all; `True` for none. Stops at the first `False`.
    pub fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::True;
        for answer in answers {
            result = result.and(answer);
            if result.is_false() {
                break;
            }
        }
        result
    }

    /// Disjunction of all; `False` for none. Stops at the first `True`.
    pub fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::False;
        for answer in answers {
            result = result.or(answer);
            if result.is_true() {
                break;
            }
        }
        result
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Maybe => Self::Maybe,
            Self::True => Self::False,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, Maybe, True};

    #[test]
    fn unknown_never_hides_what_is_certain() {
        assert_eq!(Maybe.and(False), False);
        assert_eq!(Maybe.or(True), True);
        assert_eq!(Maybe.and(True), Maybe);
        assert_eq!(Maybe.or(False), Maybe);
        assert_eq!(!Maybe, Maybe);
    }

    #[test]
    fn empty_sets_have_the_neutral_answer() {
        assert_eq!(Truth::all([]), True);
        assert_eq!(Truth::any([]), False);
    }
}
