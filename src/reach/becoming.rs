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

/// With what a holder may, perhaps, add to the policies of others.
struct Empowers<'m> {
    anybody: bool,
    roles: Within<'m>,
    users: Within<'m>,
}

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
        let mut passages = self.assumed(holder, &mut open);
        let known: BTreeSet<usize> = passages.iter().map(|(role, _)| *role).collect();
        passages.extend(self.passed(holder, &known, &mut open));
        let known: BTreeSet<usize> = passages.iter().map(|(role, _)| *role).collect();
        passages.extend(self.rewritten(holder, &known, &mut open));
        passages.extend(self.taken_over(holder, &mut open));
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

    /// The statements with which the holder may, perhaps, add to the policies of others.
    fn empowers(&self, holder: Holder) -> Empowers<'_> {
        let within = |calls: [&str; 2]| {
            let all = calls.map(|call| self.within(holder, call));
            let [one, two] = all;
            match (one, two) {
                (Within::All, _) | (_, Within::All) => Within::All,
                (Within::Some(mut one), Within::Some(two)) => {
                    one.extend(two);
                    Within::Some(one)
                }
            }
        };
        Empowers {
            anybody: self.may(holder, "iam:CreatePolicyVersion"),
            roles: within(["iam:PutRolePolicy", "iam:AttachRolePolicy"]),
            users: within(["iam:PutUserPolicy", "iam:AttachUserPolicy"]),
        }
    }

    fn may_empower(&self, empowers: &Empowers<'_>, principal: usize) -> bool {
        let within = match self.kind(principal) {
            Some(PrincipalKind::Role) => &empowers.roles,
            Some(PrincipalKind::User) => &empowers.users,
            _ => return false,
        };
        empowers.anybody || self.is_within(within, principal)
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
    fn assumed(&self, holder: Holder, open: &mut BTreeSet<Reason>) -> Vec<(usize, Passage)> {
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
        let empowers = self.empowers(holder);
        let mut found = Vec::new();
        for role in roles.into_iter().filter(|role| self.is_useful(holder, *role, &empowers)) {
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
        known: &BTreeSet<usize>,
        open: &mut BTreeSet<Reason>,
    ) -> Vec<(usize, Passage)> {
        const UPDATE: &str = "iam:UpdateAssumeRolePolicy";
        if !self.may(holder, UPDATE) {
            return Vec::new();
        }
        let (within, empowers) = (self.within(holder, UPDATE), self.empowers(holder));
        let fits = |role: &usize| {
            self.kind(*role) == Some(PrincipalKind::Role)
                && !known.contains(role)
                && self.is_within(&within, *role)
                && self.index().is_same_account(holder.principal, *role)
                && self.is_useful(holder, *role, &empowers)
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
        known: &BTreeSet<usize>,
        open: &mut BTreeSet<Reason>,
    ) -> Vec<(usize, Passage)> {
        const PASS: &str = "iam:PassRole";
        if !self.may(holder, PASS) {
            return Vec::new();
        }
        let (within, empowers) = (self.within(holder, PASS), self.empowers(holder));
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
                    && self.is_useful(holder, *role, &empowers)
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
    fn taken_over(&self, holder: Holder, open: &mut BTreeSet<Reason>) -> Vec<(usize, Passage)> {
        let mut found: Vec<(usize, Passage)> = Vec::new();
        for action in ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"] {
            if !self.may(holder, action) {
                continue;
            }
            let (within, empowers) = (self.within(holder, action), self.empowers(holder));
            let fits = |user: &usize| {
                self.kind(*user) == Some(PrincipalKind::User)
                    && found.iter().all(|(other, _)| other != user)
                    && self.is_within(&within, *user)
                    && self.index().is_same_account(holder.principal, *user)
                    && self.is_useful(holder, *user, &empowers)
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
