//! What a call that a requirement names holds for condition keys.

use crate::access::{tag_keys, tag_value};
use crate::aws::arn::Place;
use crate::aws::condition_keys;
use crate::aws::requirements::{Check, CheckedOn, Made, Region};
use crate::graph::Tags;
use crate::iam::{KeyName, KeyValue};
use crate::text::{Hole, Shape, Text};

/// The service that calls with the permissions of its caller.
const SERVICE: &str = "mq.amazonaws.com";

/// What tells of the network of a request, and is not preserved where a service calls with its permissions (IAM User Guide,
/// "AWS global condition context keys"). Its source address is.
const NOT_FORWARDED: [&str; 7] = [
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:vpcsourceip",
];

/// Tags that a call brings, or that its resource has.
#[derive(Clone, Copy, Debug)]
pub(super) enum TagsOf<'a> {
    /// There are none.
    None,
    /// These.
    These(&'a Tags),
    /// The plan does not tell.
    NotTold,
}

/// A call, as far as condition keys look at it.
#[derive(Clone, Copy)]
pub(super) struct Keys<'a> {
    pub(super) action: &'a str,
    pub(super) check: &'a Check,
    pub(super) place: &'a Place,
    /// The tags that the call sets.
    pub(super) request: TagsOf<'a>,
    /// The tags of the resource.
    pub(super) resource: TagsOf<'a>,
}

impl Keys<'_> {
    /// What the call holds for a key; `None` for keys of the principal and of its session.
    pub(super) fn value(&self, name: &KeyName) -> Option<KeyValue> {
        let lower = name.lower();
        let is_forwarded = self.check.made == Made::ForTheCaller;
        match lower {
            "aws:requestedregion" => return Some(KeyValue::one(self.region())),
            "aws:resourceaccount" => return Some(KeyValue::one(self.place.account.clone())),
            "aws:tagkeys" => {
                return Some(match self.request {
                    TagsOf::None => KeyValue::Absent,
                    TagsOf::These(tags) => tag_keys(tags),
                    TagsOf::NotTold => not_told(name),
                });
            }
            "aws:viaawsservice" if is_forwarded => return Some(KeyValue::one("true")),
            "aws:calledvia" if is_forwarded => return Some(KeyValue::list([SERVICE])),
            "aws:calledviafirst" | "aws:calledvialast" if is_forwarded => {
                return Some(KeyValue::one(SERVICE));
            }
            _ if is_forwarded && NOT_FORWARDED.contains(&lower) => return Some(KeyValue::Absent),
            _ => {}
        }
        if let Some(key) = lower.strip_prefix("aws:requesttag/") {
            return Some(tag(self.request, name, key));
        }
        if let Some(key) = lower.strip_prefix("aws:resourcetag/") {
            return Some(tag(self.resource, name, key));
        }
        self.own(name)
    }

    /// A key of the service that is called.
    fn own(&self, name: &KeyName) -> Option<KeyValue> {
        let (service, _) = self.action.split_once(':')?;
        let (prefix, rest) = name.lower().split_once(':')?;
        // Some keys of a session are called after a service.
        if prefix != service || condition_keys::find(name.lower()).is_some() {
            return None;
        }
        let stated = self.check.keys.iter().find(|(key, _)| key.eq_ignore_ascii_case(name.lower()));
        if let Some((_, value)) = stated {
            return Some(KeyValue::one(self.filled(value)));
        }
        // Amazon MQ has no keys of its own.
        if prefix == "mq" {
            return Some(KeyValue::Absent);
        }
        Some(match (rest, self.is_on_anything()) {
            ("region", _) => KeyValue::one(self.region()),
            ("grantisforawsresource", _) | (_, true) => KeyValue::Absent,
            _ => not_told(name),
        })
    }

    fn is_on_anything(&self) -> bool {
        self.check.checked_on == [CheckedOn::Anything]
    }

    /// The values of the keys that a policy has to allow, for what suggests policies.
    pub(super) fn stated(&self) -> Vec<(String, Text)> {
        self.check.keys.iter().map(|(key, value)| (key.clone(), self.filled(value))).collect()
    }

    fn filled(&self, value: &str) -> Text {
        let mut filled = Text::builder();
        let mut rest = value;
        while let Some((before, after)) = rest.split_once("${") {
            let (variable, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            match variable {
                "Region" => filled.push_text(&self.place.region),
                "Account" => filled.push_text(&self.place.account),
                other => filled.push_str(other),
            };
            rest = after;
        }
        filled.push_str(rest).finish()
    }

    fn region(&self) -> Text {
        match (self.check.region, self.place.partition.as_known()) {
            (Region::OfBroker, _) => self.place.region.clone(),
            // Where the global services of a partition answer.
            (Region::OfIam, Some("aws")) => "us-east-1".into(),
            (Region::OfIam, Some("aws-cn")) => "cn-north-1".into(),
            (Region::OfIam, Some("aws-us-gov")) => "us-gov-west-1".into(),
            (Region::OfIam, _) => Text::hole(Hole::region("of IAM")),
        }
    }
}

