//! Service control policies: which of them bind the principals of which account, level by level.
//!
//! A plan shows the attachments that it manages, and not the policy `FullAWSAccess`, which AWS attaches to every root,
//! unit and account by itself. What the plan does not show of an organization is no missing Allow.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::NodeIndex;

use super::build::{Builder, document};
use super::facts::values;
use super::organization::{Organization, Way, organization_id};
use super::{
    Document, FullAccess, GivenLevel, Level, LevelPolicy, Node, PerState, Policy, PolicyOrigin, State,
};
use crate::plan::{Action, ResourceChange, Value};
use crate::text::{Hole, Shape, Text, Truth};

/// The id of the policy that AWS attaches to every root, unit and account.
const FULL_ACCESS: &str = "p-FullAWSAccess";
const FULL_ACCESS_DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// The service control policies of one state.
#[derive(Default)]
struct Attachments {
    /// By target: what is attached there.
    by_target: BTreeMap<Text, Target>,
}

/// What is attached to a root, a unit or an account.
#[derive(Default)]
struct Target {
    policies: BTreeSet<(NodeIndex, Box<str>, Option<Hole>)>,
    /// What the plan says of `FullAWSAccess` there; `None` where it says nothing.
    full_access: Option<FullAccess>,
}

/// A policy of the organization that the plan shows.
enum Shown {
    /// A service control policy; if its type is not known, what tells.
    ServiceControl(NodeIndex, Option<Hole>),
    /// A policy of another type.
    Other,
}

