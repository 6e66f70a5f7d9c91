//! Policies of resources, which name principals: what such a policy says to one caller.

use super::document::PolicyDocument;
use super::principal::{Identity, Naming, Principal, PrincipalEntry, Requester, named_by};
use super::statement::{Effect, Statement};
use crate::text::{Hole, Shape, Text, Truth};

/// Who calls, as the policy of a resource can name it.
#[derive(Clone, Debug)]
pub struct Caller<'a> {
    /// The ARN of the user or role. Of a group: that of any of its members, with a hole.
    pub arn: &'a Text,
    /// The account that the caller lives in.
    pub account: &'a Text,
    /// The unique id (`AROA…`).
    pub unique_id: &'a Text,
}

/// How the policy of a resource lets a caller in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// It names the caller, or everyone.
    Itself,
    /// It names the caller's account, which leaves the rest to identity policies.
    Account,
}

/// How surely a statement is about a caller.
struct Names {
    itself: Truth,
    account: Truth,
}

impl PolicyDocument {
    /// What the document says to a caller: its statements that allow `through`, and all that deny it, as a document
    /// without principals.
    #[must_use]
    pub fn addressed_to(&self, caller: &Caller<'_>, through: Through) -> Self {
        let mut document = self.clone();
        document.statements.retain_mut(|statement| {
            let names = statement.names(caller);
            let either = names.itself.or(names.account);
            let applies = match (statement.effect(), through) {
                (Some(Effect::Deny) | None, _) => either,
                (Some(Effect::Allow), Through::Itself) => names.itself,
                (Some(Effect::Allow), Through::Account) => names.account,
            };
            statement.principal = None;
            if applies.is_maybe() {
                let mut unknown = std::mem::take(&mut statement.unknown_conditions).into_vec();
                unknown.push(Hole::new("", "whom a policy names", Shape::ANY));
                statement.unknown_conditions = unknown.into();
            }
            !applies.is_false()
        });
        document
    }

    /// The statements that deny, or may deny: what counts of identity policies where a resource lets the caller in.
    #[must_use]
    pub fn denials(&self) -> Self {
        let mut document = self.clone();
        document.statements.retain(|statement| statement.effect() != Some(Effect::Allow));
        document
    }
}

impl Statement {
    fn names(&self, caller: &Caller<'_>) -> Names {
        // Without a principal the statement is none of a resource's policy.
        let Some(principal) = &self.principal else {
            return Names { itself: Truth::Maybe, account: Truth::Maybe };
        };
        let mut names = Names { itself: Truth::False, account: Truth::False };
        for entry in principal.entries() {
            let (itself, account) = entry.names(caller);
            names.itself = names.itself.or(itself);
            names.account = names.account.or(account);
        }
        if principal.is_negated() { principal.all_but(&names) } else { names }
    }
}

impl Principal {
    /// Everyone but who is listed. Both the account and the caller must be listed to leave a caller out; where only
    /// one of them is, it is not certain what counts.
    fn all_but(&self, listed: &Names) -> Names {
        let is_out = listed.itself.or(listed.account);
        let itself = if is_out.is_false() { Truth::True } else { Truth::Maybe };
        let is_everyone = self.entries().iter().any(|entry| matches!(entry, PrincipalEntry::Everyone));
        Names { itself: if is_everyone { Truth::False } else { itself }, account: Truth::False }
    }
}

impl PrincipalEntry {
    /// Whether the entry names the caller itself, and whether it names its account.
    fn names(&self, caller: &Caller<'_>) -> (Truth, Truth) {
        let (kind, name) = match self {
            Self::Everyone => return (Truth::True, Truth::False),
            Self::Unknown(_) | Self::NotUnderstood => return (Truth::Maybe, Truth::Maybe),
            Self::Named { kind, name } => (kind, name),
        };
        let Some(kind) = kind.as_known() else { return (Truth::Maybe, Truth::Maybe) };
        if kind == "AWS" && name.as_hole().is_some() {
            return (Truth::Maybe, Truth::Maybe);
        }
        let identity = Requester::Identity(Identity {
            account: caller.account.clone(),
            arn: Some(caller.arn.clone()),
            unique_id: Some(caller.unique_id.clone()),
            session: None,
            is_role: false,
            is_namesake: false,
        });
        let named = |counts: &dyn Fn(Naming) -> bool| named_by(kind, name, &identity, counts);
        let session = if kind == "AWS" { is_session(name, caller) } else { Truth::False };
        (named(&|way| way != Naming::Account).or(session), named(&|way| way == Naming::Account))
    }
}

