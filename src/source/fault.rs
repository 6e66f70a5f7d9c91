//! Why an expression has no value.

use super::fuel::OutOfFuel;

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Terraform itself would refuse it, whatever the unknown values turn out to be.
    Invalid(String),
    /// Whether Terraform would refuse it hangs on what is known only after apply.
    Unsettled,
    /// It was given up: too deep, or too large.
    Limit(&'static str),
    /// It was given up, and all around it with it: the work allowed is used up.
    Exhausted,
}

impl Fault {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(message.into())
    }

    /// The fault of something of which it is not known whether it is there.
    pub(crate) fn unsettled(self) -> Self {
        match self {
            Self::Invalid(_) => Self::Unsettled,
            other => other,
        }
    }

    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Invalid(message) => message,
            Self::Unsettled => "whether it fails is known only after apply",
            Self::Limit(message) => message,
            Self::Exhausted => "the work allowed for one value is used up",
        }
    }
}

impl From<OutOfFuel> for Fault {
    fn from(_: OutOfFuel) -> Self {
        Self::Exhausted
    }
}

/// The value of an expression, or why it has none.
pub(crate) type Outcome<T = super::value::Value> = Result<T, Fault>;
