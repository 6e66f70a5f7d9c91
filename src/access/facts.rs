//! What the principal and the broker decide of a request's context.

use crate::aws::{Operation, arn};
use crate::completion::IgnoredTags;
use crate::graph::{BrokerFacts, PrincipalFacts, PrincipalKind, Tags};
use crate::iam::is_spelling_of;
use crate::text::{CharSet, Hole, Run, Shape, Text};

/// What a request holds for a key, in a form that can be compared: principals with the same facts are of one class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// The request does not have the key.
    Absent,
    /// One value.
    One(Text),
    /// A list.
    Many(Vec<Text>),
    /// It hangs on something that nothing tells.
    Unknown(Hole),
    /// Each member of the group brings its own; the form that all of them have.
    Member(Option<Text>),
    /// The session brings it as it likes; whether it always does.
    Session(bool),
}

pub(super) fn principal_fact(lower: &str, kind: PrincipalKind, principal: &PrincipalFacts) -> Fact {
    let is_group = kind == PrincipalKind::Group;
    match lower {
        "aws:principalaccount" => Fact::One(principal.account.clone()),
        "aws:principaltype" => {
            let is_user = matches!(kind, PrincipalKind::User | PrincipalKind::Group);
            Fact::One(Text::from(if is_user { "User" } else { "AssumedRole" }))
        }
        "aws:principalarn" if is_group => match member_arn(principal) {
            // Which account it is is not the caller's to choose. What all ARNs of users have in common tells all the same.
            Some(form) if !principal.account.is_known() => Fact::One(form),
            None if !principal.account.is_known() => {
                Fact::Unknown(Hole::new("", format!("the ARN of a member of {}", principal.arn), Shape::ANY))
            }
            form => Fact::Member(form),
        },
        "aws:principalarn" => Fact::One(principal.arn.clone()),
        "aws:username" if is_group => {
            Fact::Member(Some(Text::hole(Hole::new("", "name of a member", Shape::IAM_NAME))))
        }
        "aws:userid" if is_group => {
            Fact::Member(Some(Text::hole(Hole::new("", "id of a member", Shape::USER_ID))))
        }
        "aws:username" if kind == PrincipalKind::User => Fact::One(principal.name.clone()),
        "aws:username" => Fact::Absent,
        "aws:userid" => user_id(kind, principal),
        // Whoever acts as a role does so with temporary credentials; a user may.
        "aws:tokenissuetime" => Fact::Session(is_role(kind)),
        _ if !lower.starts_with("aws:principaltag/") => {
            if kind == PrincipalKind::Role || is_role(kind) && is_of_identity_center(lower) {
                Fact::Session(false)
            } else {
                Fact::Absent
            }
        }
        _ => match lower.strip_prefix("aws:principaltag/") {
            Some(_) if is_group => Fact::Member(None),
            Some(key) if is_brought(&principal.session_tags, key) => Fact::Session(false),
            Some(key) => shown_tag(&principal.tags, principal.ignored_tags.as_deref(), &principal.arn, key),
            None => Fact::Absent,
        },
    }
}

const fn is_role(kind: PrincipalKind) -> bool {
    matches!(kind, PrincipalKind::Role | PrincipalKind::PermissionSet)
}

/// Whether sessions of permission sets may bring a key that some sessions of roles do: they come over SAML, from no
/// machine and no other service.
fn is_of_identity_center(lower: &str) -> bool {
    lower.starts_with("saml:") || matches!(lower, "identitystore:userid" | "aws:sourceidentity")
}

/// `AIDA…` of a user, `AROA…:SESSION` of a role; the session is the caller's to name.
fn user_id(kind: PrincipalKind, principal: &PrincipalFacts) -> Fact {
    if kind == PrincipalKind::User {
        return Fact::One(principal.unique_id.clone());
    }
    let session = Hole::new("", "session name", Shape::IAM_NAME);
    let form = Text::builder().push_text(&principal.unique_id).push_str(":").push_hole(&session).finish();
    // Of an id that is made during apply, the form tells all the same what it is not.
    if form.holes().nth(1).is_some() { Fact::One(form) } else { Fact::Member(Some(form)) }
}

/// The form of a member's ARN: a user of the group's account, of any path and name.
fn member_arn(group: &PrincipalFacts) -> Option<Text> {
    let [head, partition, service, _, account, _] = arn::split(&group.arn)?;
    let name = CharSet::IAM_NAME.with(CharSet::only(b'/'));
    let path_and_name =
        Hole::new("", "path and name of a member", Shape::new(vec![Run::at_least(1, name)], false));
    let mut form = Text::builder();
    for part in [&head, &partition, &service] {
        form.push_text(part).push_str(":");
    }
    Some(form.push_str(":").push_text(&account).push_str(":user/").push_hole(&path_and_name).finish())
}

pub(super) fn broker_fact(lower: &str, operation: Operation, broker: &BrokerFacts) -> Fact {
    let creates = operation == Operation::Create;
    match lower {
        "aws:requestedregion" => Fact::One(broker.region.clone()),
        "aws:resourceaccount" => Fact::One(broker.account.clone()),
        "aws:tagkeys" if creates => keys_of(&broker.tags),
        _ if creates => {
            lower.strip_prefix("aws:requesttag/").map_or(Fact::Absent, |key| tag(&broker.tags, key))
        }
        _ => lower.strip_prefix("aws:resourcetag/").map_or(Fact::Absent, |key| {
            shown_tag(&broker.tags, broker.ignored_tags.as_deref(), &broker.arn, key)
        }),
    }
}

/// The value of a tag of something that is there: what the provider does not show is not known.
pub(super) fn shown_tag(tags: &Tags, ignored: Option<&IgnoredTags>, arn: &Text, key: &str) -> Fact {
    match tag(tags, key) {
        Fact::Absent if ignored.is_some_and(|ignored| ignored.hides(key)) => {
            let what = format!("tag {key} of {arn}, which the provider ignores");
            Fact::Unknown(Hole::new("", what, Shape::ANY))
        }
        fact => fact,
    }
}

/// Whether a session brings a tag with a value of its own.
fn is_brought(session_tags: &[Text], key: &str) -> bool {
    session_tags.iter().any(|name| name.as_known().is_some_and(|name| is_spelling_of(name, key)))
}

/// The value of the tag whose key is `key` when case is left aside, as condition keys are compared.
pub(super) fn tag(tags: &Tags, key: &str) -> Fact {
    match tags {
        // Two tags of which nothing is known are two unknown values.
        Tags::Unknown(hole) => {
            Fact::Unknown(Hole::new(hole.address(), format!("{}.{key}", hole.attribute()), Shape::ANY))
        }
        Tags::Known(tags) => {
            let same = |name: &Text| name.as_known().is_some_and(|name| is_spelling_of(name, key));
            tags.iter()
                .find(|(name, _)| same(name))
                .map_or(Fact::Absent, |(_, value)| Fact::One(value.clone()))
        }
    }
}

pub(super) fn keys_of(tags: &Tags) -> Fact {
    match tags {
        Tags::Known(tags) if tags.is_empty() => Fact::Absent,
        Tags::Known(tags) => Fact::Many(tags.keys().cloned().collect()),
        Tags::Unknown(hole) => Fact::Unknown(hole.clone()),
    }
}
