//! How one principal becomes another: it assumes a role, rewrites the role's trust policy and assumes it, passes it to
//! a service that does as it is told, or makes credentials of a user.

use std::collections::BTreeSet;
use std::sync::Arc;

use petgraph::graph::NodeIndex;

use super::abilities::{bit, is_about};
use super::ask::{Answer, Made, Wish};
use super::{Deed, Holder, Passage, Search, Step};
use crate::access::Reason;
use crate::aws::passed_roles::PASSED_ROLES;
use crate::graph::{PrincipalFacts, PrincipalKind};
use crate::iam::Statement;
use crate::text::Text;

/// What own policies say of an action.
enum Within<'m> {
    /// They allow it everywhere, or it is not looked at.
    All,
    /// These statements allow it, perhaps.
    Some(Vec<&'m Statement>),
}

/// With what a holder may, perhaps, change what others may do, so that something comes of becoming them.
struct Empowers<'m> {
    /// It changes policies, whoever has them.
    anybody: bool,
    /// It changes what groups have, or who is in them.
    members: bool,
    roles: Within<'m>,
    users: Within<'m>,
    /// It takes away what stands in the way of policies that roles and users have.
    hindered_roles: Within<'m>,
    hindered_users: Within<'m>,
}

/// Calls that change policies, whoever has them.
const OF_POLICIES: &[&str] = &["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"];

/// Calls that change what groups have, or who is in them.
const OF_GROUPS: &[&str] = &[
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:DeleteGroupPolicy",
    "iam:DetachGroupPolicy",
    "iam:PutGroupPolicy",
    "iam:RemoveUserFromGroup",
];

/// Calls that take away what stands in the way of a role's policies.
const FREEING_ROLES: &[&str] = &[
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
];

/// Calls that take away what stands in the way of a user's policies.
const FREEING_USERS: &[&str] = &[
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteUserPolicy",
    "iam:DetachUserPolicy",
    "iam:PutUserPermissionsBoundary",
];

