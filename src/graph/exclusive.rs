//! What the plan takes away: links that an exclusive list does not name, after those that a resource undoes.
//!
//! What counts is what one apply does. Terraform refreshes before it plans, so that a list that is there already names
//! everything that AWS has, and an apply takes away what it names no more, whichever other resource made the link. A
//! list that the plan makes anew, or a link that another resource makes in the same apply, is another matter: the older
//! types do not look at AWS when they are made. The `*_exclusive` types do, before or after the other link is made.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::NodeIndex;

use super::build::{Builder, EdgeKey, Held};
use super::facts::values;
use super::links::texts;
use super::undone::order;
use super::{EdgeKind, PrincipalKind, State};
use crate::plan::{Action, ResourceChange, Value};
use crate::text::{Hole, Text, Truth};

/// The lists of attached policies that exclude all others.
pub(super) const ATTACHMENTS: [(&str, &str, PrincipalKind); 3] = [
    ("aws_iam_role_policy_attachments_exclusive", "role_name", PrincipalKind::Role),
    ("aws_iam_user_policy_attachments_exclusive", "user_name", PrincipalKind::User),
    ("aws_iam_group_policy_attachments_exclusive", "group_name", PrincipalKind::Group),
];

/// The lists of the names of inline policies that exclude all others.
const INLINE: [(&str, &str, PrincipalKind); 3] = [
    ("aws_iam_role_policies_exclusive", "role_name", PrincipalKind::Role),
    ("aws_iam_user_policies_exclusive", "user_name", PrincipalKind::User),
    ("aws_iam_group_policies_exclusive", "group_name", PrincipalKind::Group),
];

/// A list that excludes what it does not name.
struct List {
    /// The address of the resource.
    via: Box<str>,
    side: Side,
    /// An element that is not known yet.
    open: Option<Hole>,
    /// Whether this apply compares it with what is there, so that it may also take away what the same apply makes.
    compares: bool,
    /// Whether this apply makes the links that it names and AWS has not, so that what another takes away may be made
    /// again.
    attaches: bool,
}

/// What a list is the list of.
enum Side {
    /// The managed policies of a principal.
    Policies(Vec<(NodeIndex, Held)>),
    /// The principals of an account that have a policy.
    Principals(NodeIndex, Text),
    /// The members of a group.
    Members(Vec<(NodeIndex, Held)>),
    /// The names of the inline policies of a principal.
    Inline(Vec<(NodeIndex, Held)>, Vec<Text>),
}

