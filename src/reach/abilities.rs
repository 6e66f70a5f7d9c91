//! Which principals may, perhaps, call what leads to another principal or changes a policy. A rough sieve before each
//! call is decided: what it lets through may still be denied, what it holds back certainly is.

use rayon::prelude::*;

use crate::access::{Layers, Matrix};
use crate::aws::passed_roles::PASSED_ROLES;
use crate::graph::{Graph, State};
use crate::iam::{Context, Effect, KeyName, KeyState, PolicyDocument, Request, Statement, Subject};
use crate::text::{Hole, Shape, Text};

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
pub(super) struct Abilities {
    requests: Vec<Request>,
    of_document: Vec<Calls>,
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

impl Abilities {
    pub(super) fn new(graph: &Graph, matrix: &Matrix) -> Self {
        let requests: Vec<Request> = names().map(|action| Request::new(action, Text::from("*"))).collect();
        let of_document: Vec<Calls> =
            matrix.all_compiled().par_iter().map(|document| allowed(document, &requests)).collect();
        let of_principal = graph
            .principals
            .par_iter()
            .map(|&node| {
                let layers = Layers::of(graph, matrix.documents(), node, State::After);
                let documents =
                    layers.identity.iter().filter_map(|attached| of_document.get(attached.document));
                documents.fold(0, |sum, calls| sum | calls)
            })
            .collect();
        Self { requests, of_document, of_principal }
    }

    /// The calls that the principal may make, perhaps.
    pub(super) fn of(&self, principal: usize) -> Calls {
        self.of_principal.get(principal).copied().unwrap_or_default()
    }

    /// The statements of identity policies that allow the call, perhaps; `None` where the call is none of those that are
    /// looked at.
    pub(super) fn allowing<'m>(
        &self,
        matrix: &'m Matrix,
        layers: &Layers,
        action: &str,
    ) -> Option<Vec<&'m Statement>> {
        let place = names().position(|name| name == action)?;
        let request = self.requests.get(place)?;
        let bit = 1u64 << place;
        let allows = |statement: &&Statement| {
            statement.effect() != Some(Effect::Deny) && !statement.concerns_action(request).is_false()
        };
        let documents = layers
            .identity
            .iter()
            .filter(|attached| self.of_document.get(attached.document).is_some_and(|calls| calls & bit != 0));
        let documents = documents.filter_map(|attached| matrix.all_compiled().get(attached.document));
        Some(documents.flat_map(PolicyDocument::statements).filter(allows).collect())
    }
}

/// Whether one of the statements is about the resource, perhaps, whatever the request's context.
pub(super) fn is_about(statements: &[&Statement], resource: &Subject) -> bool {
    let anything = Anything(Hole::new("", "any request", Shape::ANY));
    statements.iter().any(|statement| !statement.matches_resource(resource, &anything).is_false())
}

/// The bit of a call.
pub(super) fn bit(action: &str) -> Calls {
    names().position(|name| name == action).map_or(0, |place| 1u64 << place)
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
    let calls = ACTIONS.iter().filter(|action| action.starts_with("iam:") && !OTHERS.contains(action));
    calls.fold(0, |sum, action| sum | bit(action))
}

fn allowed(document: &PolicyDocument, requests: &[Request]) -> Calls {
    let mut calls = 0;
    for statement in document.statements() {
        if statement.effect() == Some(Effect::Deny) || !may_concern(statement) {
            continue;
        }
        for (place, request) in requests.iter().enumerate() {
            if !statement.concerns_action(request).is_false() {
                calls |= 1u64 << place;
            }
        }
    }
    calls
}

/// Whether the actions of a statement may be among those that are looked at, by the names of their services.
fn may_concern(statement: &Statement) -> bool {
    let Some(actions) = statement.actions() else { return true };
    if actions.is_negated() {
        return true;
    }
    actions.patterns().count() < actions.entries().len()
        || actions.patterns().any(|pattern| match pattern.source().as_known() {
            None => true,
            Some(source) => {
                let service = source.split(':').next().unwrap_or_default();
                service.contains(['*', '?'])
                    || names().any(|name| {
                        name.split(':').next().is_some_and(|known| known.eq_ignore_ascii_case(service))
                    })
            }
        })
}

#[cfg(test)]
mod tests {
    use super::{allowed, bit, names};
    use crate::iam::{PolicyDocument, Request};
    use crate::text::Text;

    #[test]
    fn every_call_has_a_bit_of_its_own() {
        let all: Vec<&str> = names().collect();
        assert!(all.len() <= 64);
        for (place, name) in all.iter().enumerate() {
            assert_eq!(bit(name), 1 << place, "{name} is there twice");
        }
    }

    #[test]
    fn statements_are_sieved_by_their_actions() {
        let requests: Vec<Request> = names().map(|name| Request::new(name, Text::from("*"))).collect();
        let of = |action: &str| {
            let json = format!(r#"{{"Statement":{{"Effect":"Allow","Action":{action},"Resource":"*"}}}}"#);
            allowed(&PolicyDocument::parse(&Text::from(json)), &requests)
        };
        assert_eq!(of(r#""mq:*""#), 0);
        assert_eq!(of(r#""IAM:passrole""#), bit("iam:PassRole"));
        assert_eq!(of(r#"["s3:*","sts:Assume*"]"#), bit("sts:AssumeRole"));
        assert_ne!(of(r#""*""#) & bit("lambda:CreateFunction"), 0);
    }
}
