//! Sets of brokers, split until no statement tells apart what is in one.

use fixedbitset::FixedBitSet;

/// Splits each set into what is in `by` and what is not.
pub(super) fn split(sets: &mut Vec<FixedBitSet>, by: &FixedBitSet) {
    for position in 0..sets.len() {
        let Some(set) = sets.get_mut(position) else { continue };
        if set.is_disjoint(by) || set.is_subset(by) {
            continue;
        }
        let mut inside = set.clone();
        inside.intersect_with(by);
        set.difference_with(by);
        sets.push(inside);
    }
}

/// Gives each member of `of` a set of its own.
pub(super) fn single_out(sets: &mut Vec<FixedBitSet>, of: &FixedBitSet) {
    for member in of.ones() {
        let mut alone = FixedBitSet::with_capacity(of.len());
        alone.insert(member);
        split(sets, &alone);
    }
}

#[cfg(test)]
mod tests {
    use super::{single_out, split};
    use fixedbitset::FixedBitSet;

    fn set(members: &[usize]) -> FixedBitSet {
        let mut set = FixedBitSet::with_capacity(8);
        set.extend(members.iter().copied());
        set
    }

    #[test]
    fn sets_are_split_and_nothing_is_lost() {
        let mut sets = vec![set(&[0, 1, 2, 3])];
        split(&mut sets, &set(&[1, 2, 7]));
        assert_eq!(sets, [set(&[0, 3]), set(&[1, 2])]);
        single_out(&mut sets, &set(&[1, 3]));
        assert_eq!(sets.len(), 4);
    }
}
