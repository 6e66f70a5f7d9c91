//! The state before apply and the one after, and what happens to a resource between them.

use std::fmt;

/// The state of the world before the plan is applied, or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// As it is now.
    Before,
    /// As it will be.
    After,
}

impl State {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Before => Self::After,
            Self::After => Self::Before,
        }
    }
}

/// Something that may be there in one state and not, or another, in the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PerState<T> {
    /// As it is now.
    pub before: T,
    /// As it will be.
    pub after: T,
}

impl<T> PerState<T> {
    /// The one of `state`.
    pub fn get(&self, state: State) -> &T {
        match state {
            State::Before => &self.before,
            State::After => &self.after,
        }
    }

    /// The one of `state`, to change.
    pub fn get_mut(&mut self, state: State) -> &mut T {
        match state {
            State::Before => &mut self.before,
            State::After => &mut self.after,
        }
    }
}

/// What the plan does to a broker or a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It is new.
    Create,
    /// It is changed in place.
    Update,
    /// It is destroyed, or let go of, and made anew.
    Replace,
    /// It is destroyed.
    Delete,
    /// It stays as it is.
    NoOp,
    /// Terraform lets go of it; it stays in AWS.
    Forget,
    /// It is not managed by the plan.
    External,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::NoOp => "no-op",
            Self::Forget => "forget",
            Self::External => "external",
        })
    }
}
