//! Who may become a role, by its trust policy and their own policies.

use std::collections::BTreeSet;

use super::ask::{Answer, Made};
use super::{Holder, Reach, Search};
use crate::access::{Call, Reason, RequestContext, Verdict, free};
use crate::aws::arn;
use crate::iam::{Effect, Identity, KeyName, KeyValue, Principal, PrincipalEntry, Requester};
use crate::text::{Text, Truth};

/// Somebody who may become a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// A principal of the plan, by its position.
    Principal(usize),
    /// A user or role that the plan does not list, by its ARN.
    Unlisted(Text),
    /// Those of an account whom the account's own policies let.
    Account(Text),
    /// An AWS service.
    Service(Text),
    /// Whoever an identity provider vouches for.
    Provider(Text),
    /// Everyone with an AWS account.
    Everyone,
}

/// How surely somebody may become a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Surely {
    /// Whatever the request's context.
    Always,
    /// In this context, at least.
    When(RequestContext),
    /// It hangs on something unknown.
    Unknown(Vec<Reason>),
}

/// How somebody may become a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// Who.
    pub who: Who,
    /// The call.
    pub action: &'static str,
    /// How surely. Of somebody outside of the plan: what the trust policy says, their own policies aside.
    pub surely: Surely,
    /// The call as a principal of the plan makes it, with the statements that allow it.
    pub made: Option<Made>,
}

impl Reach<'_> {
    /// Who may become the role after apply; those certainly denied are left out.
    pub fn admissions(&self, role: usize) -> Vec<Admission> {
        let Some(trust) = self.trusts().of(role) else { return Vec::new() };
        let mut found = self.of_the_plan(role);
        let mut outside: BTreeSet<Who> = BTreeSet::new();
        for statement in
            trust.statements().iter().filter(|statement| statement.effect() != Some(Effect::Deny))
        {
            for entry in statement.principal().into_iter().flat_map(Principal::entries) {
                outside.extend(self.outside(entry));
            }
        }
        for who in outside {
            if let Some(admission) = self.of_outside(role, who) {
                found.push(admission);
            }
        }
        found
    }

    fn of_the_plan(&self, role: usize) -> Vec<Admission> {
        let Some(trust) = self.trusts().of(role) else { return Vec::new() };
        let mut found = Vec::new();
        let search = Search::new(self);
        for principal in self.perhaps_admitted(role) {
            let (surely, made) = match search.ask_assume(Holder::plain(principal), role, trust) {
                Answer::Yes(made) => {
                    (made.when.as_deref().cloned().map_or(Surely::Always, Surely::When), Some(made))
                }
                Answer::Open(because) => (Surely::Unknown(because), None),
                Answer::No => continue,
            };
            found.push(Admission { who: Who::Principal(principal), action: "sts:AssumeRole", surely, made });
        }
        found
    }

    /// The principals of the plan that the role may let in: those it names, and those whom it leaves the choice and who
    /// may assume roles.
    fn perhaps_admitted(&self, role: usize) -> Vec<usize> {
        let trusts = self.trusts();
        let is_open = trusts.open().any(|open| open == role);
        let by_account = |principal: usize| {
            self.facts(principal).is_some_and(|facts| {
                self.abilities().of(principal) & super::abilities::bit("sts:AssumeRole") != 0
                    && trusts.naming_account(&facts.account.unmarked()).any(|named| named == role)
            })
        };
        let admitted = |principal: &usize| {
            *principal != role
                && (is_open || trusts.naming(*principal).any(|named| named == role) || by_account(*principal))
        };
        (0..self.graph.principals.len()).filter(admitted).collect()
    }

    fn outside(&self, entry: &PrincipalEntry) -> Option<Who> {
        let PrincipalEntry::Named { kind, name } = entry else {
            return matches!(entry, PrincipalEntry::Everyone).then_some(Who::Everyone);
        };
        let name = name.unmarked();
        match kind.as_known()? {
            "Service" => Some(Who::Service(name)),
            "Federated" => Some(Who::Provider(name)),
            "AWS" if name.as_known() == Some("*") => Some(Who::Everyone),
            "AWS" if name.as_known().is_some_and(arn::is_account_id) => Some(Who::Account(name)),
            "AWS" => {
                let [.., account, resource] = arn::split(&name)?;
                if resource.as_known() == Some("root") {
                    return Some(Who::Account(account));
                }
                let is_listed = self.graph.principals.iter().any(|&node| {
                    let facts =
                        self.graph.principal(node).and_then(|principal| principal.facts.after.as_ref());
                    facts.is_some_and(|facts| facts.arn.unmarked().equals(&name) == Truth::True)
                });
                (!is_listed).then_some(Who::Unlisted(name))
            }
            _ => None,
        }
    }

    fn of_outside(&self, role: usize, who: Who) -> Option<Admission> {
        let (trust, facts) = (self.trusts().of(role)?, self.facts(role)?);
        let identity = |account: Text, arn: Option<Text>| {
            let is_role = true;
            let identity =
                Identity { account, arn, unique_id: None, session: None, is_role, is_namesake: false };
            Requester::Identity(identity)
        };
        let somewhere = || Text::from("000000000000");
        let (action, caller) = match &who {
            Who::Principal(_) => return None,
            Who::Service(name) => ("sts:AssumeRole", Requester::Service(name.clone())),
            Who::Provider(name) => {
                let is_saml = name.pieces().any(|piece| match piece {
                    crate::text::Piece::Literal(text) => text.contains(":saml-provider/"),
                    crate::text::Piece::Hole(_) => false,
                });
                let action = if is_saml { "sts:AssumeRoleWithSAML" } else { "sts:AssumeRoleWithWebIdentity" };
                (action, Requester::Federated(name.clone()))
            }
            Who::Account(account) => ("sts:AssumeRole", identity(account.clone(), None)),
            Who::Everyone => ("sts:AssumeRole", identity(somewhere(), None)),
            Who::Unlisted(name) => {
                let account = arn::split(name).map_or_else(somewhere, |[.., account, _]| account);
                ("sts:AssumeRole", identity(account, Some(name.clone())))
            }
        };
        let service = match &caller {
            Requester::Service(_) => Some(KeyValue::one("true")),
            _ => None,
        };
        let keys = |name: &KeyName| match name.lower() {
            "aws:principalisawsservice" => service.clone(),
            "aws:resourceaccount" => Some(KeyValue::one(facts.account.clone())),
            "aws:sourceaccount"
            | "aws:sourcearn"
            | "aws:requestedregion"
            | "aws:principalarn"
            | "aws:principalaccount"
            | "aws:principaltype"
            | "aws:userid"
            | "aws:tagkeys" => Some(free(name, None)),
            lower => ["sts:", "aws:requesttag/", "aws:principaltag/"]
                .iter()
                .any(|start| lower.starts_with(start))
                .then(|| free(name, None)),
        };
        let call = Call { action, resource: facts.arn.clone().into(), keys: &keys };
        let surely = match self.authority.outsider(trust, caller, &call) {
            Verdict::Allowed => Surely::Always,
            Verdict::Conditional { allowed_when, .. } => Surely::When(allowed_when),
            Verdict::Unknown { because, .. } => Surely::Unknown(because),
            Verdict::Denied => return None,
        };
        Some(Admission { who, action, surely, made: None })
    }
}
