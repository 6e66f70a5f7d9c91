//! What makes access change.

/// What happens to a resource that makes access change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// The principal is new.
    PrincipalCreated,
    /// The principal goes.
    PrincipalDeleted,
    /// The broker is new.
    BrokerCreated,
    /// The broker goes.
    BrokerDeleted,
    /// A policy is attached.
    PolicyAttached,
    /// A policy is detached.
    PolicyDetached,
    /// What a policy says changes.
    PolicyChanged,
    /// A permissions boundary is set.
    BoundarySet,
    /// A permissions boundary goes.
    BoundaryRemoved,
    /// A user joins a group.
    MembershipAdded,
    /// A user leaves a group.
    MembershipRemoved,
    /// The broker is replaced, and has another ARN.
    BrokerReplaced,
    /// The tags of the broker change.
    BrokerTagsChanged,
    /// Something else of the broker changes.
    BrokerChanged,
    /// The principal is made anew, and loses what nothing links to it again.
    PrincipalReplaced,
    /// The tags of the principal change.
    PrincipalTagsChanged,
    /// Something else of the principal changes.
    PrincipalChanged,
    /// A list that excludes all others does not name a policy that is attached.
    PolicyExcluded,
    /// The account of the principal, or a unit above it, moves within the organization.
    AccountMoved,
    /// The service control policies that bind the principal change in another way.
    GuardRailChanged,
}

impl What {
    /// The name, as in every format.
    pub fn name(self) -> &'static str {
        match self {
            Self::PrincipalCreated => "principal-created",
            Self::PrincipalDeleted => "principal-deleted",
            Self::BrokerCreated => "broker-created",
            Self::BrokerDeleted => "broker-deleted",
            Self::PolicyAttached => "policy-attached",
            Self::PolicyDetached => "policy-detached",
            Self::PolicyChanged => "policy-changed",
            Self::BoundarySet => "boundary-set",
            Self::BoundaryRemoved => "boundary-removed",
            Self::MembershipAdded => "membership-added",
            Self::MembershipRemoved => "membership-removed",
            Self::BrokerReplaced => "broker-replaced",
            Self::BrokerTagsChanged => "broker-tags-changed",
            Self::BrokerChanged => "broker-changed",
            Self::PrincipalReplaced => "principal-replaced",
            Self::PrincipalTagsChanged => "principal-tags-changed",
            Self::PrincipalChanged => "principal-changed",
            Self::PolicyExcluded => "policy-excluded",
            Self::AccountMoved => "account-moved",
            Self::GuardRailChanged => "guard-rail-changed",
        }
    }

    /// What happens, said of the resource.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::PrincipalCreated | Self::BrokerCreated => "is new",
            Self::PrincipalDeleted | Self::BrokerDeleted => "goes",
            Self::PolicyAttached => "attaches a policy",
            Self::PolicyDetached => "no longer attaches a policy",
            Self::PolicyChanged => "says something else",
            Self::BoundarySet => "sets a permissions boundary",
            Self::BoundaryRemoved => "takes away a permissions boundary",
            Self::MembershipAdded => "adds a member to a group",
            Self::MembershipRemoved => "takes a member out of a group",
            Self::BrokerReplaced => "is replaced and gets another ARN",
            Self::PrincipalReplaced => "is made anew and loses what is attached to it",
            Self::BrokerTagsChanged | Self::PrincipalTagsChanged => "has other tags",
            Self::BrokerChanged | Self::PrincipalChanged => "changes",
            Self::PolicyExcluded => "takes away a policy that it does not list",
            Self::AccountMoved => "moves to another place in the organization",
            Self::GuardRailChanged => "is bound by other service control policies",
        }
    }
}

/// A change of a resource that makes access change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause {
    /// The address of the resource.
    pub address: Box<str>,
    /// What happens to it.
    pub what: What,
}
