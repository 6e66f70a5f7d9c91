//! The work that evaluation may take.

use std::cell::Cell;

/// The work that an evaluation may still do, in units of about one expression or one element each.
///
/// Each thing that is evaluated once (a local, an output, an attribute) has work of its own, so that one which takes too
/// much does not starve what refers to it; all together have a bound too.
#[derive(Debug)]
pub(crate) struct Fuel {
    left: Cell<u64>,
    of_all: Cell<u64>,
}

/// The work allowed was used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutOfFuel;

impl Fuel {
    /// What one thing may take.
    const OF_ONE: u64 = 1_000_000;
    /// What all things together may take.
    const OF_ALL: u64 = 100_000_000;

    pub(crate) fn new() -> Self {
        Self { left: Cell::new(Self::OF_ONE), of_all: Cell::new(Self::OF_ALL) }
    }

    /// Begins the work on one thing; gives what was left for the one before.
    pub(crate) fn begin(&self) -> u64 {
        self.left.replace(Self::OF_ONE)
    }

    /// Goes back to the thing before.
    pub(crate) fn end(&self, before: u64) {
        self.left.set(before);
    }

    pub(crate) fn spend(&self, amount: usize) -> Result<(), OutOfFuel> {
        let amount = u64::try_from(amount).unwrap_or(u64::MAX);
        let (left, of_all) = (self.left.get().checked_sub(amount), self.of_all.get().checked_sub(amount));
        self.left.set(left.unwrap_or(0));
        self.of_all.set(of_all.unwrap_or(0));
        if left.is_some() && of_all.is_some() { Ok(()) } else { Err(OutOfFuel) }
    }
}
