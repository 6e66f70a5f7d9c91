//! Bitsets over brokers: for which brokers something certainly holds, and for which it may.

use fixedbitset::FixedBitSet;

use crate::text::Truth;

/// For which brokers something certainly holds, and for which it possibly holds. What is certain is possible too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bits {
    pub(super) certain: FixedBitSet,
    pub(super) possible: FixedBitSet,
}

impl Bits {
    /// It holds for none.
    pub(super) fn none(brokers: usize) -> Self {
        Self { certain: FixedBitSet::with_capacity(brokers), possible: FixedBitSet::with_capacity(brokers) }
    }

    /// The same answer for each of `exists`.
    pub(super) fn all(exists: &FixedBitSet, answer: Truth) -> Self {
        let mut bits = Self::none(exists.len());
        if !answer.is_false() {
            bits.possible.union_with(exists);
        }
        if answer.is_true() {
            bits.certain.union_with(exists);
        }
        bits
    }

    /// Notes the answer for one broker.
    pub(super) fn set(&mut self, broker: usize, answer: Truth) {
        if !answer.is_false() {
            self.possible.insert(broker);
        }
        if answer.is_true() {
            self.certain.insert(broker);
        }
    }

    /// Both hold.
    pub(super) fn and(&mut self, other: &Self) {
        self.certain.intersect_with(&other.certain);
        self.possible.intersect_with(&other.possible);
    }

    /// Either holds.
    pub(super) fn or(&mut self, other: &Self) {
        self.certain.union_with(&other.certain);
        self.possible.union_with(&other.possible);
    }

    /// It holds only if `answer` does as well.
    pub(super) fn only_if(&mut self, answer: Truth) {
        match answer {
            Truth::True => {}
            Truth::Maybe => self.certain.clear(),
            Truth::False => {
                self.certain.clear();
                self.possible.clear();
            }
        }
    }

    /// Whether it holds for none, not even possibly.
    pub(super) fn is_none(&self) -> bool {
        self.possible.is_clear()
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;
    use crate::text::Truth;

    #[test]
    fn what_is_certain_is_possible() {
        let mut bits = Bits::none(3);
        bits.set(0, Truth::True);
        bits.set(1, Truth::Maybe);
        bits.set(2, Truth::False);
        assert_eq!(bits.possible.ones().collect::<Vec<_>>(), [0, 1]);
        assert_eq!(bits.certain.ones().collect::<Vec<_>>(), [0]);
        bits.only_if(Truth::Maybe);
        assert!(bits.certain.is_clear() && !bits.is_none());
    }
}
