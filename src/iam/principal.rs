//! `Principal` and `NotPrincipal` of a trust policy.

use crate::text::{Hole, Text};

/// Who a trust policy is about. Kept as it is written; not evaluated here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub(super) negated: bool,
    pub(super) entries: Vec<PrincipalEntry>,
}

/// One principal of a trust policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrincipalEntry {
    /// `"*"`: everyone.
    Everyone,
    /// A principal of a kind: `AWS`, `Service`, `Federated`, `CanonicalUser`.
    Named {
        /// The kind as it is written.
        kind: Text,
        /// The ARN, account, service or provider.
        name: Text,
    },
    /// Any number of unknown principals.
    Unknown(Hole),
    /// A part that cannot be understood.
    NotUnderstood,
}

impl Principal {
    /// Whether it is `NotPrincipal`: everyone but those listed.
    pub fn is_negated(&self) -> bool {
        self.negated
    }

    /// The list.
    pub fn entries(&self) -> &[PrincipalEntry] {
        &self.entries
    }
}
