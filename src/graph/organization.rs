//! The organization as the plan shows it: roots, organizational units and accounts, and who manages it.

use std::collections::{BTreeMap, BTreeSet};

use super::build::Builder;
use super::facts::values;
use super::{PerState, Relocation, State};
use crate::plan::{Action, Mode, ResourceChange, Value};
use crate::text::{Hole, Shape, Text, Truth};

/// How deep units are nested at most; AWS allows five levels.
const DEPTH: usize = 16;

/// What one state of the plan shows of the organization.
#[derive(Default)]
pub(super) struct Organization {
    /// By unit or account: what it stands in.
    parents: BTreeMap<Text, Text>,
    /// The roots that are shown. An organization has one.
    roots: BTreeSet<Text>,
    /// The accounts that manage it.
    managers: BTreeSet<Text>,
    /// The accounts that are certainly in it.
    members: BTreeSet<Text>,
    /// Those of them that are resources of the plan.
    accounts: BTreeSet<Text>,
    /// The ids that the plan's own resources have: no two of them are the same.
    own: BTreeSet<Text>,
    /// What the plan makes anew.
    new: BTreeSet<Text>,
    /// Whether the plan turns service control policies off.
    pub(super) is_turned_off: bool,
    /// Whether two accounts that nothing tells may be two.
    accounts_may_differ: bool,
}

/// The way from an account up, as far as it is shown.
pub(super) struct Way {
    /// The account, the units above it, the root.
    pub(super) ids: Vec<Text>,
    /// Whether it leads up to the root.
    is_whole: bool,
}

impl Builder<'_> {
    /// The organization in one state.
    pub(super) fn organization(&self, state: State) -> Organization {
        let mut organization = Organization {
            accounts_may_differ: self.providers.accounts_may_differ(),
            ..Organization::default()
        };
        for resource in self.of_organizations("aws_organizations_organization") {
            let Some(values) = values(resource, state) else { continue };
            organization.add_organization(self, resource, values, state);
        }
        for resource in self.of_organizations("aws_organizations_organizational_unit") {
            let Some(values) = values(resource, state) else { continue };
            let Some(id) = id_of(values) else { continue };
            organization.add(resource, &id, parent_of(values), state);
            for account in values.member("accounts").elements() {
                organization.put(id_of(account), Some(id.clone()));
            }
        }
        for resource in self.of_organizations("aws_organizations_organizational_units") {
            let Some(values) = values(resource, state) else { continue };
            for child in values.member("children").elements() {
                organization.put(id_of(child), parent_of(values));
            }
        }
        for resource in self.of_organizations("aws_organizations_account") {
            let Some(values) = values(resource, state) else { continue };
            let Some(id) = id_of(values) else { continue };
            organization.members.insert(id.clone());
            organization.accounts.insert(id.clone());
            // An account that the configuration puts nowhere is made in the root.
            let is_computed = matches!(values.member("parent_id"), Value::Unknown(_))
                && !(self.configured)(&resource.address, "parent_id");
            let parent = if is_computed { organization.only_root() } else { parent_of(values) };
            organization.add(resource, &id, parent, state);
        }
        organization
    }

    /// The accounts of principals that get under other units.
    pub(super) fn relocations(&self, organizations: &PerState<Organization>) -> BTreeMap<Text, Relocation> {
        let kinds = ["aws_organizations_account", "aws_organizations_organizational_unit"];
        let resources = kinds.into_iter().flat_map(|kind| self.everywhere(kind));
        let movers: Vec<(Text, &ResourceChange)> = resources
            .filter_map(|resource| {
                let (before, after) = (resource.before.as_ref()?, resource.after.as_ref()?);
                let (from, to) = (parent_of(before)?, parent_of(after)?);
                Some((id_of(before)?, resource)).filter(|_| from != to)
            })
            .collect();
        let mut found = BTreeMap::new();
        if movers.is_empty() {
            return found;
        }
        for account in self.accounts(State::After) {
            let ways = PerState {
                before: organizations.before.way(&account).ids,
                after: organizations.after.way(&account).ids,
            };
            let on_way = |id: &Text| ways.before.contains(id) || ways.after.contains(id);
            let moving = movers.iter().filter(|(id, _)| on_way(id));
            let movers: BTreeSet<Box<str>> =
                moving.map(|(_, resource)| resource.address_text.clone()).collect();
            if !movers.is_empty() {
                let names = |ids: &[Text]| ids.iter().map(|id| id.to_string().into()).collect();
                let ways = PerState { before: names(&ways.before), after: names(&ways.after) };
                found.insert(account, Relocation { movers, ways });
            }
        }
        found
    }

    fn of_organizations(&self, kind: &'static str) -> impl Iterator<Item = &ResourceChange> {
        self.everywhere(kind).chain(self.data(kind))
    }
}

fn id_of(values: &Value) -> Option<Text> {
    values.member("id").to_text().map(|id| id.unmarked())
}

/// What a unit or account stands in.
fn parent_of(values: &Value) -> Option<Text> {
    values.member("parent_id").to_text().map(|id| organization_id(&id))
}

