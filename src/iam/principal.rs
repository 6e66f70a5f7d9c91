//! `Principal` and `NotPrincipal` of a trust policy, and whether they name who calls.
//!
//! Source: IAM User Guide, "AWS JSON policy elements: Principal" and "Policy evaluation logic" (2026).

use crate::text::{Hole, Piece, Text, Truth};

/// Who a trust policy is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub(super) negated: bool,
    pub(super) entries: Vec<PrincipalEntry>,
}

/// One principal of a trust policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrincipalEntry {
    /// `"*"`: everyone.
    Everyone,
    /// A principal of a kind: `AWS`, `Service`, `Federated`, `CanonicalUser`.
    Named {
        /// The kind as it is written.
        kind: Text,
        /// The ARN, account, service or provider.
        name: Text,
    },
    /// Any number of unknown principals.
    Unknown(Hole),
    /// A part that cannot be understood.
    NotUnderstood,
}

/// Who makes a request that a trust policy decides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Requester {
    /// A user, or a session of a role.
    Identity(Identity),
    /// An AWS service, by its name (`lambda.amazonaws.com`).
    Service(Text),
    /// An identity provider, by its ARN, or by its name where AWS knows it (`accounts.google.com`).
    Federated(Text),
}

/// A user, or a session of a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// Its account.
    pub account: Text,
    /// The ARN of the user or of the role; `None` where it is of no matter, as for anybody of the account whom a
    /// policy does not name.
    pub arn: Option<Text>,
    /// The unique id of the user or of the role, which a policy holds in place of the ARN of one that was deleted.
    pub unique_id: Option<Text>,
    /// Of a session of a role: its ARN, where the session's name matters.
    pub session: Option<Text>,
    /// Whether it is a session of a role.
    pub is_role: bool,
    /// Whether a policy names an earlier user or role of this ARN, which was deleted since the policy was saved.
    pub is_namesake: bool,
}

/// How a policy names who calls, which decides what else has to allow the call within one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Naming {
    /// The account: it leaves the choice to the account's own policies.
    Account,
    /// The role: its permissions boundary still has to allow.
    Role,
    /// The user, the session, or everyone: neither own policies nor a permissions boundary have to allow.
    Itself,
}

impl Principal {
    /// Whether it is `NotPrincipal`: everyone but those listed.
    pub fn is_negated(&self) -> bool {
        self.negated
    }

    /// The list.
    pub fn entries(&self) -> &[PrincipalEntry] {
        &self.entries
    }

    /// Whether it names the caller; `Err` where that hangs on `NotPrincipal`, on an unknown list or on what is not
    /// understood.
    pub(super) fn names(&self, caller: &Requester) -> Result<Truth, Open<'_>> {
        // IAM takes `NotPrincipal` in no trust policy.
        if self.negated {
            return Err(Open::NotUnderstood);
        }
        let mut named = Truth::False;
        let mut open = None;
        for entry in &self.entries {
            match entry.names_one(caller, |_| true) {
                Ok(answer) => named = named.or(answer),
                Err(reason) => open = Some(reason),
            }
        }
        match open {
            Some(open) if !named.is_true() => Err(open),
            _ => Ok(named),
        }
    }

    /// The entries that perhaps name the caller in one of the ways that `counts`; `None` where there are none.
    pub(super) fn naming(&self, caller: &Requester, counts: impl Fn(Naming) -> bool + Copy) -> Option<Self> {
        let may_name = |entry: &&PrincipalEntry| {
            self.negated || entry.names_one(caller, counts).map_or(true, |named| !named.is_false())
        };
        let entries: Vec<PrincipalEntry> = self.entries.iter().filter(may_name).cloned().collect();
        (!entries.is_empty()).then_some(Self { negated: self.negated, entries })
    }
}

impl PrincipalEntry {
    fn names_one(&self, caller: &Requester, counts: impl Fn(Naming) -> bool) -> Result<Truth, Open<'_>> {
        match self {
            Self::Everyone => Ok(Truth::from(counts(Naming::Itself))),
            Self::Named { kind, name } => match kind.as_known() {
                Some(kind) => Ok(named_by(kind, name, caller, &counts)),
                None => Err(Open::NotUnderstood),
            },
            Self::Unknown(hole) => Err(Open::Unknown(hole)),
            Self::NotUnderstood => Err(Open::NotUnderstood),
        }
    }
}

/// What leaves open whether a list names the caller.
#[derive(Clone, Copy, Debug)]
pub(super) enum Open<'a> {
    Unknown(&'a Hole),
    NotUnderstood,
}

