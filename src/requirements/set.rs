//! Sets of the actions that requirements name.

use crate::aws::requirements::Requirements;

/// A set of actions, by their position among all that requirements name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionSet(u64);

impl ActionSet {
    /// No action.
    pub const EMPTY: Self = Self(0);

    /// Adds the action at a position.
    pub fn insert(&mut self, position: usize) {
        let bit = u32::try_from(position).ok().and_then(|position| 1u64.checked_shl(position));
        self.0 |= bit.unwrap_or_default();
    }

    /// Whether the action at a position is in the set.
    pub fn contains(self, position: usize) -> bool {
        let mut one = Self::EMPTY;
        one.insert(position);
        !self.and(one).is_empty()
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The positions, in order.
    pub fn positions(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let position = usize::try_from(left.trailing_zeros()).ok().filter(|_| left != 0)?;
            left &= left.wrapping_sub(1);
            Some(position)
        })
    }

    /// The names, sorted.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let all = Requirements::shipped().actions().enumerate();
        all.filter(move |(position, _)| self.contains(*position)).map(|(_, (name, _))| name)
    }
}

#[cfg(test)]
mod tests {
    use super::ActionSet;
    use crate::aws::requirements::Requirements;

    #[test]
    fn names_come_sorted() {
        let all = Requirements::shipped();
        let mut set = ActionSet::EMPTY;
        for name in ["mq:CreateTags", "ec2:DescribeVpcs", "iam:PassRole"] {
            set.insert(all.position(name).unwrap());
        }
        assert_eq!(set.names().collect::<Vec<_>>(), ["ec2:DescribeVpcs", "iam:PassRole", "mq:CreateTags"]);
        assert_eq!(set.positions().count(), 3);
        assert!(set.without(set).is_empty() && set.and(set) == set.or(set));
    }
}