impl Builder<'_> {
    /// Finds the service control policies of every account that principals live in.
    pub(super) fn add_guard_rails(&mut self, given: &[GivenLevel]) {
        let shown = self.service_control_policies();
        let files = self.given_levels(given);
        let organizations =
            PerState { before: self.organization(State::Before), after: self.organization(State::After) };
        self.graph.relocations = self.relocations(&organizations);
        for state in [State::Before, State::After] {
            let organization = organizations.get(state);
            let attachments = if organization.is_turned_off {
                Attachments::default()
            } else {
                self.policy_attachments(&shown, organization, state)
            };
            let mut rails = BTreeMap::new();
            for account in self.accounts(state) {
                let is_manager = organization.is_managed_by(&account);
                if is_manager.is_true() {
                    continue;
                }
                let mut levels = attachments.levels(organization, &account);
                levels.extend(files.iter().cloned());
                if is_manager.is_maybe() {
                    let hole = account.holes().next().cloned().unwrap_or_else(Hole::account);
                    for level in &mut levels {
                        level.hang_on(&hole);
                    }
                }
                if !levels.is_empty() {
                    rails.insert(account, levels);
                }
            }
            *self.graph.guard_rails.get_mut(state) = rails;
        }
        let any = |state| !self.graph.guard_rails.get(state).is_empty();
        if any(State::Before) || any(State::After) {
            let full = Some(Document::Text(Text::from(FULL_ACCESS_DOCUMENT)));
            let document = PerState { before: full.clone(), after: full };
            self.graph.full_access = Some(self.add_service_control(FULL_ACCESS.into(), document));
        }
    }

    pub(super) fn accounts(&self, state: State) -> BTreeSet<Text> {
        let nodes = self.graph.links.node_weights();
        let accounts = nodes.filter_map(|node| match node {
            Node::Principal(principal) => {
                principal.facts.get(state).as_ref().map(|facts| facts.account.unmarked())
            }
            _ => None,
        });
        let others = self.graph.other_accounts.values().flat_map(|others| others.get(state));
        accounts.chain(others.map(|facts| facts.account.unmarked())).collect()
    }

    fn add_service_control(&mut self, id: Box<str>, document: PerState<Option<Document>>) -> NodeIndex {
        self.add_node(Node::Policy(Policy { id, origin: PolicyOrigin::ServiceControl, document }))
    }

    /// The policies of the organization, by id.
    fn service_control_policies(&mut self) -> PerState<BTreeMap<Text, Shown>> {
        let mut shown = PerState { before: BTreeMap::new(), after: BTreeMap::new() };
        let kind = "aws_organizations_policy";
        for resource in self.everywhere(kind).chain(self.data(kind)).collect::<Vec<_>>() {
            let at = |state| values(resource, state).and_then(|values| document(values.member("content")));
            let documents = PerState { before: at(State::Before), after: at(State::After) };
            let mut node = None;
            for state in [State::Before, State::After] {
                let Some(values) = values(resource, state) else { continue };
                let Some(id) = values.member("id").to_text() else { continue };
                let policy = match values.member("type") {
                    Value::String(kind)
                        if kind.as_known().is_some_and(|kind| kind != "SERVICE_CONTROL_POLICY") =>
                    {
                        Shown::Other
                    }
                    kind => {
                        let node = *node.get_or_insert_with(|| {
                            self.add_service_control(resource.address_text.clone(), documents.clone())
                        });
                        let hole = kind.to_text().and_then(|kind| kind.holes().next().cloned());
                        Shown::ServiceControl(node, hole)
                    }
                };
                shown.get_mut(state).insert(id.unmarked(), policy);
            }
        }
        shown
    }

    /// Levels from files: each binds every account.
    fn given_levels(&mut self, given: &[GivenLevel]) -> Vec<Level> {
        let mut levels = Vec::new();
        for level in given {
            let mut policies = Vec::new();
            for (number, json) in level.documents.iter().enumerate() {
                let id = match level.documents.len() {
                    1 => level.name.clone(),
                    _ => format!("{}[{number}]", level.name).into(),
                };
                let shown = Some(Document::Text(Text::from(&**json)));
                let document = PerState { before: shown.clone(), after: shown };
                let policy = self.add_service_control(id, document);
                policies.push(LevelPolicy { policy, via: level.name.clone(), unless: None });
            }
            let full_access = if policies.is_empty() {
                FullAccess::Absent
            } else {
                FullAccess::IfOthersOnlyDeny { otherwise: None }
            };
            levels.push(Level { target: level.name.clone(), policies, full_access });
        }
        levels
    }

    fn policy_attachments(
        &mut self,
        shown: &PerState<BTreeMap<Text, Shown>>,
        organization: &Organization,
        state: State,
    ) -> Attachments {
        let mut attachments = Attachments::default();
        self.add_listed(shown.get(state), &mut attachments, state);
        for resource in self.everywhere("aws_organizations_policy_attachment") {
            let (standing, gone) = standing(resource, state);
            if let Some(values) = gone
                && values.member("policy_id").as_str() == Some(FULL_ACCESS)
                && let Some(target) = values.member("target_id").to_text()
            {
                let target = organization_id(&target);
                attachments.by_target.entry(target).or_default().full_access = Some(FullAccess::Absent);
            }
            // What this plan attaches was not attached: AWS Organizations refuses to attach a policy twice.
            if state == State::Before
                && resource.action == Action::Create
                && let Some(values) = &resource.after
                && values.member("policy_id").as_str() == Some(FULL_ACCESS)
                && let Some(target) = values.member("target_id").to_text()
            {
                let target = attachments.by_target.entry(organization_id(&target)).or_default();
                target.full_access.get_or_insert(FullAccess::Absent);
            }
            let Some(values) = standing else { continue };
            let (Some(policy), Some(target)) =
                (values.member("policy_id").to_text(), values.member("target_id").to_text())
            else {
                continue;
            };
            let target_id = organization_id(&target);
            if policy.as_known() == Some(FULL_ACCESS) {
                let full = Some(FullAccess::Present);
                attachments.by_target.entry(target_id).or_default().full_access = full;
                continue;
            }
            let (node, unless) = match shown.get(state).get(&policy.unmarked()) {
                Some(Shown::Other) => continue,
                Some(Shown::ServiceControl(node, unless)) => (*node, unless.clone()),
                None => (self.unknown_service_control(&policy), None),
            };
            let target = attachments.by_target.entry(target_id.clone()).or_default();
            target.policies.insert((node, resource.address_text.clone(), unless));
            if target.full_access.is_none() && state == State::After && organization.is_new(&target_id) {
                target.full_access = Some(FullAccess::Present);
            }
        }
        attachments
    }

    /// What data sources list as attached to a target.
    fn add_listed(&mut self, shown: &BTreeMap<Text, Shown>, attachments: &mut Attachments, state: State) {
        for resource in self.data("aws_organizations_policies_for_target") {
            let Some(values) = values(resource, State::After) else { continue };
            let Some(target) = values.member("target_id").to_text() else { continue };
            let Value::List(ids) = values.member("ids") else { continue };
            if values.member("filter").as_str() != Some("SERVICE_CONTROL_POLICY") {
                continue;
            }
            let target = organization_id(&target);
            let mut full = FullAccess::Absent;
            for id in ids.iter().filter_map(Value::to_text) {
                if id.as_known() == Some(FULL_ACCESS) {
                    full = FullAccess::Present;
                } else if !self.is_attached_by_plan(&id, &target) {
                    let node = match shown.get(&id.unmarked()) {
                        Some(Shown::Other) => continue,
                        Some(Shown::ServiceControl(node, _)) => *node,
                        None => self.unknown_service_control(&id),
                    };
                    let target = attachments.by_target.entry(target.clone()).or_default();
                    target.policies.insert((node, resource.address_text.clone(), None));
                }
            }
            let slot = &mut attachments.by_target.entry(target).or_default().full_access;
            // What is read during apply may already show what the plan attaches.
            if state == State::After || resource.action != Action::Read {
                *slot = Some(full);
            }
        }
    }

    /// Whether an attachment of the plan, before or after, makes this link: then it tells when it stands.
    fn is_attached_by_plan(&self, policy: &Text, target: &Text) -> bool {
        self.everywhere("aws_organizations_policy_attachment").any(|resource| {
            [&resource.before, &resource.after].into_iter().flatten().any(|values| {
                values.member("policy_id").to_text().is_some_and(|id| id.unmarked() == policy.unmarked())
                    && values.member("target_id").to_text().is_some_and(|id| organization_id(&id) == *target)
            })
        })
    }

    /// A policy that an attachment names and nothing shows.
    fn unknown_service_control(&mut self, id: &Text) -> NodeIndex {
        let key: Box<str> = format!("service control policy {id}").into();
        if let Some(&node) = self.inline_policies.get(&key) {
            return node;
        }
        let named = || Hole::new("", &*key, Shape::ANY);
        let shown = Some(Document::Unknown(id.as_hole().cloned().unwrap_or_else(named)));
        let node =
            self.add_service_control(id.to_string().into(), PerState { before: shown.clone(), after: shown });
        self.inline_policies.insert(key, node);
        node
    }
}

