//! Roles that somebody may assume who has nothing to do with the account: everyone, or any customer of an identity
//! provider that many share.

use std::collections::BTreeSet;

use super::Reach;
use super::ask::Basis;
use crate::access::{Call, Verdict, free};
use crate::aws::identity_providers::{SharedProvider, shared};
use crate::iam::{Condition, Identity, KeyName, KeyValue, Principal, PrincipalEntry, Requester, Statement};
use crate::text::{Hole, Shape, Text};

/// A way for outsiders to become a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Who: "everyone with an AWS account", "workflows of every repository of GitHub".
    pub whom: String,
    /// The identity provider, where there is one.
    pub provider: Option<&'static SharedProvider>,
    /// The statement that lets them in.
    pub basis: Option<Basis>,
}

/// An account, organization and address that are nobody's (RFC 5737 for the address).
const ACCOUNT: &str = "000000000000";
const ORGANIZATION: &str = "o-anotherone0";
const ADDRESS: &str = "203.0.113.1";

impl Reach<'_> {
    /// How outsiders may become the role.
    pub fn openings(&self, role: usize) -> Vec<Opening> {
        let Some(trust) = self.trusts().of(role) else { return Vec::new() };
        let mut found = Vec::new();
        let mut providers: BTreeSet<Text> = BTreeSet::new();
        let mut everyone = false;
        for entry in trust
            .statements()
            .iter()
            .filter_map(|statement| statement.principal())
            .flat_map(Principal::entries)
        {
            match entry {
                PrincipalEntry::Everyone => everyone = true,
                PrincipalEntry::Named { kind, name } => match (kind.as_known(), name.as_known()) {
                    (Some("AWS"), Some("*")) => everyone = true,
                    (Some("Federated"), _) => {
                        providers.insert(name.unmarked());
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        if everyone && self.lets_in_everyone(role) {
            let basis = self.naming_statement(role, |kind, name| kind == "AWS" && name == "*");
            found.push(Opening { whom: "everyone with an AWS account".into(), provider: None, basis });
        }
        for provider in providers {
            let host = host(&provider);
            let Some(shared) = host.as_deref().and_then(shared) else { continue };
            let whom = if self.lets_in_foreigners(role, &provider, shared, shared.foreign_subject) {
                Some(shared.anybody.to_owned())
            } else {
                self.namesakes(role, &provider, shared)
            };
            if let Some(whom) = whom {
                let basis = self
                    .naming_statement(role, |kind, name| kind == "Federated" && name.ends_with(shared.host));
                found.push(Opening { whom, provider: Some(shared), basis });
            }
        }
        found
    }

    fn lets_in_everyone(&self, role: usize) -> bool {
        let caller = Requester::Identity(Identity {
            account: Text::from(ACCOUNT),
            arn: None,
            unique_id: None,
            session: None,
            is_role: true,
            is_namesake: false,
        });
        self.lets_in(role, "sts:AssumeRole", caller, &|name| match name.lower() {
            "aws:principalaccount" => Some(KeyValue::one(ACCOUNT)),
            "aws:principalarn" => {
                let rest = Hole::new("", "path and name", Shape::ANY);
                let start = format!("arn:aws:iam::{ACCOUNT}:role/");
                let form = Text::builder().push_str(&start).push_hole(&rest).finish();
                Some(free(name, Some(form)))
            }
            "aws:principaltype" => Some(KeyValue::one("AssumedRole")),
            lower if lower.starts_with("aws:principaltag/") => Some(free(name, None)),
            _ => None,
        })
    }

    /// Owners with a name of their own choice that the patterns of the trust policy let in, as their star stands before
    /// the end of the name.
    fn namesakes(&self, role: usize, provider: &Text, shared: &SharedProvider) -> Option<String> {
        let owners = shared.owners?;
        let key = format!("{}:sub", shared.host);
        let conditions = self.trusts().of(role)?.statements().iter().flat_map(Statement::conditions);
        let of_subject = conditions.filter(|condition| condition.keys().any(|name| name.is(&key)));
        let patterns = of_subject.flat_map(Condition::values).filter_map(Text::as_known);
        let begun: BTreeSet<&str> = patterns.filter_map(|pattern| owners.begun(pattern)).collect();
        let is_let_in = |begun: &&str| {
            let subject = format!("{}{begun}another-owner{}", owners.before, owners.end);
            self.lets_in_foreigners(role, provider, shared, &subject)
        };
        let names: Vec<String> = begun.into_iter().filter(is_let_in).map(|one| format!("`{one}`")).collect();
        (!names.is_empty()).then(|| format!("{} {}", owners.anybody, names.join(" or ")))
    }

    /// Whether somebody is let in whose tokens have a subject that begins so.
    fn lets_in_foreigners(
        &self,
        role: usize,
        provider: &Text,
        shared: &SharedProvider,
        subject: &str,
    ) -> bool {
        let caller = Requester::Federated(provider.clone());
        self.lets_in(role, "sts:AssumeRoleWithWebIdentity", caller, &|name| {
            let claim = name.lower().strip_prefix(shared.host)?.strip_prefix(':')?;
            if let Some((_, foreign)) = shared.foreign_claims.iter().find(|(known, _)| *known == claim) {
                return Some(KeyValue::one(*foreign));
            }
            let form = (claim == "sub").then(|| {
                let rest = Hole::new("", "rest of the subject", Shape::ANY);
                Text::builder().push_str(subject).push_hole(&rest).finish()
            });
            Some(free(name, form))
        })
    }

    /// Whether somebody from nowhere is let in, at least under a condition of its own choice.
    fn lets_in(
        &self,
        role: usize,
        action: &str,
        caller: Requester,
        own: &dyn Fn(&KeyName) -> Option<KeyValue>,
    ) -> bool {
        let (Some(trust), Some(facts)) = (self.trusts().of(role), self.facts(role)) else { return false };
        let keys = |name: &KeyName| {
            own(name).or_else(|| match name.lower() {
                "aws:sourceip" => Some(KeyValue::one(ADDRESS)),
                "aws:sourcevpc" | "aws:sourcevpce" | "aws:vpcsourceip" | "aws:sourcevpcarn" => {
                    Some(KeyValue::Absent)
                }
                "aws:principalorgid" => Some(KeyValue::one(ORGANIZATION)),
                "aws:principalorgpaths" => Some(KeyValue::list([format!("{ORGANIZATION}/r-another/")])),
                "aws:resourceaccount" => Some(KeyValue::one(facts.account.clone())),
                "aws:requestedregion" => Some(free(name, None)),
                "sts:externalid" => Some(KeyValue::one("another-external-id")),
                lower if lower.starts_with("sts:") => Some(free(name, None)),
                lower if lower.starts_with("aws:requesttag/") || lower == "aws:tagkeys" => {
                    Some(free(name, None))
                }
                _ => None,
            })
        };
        let call = Call { action, resource: facts.arn.clone().into(), keys: &keys };
        matches!(
            self.authority.outsider(trust, caller, &call),
            Verdict::Allowed | Verdict::Conditional { .. }
        )
    }

    fn naming_statement(&self, role: usize, is_named: impl Fn(&str, &str) -> bool) -> Option<Basis> {
        let trust = self.trusts().of(role)?;
        let named = |entry: &PrincipalEntry| match entry {
            PrincipalEntry::Everyone => is_named("AWS", "*"),
            PrincipalEntry::Named { kind, name } => match kind.as_known() {
                Some(kind) => {
                    is_named(kind, name.as_known().unwrap_or_default())
                        || host(name).is_some_and(|host| is_named(kind, &host))
                }
                None => false,
            },
            _ => false,
        };
        let statement = trust.statements().iter().find(|statement| {
            statement.effect() == Some(crate::iam::Effect::Allow)
                && statement.principal().is_some_and(|principal| principal.entries().iter().any(named))
        })?;
        Some(Basis {
            policy: (*self.principal(role)?.id).into(),
            attribute: "assume_role_policy",
            statement: statement.index().saturating_add(1),
            sid: statement.sid().map(ToString::to_string).filter(|sid| !sid.is_empty()).map(Into::into),
        })
    }
}

/// What names the provider in condition keys: the host of an ARN whose account may be a hole, or the name as it is.
fn host(provider: &Text) -> Option<String> {
    match crate::aws::arn::split(provider) {
        Some([.., resource]) => resource.as_known()?.strip_prefix("oidc-provider/").map(str::to_owned),
        None => provider.as_known().map(str::to_owned),
    }
}
