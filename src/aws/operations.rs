//! The three operations on a broker whose access is decided.

use std::fmt;
use std::str::FromStr;

/// An operation on a broker. The order is that of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Creating the broker.
    Create,
    /// Rebooting the broker.
    Reboot,
    /// Deleting the broker.
    Delete,
}

/// What the call of an operation is authorized on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// No resource: the text `*`, which only a pattern such as `*` matches.
    AnyResource,
    /// The broker's ARN.
    Broker,
}

impl Operation {
    /// All operations, in the order of the output.
    pub const ALL: [Self; 3] = [Self::Create, Self::Reboot, Self::Delete];

    /// The name, as in the output and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Reboot => "reboot",
            Self::Delete => "delete",
        }
    }

    /// The IAM action that the call itself is authorized as.
    pub const fn action(self) -> &'static str {
        match self {
            Self::Create => "mq:CreateBroker",
            Self::Reboot => "mq:RebootBroker",
            Self::Delete => "mq:DeleteBroker",
        }
    }

    /// What the call is authorized on. `mq:CreateBroker` has no resource type (Service Authorization Reference).
    pub const fn target(self) -> Target {
        match self {
            Self::Create => Target::AnyResource,
            Self::Reboot | Self::Delete => Target::Broker,
        }
    }

    /// The position in [`Operation::ALL`].
    pub const fn index(self) -> usize {
        match self {
            Self::Create => 0,
            Self::Reboot => 1,
            Self::Delete => 2,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not an operation: write create, reboot or delete")]
pub struct UnknownOperation {
    /// The word as it was given.
    pub word: String,
}

impl FromStr for Operation {
    type Err = UnknownOperation;

    /// Reads the name, or the name of the action with or without `mq:`, in any case.
    fn from_str(word: &str) -> Result<Self, UnknownOperation> {
        Self::ALL
            .into_iter()
            .find(|operation| {
                let action = operation.action();
                let bare = action.strip_prefix("mq:").unwrap_or(action);
                [operation.name(), action, bare].iter().any(|name| name.eq_ignore_ascii_case(word))
            })
            .ok_or_else(|| UnknownOperation { word: word.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::{Operation, Target};
    use crate::aws::actions;

    #[test]
    fn operations_are_read_from_every_name_they_go_by() {
        for operation in Operation::ALL {
            assert_eq!(operation.name().parse(), Ok(operation));
            assert_eq!(operation.action().to_ascii_uppercase().parse(), Ok(operation));
            assert_eq!(Operation::ALL[operation.index()], operation);
        }
        assert_eq!("RebootBroker".parse(), Ok(Operation::Reboot));
        assert!("restart".parse::<Operation>().unwrap_err().to_string().contains("restart"));
    }

    #[test]
    fn the_target_agrees_with_the_table_of_actions() {
        for operation in Operation::ALL {
            let has = actions::has_resource_types(operation.action());
            assert_eq!(has, Some(operation.target() == Target::Broker));
        }
    }
}