/// What an attachment links in a state, and what the plan has unlinked by then.
fn standing(resource: &ResourceChange, state: State) -> (Option<&Value>, Option<&Value>) {
    let stays = |values: &&Value| values.member("skip_destroy").as_bool() == Some(true);
    let (before, after) = (resource.before.as_ref(), resource.after.as_ref());
    match state {
        State::Before => (before, None),
        State::After if after.is_none() => (before.filter(stays), before.filter(|values| !stays(values))),
        State::After => {
            let replaced = before.filter(|_| resource.action == Action::Replace);
            (after, replaced)
        }
    }
}

impl Attachments {
    /// The levels that bind an account, from the root down; then those that bind it perhaps.
    fn levels(&self, organization: &Organization, account: &Text) -> Vec<Level> {
        if self.by_target.is_empty() {
            return Vec::new();
        }
        let way = organization.way(account);
        let on_the_way = way.ids.iter().rev().filter_map(|id| Some((id, self.by_target.get(id)?)));
        let mut levels: Vec<Level> = on_the_way.map(|(id, target)| target.level(id, None)).collect();
        for (id, target) in self.by_target.iter().filter(|(id, _)| !way.ids.contains(id)) {
            match organization.binds(id, &way) {
                Truth::False => {}
                Truth::True => levels.push(target.level(id, None)),
                Truth::Maybe => {
                    let open = id.holes().next().filter(|_| !organization.is_certain(id)).cloned();
                    let hole = open.unwrap_or_else(|| way_hole(&way, account));
                    levels.push(target.level(id, Some(&hole)));
                }
            }
        }
        levels.retain(|level| !level.policies.is_empty() || level.full_access != FullAccess::Present);
        levels
    }
}

/// What tells whether an account is below a unit.
fn way_hole(way: &Way, account: &Text) -> Hole {
    let unknown = way.ids.iter().flat_map(Text::holes).next().cloned();
    unknown
        .unwrap_or_else(|| Hole::new("", format!("organizational units above account {account}"), Shape::ANY))
}

impl Target {
    fn level(&self, id: &Text, hole: Option<&Hole>) -> Level {
        let policies = self.policies.iter().map(|(policy, via, unless)| LevelPolicy {
            policy: *policy,
            via: via.clone(),
            unless: hole.or(unless.as_ref()).cloned(),
        });
        let by_default = || {
            let named = || Hole::new("", format!("{FULL_ACCESS} attached to {id}"), Shape::ANY);
            FullAccess::IfOthersOnlyDeny { otherwise: Some(named()) }
        };
        let mut level = Level {
            target: id.to_string().into(),
            policies: policies.collect(),
            full_access: self.full_access.clone().unwrap_or_else(by_default),
        };
        // AWS does not take away the last policy: there is another one that the plan does not show.
        if level.policies.is_empty() && level.full_access == FullAccess::Absent {
            let named = Hole::new("", format!("service control policies attached to {id}"), Shape::ANY);
            level.full_access = FullAccess::Perhaps(named);
        }
        if let Some(hole) = hole {
            level.hang_on(hole);
        }
        level
    }
}

impl Level {
    /// Makes the whole level hang on something unknown.
    fn hang_on(&mut self, hole: &Hole) {
        for policy in &mut self.policies {
            policy.unless.get_or_insert_with(|| hole.clone());
        }
        if self.full_access == FullAccess::Absent
            || self.full_access == (FullAccess::IfOthersOnlyDeny { otherwise: None })
        {
            self.full_access = match self.full_access {
                FullAccess::Absent => FullAccess::Perhaps(hole.clone()),
                _ => FullAccess::IfOthersOnlyDeny { otherwise: Some(hole.clone()) },
            };
        }
    }
}