impl<'a> Search<'_, 'a> {
    /// The node of a holder.
    pub(super) fn node(&self, holder: Holder) -> NodeIndex {
        *self.nodes.borrow_mut().entry(holder).or_insert_with(|| self.ways.borrow_mut().add_node(holder))
    }

    /// Looks for everyone whom the holder can become, once.
    pub(super) fn expand(&self, holder: Holder) {
        if self.expanded.borrow().contains_key(&holder) {
            return;
        }
        let mut open = BTreeSet::new();
        let empowers = self.empowers(holder);
        let mut passages = self.assumed(holder, &empowers, &mut open);
        let known: BTreeSet<usize> = passages.iter().map(|(role, _)| *role).collect();
        passages.extend(self.passed(holder, &empowers, &known, &mut open));
        let known: BTreeSet<usize> = passages.iter().map(|(role, _)| *role).collect();
        passages.extend(self.rewritten(holder, &empowers, &known, &mut open));
        passages.extend(self.taken_over(holder, &empowers, &mut open));
        let from = self.node(holder);
        for (principal, passage) in passages {
            let to = self.node(Holder::plain(principal));
            self.ways.borrow_mut().add_edge(from, to, passage);
        }
        self.expanded.borrow_mut().insert(holder, super::Expanded { open });
    }

    fn may(&self, holder: Holder, action: &str) -> bool {
        holder.is_raised() || self.abilities().of(holder.principal) & bit(action) != 0
    }

    fn id(&self, principal: usize) -> Box<str> {
        self.principal(principal).map(|principal| principal.id.clone()).unwrap_or_default()
    }

    /// Whether something can come of becoming this principal.
    fn is_useful(&self, holder: Holder, principal: usize, empowers: &Empowers<'_>) -> bool {
        principal != holder.principal
            && self.facts(principal).is_some()
            && (self.index().is_useful(principal) || self.may_empower(empowers, principal))
    }

    /// The statements with which the holder may, perhaps, change what others may do.
    fn empowers(&self, holder: Holder) -> Empowers<'_> {
        let within = |calls: &[&str]| {
            let mut statements = Vec::new();
            for call in calls.iter().filter(|call| self.may(holder, call)) {
                match self.within(holder, call) {
                    Within::All => return Within::All,
                    Within::Some(some) => statements.extend(some),
                }
            }
            Within::Some(statements)
        };
        let may = |calls: &[&str]| calls.iter().any(|call| self.may(holder, call));
        Empowers {
            anybody: may(OF_POLICIES),
            members: may(OF_GROUPS),
            roles: within(&["iam:PutRolePolicy", "iam:AttachRolePolicy"]),
            users: within(&["iam:PutUserPolicy", "iam:AttachUserPolicy"]),
            hindered_roles: within(FREEING_ROLES),
            hindered_users: within(FREEING_USERS),
        }
    }

    fn may_empower(&self, empowers: &Empowers<'_>, principal: usize) -> bool {
        let (by_all, adding, freeing) = match self.kind(principal) {
            Some(PrincipalKind::Role) => (empowers.anybody, &empowers.roles, &empowers.hindered_roles),
            Some(PrincipalKind::User) => {
                (empowers.anybody || empowers.members, &empowers.users, &empowers.hindered_users)
            }
            _ => return false,
        };
        by_all
            || self.is_within(adding, principal)
            || (self.index().is_hindered(principal) && self.is_within(freeing, principal))
    }

    /// The statements of the holder's own policies that allow an action, perhaps.
    fn within(&self, holder: Holder, action: &str) -> Within<'_> {
        if holder.is_raised() {
            return Within::All;
        }
        Within::Some(self.abilities().allowing(holder.principal, action))
    }

    fn is_within(&self, within: &Within<'_>, principal: usize) -> bool {
        match within {
            Within::All => true,
            Within::Some(statements) => {
                !statements.is_empty()
                    && self.index().arn(principal).is_some_and(|arn| is_about(statements, arn))
            }
        }
    }

    fn step(holder: Holder, deed: Deed, calls: Vec<Arc<Made>>) -> Step {
        Step { actor: holder.principal, deed, calls }
    }

    /// The roles that the holder may assume as they are.
    fn assumed(
        &self,
        holder: Holder,
        empowers: &Empowers<'_>,
        open: &mut BTreeSet<Reason>,
    ) -> Vec<(usize, Passage)> {
        let trusts = self.trusts();
        let mut roles: BTreeSet<usize> = trusts.naming(holder.principal).chain(trusts.open()).collect();
        if self.may(holder, "sts:AssumeRole")
            && let Some(facts) = self.facts(holder.principal)
        {
            let account = facts.account.unmarked();
            let within = self.within(holder, "sts:AssumeRole");
            let by_account = trusts.naming_account(&account);
            roles.extend(by_account.filter(|role| self.is_within(&within, *role)));
        }
        let mut found = Vec::new();
        for role in roles.into_iter().filter(|role| self.is_useful(holder, *role, empowers)) {
            let Some(trust) = trusts.of(role) else { continue };
            match self.ask_assume(holder, role, trust) {
                Answer::Yes(made) => {
                    found.push((
                        role,
                        [Self::step(holder, Deed::Assume { role }, vec![Arc::new(made)])].into(),
                    ));
                }
                Answer::Open(reasons) => open.extend(reasons),
                Answer::No => {}
            }
        }
        found
    }

    /// The roles that the holder may assume once it has written their trust policies.
    fn rewritten(
        &self,
        holder: Holder,
        empowers: &Empowers<'_>,
        known: &BTreeSet<usize>,
        open: &mut BTreeSet<Reason>,
    ) -> Vec<(usize, Passage)> {
        const UPDATE: &str = "iam:UpdateAssumeRolePolicy";
        if !self.may(holder, UPDATE) {
            return Vec::new();
        }
        let within = self.within(holder, UPDATE);
        let fits = |role: &usize| {
            self.kind(*role) == Some(PrincipalKind::Role)
                && !known.contains(role)
                && self.is_within(&within, *role)
                && self.index().is_same_account(holder.principal, *role)
                && self.is_useful(holder, *role, empowers)
        };
        let roles = (0..self.graph.principals.len()).filter(fits);
        let mut found = Vec::new();
        for (role, update) in self.ask_about(holder, (UPDATE, &[]), roles, open) {
            // The caller writes what suits it best: that everyone may.
            match self.ask_assume(holder, role, &self.everyone) {
                Answer::Yes(assume) => {
                    let assume = Made { basis: Arc::from([]), ..assume };
                    let steps = [
                        Self::step(holder, Deed::Change { on: self.id(role) }, vec![Arc::new(update)]),
                        Self::step(holder, Deed::Assume { role }, vec![Arc::new(assume)]),
                    ];
                    found.push((role, steps.into()));
                }
                Answer::Open(reasons) => open.extend(reasons),
                Answer::No => {}
            }
        }
        found
    }

    /// The roles that the holder may pass to a service that does as it says.
    fn passed(
        &self,
        holder: Holder,
        empowers: &Empowers<'_>,
        known: &BTreeSet<usize>,
        open: &mut BTreeSet<Reason>,
    ) -> Vec<(usize, Passage)> {
        const PASS: &str = "iam:PassRole";
        if !self.may(holder, PASS) {
            return Vec::new();
        }
        let within = self.within(holder, PASS);
        let mut found: Vec<(usize, Passage)> = Vec::new();
        let mut done = known.clone();
        for way in PASSED_ROLES {
            if !way.calls.iter().all(|call| self.may(holder, call.action)) {
                continue;
            }
            let Some(used) = self.use_service(holder, way, open) else { continue };
            let fits = |role: &usize| {
                !done.contains(role)
                    && self.is_within(&within, *role)
                    && self.index().is_same_account(holder.principal, *role)
                    && (!way.in_instance_profile || self.has_profile(*role))
                    && self.is_useful(holder, *role, empowers)
                    && self.trusts_service(*role, way)
            };
            let roles: Vec<usize> = self.trusts().naming_service(way.service).filter(fits).collect();
            let fixed = [("iam:passedtoservice", Some(Text::from(way.service)))];
            for (role, pass) in self.ask_about(holder, (PASS, &fixed), roles, open) {
                let mut all = vec![Arc::new(pass)];
                all.extend(used.iter().cloned());
                let deed = Deed::Pass { role, service: way.name };
                found.push((role, [Self::step(holder, deed, all)].into()));
                done.insert(role);
            }
        }
        found
    }

    fn has_profile(&self, role: usize) -> bool {
        self.graph.principals.get(role).is_some_and(|node| self.graph.profiled_roles.contains(node))
    }

    /// The users of whom the holder may make credentials.
    fn taken_over(
        &self,
        holder: Holder,
        empowers: &Empowers<'_>,
        open: &mut BTreeSet<Reason>,
    ) -> Vec<(usize, Passage)> {
        let mut found: Vec<(usize, Passage)> = Vec::new();
        for action in ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"] {
            if !self.may(holder, action) {
                continue;
            }
            let within = self.within(holder, action);
            let fits = |user: &usize| {
                self.kind(*user) == Some(PrincipalKind::User)
                    && found.iter().all(|(other, _)| other != user)
                    && self.is_within(&within, *user)
                    && self.index().is_same_account(holder.principal, *user)
                    && self.is_useful(holder, *user, empowers)
            };
            let users: Vec<usize> = (0..self.graph.principals.len()).filter(fits).collect();
            for (user, made) in self.ask_about(holder, (action, &[]), users, open) {
                found
                    .push((user, [Self::step(holder, Deed::TakeOver { user }, vec![Arc::new(made)])].into()));
            }
        }
        found
    }

    /// Those of the principals about whom the holder may make a call of an action, with the call.
    fn ask_about(
        &self,
        holder: Holder,
        (action, fixed): (&'static str, &[(&'static str, Option<Text>)]),
        principals: impl IntoIterator<Item = usize>,
        open: &mut BTreeSet<Reason>,
    ) -> Vec<(usize, Made)> {
        let known = principals.into_iter().filter_map(|principal| Some((principal, self.facts(principal)?)));
        let known: Vec<(usize, &PrincipalFacts)> = known.collect();
        let wish = |&(_, facts): &(usize, &'a PrincipalFacts)| Wish {
            action,
            resource: &facts.arn,
            target: Some(facts),
            fixed,
        };
        let wishes: Vec<Wish<'_>> = known.iter().map(wish).collect();
        let mut allowed = Vec::new();
        for ((principal, _), answer) in known.iter().zip(self.ask_each(holder, action, &wishes)) {
            match answer {
                Answer::Yes(made) => allowed.push((*principal, made)),
                Answer::Open(reasons) => open.extend(reasons),
                Answer::No => {}
            }
        }
        allowed
    }
}