impl Builder<'_> {
    /// Takes away, after apply, what the plan takes away. A state is a plan that changes nothing: what its lists do not
    /// name, only another apply takes away.
    pub(super) fn take_away(&mut self) {
        if self.plan.is_state {
            return;
        }
        let lists = self.lists();
        let attaching = lists.iter().filter(|list| list.attaches).map(|list| list.via.clone()).collect();
        self.destroy_after_creation();
        self.undo_links(&attaching);
        self.lose_links();
        self.overwrite();
        self.find_bereft();
        if lists.is_empty() {
            return;
        }
        let mut wanted: BTreeMap<NodeIndex, Vec<EdgeKey>> = BTreeMap::new();
        for list in &lists {
            let ends: Vec<NodeIndex> = match &list.side {
                Side::Principals(policy, _) => vec![*policy],
                Side::Members(groups) => groups.iter().map(|(group, _)| *group).collect(),
                Side::Policies(_) | Side::Inline(..) => Vec::new(),
            };
            wanted.extend(ends.into_iter().map(|end| (end, Vec::new())));
        }
        for key in self.edges.keys() {
            if let Some(keys) = wanted.get_mut(&key.1) {
                keys.push(key.clone());
            }
        }
        for list in &lists {
            self.exclude(list, &wanted, &attaching);
        }
    }

    fn lists(&mut self) -> Vec<List> {
        let mut lists = Vec::new();
        for is_untouched in [false, true] {
            self.is_untouched = is_untouched;
            self.lists_of_policies(&mut lists);
            self.lists_of_principals(&mut lists);
            self.lists_of_names(&mut lists);
        }
        self.is_untouched = false;
        lists
    }

    /// What a resource lists after apply, if its list takes effect in this apply.
    fn lists_of_policies(&mut self, lists: &mut Vec<List>) {
        for (kind, target, owner) in ATTACHMENTS {
            for resource in self.managed(kind) {
                let Some(after) = values(resource, State::After) else { continue };
                let Some(name) = after.member(target).to_text() else { continue };
                let side = Side::Policies(self.found(owner, &name, resource));
                lists.push(list(resource, side, after.member("policy_arns"), true));
            }
        }
        for resource in self.managed("aws_iam_role") {
            let Some(after) = values(resource, State::After) else { continue };
            let listed = after.member("managed_policy_arns");
            let Some(name) = after.member("name").to_text() else { continue };
            if is_new(resource)
                || listed.is_null()
                || !(self.configured)(&resource.address, "managed_policy_arns")
            {
                continue;
            }
            let side = Side::Policies(self.found(PrincipalKind::Role, &name, resource));
            lists.push(list(resource, side, listed, false));
        }
    }

    fn lists_of_principals(&mut self, lists: &mut Vec<List>) {
        for resource in self.managed("aws_iam_policy_attachment") {
            let Some(after) = values(resource, State::After) else { continue };
            let Some(arn) = after.member("policy_arn").to_text() else { continue };
            if is_new(resource) {
                continue;
            }
            let policy = self.policy_with_arn(&arn, State::After);
            let account = self.provider(resource).place.account.unmarked();
            let mut found = list(resource, Side::Principals(policy, account), after.member("roles"), false);
            let listed = [
                ("roles", PrincipalKind::Role),
                ("users", PrincipalKind::User),
                ("groups", PrincipalKind::Group),
            ];
            found.open =
                listed.iter().find_map(|(name, kind)| self.open_name(*kind, after.member(name), resource));
            lists.push(found);
        }
        for resource in self.managed("aws_iam_group_membership") {
            let Some(after) = values(resource, State::After) else { continue };
            let Some(group) = after.member("group").to_text() else { continue };
            if is_new(resource) {
                continue;
            }
            let side = Side::Members(self.found(PrincipalKind::Group, &group, resource));
            let mut found = list(resource, side, after.member("users"), false);
            found.open = self.open_name(PrincipalKind::User, after.member("users"), resource);
            lists.push(found);
        }
    }

    fn lists_of_names(&mut self, lists: &mut Vec<List>) {
        for (kind, target, owner) in INLINE {
            for resource in self.managed(kind) {
                let Some(after) = values(resource, State::After) else { continue };
                let Some(name) = after.member(target).to_text() else { continue };
                let names = texts(after.member("policy_names"));
                let side = Side::Inline(self.found(owner, &name, resource), names);
                lists.push(list(resource, side, after.member("policy_names"), true));
            }
        }
        for resource in self.managed("aws_iam_role") {
            let Some(after) = values(resource, State::After) else { continue };
            let blocks = after.member("inline_policy");
            let Some(name) = after.member("name").to_text() else { continue };
            if is_new(resource) || blocks.is_null() || !(self.configured)(&resource.address, "inline_policy")
            {
                continue;
            }
            let names = blocks.elements().iter().filter_map(|block| block.member("name").to_text()).collect();
            let side = Side::Inline(self.found(PrincipalKind::Role, &name, resource), names);
            lists.push(list(resource, side, blocks, false));
        }
    }

    fn found(&self, kind: PrincipalKind, name: &Text, resource: &ResourceChange) -> Vec<(NodeIndex, Held)> {
        self.existing(kind, name, self.provider(resource), State::After)
    }

    /// A name in a list that is not known, and is not that of a principal of the plan either.
    fn open_name(&self, kind: PrincipalKind, listed: &Value, resource: &ResourceChange) -> Option<Hole> {
        let is_of_plan = |name: &Text| {
            let found = self.existing(kind, name, self.provider(resource), State::After);
            found.iter().any(|(_, held)| held.truth.is_true())
        };
        texts(listed).iter().filter(|name| !is_of_plan(name)).find_map(|name| name.as_hole().cloned())
    }

    fn exclude(
        &mut self,
        list: &List,
        wanted: &BTreeMap<NodeIndex, Vec<EdgeKey>>,
        attaching: &BTreeSet<Box<str>>,
    ) {
        let mut affected: Vec<(EdgeKey, Truth)> = Vec::new();
        let of_holder = |holder: NodeIndex| {
            let first = (holder, NodeIndex::new(0), EdgeKind::AttachedTo, Box::from(""));
            let edges = self.edges.range(first..).take_while(move |((from, ..), _)| *from == holder);
            edges.map(|(key, _)| key).filter(|(_, _, kind, _)| *kind == EdgeKind::AttachedTo)
        };
        match &list.side {
            Side::Policies(holders) => {
                for (holder, held) in holders {
                    let managed = of_holder(*holder).filter(|(_, to, ..)| !self.is_inline(*to));
                    affected.extend(managed.map(|key| (key.clone(), held.truth)));
                }
            }
            Side::Inline(holders, _) => {
                for (holder, held) in holders {
                    let inline = of_holder(*holder).filter(|(_, to, ..)| self.is_inline(*to));
                    affected.extend(inline.map(|key| (key.clone(), held.truth)));
                }
            }
            Side::Principals(policy, account) => {
                let keys = wanted.get(policy).into_iter().flatten();
                let attached = keys.filter(|(_, _, kind, _)| *kind == EdgeKind::AttachedTo);
                let here = attached.filter(|(from, ..)| self.lives_in(*from, account));
                affected.extend(here.map(|key| (key.clone(), Truth::True)));
            }
            Side::Members(groups) => {
                for (group, held) in groups {
                    let keys = wanted.get(group).into_iter().flatten();
                    let members = keys.filter(|(_, _, kind, _)| *kind == EdgeKind::MemberOf);
                    affected.extend(members.map(|key| (key.clone(), held.truth)));
                }
            }
        }
        for (key, applies) in affected {
            if key.3 != list.via {
                let is_made_again = attaching.contains(&key.3);
                if !is_made_again || !self.follows(&key.3, &list.via) {
                    self.exclude_link(list, &key, applies, is_made_again);
                }
            }
        }
    }

    fn lives_in(&self, principal: NodeIndex, account: &Text) -> bool {
        let principal = self.graph.principal(principal);
        let facts = principal
            .and_then(|principal| principal.facts.after.as_ref().or(principal.facts.before.as_ref()));
        facts.is_some_and(|facts| facts.account.unmarked() == *account)
    }

    fn exclude_link(&mut self, list: &List, key: &EdgeKey, applies: Truth, is_made_again: bool) {
        let (listed, is_rewritten) = (self.is_listed(list, key), self.is_rewritten(key.1));
        let Some((holds, unknown)) = self.edges.get_mut(key) else { return };
        // An inline policy that is written anew is made again, whatever has taken it away before.
        let is_made = (holds.before.is_false() || is_rewritten) && !holds.after.is_false();
        let stays = match (is_made, list.compares) {
            (true, false) => return,
            (true, true) => listed.or(Truth::Maybe),
            (false, _) if is_made_again => listed.or(Truth::Maybe),
            (false, _) => listed,
        };
        let stood = !holds.after.is_false();
        holds.after = holds.after.and(stays.or(!applies));
        if stood && holds.after.is_false() {
            let link = (key.0, key.1, key.3.clone());
            self.graph.excluded.insert(link, list.via.clone());
        }
        if holds.after.is_maybe() && unknown.is_none() {
            *unknown = Some(list.open.clone().unwrap_or_else(|| order(&list.via)));
        }
    }

    fn is_listed(&self, list: &List, key: &EdgeKey) -> Truth {
        let named = if let Side::Inline(_, names) = &list.side {
            let name = self.inline_names.get(&key.1);
            name.map_or(Truth::Maybe, |name| Truth::any(names.iter().map(|listed| listed.equals(name))))
        } else {
            let own = (key.0, key.1, key.2, list.via.clone());
            self.edges.get(&own).map_or(Truth::False, |(holds, _)| holds.after)
        };
        if list.open.is_some() { named.or(Truth::Maybe) } else { named }
    }
}

fn list(resource: &ResourceChange, side: Side, listed: &Value, is_exclusive_type: bool) -> List {
    let compares = is_exclusive_type && resource.action != Action::NoOp && resource.action != Action::Forget;
    let attaches = compares && matches!(side, Side::Policies(_));
    List { via: resource.address_text.clone(), side, open: open(listed), compares, attaches }
}

/// What is not known of a list: the whole, or an element.
fn open(listed: &Value) -> Option<Hole> {
    match listed {
        Value::Unknown(hole) => Some(hole.clone()),
        _ => listed.elements().iter().find_map(|element| match element {
            Value::Unknown(hole) => Some(hole.clone()),
            Value::String(text) => text.as_hole().cloned(),
            _ => None,
        }),
    }
}

/// The older types take nothing away when they are made.
fn is_new(resource: &ResourceChange) -> bool {
    matches!(resource.action, Action::Create | Action::Replace)
}
