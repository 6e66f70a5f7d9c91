//! Which principals may, perhaps, call what leads to another principal or changes a policy. A rough sieve before each
//! call is decided: what it lets through may still be denied, what it holds back certainly is.

use std::sync::LazyLock;

use rayon::prelude::*;

use crate::access::{Authority, Callers};
use crate::aws::passed_roles::PASSED_ROLES;
use crate::graph::{Graph, State};
use crate::hash::HashMap;
use crate::iam::{Context, KeyName, KeyState, Statement, Subject};
use crate::text::{Hole, Shape};

/// The calls of IAM and STS that are looked at; those of [`PASSED_ROLES`] follow.
const ACTIONS: &[&str] = &[
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:DeleteGroupPolicy",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteUserPolicy",
    "iam:DetachGroupPolicy",
    "iam:DetachRolePolicy",
    "iam:DetachUserPolicy",
    "iam:PassRole",
    "iam:PutGroupPolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
    "iam:RemoveUserFromGroup",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
    "sts:AssumeRole",
];

/// Sets of calls, as bits.
pub(super) type Calls = u64;

/// Which calls each principal may make, perhaps.
pub(super) struct Abilities<'g> {
    callers: Option<Callers<'g>>,
    of_principal: Vec<Calls>,
}

/// A request of which nothing but action and resource is known.
struct Anything(Hole);

impl Context for Anything {
    fn key(&self, _: &KeyName) -> KeyState<'_> {
        KeyState::Unknown(&self.0)
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    let of_services = PASSED_ROLES.iter().flat_map(|way| way.calls).map(|call| call.action);
    ACTIONS.iter().copied().chain(of_services)
}

impl<'g> Abilities<'g> {
    pub(super) fn new(graph: &Graph, authority: &Authority<'g>) -> Self {
        let callers = authority.callers(State::After, names().collect(), []);
        let of = |principal: usize| {
            let may = |callers: &Callers<'_>, action| callers.allowing(principal, action).next().is_some();
            let calls = names()
                .enumerate()
                .filter(|(action, _)| callers.as_ref().is_some_and(|all| may(all, *action)));
            calls.fold(0, |sum, (action, _)| sum | 1u64 << action)
        };
        let of_principal = (0..graph.principals.len()).into_par_iter().map(of).collect();
        Self { callers, of_principal }
    }

    /// The calls that the principal may make, perhaps.
    pub(super) fn of(&self, principal: usize) -> Calls {
        self.of_principal.get(principal).copied().unwrap_or_default()
    }

    /// The principals, to be asked about the calls by their [`position`].
    pub(super) fn callers(&self) -> Option<&Callers<'g>> {
        self.callers.as_ref()
    }

    /// The statements of identity policies that allow the call, perhaps.
    pub(super) fn allowing(&self, principal: usize, action: &str) -> Vec<&Statement> {
        let callers = self.callers.as_ref().zip(position(action));
        callers.map(|(callers, action)| callers.allowing(principal, action).collect()).unwrap_or_default()
    }
}

/// The position of a call among all that are looked at.
pub(super) fn position(action: &str) -> Option<usize> {
    static POSITIONS: LazyLock<HashMap<&str, usize>> =
        LazyLock::new(|| names().enumerate().map(|(place, name)| (name, place)).collect());
    POSITIONS.get(action).copied()
}

/// Whether one of the statements is about the resource, perhaps, whatever the request's context.
pub(super) fn is_about(statements: &[&Statement], resource: &Subject) -> bool {
    static ANYTHING: LazyLock<Anything> =
        LazyLock::new(|| Anything(Hole::new("", "any request", Shape::ANY)));
    statements.iter().any(|statement| !statement.matches_resource(resource, &*ANYTHING).is_false())
}

/// The bit of a call.
pub(super) fn bit(action: &str) -> Calls {
    position(action).map_or(0, |place| 1u64 << place)
}

/// The calls that change policies, boundaries or memberships.
pub(super) fn changing() -> Calls {
    const OTHERS: [&str; 5] = [
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:PassRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateLoginProfile",
    ];
    static CHANGING: LazyLock<Calls> = LazyLock::new(|| {
        let calls = ACTIONS.iter().filter(|action| action.starts_with("iam:") && !OTHERS.contains(action));
        calls.fold(0, |sum, action| sum | bit(action))
    });
    *CHANGING
}

#[cfg(test)]
mod tests {
    use super::{bit, names};

    #[test]
    fn every_call_has_a_bit_of_its_own() {
        let all: Vec<&str> = names().collect();
        assert!(all.len() <= 64);
        for (place, name) in all.iter().enumerate() {
            assert_eq!(bit(name), 1 << place, "{name} is there twice");
        }
    }
}
