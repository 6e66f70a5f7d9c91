//! Links: attachments, group memberships, permissions boundaries, and the lists that exclude all others.

use std::collections::BTreeSet;

use super::build::{Builder, Held};
use super::facts::values;
use super::{EdgeKind, PrincipalKind, State};
use crate::plan::{ResourceChange, Value};
use crate::text::{Hole, Shape, Text, Truth};
use petgraph::graph::NodeIndex;

const TARGETS: [(&str, PrincipalKind); 3] =
    [("role", PrincipalKind::Role), ("user", PrincipalKind::User), ("group", PrincipalKind::Group)];

/// The lists of attached policies that exclude all others.
const EXCLUSIVE: [(&str, &str, PrincipalKind); 3] = [
    ("aws_iam_role_policy_attachments_exclusive", "role_name", PrincipalKind::Role),
    ("aws_iam_user_policy_attachments_exclusive", "user_name", PrincipalKind::User),
    ("aws_iam_group_policy_attachments_exclusive", "group_name", PrincipalKind::Group),
];

impl Builder<'_> {
    /// Managed policies: attachment resources, and the `managed_policy_arns` of roles.
    pub(super) fn add_attachments(&mut self, state: State) {
        for (kind, target, owner) in [
            ("aws_iam_role_policy_attachment", "role", PrincipalKind::Role),
            ("aws_iam_user_policy_attachment", "user", PrincipalKind::User),
            ("aws_iam_group_policy_attachment", "group", PrincipalKind::Group),
        ] {
            for resource in self.managed(kind) {
                let Some(values) = values(resource, state) else { continue };
                if let (Some(name), Some(arn)) =
                    (values.member(target).to_text(), values.member("policy_arn").to_text())
                {
                    self.attach((owner, &name), &arn, resource, state);
                }
            }
        }
        for resource in self.managed("aws_iam_policy_attachment") {
            let Some(values) = values(resource, state) else { continue };
            let Some(arn) = values.member("policy_arn").to_text() else { continue };
            for (target, owner) in TARGETS {
                for name in texts(values.member(&format!("{target}s"))) {
                    self.attach((owner, &name), &arn, resource, state);
                }
            }
        }
        for (kind, target, owner) in EXCLUSIVE {
            for resource in self.managed(kind) {
                let Some(values) = values(resource, state) else { continue };
                let Some(name) = values.member(target).to_text() else { continue };
                for arn in texts(values.member("policy_arns")) {
                    self.attach((owner, &name), &arn, resource, state);
                }
            }
        }
        for resource in self.managed("aws_iam_role") {
            let Some(values) = values(resource, state) else { continue };
            self.managed_policy_arns(resource, values, state);
        }
    }

    fn managed_policy_arns(&mut self, resource: &ResourceChange, values: &Value, state: State) {
        let Some(name) = values.member("name").to_text() else { return };
        let configured = state == State::After && (self.configured)(&resource.address, "managed_policy_arns");
        let arns = match values.member("managed_policy_arns") {
            Value::Unknown(_) if !configured => return,
            listed => texts(listed),
        };
        let elsewhere =
            if configured { None } else { self.elsewhere.attached.get(&name.unmarked()).cloned() };
        let elsewhere = elsewhere.unwrap_or_default();
        for arn in arns {
            let key = arn.unmarked();
            if elsewhere.contains(&key) || (!configured && self.elsewhere.attached_to_all.contains(&key)) {
                continue;
            }
            self.attach((PrincipalKind::Role, &name), &arn, resource, state);
        }
    }

    /// Group memberships of both kinds.
    pub(super) fn add_memberships(&mut self, state: State) {
        for resource in self.managed("aws_iam_group_membership") {
            let Some(values) = values(resource, state) else { continue };
            let Some(group) = values.member("group").to_text() else { continue };
            for user in texts(values.member("users")) {
                self.join(&user, &group, resource, state);
            }
        }
        for resource in self.managed("aws_iam_user_group_membership") {
            let Some(values) = values(resource, state) else { continue };
            let Some(user) = values.member("user").to_text() else { continue };
            for group in texts(values.member("groups")) {
                self.join(&user, &group, resource, state);
            }
        }
    }

    fn join(&mut self, user: &Text, group: &Text, resource: &ResourceChange, state: State) {
        let provider = self.provider(resource);
        let groups = self.named(PrincipalKind::Group, group, provider, state);
        for (member, user_held) in self.named(PrincipalKind::User, user, provider, state) {
            for (group, group_held) in &groups {
                let truth = user_held.truth.and(group_held.truth);
                let unknown = user_held.unknown.clone().or_else(|| group_held.unknown.clone());
                let held = Held { truth, unknown };
                self.link((member, *group), EdgeKind::MemberOf, state, &resource.address_text, held);
                self.policies_of_unmanaged_group(member, *group, state, &resource.address_text);
            }
        }
    }

    /// A group that the plan does not manage may have policies that the plan does not show.
    fn policies_of_unmanaged_group(&mut self, member: NodeIndex, group: NodeIndex, state: State, via: &str) {
        let Some(id) = self
            .graph
            .principal(group)
            .filter(|group| group.change == super::Change::External)
            .map(|group| group.id.clone())
        else {
            return;
        };
        let hole = Hole::new(id, "policies", Shape::ANY);
        let policy = self.not_shown(&hole);
        self.link((member, policy), EdgeKind::AttachedTo, state, via, Held::CERTAIN);
    }

    /// Permissions boundaries of roles and users.
    pub(super) fn add_boundaries(&mut self, state: State) {
        for (kind, owner) in [("aws_iam_role", PrincipalKind::Role), ("aws_iam_user", PrincipalKind::User)] {
            for resource in self.managed(kind) {
                let Some(values) = values(resource, state) else { continue };
                let Some(arn) = values.member("permissions_boundary").to_text() else { continue };
                let Some(name) = values.member("name").to_text() else { continue };
                if arn.as_known() == Some("") {
                    continue;
                }
                let policy = self.policy_with_arn(&arn, state);
                let provider = self.provider(resource);
                for (principal, held) in self.named(owner, &name, provider, state) {
                    self.link((principal, policy), EdgeKind::BoundedBy, state, &resource.address_text, held);
                }
            }
        }
    }

    /// Lists that exclude all others take away what they do not name.
    pub(super) fn enforce_exclusive(&mut self, state: State) {
        if state == State::Before {
            return;
        }
        for (kind, target, owner) in EXCLUSIVE {
            for resource in self.managed(kind) {
                let Some(values) = values(resource, state) else { continue };
                let Some(name) = values.member(target).to_text() else { continue };
                let listed = texts(values.member("policy_arns"));
                if listed.iter().any(|text| text.as_hole().is_some()) {
                    continue;
                }
                let keep: BTreeSet<_> = listed.iter().map(|arn| self.policy_with_arn(arn, state)).collect();
                let provider = self.provider(resource);
                for (principal, held) in self.named(owner, &name, provider, state) {
                    if held.truth.is_true() {
                        self.detach_others(principal, &keep, state);
                    }
                }
            }
        }
    }

    fn detach_others(&mut self, principal: NodeIndex, keep: &BTreeSet<NodeIndex>, state: State) {
        let graph = &self.graph;
        for ((from, to, kind, _), (holds, _)) in &mut self.edges {
            let inline = graph.policy(*to).is_some_and(|policy| policy.origin == super::PolicyOrigin::Inline);
            if *from == principal && *kind == EdgeKind::AttachedTo && !inline && !keep.contains(to) {
                *holds.get_mut(state) = Truth::False;
            }
        }
    }
}

/// The texts of a list; one text of unknown content where the list as a whole is unknown.
pub(super) fn texts(value: &Value) -> Vec<Text> {
    match value {
        Value::List(elements) => elements.iter().filter_map(Value::to_text).collect(),
        Value::Unknown(hole) => vec![Text::hole(hole.clone())],
        _ => Vec::new(),
    }
}
