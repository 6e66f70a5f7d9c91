//! Condition keys that a call of Amazon MQ never brings.
//!
//! Sources: Service Authorization Reference for Amazon MQ, which lists no condition keys of the service's own; IAM User
//! Guide, "AWS global condition context keys", for when each key is there.

use super::actions::{Action, SERVICE};
use super::condition_keys;

/// Why a key is never there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// Amazon MQ has no keys of its own.
    OfAmazonMq,
    /// There is no such global key.
    NoSuchKey,
    /// It is a key of calls of another service.
    OfAnotherService,
    /// It tells the tags of the resource, and the call names none.
    NoResource,
    /// It tells tags that the call sets or removes, and this one does neither.
    NoTagsInRequest,
    /// It is there only where a service of AWS itself makes the call, which identity policies have no say in.
    ServiceCallsOnly,
}

/// Services whose keys are found in policies about Amazon MQ. Keys of identity providers, which a session can bring, are
/// of other prefixes.
const OTHER_SERVICES: &[&str] = &[
    "cloudwatch",
    "dynamodb",
    "ec2",
    "ecs",
    "eks",
    "elasticache",
    "iam",
    "kafka",
    "kms",
    "lambda",
    "logs",
    "rds",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
];

const SERVICE_CALLS_ONLY: &[&str] = &[
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];

const TAGS: &[&str] = &["aws:RequestTag/${TagKey}", "aws:TagKeys"];

/// Why calls of an action never bring the key, in any spelling; `None` where they may.
pub fn absence(key: &str, action: &Action) -> Option<Absence> {
    let Some(known) = condition_keys::find(key) else {
        let (prefix, _) = key.split_once(':')?;
        let is = |service: &&str| service.eq_ignore_ascii_case(prefix);
        return if is(&SERVICE) || prefix.eq_ignore_ascii_case("amazonmq") {
            Some(Absence::OfAmazonMq)
        } else if is(&"aws") {
            Some(Absence::NoSuchKey)
        } else if OTHER_SERVICES.iter().any(is) {
            Some(Absence::OfAnotherService)
        } else {
            None
        };
    };
    if SERVICE_CALLS_ONLY.contains(&known.name) {
        return Some(Absence::ServiceCallsOnly);
    }
    let brought = action.condition_keys.contains(&known.name);
    match known.name {
        "aws:ResourceTag/${TagKey}" if !brought => Some(Absence::NoResource),
        name if TAGS.contains(&name) && !brought => Some(Absence::NoTagsInRequest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Absence, OTHER_SERVICES, SERVICE_CALLS_ONLY, TAGS, absence};
    use crate::aws::{actions, condition_keys};

    #[test]
    fn the_tables_name_known_keys() {
        assert!(OTHER_SERVICES.is_sorted() && SERVICE_CALLS_ONLY.is_sorted());
        for name in SERVICE_CALLS_ONLY.iter().chain(TAGS) {
            assert_eq!(condition_keys::find(name).map(|key| key.name), Some(*name));
        }
    }

    #[test]
    fn keys_are_absent_for_a_reason() {
        let of = |key: &str, action: &str| absence(key, actions::find(action).unwrap());
        assert_eq!(of("mq:ResourceTag/team", "mq:DeleteBroker"), Some(Absence::OfAmazonMq));
        assert_eq!(of("MQ:BrokerInstanceType", "mq:CreateBroker"), Some(Absence::OfAmazonMq));
        assert_eq!(of("aws:MultiFactorAuth", "mq:DeleteBroker"), Some(Absence::NoSuchKey));
        assert_eq!(of("ec2:ResourceTag/team", "mq:DeleteBroker"), Some(Absence::OfAnotherService));
        assert_eq!(of("aws:resourcetag/team", "mq:CreateBroker"), Some(Absence::NoResource));
        assert_eq!(of("aws:RequestTag/team", "mq:DeleteBroker"), Some(Absence::NoTagsInRequest));
        assert_eq!(of("aws:TagKeys", "mq:DeleteTags"), None);
        assert_eq!(of("aws:SourceArn", "mq:DeleteBroker"), Some(Absence::ServiceCallsOnly));
        assert_eq!(of("ec2:SourceInstanceArn", "mq:DeleteBroker"), None);
        assert_eq!(of("saml:aud", "mq:DeleteBroker"), None);
        assert_eq!(of("aws:ResourceTag/team", "mq:DeleteBroker"), None);
    }
}
