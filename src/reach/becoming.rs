//! How one principal becomes another: it assumes a role, rewrites the role's trust policy and assumes it, passes it to
//! a service that does as it is told, or makes credentials of a user.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::abilities::{bit, is_about};
use super::ask::{Answer, Made, Wish};
use super::{Deed, Expanded, Holder, Passage, Search, Step};
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

impl Within<'_> {
    /// Whether nothing allows it.
    fn is_nothing(&self) -> bool {
        matches!(self, Self::Some(statements) if statements.is_empty())
    }
}

/// With what a holder may, perhaps, change what others may do, so that something comes of becoming them.
struct Empowers<'m> {
    /// It changes policies, whoever has them.
    anybody: bool,
    /// It puts users into a group that has power over brokers.
    joins: bool,
    /// It changes what groups have, or takes members out of them.
    groups: Within<'m>,
    roles: Within<'m>,
    users: Within<'m>,
    /// It takes away what stands in the way of policies that roles and users have.
    hindered_roles: Within<'m>,
    hindered_users: Within<'m>,
}

/// Calls that change policies, whoever has them.
const OF_POLICIES: &[&str] = &["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"];

/// Calls that change what groups have, or take members out of them.
const OF_GROUPS: &[&str] = &[
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
    /// Looks for everyone whom the holder can become, once.
    pub(super) fn expand(&self, holder: Holder) -> Rc<Expanded> {
        if let Some(known) = self.expanded.borrow().get(&holder) {
            return Rc::clone(known);
        }
        let mut open = BTreeSet::new();
        let empowers = self.empowers(holder);
        let mut passages = self.assumed(holder, &empowers, &mut open);
        let known: BTreeSet<usize> = passages.iter().map(|(role, _)| *role).collect();
        passages.extend(self.passed(holder, &empowers, &known, &mut open));
        let known: BTreeSet<usize> = passages.iter().map(|(role, _)| *role).collect();
        passages.extend(self.rewritten(holder, &empowers, &known, &mut open));
        passages.extend(self.taken_over(holder, &empowers, &mut open));
        let to = |(principal, passage)| (Holder::plain(principal), passage);
        let mut onward: Vec<(Holder, Passage)> = passages.into_iter().map(to).collect();
        onward.sort_by_key(|(to, passage)| (passage.len(), *to));
        let expanded = Rc::new(Expanded { onward, open });
        self.expanded.borrow_mut().insert(holder, Rc::clone(&expanded));
        expanded
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
            joins: self.may_join(holder),
            groups: within(OF_GROUPS),
            roles: within(&["iam:PutRolePolicy", "iam:AttachRolePolicy"]),
            users: within(&["iam:PutUserPolicy", "iam:AttachUserPolicy"]),
            hindered_roles: within(FREEING_ROLES),
            hindered_users: within(FREEING_USERS),
        }
    }

    fn may_empower(&self, empowers: &Empowers<'_>, principal: usize) -> bool {
        let (is_user, adding, freeing) = match self.kind(principal) {
            Some(PrincipalKind::Role) => (false, &empowers.roles, &empowers.hindered_roles),
            Some(PrincipalKind::User) => (true, &empowers.users, &empowers.hindered_users),
            _ => return false,
        };
        let in_groups = || {
            !empowers.groups.is_nothing()
                && self.groups_of(principal).iter().any(|group| self.is_within(&empowers.groups, *group))
        };
        empowers.anybody
            || self.is_within(adding, principal)
            || (self.index().is_hindered(principal) && self.is_within(freeing, principal))
            || (is_user && (empowers.joins || in_groups()))
    }

    /// Whether the holder may, perhaps, put users into a group that has power over brokers.
    fn may_join(&self, holder: Holder) -> bool {
        const JOIN: &str = "iam:AddUserToGroup";
        self.may(holder, JOIN) && {
            let within = self.within(holder, JOIN);
            self.strong_groups().iter().any(|group| self.is_within(&within, *group))
        }
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
        let mut known: BTreeSet<usize> = BTreeSet::new();
        for action in ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"] {
            if !self.may(holder, action) {
                continue;
            }
            let within = self.within(holder, action);
            let fits = |user: &usize| {
                self.kind(*user) == Some(PrincipalKind::User)
                    && !known.contains(user)
                    && self.is_within(&within, *user)
                    && self.index().is_same_account(holder.principal, *user)
                    && self.is_useful(holder, *user, empowers)
            };
            let users: Vec<usize> = (0..self.graph.principals.len()).filter(fits).collect();
            for (user, made) in self.ask_about(holder, (action, &[]), users, open) {
                known.insert(user);
                let step = Self::step(holder, Deed::TakeOver { user }, vec![Arc::new(made)]);
                found.push((user, [step].into()));
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

#[cfg(test)]
mod tests {
    use super::{FREEING_ROLES, FREEING_USERS, OF_GROUPS, OF_POLICIES};
    use crate::reach::abilities::position;

    #[test]
    fn calls_are_among_those_that_are_looked_at() {
        for call in [OF_POLICIES, OF_GROUPS, FREEING_ROLES, FREEING_USERS].concat() {
            assert!(position(call).is_some(), "{call}");
        }
    }
}
