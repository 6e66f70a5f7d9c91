//! What decides the value of a condition key.

use crate::aws::condition_keys::{self, Presence};
use crate::iam::KeyName;

/// What decides the value of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Principal,
    Broker,
    Nature(&'static str),
    Never,
    /// No request brings the key, as there is no such key, unless AWS adds it.
    NoSuchKey,
    Organization,
    /// The caller brings it as it likes, and whether it can hangs on the kind of principal.
    Session,
    Free,
}

pub(super) fn origin(name: &KeyName) -> Origin {
    let lower = name.lower();
    match lower {
        "aws:principalarn" | "aws:principalaccount" | "aws:principaltype" | "aws:username" | "aws:userid" => {
            Origin::Principal
        }
        "aws:requestedregion" | "aws:resourceaccount" | "aws:tagkeys" => Origin::Broker,
        "aws:securetransport" => Origin::Nature("true"),
        "aws:viaawsservice" | "aws:principalisawsservice" => Origin::Nature("false"),
        "aws:principalorgid" | "aws:principalorgpaths" | "aws:resourceorgid" | "aws:resourceorgpaths" => {
            Origin::Organization
        }
        _ if lower.starts_with("aws:principaltag/") => Origin::Principal,
        _ if lower.starts_with("aws:resourcetag/") || lower.starts_with("aws:requesttag/") => Origin::Broker,
        _ if ["aws:calledvia", "aws:sourceorg", "aws:principalservice"]
            .iter()
            .any(|stem| lower.starts_with(stem)) =>
        {
            Origin::Never
        }
        // The principal of a session of the root user is that user.
        "aws:assumedroot" | "aws:sourceaccount" | "aws:sourcearn" => Origin::Never,
        "aws:tokenissuetime" => Origin::Session,
        _ if is_federation(lower)
            || condition_keys::find(lower).is_some_and(|key| key.presence == Presence::OfRoles) =>
        {
            Origin::Session
        }
        _ if condition_keys::find(lower).is_some() => Origin::Free,
        _ if lower.starts_with("aws:") => Origin::NoSuchKey,
        // Keys of a service are in the requests to that service alone, and Amazon MQ has none.
        _ => Origin::Never,
    }
}

/// Keys that a federated session carries: those of identity providers, named by host, and of SAML.
fn is_federation(lower: &str) -> bool {
    lower.split_once(':').is_some_and(|(prefix, _)| prefix == "saml" || prefix.contains('.'))
}