/// Whether an entry of a kind names the caller in one of the ways that `counts`. `"AWS": "*"` names everyone who calls
/// with credentials of AWS.
pub(super) fn named_by(
    kind: &str,
    name: &Text,
    caller: &Requester,
    counts: &dyn Fn(Naming) -> bool,
) -> Truth {
    match (kind, caller) {
        ("AWS", Requester::Identity(_)) if name.as_known() == Some("*") => {
            Truth::from(counts(Naming::Itself))
        }
        ("AWS", Requester::Identity(identity)) => {
            let ways = [
                (Naming::Account, is_account(name, &identity.account)),
                (own_naming(identity), identity.is_named(name)),
                (
                    Naming::Itself,
                    identity.session.as_ref().map_or(Truth::False, |own| own.equals(&name.unmarked())),
                ),
            ];
            Truth::any(ways.into_iter().filter(|(way, _)| counts(*way)).map(|(_, named)| named))
        }
        ("Service", Requester::Service(own)) | ("Federated", Requester::Federated(own))
            if counts(Naming::Itself) =>
        {
            own.unmarked().equals(&name.unmarked())
        }
        _ => Truth::False,
    }
}

fn own_naming(identity: &Identity) -> Naming {
    if identity.is_role { Naming::Role } else { Naming::Itself }
}

impl Identity {
    /// Whether the name is the ARN or the unique id. A wildcard within an ARN stands for nothing but itself.
    fn is_named(&self, name: &Text) -> Truth {
        let name = name.unmarked();
        let is = |own: &Option<Text>| own.as_ref().map_or(Truth::False, |own| own.unmarked().equals(&name));
        let by_arn = if self.is_namesake { Truth::False } else { is(&self.arn) };
        by_arn.or(is(&self.unique_id))
    }
}

/// Whether a name stands for the account: twelve digits, or the ARN of its root user.
fn is_account(name: &Text, account: &Text) -> Truth {
    let (name, account) = (name.unmarked(), account.unmarked());
    match between(&name, "::", ":root") {
        Some(of_root) => of_root.equals(&account),
        None => name.equals(&account),
    }
}

