//! What each operation needs beside the call itself: data with its sources, read into types.
//!
//! The data is `data/requirements.json`; it names the source of every requirement.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

static DATA: &str = include_str!("data/requirements.json");

/// How surely a requirement holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The call fails without it.
    Must,
    /// The call fails without it where the condition holds.
    Conditional,
    /// AWS documents it as required; the sources disagree, or a service-linked role does it.
    Documented,
    /// The call succeeds, and a feature is silently missing.
    Feature,
    /// One source lists it.
    Advisory,
}

/// What is done: what a requirement belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Creating a broker.
    Create,
    /// Rebooting a broker.
    Reboot,
    /// Deleting a broker.
    Delete,
    /// Changing a broker.
    Update,
    /// Adding a user to a broker.
    CreateUser,
    /// Changing a user of a broker.
    UpdateUser,
    /// Removing a user of a broker.
    DeleteUser,
    /// Setting tags.
    Tag,
    /// Removing tags.
    Untag,
    /// Creating a configuration.
    CreateConfiguration,
    /// Writing a new revision of a configuration.
    UpdateConfiguration,
}

/// What must hold of a broker, or of its change, for a requirement to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Its engine is `ActiveMQ`.
    Activemq,
    /// Its engine is `RabbitMQ`.
    Rabbitmq,
    /// It is not publicly accessible.
    Private,
    /// It has tags, those of the provider's `default_tags` among them.
    Tags,
    /// It names security groups.
    SecurityGroups,
    /// It is encrypted with a key of the customer's.
    CustomerKey,
    /// It writes general or audit logs.
    Logs,
    /// It writes logs that it did not write before.
    LogsNewlyEnabled,
    /// It is one of a pair with data replication.
    Replicated,
    /// Its configuration names a role that it assumes.
    AssumedRole,
    /// The account has no service-linked role of Amazon MQ.
    ServiceLinkedRoleAbsent,
    /// Its configuration is another one, or another revision.
    ConfigurationChanges,
    /// How it authenticates its users changes.
    AuthenticationChanges,
    /// Its security groups change.
    SecurityGroupsChange,
    /// Its resource shares change.
    ResourceSharesChange,
}

/// Who makes a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Made {
    /// The principal itself.
    Directly,
    /// Amazon MQ, with the principal's permissions.
    ForTheCaller,
}

/// Which region a call is made in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// That of the broker.
    #[default]
    OfBroker,
    /// The one in which the partition's global services answer.
    OfIam,
}

/// What a call is checked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckedOn {
    /// No resource: the text `*`.
    Anything,
    /// The broker.
    Broker,
    /// The configuration.
    Configuration,
    /// The broker that the data is replicated from.
    PrimaryBroker,
    /// A network interface that is made for the broker.
    NetworkInterface,
    /// Each subnet of the broker; unknown ones of the default VPC where it names none.
    Subnets,
    /// Each security group of the broker; the default one, unknown, where it names none.
    SecurityGroups,
    /// A security group that is made.
    NewSecurityGroup,
    /// The VPC of the broker, which the plan does not tell.
    Vpc,
    /// An endpoint that is made for the broker.
    VpcEndpoint,
    /// A hosted zone that Amazon MQ names.
    HostedZone,
    /// The service-linked role of Amazon MQ.
    ServiceLinkedRole,
    /// The roles that the configuration names.
    AssumedRoles,
    /// The key that encrypts the broker.
    CustomerKey,
    /// The log groups of the broker.
    LogGroups,
    /// A resource that nothing in the plan tells.
    Unknown,
}

/// How an action is checked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Who makes the call.
    pub made: Made,
    /// The resources; the action must be allowed on all of them.
    pub checked_on: Vec<CheckedOn>,
    /// The region.
    #[serde(default)]
    pub region: Region,
    /// What the call holds for condition keys of the service, in their documented spelling. `${Region}` and
    /// `${Account}` stand for those of the broker.
    #[serde(default)]
    pub keys: BTreeMap<String, String>,
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The actions.
    pub needs: Vec<String>,
    /// How surely they are needed.
    pub level: Level,
    /// Where that is written: short names, explained by [`Requirements::source`].
    pub evidence: Vec<String>,
    /// What must hold of the broker, all of it.
    #[serde(default)]
    pub when: Vec<When>,
    /// What else is worth knowing.
    #[serde(default)]
    pub note: String,
}

impl Requirement {
    /// Whether the call fails without it, by what AWS itself says: `must`, `conditional`, and what the Amazon MQ guide
    /// lists.
    pub fn is_required(&self) -> bool {
        match self.level {
            Level::Must | Level::Conditional => true,
            Level::Documented => self.evidence.iter().any(|source| source == GUIDE),
            Level::Feature | Level::Advisory => false,
        }
    }
}