/// Whether a session of the caller's role is named: only some of its calls are made in it.
fn is_session(name: &Text, caller: &Caller<'_>) -> Truth {
    let (Some(known), Some(arn)) = (name.as_known(), caller.arn.as_known()) else { return Truth::False };
    let session = known.split_once(":assumed-role/").and_then(|(_, rest)| rest.split_once('/'));
    let role = arn.split_once(":role/").and_then(|(_, path)| path.rsplit('/').next());
    let is_same = session.is_some_and(|(name, _)| Some(name) == role);
    if is_same { Truth::Maybe } else { Truth::False }
}

#[cfg(test)]
mod tests {
    use super::{Caller, Through};
    use crate::iam::{ContextTable, PolicyDocument, PolicyLayers, Request, decide};
    use crate::text::{Hole, Shape, Text, Truth};

    const ROLE: &str = "arn:aws:iam::123456789012:role/team/ops";

    fn decision(principal: &str, effect: &str, through: Through) -> Truth {
        let document =
            format!(r#"{{"Statement":{{"Effect":"{effect}",{principal},"Action":"kms:*","Resource":"*"}}}}"#);
        let (arn, account) = (Text::from(ROLE), Text::from("123456789012"));
        let unique_id = Text::hole(Hole::new("aws_iam_role.ops", "unique_id", Shape::NEW_IAM_UNIQUE_ID));
        let caller = Caller { arn: &arn, account: &account, unique_id: &unique_id };
        let document = PolicyDocument::parse(&Text::from(document)).addressed_to(&caller, through);
        let layers = PolicyLayers { identity: vec![&document], ..PolicyLayers::default() };
        let decision = decide(&layers, &Request::new("kms:CreateGrant", "k".into()), &ContextTable::new());
        if effect == "Deny" { decision.denied } else { decision.allowed }
    }

    #[test]
    fn the_caller_its_account_and_everyone_are_told_apart() {
        let named = |name: &str| format!(r#""Principal":{{"AWS":"{name}"}}"#);
        for (name, itself, account) in [
            (ROLE, Truth::True, Truth::False),
            ("*", Truth::True, Truth::False),
            ("123456789012", Truth::False, Truth::True),
            ("arn:aws:iam::123456789012:root", Truth::False, Truth::True),
            ("arn:aws:iam::210987654321:root", Truth::False, Truth::False),
            ("arn:aws:iam::123456789012:role/ops", Truth::False, Truth::False),
            ("arn:aws:sts::123456789012:assumed-role/ops/x", Truth::Maybe, Truth::False),
            ("arn:aws:sts::123456789012:assumed-role/other/x", Truth::False, Truth::False),
            ("AROAEXISTINGIDOFOLD", Truth::False, Truth::False),
        ] {
            assert_eq!(decision(&named(name), "Allow", Through::Itself), itself, "{name}");
            assert_eq!(decision(&named(name), "Allow", Through::Account), account, "{name}");
            assert_eq!(decision(&named(name), "Deny", Through::Account), itself.or(account), "{name}");
        }
        assert_eq!(decision(r#""Principal":"*""#, "Allow", Through::Itself), Truth::True);
        let service = r#""Principal":{"Service":"mq.amazonaws.com"}"#;
        assert_eq!(decision(service, "Allow", Through::Itself), Truth::False);
    }

    #[test]
    fn all_but_the_listed_are_meant() {
        let but = |name: &str| format!(r#""NotPrincipal":{{"AWS":"{name}"}}"#);
        assert_eq!(decision(&but("arn:aws:iam::123456789012:role/x"), "Deny", Through::Itself), Truth::True);
        assert_eq!(decision(&but(ROLE), "Deny", Through::Itself), Truth::Maybe);
    }
}