/// What stands between the first `start` and a final `end`.
fn between(text: &Text, start: &str, end: &str) -> Option<Text> {
    let mut found = Text::builder();
    let mut inside = false;
    let mut pieces = text.pieces().peekable();
    while let Some(piece) = pieces.next() {
        let piece = match piece {
            Piece::Literal(literal) if !inside => {
                let Some((_, rest)) = literal.split_once(start) else { continue };
                inside = true;
                Piece::Literal(rest)
            }
            piece if inside => piece,
            // The partition may be a hole.
            _ => continue,
        };
        match (piece, pieces.peek()) {
            (Piece::Literal(last), None) => {
                found.push_str(last.strip_suffix(end)?);
                return Some(found.finish());
            }
            (_, None) => return None,
            (piece, Some(_)) => found.push_piece(piece),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Identity, Naming, Principal, PrincipalEntry, Requester};
    use crate::iam::PolicyDocument;
    use crate::text::{Hole, Shape, Text, Truth};

    fn principal(json: &str) -> Principal {
        let text =
            format!(r#"{{"Statement":{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{json}}}}}"#);
        let document = PolicyDocument::parse(&Text::from(text));
        document.statements()[0].principal().expect("a principal").clone()
    }

    fn identity(arn: &str, is_role: bool) -> Identity {
        Identity {
            account: "111111111111".into(),
            arn: Some(arn.into()),
            unique_id: Some("AROAEXAMPLE".into()),
            session: None,
            is_role,
            is_namesake: false,
        }
    }

    fn role() -> Identity {
        identity("arn:aws:iam::111111111111:role/team/ci", true)
    }

    fn names(json: &str, caller: &Identity, counts: &[Naming]) -> Truth {
        let caller = Requester::Identity(caller.clone());
        let named = principal(json).naming(&caller, |way| counts.contains(&way));
        named.map_or(Truth::False, |named| named.names(&caller).unwrap_or(Truth::Maybe))
    }

    const ANY: &[Naming] = &[Naming::Account, Naming::Role, Naming::Itself];

    #[test]
    fn an_account_is_named_by_its_number_and_by_its_root() {
        for json in [
            r#"{"AWS":"111111111111"}"#,
            r#"{"AWS":["222222222222","arn:aws:iam::111111111111:root"]}"#,
            r#"{"AWS":"arn:aws-us-gov:iam::111111111111:root"}"#,
        ] {
            assert_eq!(names(json, &role(), &[Naming::Account]), Truth::True, "{json}");
            assert_eq!(names(json, &role(), &[Naming::Role, Naming::Itself]), Truth::False, "{json}");
        }
        assert_eq!(names(r#"{"AWS":"222222222222"}"#, &role(), ANY), Truth::False);
    }

    #[test]
    fn a_role_is_named_with_its_path_and_a_user_as_itself() {
        let json = r#"{"AWS":"arn:aws:iam::111111111111:role/team/ci"}"#;
        assert_eq!(names(json, &role(), &[Naming::Role]), Truth::True);
        assert_eq!(names(json, &role(), &[Naming::Itself]), Truth::False);
        assert_eq!(names(r#"{"AWS":"arn:aws:iam::111111111111:role/ci"}"#, &role(), ANY), Truth::False);
        let user = identity("arn:aws:iam::111111111111:user/ann", false);
        let json = r#"{"AWS":"arn:aws:iam::111111111111:user/ann"}"#;
        assert_eq!(names(json, &user, &[Naming::Itself]), Truth::True);
    }

    #[test]
    fn wildcards_stand_for_everyone_and_for_nothing_else() {
        assert_eq!(names(r#""*""#, &role(), &[Naming::Itself]), Truth::True);
        assert_eq!(names(r#"{"AWS":"*"}"#, &role(), &[Naming::Itself]), Truth::True);
        assert_eq!(names(r#"{"AWS":"arn:aws:iam::111111111111:role/*"}"#, &role(), ANY), Truth::False);
        assert_eq!(names(r#"{"AWS":"arn:aws:iam::111111111111:*"}"#, &role(), ANY), Truth::False);
    }

    #[test]
    fn a_deleted_principal_is_known_by_its_id_alone() {
        let json = r#"{"AWS":"arn:aws:iam::111111111111:role/team/ci"}"#;
        let namesake = Identity { is_namesake: true, ..role() };
        assert_eq!(names(json, &namesake, ANY), Truth::False);
        assert_eq!(names(r#"{"AWS":"AROAEXAMPLE"}"#, &role(), ANY), Truth::True);
        assert_eq!(names(r#"{"AWS":"AROAOTHER"}"#, &role(), ANY), Truth::False);
    }

    #[test]
    fn a_session_is_named_by_its_name() {
        let json = r#"{"AWS":"arn:aws:sts::111111111111:assumed-role/ci/deploy"}"#;
        assert_eq!(names(json, &role(), ANY), Truth::False);
        let session = Some("arn:aws:sts::111111111111:assumed-role/ci/deploy".into());
        assert_eq!(names(json, &Identity { session, ..role() }, &[Naming::Itself]), Truth::True);
    }

    #[test]
    fn services_and_providers_are_of_their_own_kinds() {
        let by = |json: &str, caller: Requester| principal(json).names(&caller).unwrap_or(Truth::Maybe);
        let lambda = || Requester::Service("lambda.amazonaws.com".into());
        assert_eq!(by(r#"{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]}"#, lambda()), Truth::True);
        assert_eq!(by(r#"{"AWS":"lambda.amazonaws.com"}"#, lambda()), Truth::False);
        assert_eq!(by(r#"{"AWS":"*"}"#, lambda()), Truth::False);
        let google = Requester::Federated("accounts.google.com".into());
        assert_eq!(by(r#"{"Federated":"accounts.google.com"}"#, google), Truth::True);
    }

    #[test]
    fn what_is_unknown_is_no_answer() {
        let hole = Hole::new("aws_iam_role.ci", "arn", Shape::ANY);
        let entries = vec![PrincipalEntry::Unknown(hole)];
        let caller = Requester::Identity(role());
        assert!(Principal { negated: false, entries: entries.clone() }.names(&caller).is_err());
        let everyone = vec![PrincipalEntry::Everyone];
        assert!(Principal { negated: true, entries: everyone }.names(&caller).is_err());
        let account = Identity { account: Hole::account().into(), ..role() };
        let json = r#"{"AWS":"222222222222"}"#;
        assert_eq!(names(json, &account, &[Naming::Account]), Truth::Maybe);
    }

    #[test]
    fn accounts_that_are_holes_are_found_between_literals() {
        let root = |account: &Hole| {
            Text::builder().push_str("arn:aws:iam::").push_hole(account).push_str(":root").finish()
        };
        assert_eq!(super::between(&root(&Hole::account()), "::", ":root"), Some(Hole::account().into()));
        assert_eq!(super::between(&"arn:aws:iam::123456789012:role/team/ops".into(), "::", ":root"), None);
    }
}
