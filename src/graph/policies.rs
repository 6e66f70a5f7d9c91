//! Policies as nodes: customer managed, AWS managed, inline, and those that a link names and nothing shows.

use std::collections::BTreeSet;

use petgraph::graph::NodeIndex;

use super::build::{Builder, Held, document, required, required_document};
use super::facts::{has_sensitive, values};
use super::{Document, EdgeKind, Node, PerState, Policy, PolicyOrigin, PrincipalKind, State};
use crate::plan::{Action, ResourceChange, Value};
use crate::text::{Hole, Shape, Text, Truth};

impl Builder<'_> {
    /// `aws_iam_policy` resources, and `data.aws_iam_policy`, which shows a document as it is today.
    pub(super) fn add_policies(&mut self) {
        let untouched = self.plan.untouched.iter().filter(|change| &*change.address.kind == "aws_iam_policy");
        for resource in self.managed("aws_iam_policy").chain(untouched) {
            let at =
                |state| values(resource, state).map(|values| required_document(resource, values, "policy"));
            let node = self.add_node(Node::Policy(Policy {
                id: resource.address_text.clone(),
                origin: PolicyOrigin::CustomerManaged,
                document: PerState { before: at(State::Before), after: at(State::After) },
            }));
            for state in [State::Before, State::After] {
                let Some(values) = values(resource, state) else { continue };
                if let Some(arn) = values.member("arn").to_text() {
                    let arn = arn.mark_sensitive(has_sensitive(values, &["name", "path"]));
                    self.name_policy(&arn, node, state);
                }
            }
        }
        for resource in self.data("aws_iam_policy") {
            let Some(shown) = &resource.after else { continue };
            let Some(arn) = shown.member("arn").to_text() else { continue };
            if self.policies.after.contains_key(&arn.unmarked())
                || self.policies.before.contains_key(&arn.unmarked())
            {
                continue;
            }
            // What is still to be read is as it is in the set, if it is there.
            let known = || arn.as_known().and_then(self.managed_policies);
            let shown = match document(shown.member("policy")) {
                None | Some(Document::Unknown(_)) if known().is_some() => {
                    known().map(|json| Document::Text(Text::from(json)))
                }
                shown => shown,
            };
            let node = self.add_node(Node::Policy(Policy {
                id: resource.address_text.clone(),
                origin: origin(&arn),
                document: PerState { before: shown.clone(), after: shown },
            }));
            for state in [State::Before, State::After] {
                self.name_policy(&arn, node, state);
            }
        }
    }

    /// Notes that a policy goes by this ARN, which counts without its mark and keeps it for who shows it.
    fn name_policy(&mut self, arn: &Text, policy: NodeIndex, state: State) {
        if arn.is_sensitive() {
            self.of_sensitive_arn.insert(policy);
        }
        self.policies.get_mut(state).insert(arn.unmarked(), policy);
    }

    /// The policy with this ARN; one that the plan does not hold is made a node of its own.
    pub(super) fn policy_with_arn(&mut self, arn: &Text, state: State) -> NodeIndex {
        let key = arn.unmarked();
        if let Some(&node) = self.policies.get(state).get(&key) {
            return node;
        }
        // A policy can be attached only within its own account: an account that is not known makes no difference.
        let candidates: BTreeSet<NodeIndex> = self
            .policies
            .get(state)
            .iter()
            .filter(|(other, _)| same_but_for_account(other, &key))
            .map(|(_, &node)| node)
            .collect();
        if let (Some(&node), 1) = (candidates.first(), candidates.len()) {
            return node;
        }
        let shown = match key.as_known() {
            Some(known) => (self.managed_policies)(known).map(|json| Document::Text(Text::from(json))),
            None => None,
        };
        let missing = || {
            let hole = key.holes().next().cloned();
            let named = || Hole::new("", format!("policy {arn}"), Shape::ANY);
            Document::Unknown(hole.unwrap_or_else(named))
        };
        let shown = Some(shown.unwrap_or_else(missing));
        let node = self.add_node(Node::Policy(Policy {
            id: arn.to_string().into(),
            origin: if arn.is_known() { origin(arn) } else { PolicyOrigin::NotShown },
            document: PerState { before: shown.clone(), after: shown },
        }));
        for state in [State::Before, State::After] {
            if !self.policies.get(state).contains_key(&key) {
                self.name_policy(arn, node, state);
            }
        }
        node
    }

    /// Inline policies: resources of their own, and the `inline_policy` blocks of roles.
    pub(super) fn add_inline_policies(&mut self, state: State) {
        for (kind, target, owner) in [
            ("aws_iam_role_policy", "role", PrincipalKind::Role),
            ("aws_iam_user_policy", "user", PrincipalKind::User),
            ("aws_iam_group_policy", "group", PrincipalKind::Group),
        ] {
            for resource in self.managed(kind) {
                let Some(values) = values(resource, state) else { continue };
                let name = required(resource, values, target);
                let provider = self.provider(resource);
                let shown = Some(required_document(resource, values, "policy"));
                let policy = self.inline(&resource.address_text, shown, state);
                if let Some(name) = values.member("name").to_text() {
                    self.inline_names.insert(policy, name.unmarked());
                }
                if resource.action == Action::Replace {
                    self.replaced_inline.insert(policy);
                }
                for (principal, held) in self.named(owner, &name, provider, state) {
                    self.link((principal, policy), EdgeKind::AttachedTo, state, &resource.address_text, held);
                }
            }
        }
        for resource in self.managed("aws_iam_role") {
            let Some(values) = values(resource, state) else { continue };
            self.inline_blocks(resource, values, state);
        }
    }

    fn inline_blocks(&mut self, resource: &ResourceChange, values: &Value, state: State) {
        let Some(name) = values.member("name").to_text() else { return };
        let provider = self.provider(resource);
        let is_list = (self.configured)(&resource.address, "inline_policy");
        let configured = state == State::After && is_list;
        let account = provider.place.account.unmarked();
        let blocks = match values.member("inline_policy") {
            Value::List(blocks) => blocks.clone(),
            Value::Unknown(hole) if configured => vec![Value::Unknown(hole.clone())],
            _ => return,
        };
        let listed = self.listed(resource, "inline_policy", is_list);
        for (index, block) in blocks.iter().enumerate() {
            let block_name = block.member("name").to_text();
            let elsewhere = block_name.as_ref().filter(|_| !is_list).map(|block_name| {
                let elsewhere = self.elsewhere.get(state);
                elsewhere.has_inline(&account, &name.unmarked(), &block_name.unmarked())
            });
            let elsewhere = elsewhere.unwrap_or(Truth::False);
            if elsewhere.is_true() {
                continue;
            }
            let shown = match block {
                Value::Unknown(hole) => Some(Document::Unknown(hole.clone())),
                block => document(block.member("policy")),
            };
            if shown.is_none() {
                continue;
            }
            let own_name = block_name.clone();
            // Names that are not shown do not tell blocks apart.
            let shown_name = block_name.filter(|name| !name.is_sensitive());
            let label = shown_name.map_or_else(|| index.to_string(), |name| format!("\"{name}\""));
            let id = format!("{}.inline_policy[{label}]", resource.address_text);
            let policy = self.inline(&id, shown, state);
            if let Some(name) = own_name {
                self.inline_names.insert(policy, name.unmarked());
            }
            for (principal, held) in self.named(PrincipalKind::Role, &name, provider, state) {
                let held = held.and(&listed).unless(elsewhere);
                self.link((principal, policy), EdgeKind::AttachedTo, state, &resource.address_text, held);
            }
        }
    }

    /// The node of an inline policy, with its document in `state`.
    pub(super) fn inline(&mut self, id: &str, shown: Option<Document>, state: State) -> NodeIndex {
        let node = if let Some(&node) = self.inline_policies.get(id) {
            node
        } else {
            let node = self.add_node(Node::Policy(Policy {
                id: id.into(),
                origin: PolicyOrigin::Inline,
                document: PerState { before: None, after: None },
            }));
            self.inline_policies.insert(id.into(), node);
            node
        };
        if let Some(Node::Policy(policy)) = self.graph.links.node_weight_mut(node) {
            *policy.document.get_mut(state) = shown;
        }
        node
    }

    /// Policies of which nothing is known, such as those of a group that the plan does not manage.
    pub(super) fn not_shown(&mut self, hole: &Hole) -> NodeIndex {
        let id: Box<str> = hole.to_string().into();
        if let Some(&known) = self.inline_policies.get(&id) {
            return known;
        }
        let shown = Some(Document::Unknown(hole.clone()));
        let node = self.add_node(Node::Policy(Policy {
            id: id.clone(),
            origin: PolicyOrigin::NotShown,
            document: PerState { before: shown.clone(), after: shown },
        }));
        self.inline_policies.insert(id, node);
        node
    }

    /// Links every principal that `name` stands for to the policy with this ARN.
    pub(super) fn attach(
        &mut self,
        (kind, name): (PrincipalKind, &Text),
        arn: &Text,
        resource: &ResourceChange,
        state: State,
    ) {
        self.attach_unless((kind, name), arn, resource, (state, Truth::False), &Held::CERTAIN);
    }

    /// As [`Self::attach`], unless something speaks against it.
    pub(super) fn attach_unless(
        &mut self,
        (kind, name): (PrincipalKind, &Text),
        arn: &Text,
        resource: &ResourceChange,
        (state, against): (State, Truth),
        listed: &Held,
    ) {
        if against.is_true() {
            return;
        }
        let policy = self.policy_with_arn(arn, state);
        let provider = self.provider(resource);
        for (principal, held) in self.named(kind, name, provider, state) {
            let held = held.and(listed).unless(against);
            self.link((principal, policy), EdgeKind::AttachedTo, state, &resource.address_text, held);
        }
    }

    /// How surely a role has what only a list of its own shows. A state has such a list from before the last apply, which may
    /// have taken something away, where the configuration does not set it.
    pub(super) fn listed(&self, role: &ResourceChange, list: &'static str, is_configured: bool) -> Held {
        if is_configured || !self.plan.is_state {
            return Held::CERTAIN;
        }
        Held { truth: Truth::Maybe, unknown: Some(Hole::new(&*role.address_text, list, Shape::ANY)) }
    }
}

/// Whether two ARNs of policies differ in nothing but an account that is not known.
fn same_but_for_account(a: &Text, b: &Text) -> bool {
    let has_account_hole = |text: &Text| text.holes().any(Hole::is_account);
    (has_account_hole(a) || has_account_hole(b))
        && a.equals(b) == Truth::Maybe
        && a.holes()
            .chain(b.holes())
            .all(|hole| hole.is_account() || a.holes().any(|x| x == hole) && b.holes().any(|x| x == hole))
}

fn origin(arn: &Text) -> PolicyOrigin {
    let is_aws = arn.as_known().and_then(|arn| arn.split(':').nth(4)) == Some("aws");
    if is_aws { PolicyOrigin::AwsManaged } else { PolicyOrigin::CustomerManaged }
}