fn tag(tags: TagsOf<'_>, name: &KeyName, key: &str) -> KeyValue {
    match tags {
        TagsOf::None => KeyValue::Absent,
        TagsOf::These(tags) => tag_value(tags, key),
        TagsOf::NotTold => not_told(name),
    }
}

/// The plan does not tell: one unknown value for each key.
fn not_told(name: &KeyName) -> KeyValue {
    KeyValue::Unknown(Hole::new("", format!("{name} of what Amazon MQ calls for"), Shape::ANY))
}

#[cfg(test)]
mod tests {
    use super::{Keys, TagsOf};
    use crate::aws::arn::Place;
    use crate::aws::requirements::Requirements;
    use crate::iam::{KeyName, KeyState, KeyValue};

    fn value(action: &str, key: &str) -> Option<KeyValue> {
        let place =
            Place { partition: "aws".into(), region: "eu-west-1".into(), account: "123456789012".into() };
        let check = Requirements::shipped().check(action).unwrap();
        let keys = Keys { action, check, place: &place, request: TagsOf::None, resource: TagsOf::NotTold };
        keys.value(&KeyName::new(key))
    }

    fn one(action: &str, key: &str) -> Option<String> {
        match value(action, key)?.state() {
            KeyState::Present { values, .. } => Some(values[0].text().to_string()),
            _ => None,
        }
    }

    #[test]
    fn calls_of_the_service_say_so_and_direct_ones_do_not() {
        assert_eq!(one("ec2:CreateNetworkInterface", "aws:ViaAWSService").as_deref(), Some("true"));
        assert_eq!(one("kms:CreateGrant", "aws:CalledVia").as_deref(), Some("mq.amazonaws.com"));
        assert_eq!(one("logs:CreateLogGroup", "aws:CalledViaLast").as_deref(), Some("mq.amazonaws.com"));
        assert!(value("mq:CreateTags", "aws:ViaAWSService").is_none());
        assert!(value("mq:CreateTags", "aws:MultiFactorAuthPresent").is_none());
    }

    #[test]
    fn the_network_of_the_caller_is_not_preserved_but_its_address() {
        for key in ["aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"] {
            assert!(matches!(value("ec2:CreateNetworkInterface", key), Some(KeyValue::Absent)), "{key}");
            assert!(value("mq:CreateTags", key).is_none(), "{key}");
        }
        assert!(value("ec2:CreateNetworkInterface", "aws:SourceIp").is_none());
    }

    #[test]
    fn keys_of_the_services_are_those_of_the_data() {
        let service = Some("mq.amazonaws.com");
        for action in ["CreateNetworkInterfacePermission", "DeleteNetworkInterfacePermission"] {
            assert_eq!(one(&format!("ec2:{action}"), "ec2:AuthorizedService").as_deref(), service);
        }
        assert_eq!(one("iam:PassRole", "iam:PassedToService").as_deref(), service);
        assert_eq!(one("iam:CreateServiceLinkedRole", "iam:awsservicename").as_deref(), service);
        assert_eq!(one("kms:DescribeKey", "kms:ViaService").as_deref(), Some("mq.eu-west-1.amazonaws.com"));
        assert_eq!(one("kms:CreateGrant", "kms:GrantIsForAWSResource").as_deref(), Some("true"));
        assert!(matches!(value("kms:DescribeKey", "kms:GrantIsForAWSResource"), Some(KeyValue::Absent)));
        assert!(matches!(value("ec2:DescribeVpcs", "ec2:Vpc"), Some(KeyValue::Absent)));
        assert!(matches!(value("ec2:CreateNetworkInterface", "ec2:Vpc"), Some(KeyValue::Unknown(_))));
        assert!(matches!(value("mq:CreateTags", "mq:ResourceTag/x"), Some(KeyValue::Absent)));
    }

    #[test]
    fn global_services_answer_in_one_region() {
        assert_eq!(one("ec2:DescribeVpcs", "aws:RequestedRegion").as_deref(), Some("eu-west-1"));
        assert_eq!(one("iam:CreateServiceLinkedRole", "aws:RequestedRegion").as_deref(), Some("us-east-1"));
        assert_eq!(one("iam:PassRole", "aws:RequestedRegion").as_deref(), Some("eu-west-1"));
    }
}