/// The Amazon MQ guide, among the sources.
const GUIDE: &str = "DG";

/// All requirements.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Requirements {
    /// What the sources are.
    evidence: BTreeMap<String, String>,
    /// What the levels are.
    levels: BTreeMap<String, String>,
    actions: BTreeMap<String, Check>,
    operations: BTreeMap<Task, Vec<Requirement>>,
}

impl Requirements {
    fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The requirements that ship with the tool.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Requirements> = OnceLock::new();
        // A test reads the data, which is part of the program: it cannot fail to parse at run time.
        SHIPPED.get_or_init(|| Self::parse(DATA).unwrap_or_default())
    }

    /// The requirements of a task, in the order of the data.
    pub fn of(&self, task: Task) -> &[Requirement] {
        self.operations.get(&task).map_or(&[], Vec::as_slice)
    }

    /// All actions, sorted, each with how it is checked.
    pub fn actions(&self) -> impl ExactSizeIterator<Item = (&str, &Check)> {
        self.actions.iter().map(|(name, check)| (name.as_str(), check))
    }

    /// The position of an action in [`Requirements::actions`].
    pub fn position(&self, action: &str) -> Option<usize> {
        self.actions.keys().position(|name| name == action)
    }

    /// How an action is checked.
    pub fn check(&self, action: &str) -> Option<&Check> {
        self.actions.get(action)
    }

    /// What a source is, by its short name.
    pub fn source<'a>(&'a self, name: &'a str) -> &'a str {
        self.evidence.get(name).map_or(name, String::as_str)
    }

    /// The beginning of what a source is: its title without details.
    pub fn short_source<'a>(&'a self, name: &'a str) -> &'a str {
        let whole = self.source(name);
        whole.split_once(": ").map_or(whole, |(short, _)| short)
    }

    /// The tasks, each with its requirements.
    pub fn tasks(&self) -> impl Iterator<Item = (Task, &[Requirement])> {
        self.operations.iter().map(|(task, requirements)| (*task, requirements.as_slice()))
    }

    /// The levels, each with what it means.
    pub fn levels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.levels.iter().map(|(name, meaning)| (name.as_str(), meaning.as_str()))
    }

    /// The sources, each with what it is.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.evidence.iter().map(|(name, meaning)| (name.as_str(), meaning.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::{CheckedOn, DATA, Level, Requirements, Task};
    use crate::aws::actions;

    #[test]
    fn the_data_reads_and_is_what_ships() {
        let read = Requirements::parse(DATA).unwrap();
        assert_eq!(&read, Requirements::shipped());
        assert!(read.of(Task::Create).len() > 10);
    }

    #[test]
    fn every_requirement_names_known_actions_and_sources() {
        let all = Requirements::shipped();
        for (_, requirement) in all.tasks().flat_map(|(task, list)| list.iter().map(move |one| (task, one))) {
            assert!(!requirement.needs.is_empty() && !requirement.evidence.is_empty(), "{requirement:?}");
            for action in &requirement.needs {
                assert!(all.check(action).is_some(), "{action}");
            }
            for source in &requirement.evidence {
                assert_ne!(all.source(source), source, "{source} is not explained");
            }
        }
    }

    #[test]
    fn actions_fit_a_set_of_bits_and_are_checked_where_their_service_says() {
        let all = Requirements::shipped();
        assert!(all.actions().len() <= 64);
        for (action, check) in all.actions() {
            let has_resources = check.checked_on != [CheckedOn::Anything];
            assert_eq!(actions::has_resource_types(action), Some(has_resources), "{action}");
        }
    }

    #[test]
    fn the_guide_makes_what_it_lists_required() {
        let required = |task, action: &str| {
            let list = Requirements::shipped().of(task).iter();
            list.filter(|one| one.needs.iter().any(|name| name == action))
                .any(super::Requirement::is_required)
        };
        assert!(required(Task::Create, "ec2:DescribeRouteTables"));
        assert!(!required(Task::Create, "ec2:ModifyNetworkInterfaceAttribute"));
        assert!(!required(Task::Create, "ec2:CreateVpcEndpoint"));
        assert!(!required(Task::Delete, "ec2:DeleteNetworkInterface"));
        assert!(required(Task::Create, "kms:CreateGrant"));
    }

    #[test]
    fn levels_are_explained() {
        assert_eq!(Requirements::shipped().levels().count(), 5);
        assert!(Level::Must < Level::Advisory);
    }
}
