//! Links: attachments, group memberships, permissions boundaries, and the lists that exclude all others.

use super::build::{Builder, Held, required};
use super::exclusive::ATTACHMENTS;
use super::facts::values;
use super::{EdgeKind, PrincipalKind, State};
use crate::plan::{Action, ResourceChange, Value};
use crate::text::{Hole, Shape, Text, Truth};
use petgraph::graph::NodeIndex;

const TARGETS: [(&str, PrincipalKind); 3] =
    [("role", PrincipalKind::Role), ("user", PrincipalKind::User), ("group", PrincipalKind::Group)];

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
                let name = required(resource, values, target);
                let arn = required(resource, values, "policy_arn");
                self.attach((owner, &name), &arn, resource, state);
            }
        }
        for resource in self.managed("aws_iam_policy_attachment") {
            let Some(values) = values(resource, state) else { continue };
            let arn = required(resource, values, "policy_arn");
            for (target, owner) in TARGETS {
                for name in texts(values.member(&format!("{target}s"))) {
                    self.attach((owner, &name), &arn, resource, state);
                }
            }
        }
        for (kind, target, owner) in ATTACHMENTS {
            for resource in self.managed(kind) {
                if let Some(values) = values(resource, state) {
                    let Some(name) = values.member(target).to_text() else { continue };
                    for arn in texts(values.member("policy_arns")) {
                        self.attach((owner, &name), &arn, resource, state);
                    }
                }
                self.leave_attached((owner, target), resource, state);
            }
        }
        for resource in self.managed("aws_iam_role") {
            let Some(values) = values(resource, state) else { continue };
            self.managed_policy_arns(resource, values, state);
        }
    }

    /// When such a list is destroyed, or made for another principal, nothing is detached.
    fn leave_attached(
        &mut self,
        (owner, target): (PrincipalKind, &str),
        resource: &ResourceChange,
        state: State,
    ) {
        let is_given_up =
            state == State::After && matches!(resource.action, Action::Delete | Action::Replace);
        let Some(before) = resource.before.as_ref().filter(|_| is_given_up) else { return };
        let Some(name) = before.member(target).to_text() else { return };
        let is_same = |after: &Value| {
            after.member(target).to_text().is_some_and(|after| after.unmarked() == name.unmarked())
        };
        if resource.after.as_ref().is_some_and(is_same) {
            return;
        }
        let provider = self.provider(resource);
        for arn in texts(before.member("policy_arns")) {
            let Some(&policy) = self.policies.before.get(&arn.unmarked()) else { continue };
            for (principal, held) in self.existing(owner, &name, provider, state) {
                self.link((principal, policy), EdgeKind::AttachedTo, state, &resource.address_text, held);
            }
        }
    }

    fn managed_policy_arns(&mut self, resource: &ResourceChange, values: &Value, state: State) {
        let Some(name) = values.member("name").to_text() else { return };
        let is_list = (self.configured)(&resource.address, "managed_policy_arns");
        let configured = state == State::After && is_list;
        let arns = match values.member("managed_policy_arns") {
            Value::Unknown(_) if !configured => return,
            listed => texts(listed),
        };
        let account = self.provider(resource).place.account.unmarked();
        for arn in arns {
            let elsewhere = self.elsewhere.get(state);
            let is_elsewhere = if is_list {
                Truth::False
            } else {
                elsewhere.has_attached(&account, &name.unmarked(), &arn.unmarked())
            };
            let listed = self.listed(resource, "managed_policy_arns", is_list);
            self.attach_unless((PrincipalKind::Role, &name), &arn, resource, (state, is_elsewhere), &listed);
        }
    }

    /// Group memberships of both kinds.
    pub(super) fn add_memberships(&mut self, state: State) {
        for resource in self.managed("aws_iam_group_membership") {
            let Some(values) = values(resource, state) else { continue };
            let group = required(resource, values, "group");
            for user in texts(values.member("users")) {
                self.join(&user, &group, resource, state);
            }
        }
        for resource in self.managed("aws_iam_user_group_membership") {
            let Some(values) = values(resource, state) else { continue };
            let user = required(resource, values, "user");
            for group in texts(values.member("groups")) {
                self.join(&user, &group, resource, state);
            }
        }
    }

    fn join(&mut self, user: &Text, group: &Text, resource: &ResourceChange, state: State) {
        let provider = self.provider(resource);
        let members = self.named(PrincipalKind::User, user, provider, state);
        if members.is_empty() {
            return;
        }
        // A group that bears on a listed user is there, whether the plan touches it or not.
        let is_untouched = std::mem::take(&mut self.is_untouched);
        let groups = self.named(PrincipalKind::Group, group, provider, state);
        self.is_untouched = is_untouched;
        for (member, user_held) in members {
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
        if self.is_shown_untouched(group) {
            return;
        }
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

    /// Permissions boundaries that data sources show, of principals that the plan does not manage.
    pub(super) fn add_boundaries_of_data(&mut self) {
        for (kind, key, owner) in [
            ("aws_iam_role", "name", PrincipalKind::Role),
            ("aws_iam_user", "user_name", PrincipalKind::User),
        ] {
            for resource in self.data(kind) {
                let Some(shown) = &resource.after else { continue };
                let (Some(name), Some(arn)) =
                    (shown.member(key).to_text(), shown.member("permissions_boundary").to_text())
                else {
                    continue;
                };
                if arn.as_known() == Some("") {
                    continue;
                }
                let provider = self.provider(resource);
                for state in [State::Before, State::After] {
                    for (principal, held) in self.existing(owner, &name, provider, state) {
                        let node = self.graph.principal(principal);
                        if node.is_some_and(|principal| principal.change == super::Change::External) {
                            let policy = self.policy_with_arn(&arn, state);
                            let ends = (principal, policy);
                            self.link(ends, EdgeKind::BoundedBy, state, &resource.address_text, held);
                        }
                    }
                }
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
