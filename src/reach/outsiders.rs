//! Roles that somebody may assume who has nothing to do with the account: everyone, or any customer of an identity
//! provider that many share.

use std::collections::BTreeSet;
use std::fmt;

use super::Reach;
use super::ask::Basis;
use crate::access::{Call, Verdict, free};
use crate::aws::identity_providers::{SharedProvider, shared};
use crate::iam::{
    Condition, Identity, KeyName, KeyValue, PolicyDocument, Principal, PrincipalEntry, Requester, Statement,
};
use crate::text::{Hole, SENSITIVE, Shape, Text, Truth};

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

/// An account, an organization and addresses that are nobody's (RFC 5737 and RFC 3849 for the addresses).
const ACCOUNT: &str = "000000000000";
const ORGANIZATION: &str = "o-anotherone0";
const ADDRESSES: [&str; 2] = ["203.0.113.1", "2001:db8::1"];

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
        if everyone && self.lets_in_everyone(role, trust) {
            let basis = self.naming_statement(role, |kind, name| kind == "AWS" && name == "*");
            found.push(Opening { whom: "everyone with an AWS account".into(), provider: None, basis });
        }
        for provider in providers {
            let host = host(&provider);
            let Some(shared) = host.as_deref().and_then(shared) else { continue };
            let anybody = Foreigner { provider: &provider, shared, owner: None };
            let lets_in = |foreigner: &Foreigner<'_>| self.lets_in_foreigner(role, trust, foreigner);
            if lets_in(&anybody) {
                let basis = self.letting_statement(role, trust, &anybody);
                found.push(Opening { whom: shared.anybody.into(), provider: Some(shared), basis });
                continue;
            }
            let like = owners_like(trust, shared);
            let namesake = |like: &str| {
                let owner = shared.owners.map(|owners| owners.namesake(like));
                let foreigner = Foreigner { provider: &provider, shared, owner };
                lets_in(&foreigner).then_some(foreigner)
            };
            let namesakes: Vec<(&Like<'_>, Foreigner<'_>)> =
                like.iter().filter_map(|like| Some((like, namesake(like.pattern)?))).collect();
            if let (Some((_, first)), Some(owners)) = (namesakes.first(), shared.owners) {
                let mut names: Vec<String> = namesakes.iter().map(|(like, _)| format!("`{like}`")).collect();
                names.dedup();
                let whom = format!("{} {}", owners.anybody, names.join(" or "));
                let basis = self.letting_statement(role, trust, first);
                found.push(Opening { whom, provider: Some(shared), basis });
            }
        }
        found
    }

    fn lets_in_everyone(&self, role: usize, trust: &PolicyDocument) -> bool {
        let caller = Requester::Identity(Identity {
            account: Text::from(ACCOUNT),
            arn: None,
            unique_id: None,
            session: None,
            is_role: true,
            is_namesake: false,
        });
        self.lets_in(role, trust, "sts:AssumeRole", &caller, &|name| match name.lower() {
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

    /// Whether a trust policy lets somebody in.
    fn lets_in_foreigner(&self, role: usize, trust: &PolicyDocument, foreigner: &Foreigner<'_>) -> bool {
        let shared = foreigner.shared;
        let caller = Requester::Federated(foreigner.provider.clone());
        self.lets_in(role, trust, "sts:AssumeRoleWithWebIdentity", &caller, &|name| {
            let claim = name.lower().strip_prefix(shared.host)?.strip_prefix(':')?;
            if let Some((_, foreign)) = shared.foreign_claims.iter().find(|(known, _)| *known == claim) {
                let value = foreigner.named(foreign);
                let is_optional = shared.optional_claims.contains(&claim);
                return Some(if is_optional { perhaps(name, &value) } else { KeyValue::one(value) });
            }
            let form = (claim == "sub").then(|| {
                let rest = Hole::new("", "rest of the subject", Shape::ANY);
                Text::builder().push_str(&foreigner.named(shared.foreign_subject)).push_hole(&rest).finish()
            });
            Some(free(name, form))
        })
    }

    /// The first statement of a trust policy that lets somebody in by itself; else the first that names the provider.
    fn letting_statement(
        &self,
        role: usize,
        trust: &PolicyDocument,
        foreigner: &Foreigner<'_>,
    ) -> Option<Basis> {
        let lets_in = |statement: &Statement| {
            let alone = trust.with_statements(&[(statement.index(), Truth::Maybe)]);
            self.lets_in_foreigner(role, &alone, foreigner)
        };
        let letting = trust.statements().iter().find(|statement| lets_in(statement));
        letting.map_or_else(
            || {
                let host = foreigner.shared.host;
                self.naming_statement(role, |kind, name| kind == "Federated" && name.ends_with(host))
            },
            |statement| self.basis_of(role, statement),
        )
    }

    /// Whether somebody from nowhere is let in, at least under a condition of its own choice.
    fn lets_in(
        &self,
        role: usize,
        trust: &PolicyDocument,
        action: &str,
        caller: &Requester,
        own: &dyn Fn(&KeyName) -> Option<KeyValue>,
    ) -> bool {
        // Through an endpoint of a VPC no address comes along.
        let mut from = ADDRESSES.into_iter().map(KeyValue::one).chain([KeyValue::Absent]);
        from.any(|address| self.lets_in_from(&address, role, trust, (action, caller), own))
    }

    fn lets_in_from(
        &self,
        address: &KeyValue,
        role: usize,
        trust: &PolicyDocument,
        (action, caller): (&str, &Requester),
        own: &dyn Fn(&KeyName) -> Option<KeyValue>,
    ) -> bool {
        let Some(facts) = self.facts(role) else { return false };
        let keys = |name: &KeyName| {
            own(name).or_else(|| match name.lower() {
                "aws:sourceip" => Some(address.clone()),
                "aws:sourcevpc" | "aws:sourcevpce" | "aws:vpcsourceip" | "aws:sourcevpcarn" => {
                    Some(KeyValue::Absent)
                }
                // Not every account is in an organization.
                "aws:principalorgid" => Some(perhaps(name, ORGANIZATION)),
                "aws:principalorgpaths" => Some(perhaps(name, &format!("{ORGANIZATION}/r-another/"))),
                "aws:resourceaccount" => Some(KeyValue::one(facts.account.clone())),
                "aws:requestedregion" => Some(free(name, None)),
                "sts:externalid" => Some(perhaps(name, "another-external-id")),
                lower if lower.starts_with("sts:") => Some(free(name, None)),
                lower if lower.starts_with("aws:requesttag/") || lower == "aws:tagkeys" => {
                    Some(free(name, None))
                }
                _ => None,
            })
        };
        let call = Call { action, resource: facts.arn.clone().into(), keys: &keys };
        matches!(
            self.authority.outsider(trust, caller.clone(), &call),
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
        self.basis_of(role, statement)
    }

    fn basis_of(&self, role: usize, statement: &Statement) -> Option<Basis> {
        Some(Basis {
            policy: (*self.principal(role)?.id).into(),
            attribute: "assume_role_policy",
            statement: statement.index().saturating_add(1),
            sid: statement.sid().map(ToString::to_string).filter(|sid| !sid.is_empty()).map(Into::into),
        })
    }
}

/// Somebody with an identity provider that many share, who has nothing to do with the account.
struct Foreigner<'f> {
    provider: &'f Text,
    shared: &'static SharedProvider,
    /// The owner that the tokens name, where it is not just another one.
    owner: Option<String>,
}

impl Foreigner<'_> {
    /// A value of a claim, with the owner in it.
    fn named(&self, foreign: &str) -> String {
        match (&self.owner, self.shared.owners) {
            (Some(owner), Some(owners)) => foreign.replace(owners.another, owner),
            _ => foreign.to_owned(),
        }
    }
}

/// What names of owners are like.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Like<'t> {
    pattern: &'t str,
    is_sensitive: bool,
}

