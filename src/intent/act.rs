//! What an intent speaks of: the three operations of the matrix, and changes of a broker.

use std::fmt;

use crate::aws::Operation;

/// Something that is done with a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Creating it.
    Create,
    /// Rebooting it.
    Reboot,
    /// Deleting it.
    Delete,
    /// Changing it.
    Update,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Create, Self::Reboot, Self::Delete, Self::Update];

    /// The word, as in the file and in the output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Reboot => "reboot",
            Self::Delete => "delete",
            Self::Update => "update",
        }
    }

    /// The IAM action.
    pub const fn action(self) -> &'static str {
        match self {
            Self::Create => Operation::Create.action(),
            Self::Reboot => Operation::Reboot.action(),
            Self::Delete => Operation::Delete.action(),
            Self::Update => "mq:UpdateBroker",
        }
    }

    /// The operation of the matrix, if it is one.
    pub const fn operation(self) -> Option<Operation> {
        match self {
            Self::Create => Some(Operation::Create),
            Self::Reboot => Some(Operation::Reboot),
            Self::Delete => Some(Operation::Delete),
            Self::Update => None,
        }
    }

    /// The operation whose request is built alike: on the same resource, with the same keys of the broker.
    pub const fn like(self) -> Operation {
        match self {
            Self::Create => Operation::Create,
            Self::Reboot | Self::Update => Operation::Reboot,
            Self::Delete => Operation::Delete,
        }
    }

    /// The one of this name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == word)
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