/// The id of a root, unit or account, the root of an organization that does not exist yet under one name.
pub(super) fn organization_id(id: &Text) -> Text {
    let is_root = |hole: &&Hole| {
        hole.address().contains("aws_organizations_organization.") && hole.attribute().starts_with("roots")
    };
    match id.as_hole().filter(is_root) {
        Some(hole) => root_of(hole.address()),
        None => id.unmarked(),
    }
}

/// The root of an organization that does not exist yet.
fn root_of(address: &str) -> Text {
    Text::hole(Hole::new(address, "roots[0].id", Shape::ANY))
}

impl Organization {
    fn add_organization(
        &mut self,
        builder: &Builder<'_>,
        resource: &ResourceChange,
        values: &Value,
        state: State,
    ) {
        let own_account = builder.provider(resource).place.account.unmarked();
        match values.member("roots") {
            Value::List(roots) => self.roots.extend(roots.iter().filter_map(id_of)),
            _ => drop(self.roots.insert(root_of(&resource.address_text))),
        }
        let manager = values.member("master_account_id").to_text().filter(Text::is_known);
        // Whoever makes an organization manages it; whoever can read one is in it.
        let is_managed = resource.address.mode == Mode::Managed;
        self.members.insert(own_account.clone());
        let manager = manager.map(|id| id.unmarked()).or_else(|| is_managed.then_some(own_account));
        self.managers.extend(manager);
        for list in ["accounts", "non_master_accounts"] {
            let ids = values.member(list).elements().iter().filter_map(id_of);
            self.members.extend(ids);
        }
        let enabled = |values: Option<&Value>| {
            values.is_some_and(|values| {
                let types = values.member("enabled_policy_types").elements();
                types.iter().any(|kind| kind.as_str() == Some("SERVICE_CONTROL_POLICY"))
            })
        };
        let was_enabled = enabled(resource.before.as_ref());
        if is_managed && state == State::After && was_enabled && !enabled(Some(values)) {
            self.is_turned_off |= !values.member("enabled_policy_types").has_holes();
        }
    }

    fn add(&mut self, resource: &ResourceChange, id: &Text, parent: Option<Text>, state: State) {
        if resource.address.mode == Mode::Managed {
            self.own.insert(id.clone());
            if state == State::After && matches!(resource.action, Action::Create | Action::Replace) {
                self.new.insert(id.clone());
            }
            // It says itself where it will stand; what units list is as it was at the last refresh.
            if let Some(parent) = parent {
                self.parents.insert(id.clone(), parent);
            }
            return;
        }
        self.put(Some(id.clone()), parent);
    }

    fn put(&mut self, id: Option<Text>, parent: Option<Text>) {
        if let (Some(id), Some(parent)) = (id, parent) {
            self.parents.entry(id).or_insert(parent);
        }
    }

    /// The way from an account to the root.
    pub(super) fn way(&self, account: &Text) -> Way {
        let mut ids = vec![account.clone()];
        while let Some(parent) = ids.last().and_then(|id| self.parents.get(id)) {
            if ids.len() > DEPTH {
                break;
            }
            ids.push(parent.clone());
        }
        let is_whole = ids.last().is_some_and(|id| self.is_root(id));
        // An account that is in the organization is below its root, whatever stands between.
        let is_member = self.members.contains(account) && (account.is_known() || !self.accounts_may_differ);
        if !is_whole && is_member {
            ids.extend(self.only_root());
        }
        Way { ids, is_whole }
    }

    fn only_root(&self) -> Option<Text> {
        if self.roots.len() == 1 { self.roots.first().cloned() } else { None }
    }

    fn is_root(&self, id: &Text) -> bool {
        self.roots.contains(id) || id.as_known().is_some_and(|id| id.starts_with("r-"))
    }

    /// Whether what is attached to `target` binds the account at the beginning of `way`.
    pub(super) fn binds(&self, target: &Text, way: &Way) -> Truth {
        if way.ids.contains(target) {
            return Truth::True;
        }
        let is_account = target.as_known().is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
        if is_account || self.accounts.contains(target) {
            return way.ids.first().map_or(Truth::False, |account| account.equals(target));
        }
        if self.is_certain(target) && way.is_whole && way.ids.iter().all(|id| self.is_certain(id)) {
            return Truth::False;
        }
        Truth::Maybe
    }

    /// Whether an id tells which root, unit or account is meant.
    pub(super) fn is_certain(&self, id: &Text) -> bool {
        id.is_known() || self.own.contains(id) || self.roots.contains(id)
    }

    /// Whether an account manages the organization: no service control policy binds it then.
    pub(super) fn is_managed_by(&self, account: &Text) -> Truth {
        // Whoever manages it is there before it has other accounts.
        if self.new.contains(account) {
            return Truth::False;
        }
        let same = |manager: &Text| match manager.equals(account) {
            // Accounts that nothing tells count as one, and may be two where credentials differ.
            Truth::True if !account.is_known() && self.accounts_may_differ => Truth::Maybe,
            other => other,
        };
        self.managers.iter().map(same).fold(Truth::False, Truth::or)
    }

    /// Whether the plan makes a unit or an account.
    pub(super) fn is_new(&self, id: &Text) -> bool {
        self.new.contains(id)
    }
}