impl fmt::Display for Like<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_sensitive { SENSITIVE } else { self.pattern })
    }
}

/// What names of owners are like that the patterns of a trust policy let in, where others than one have such a name.
fn owners_like<'t>(trust: &'t PolicyDocument, shared: &SharedProvider) -> BTreeSet<Like<'t>> {
    let like = |condition: &'t Condition| {
        let claims: Vec<&str> = condition
            .keys()
            .filter_map(|name| name.lower().strip_prefix(shared.host)?.strip_prefix(':'))
            .collect();
        let patterns =
            condition.values().iter().filter_map(|text| Some((text.as_known()?, text.is_sensitive())));
        patterns.flat_map(move |(pattern, is_sensitive)| {
            let of_claims = claims.iter().filter_map(|claim| shared.owners_like(claim, pattern));
            of_claims.map(|pattern| Like { pattern, is_sensitive }).collect::<Vec<_>>()
        })
    };
    trust.statements().iter().flat_map(Statement::conditions).flat_map(like).collect()
}

/// A key that a request has with this value, or does without.
fn perhaps(name: &KeyName, value: &str) -> KeyValue {
    free(name, Some(Text::from(value)))
}

/// What names the provider in condition keys: the host of an ARN whose account may be a hole, or the name as it is.
fn host(provider: &Text) -> Option<String> {
    match crate::aws::arn::split(provider) {
        Some([.., resource]) => resource.as_known()?.strip_prefix("oidc-provider/").map(str::to_owned),
        None => provider.as_known().map(str::to_owned),
    }
}
