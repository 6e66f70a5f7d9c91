//! Brokers and principals as nodes, and principals by name.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::NodeIndex;

use super::build::{Builder, Held};
use super::facts::{self, change_of, values};
use super::{Broker, BrokerFacts, Change, Node, PerState, Principal, PrincipalKind, State};
use crate::completion::Provider;
use crate::plan::{Action, ResourceChange};
use crate::text::{Hole, Text, Truth};

/// Principals by kind, account and name.
#[derive(Default)]
pub(super) struct Principals {
    by_name: PerStateIndex,
}

type PerStateIndex = PerState<BTreeMap<(PrincipalKind, Text, Text), NodeIndex>>;

const KINDS: [(&str, PrincipalKind); 3] = [
    ("aws_iam_role", PrincipalKind::Role),
    ("aws_iam_user", PrincipalKind::User),
    ("aws_iam_group", PrincipalKind::Group),
];

impl Builder<'_> {
    pub(super) fn add_brokers(&mut self) {
        let managed: Vec<_> =
            self.managed("aws_mq_broker").map(|change| (change, change_of(change))).collect();
        let data: Vec<_> = self.data("aws_mq_broker").map(|change| (change, Change::External)).collect();
        let configurations = self.configurations();
        let mut arns: BTreeSet<Text> = BTreeSet::new();
        for (resource, change) in managed.into_iter().chain(data) {
            let provider = self.provider(resource);
            let at = |state| {
                values(resource, state).map(|values| BrokerFacts {
                    settings: Box::new(self.settings(resource, values, configurations.get(state))),
                    ..facts::broker(resource, values, provider)
                })
            };
            let mut facts = PerState { before: at(State::Before), after: at(State::After) };
            let arn = facts.after.as_ref().map(|facts| facts.arn.unmarked());
            if change == Change::External {
                // What a data source reads of a broker of the plan is that broker.
                if arn.is_some_and(|arn| arns.contains(&arn)) {
                    continue;
                }
                facts.before = facts.after.clone().or(facts.before);
            } else {
                arns.extend(arn);
            }
            let node = Broker { id: resource.address_text.clone(), change, facts };
            self.add_node(Node::from(node));
        }
    }

    pub(super) fn add_principals(&mut self) {
        for (kind_name, kind) in KINDS {
            for resource in self.managed(kind_name) {
                if resource.action == Action::Read {
                    continue;
                }
                let provider = self.provider(resource);
                let at = |state| {
                    values(resource, state).map(|values| facts::principal(resource, values, provider))
                };
                let before = at(State::Before);
                let after = if resource.before == resource.after { before.clone() } else { at(State::After) };
                let facts = PerState { before, after };
                let names = facts.clone();
                let id = resource.address_text.clone();
                let node =
                    self.add_node(Node::from(Principal { id, kind, change: change_of(resource), facts }));
                for state in [State::Before, State::After] {
                    if let Some(facts) = names.get(state) {
                        let key = (kind, facts.account.unmarked(), facts.name.unmarked());
                        self.principals.by_name.get_mut(state).insert(key, node);
                    }
                }
            }
        }
    }

    /// The roles that an instance profile of the plan holds after apply.
    pub(super) fn add_instance_profiles(&mut self) {
        for resource in self.managed("aws_iam_instance_profile") {
            let Some(role) =
                values(resource, State::After).and_then(|values| values.member("role").to_text())
            else {
                continue;
            };
            let account = self.provider(resource).place.account.unmarked();
            let key = (PrincipalKind::Role, account, role.unmarked());
            if let Some(&node) = self.principals.by_name.after.get(&key) {
                self.graph.profiled_roles.insert(node);
            }
        }
    }

    /// The principals that a name stands for in the account of `provider`. One that nothing in the plan manages
    /// becomes an external principal; a name that is not known may stand for several.
    pub(super) fn named(
        &mut self,
        kind: PrincipalKind,
        name: &Text,
        provider: &Provider,
        state: State,
    ) -> Vec<(NodeIndex, Held)> {
        if let Some(left) = self.left_by(kind, name, provider, state) {
            return left;
        }
        let open = self.existing(kind, name, provider, state);
        if open.iter().any(|(_, held)| held.truth.is_true()) || self.is_untouched {
            return open;
        }
        let is_open =
            !name.is_known() || provider.place.account.as_hole() == Some(&Hole::account_of_removed());
        if !open.is_empty() && is_open {
            return open;
        }
        let node = self.external(kind, name, provider);
        let mut found = open;
        found.push((node, Held::CERTAIN));
        found
    }

    /// Whom a name means after apply that nobody has then, and a principal of the plan has before: a user or group that is
    /// renamed keeps what is attached to it, and nobody else takes the place of a principal that goes.
    fn left_by(
        &self,
        kind: PrincipalKind,
        name: &Text,
        provider: &Provider,
        state: State,
    ) -> Option<Vec<(NodeIndex, Held)>> {
        let key = (kind, provider.place.account.unmarked(), name.unmarked());
        if state == State::Before || self.principals.by_name.after.contains_key(&key) {
            return None;
        }
        let node = *self.principals.by_name.before.get(&key)?;
        let stays = self.graph.principal(node)?.change == Change::Update;
        Some(if stays { vec![(node, Held::CERTAIN)] } else { Vec::new() })
    }

    /// Whether a principal that is there after apply is made in place of one that is there before under the same name.
    pub(super) fn is_made_anew(&self, node: NodeIndex) -> bool {
        let Some(principal) = self.graph.principal(node) else { return false };
        if !matches!(principal.change, Change::Create | Change::Replace) {
            return false;
        }
        principal.facts.after.as_ref().is_some_and(|facts| {
            let key = (principal.kind, facts.account.unmarked(), facts.name.unmarked());
            self.principals.by_name.before.contains_key(&key)
        })
    }

    /// Those of them that are in the graph already.
    pub(super) fn existing(
        &self,
        kind: PrincipalKind,
        name: &Text,
        provider: &Provider,
        state: State,
    ) -> Vec<(NodeIndex, Held)> {
        let key = (kind, provider.place.account.unmarked(), name.unmarked());
        if let Some(&node) = self.principals.by_name.get(state).get(&key) {
            return vec![(node, Held::CERTAIN)];
        }
        let is_any_account = key.1.as_hole() == Some(&Hole::account_of_removed());
        let open = if key.2.is_known() { &key.1 } else { &key.2 };
        self.principals
            .by_name
            .get(state)
            .iter()
            .filter(|((other_kind, account, _), _)| {
                *other_kind == kind && (is_any_account || *account == key.1)
            })
            .filter(|((_, _, other), _)| other.equals(&key.2) != Truth::False)
            .map(|((_, _, other), &node)| {
                (node, Held::depending_on(if other.is_known() { open } else { other }))
            })
            .collect()
    }

    /// The node of a principal that the plan names and does not manage.
    fn external(&mut self, kind: PrincipalKind, name: &Text, provider: &Provider) -> NodeIndex {
        let id: Box<str> = format!("external:{kind}/{name}").into();
        let key = (kind, provider.place.account.unmarked(), name.unmarked());
        for state in [State::Before, State::After] {
            if let Some(&node) = self.principals.by_name.get(state).get(&key)
                && self.graph.principal(node).is_some_and(|principal| principal.id == id)
            {
                return node;
            }
        }
        let known = self.untouched(kind, name, provider).or_else(|| self.shown_by_data(kind, name, provider));
        let facts = known.unwrap_or_else(|| facts::external(&id, kind, name, provider));
        let facts = PerState { before: Some(facts.clone()), after: Some(facts) };
        let node = self.add_node(Node::from(Principal { id, kind, change: Change::External, facts }));
        for state in [State::Before, State::After] {
            self.principals.by_name.get_mut(state).entry(key.clone()).or_insert(node);
        }
        node
    }

    /// What the state shows of a principal that the plan does not touch.
    fn untouched(
        &self,
        kind: PrincipalKind,
        name: &Text,
        provider: &Provider,
    ) -> Option<super::PrincipalFacts> {
        let (kind_name, _) = KINDS.iter().find(|(_, other)| *other == kind)?;
        let account = provider.place.account.unmarked();
        let shown = self.plan.untouched.iter().filter(|change| &*change.address.kind == *kind_name);
        let facts = shown.filter_map(|resource| {
            let values = values(resource, State::After)?;
            Some(facts::principal(resource, values, self.provider(resource)))
        });
        facts
            .into_iter()
            .find(|facts| facts.name.unmarked() == name.unmarked() && facts.account.unmarked() == account)
    }

    /// Whether the state shows a principal that the plan does not touch.
    pub(super) fn is_shown_untouched(&self, principal: NodeIndex) -> bool {
        let Some(principal) = self.graph.principal(principal) else { return false };
        let Some(facts) = principal.facts.after.as_ref().or(principal.facts.before.as_ref()) else {
            return false;
        };
        let is_same = |change: &ResourceChange| {
            KINDS.iter().any(|(name, kind)| *kind == principal.kind && &*change.address.kind == *name)
                && values(change, State::After)
                    .and_then(|values| values.member("name").to_text())
                    .is_some_and(|name| {
                        name.unmarked() == facts.name.unmarked()
                            && self.provider(change).place.account.unmarked() == facts.account.unmarked()
                    })
        };
        self.plan.untouched.iter().any(is_same)
    }

    /// What a data source of the account shows of a principal that the plan does not manage.
    fn shown_by_data(
        &self,
        kind: PrincipalKind,
        name: &Text,
        provider: &Provider,
    ) -> Option<super::PrincipalFacts> {
        let data_kind = match kind {
            PrincipalKind::Role => "aws_iam_role",
            PrincipalKind::User => "aws_iam_user",
            PrincipalKind::Group | PrincipalKind::PermissionSet => return None,
        };
        let shows = |resource: &&ResourceChange| {
            let key = if kind == PrincipalKind::User { "user_name" } else { "name" };
            let values = resource.after.as_ref();
            let is_named = values
                .and_then(|values| values.member(key).as_text())
                .is_some_and(|shown| shown.unmarked() == name.unmarked());
            let account = || self.provider(resource).place.account.unmarked();
            is_named && account() == provider.place.account.unmarked()
        };
        let resource = self.data(data_kind).find(shows)?;
        let values = resource.after.as_ref()?;
        let mut facts = facts::principal(resource, values, provider);
        facts.name = name.clone();
        Some(facts)
    }
}
