//! The resources that a call is checked on: those of one broker, or, in general, those of any broker of its place.

use crate::aws::arn::{self, Place};
use crate::aws::requirements::{Check, CheckedOn};
use crate::graph::{BrokerFacts, Encryption, Listed};
use crate::text::{CharSet, Hole, Run, Shape, Text};

/// The name of the service, and its service-linked role.
const SERVICE_LINKED_ROLE: (&str, &str) =
    ("/aws-service-role/mq.amazonaws.com/", "AWSServiceRoleForAmazonMQ");

/// Where a broker lives.
pub(super) fn place_of(facts: &BrokerFacts) -> Place {
    // Partitions are AWS's own, whatever else of the ARN is sensitive.
    let partition = arn::split(&facts.arn).map(|[_, partition, ..]| partition.unmarked());
    Place {
        partition: partition.unwrap_or_else(|| Text::hole(Hole::partition())),
        region: facts.region.clone(),
        account: facts.account.clone(),
    }
}

/// Whether the resources of a call differ between the brokers of one place.
pub(super) fn differ(check: &Check) -> bool {
    check.checked_on.iter().any(|on| match on {
        CheckedOn::Broker
        | CheckedOn::Configuration
        | CheckedOn::PrimaryBroker
        | CheckedOn::Subnets
        | CheckedOn::SecurityGroups
        | CheckedOn::AssumedRoles
        | CheckedOn::CustomerKey
        | CheckedOn::LogGroups => true,
        CheckedOn::Anything
        | CheckedOn::NetworkInterface
        | CheckedOn::NewSecurityGroup
        | CheckedOn::Vpc
        | CheckedOn::VpcEndpoint
        | CheckedOn::HostedZone
        | CheckedOn::ServiceLinkedRole
        | CheckedOn::Unknown => false,
    })
}

/// Resources by what they are checked on.
pub(super) struct Resources<'a> {
    pub(super) place: &'a Place,
    /// The broker; `None` for any of the place.
    pub(super) broker: Option<&'a BrokerFacts>,
    /// The ARN of the configuration, where the call is about one.
    pub(super) configuration: Option<&'a Text>,
}

impl Resources<'_> {
    /// All resources of a call. All of them must be allowed.
    pub(super) fn of(&self, check: &Check) -> Vec<Text> {
        check.checked_on.iter().flat_map(|on| self.on(*on)).collect()
    }

    fn on(&self, on: CheckedOn) -> Vec<Text> {
        let one = match on {
            CheckedOn::Anything => Text::from("*"),
            CheckedOn::Broker => match (self.configuration, self.broker) {
                (Some(arn), _) => arn.clone(),
                (None, Some(broker)) => broker.arn.clone(),
                (None, None) => self.place.broker(&open("a broker's name", NAME), &open_id()),
            },
            CheckedOn::Configuration => match self.configuration {
                Some(arn) => arn.clone(),
                None => self.place.configuration(&open("a configuration's id", NAME)),
            },
            CheckedOn::PrimaryBroker => {
                let named = self.broker.and_then(|broker| broker.settings.primary.clone());
                named.unwrap_or_else(|| Text::hole(Hole::new("", "the primary broker", Shape::ANY)))
            }
            CheckedOn::Subnets => return self.each("subnet", |broker| &broker.settings.subnets),
            CheckedOn::SecurityGroups => {
                return self.each("security-group", |broker| &broker.settings.security_groups);
            }
            CheckedOn::NetworkInterface => self.made("network-interface", "eni"),
            CheckedOn::NewSecurityGroup => self.made("security-group", "sg"),
            CheckedOn::Vpc => self.made("vpc", "vpc"),
            CheckedOn::VpcEndpoint => self.made("vpc-endpoint", "vpce"),
            CheckedOn::HostedZone => {
                let mut arn = Text::builder();
                arn.push_str("arn:").push_text(&self.place.partition).push_str(":route53:::hostedzone/");
                arn.push_text(&open("a hosted zone's id", CharSet::ALPHANUMERIC)).finish()
            }
            CheckedOn::ServiceLinkedRole => {
                let (path, name) = SERVICE_LINKED_ROLE;
                self.place.role(&path.into(), &name.into())
            }
            CheckedOn::AssumedRoles => {
                let roles = self.broker.map(|broker| broker.settings.assumed_roles.known());
                match roles {
                    Some(roles) if !roles.is_empty() => return roles.to_vec(),
                    _ => self.place.role(
                        &"/".into(),
                        &open("a role's path and name", CharSet::IAM_NAME.with(CharSet::only(b'/'))),
                    ),
                }
            }
            CheckedOn::CustomerKey => match self.broker.map(|broker| &broker.settings.encryption) {
                Some(Encryption::Customer(key)) => self.key(key),
                _ => self.place.key(&open("a key's id", CharSet::ALPHANUMERIC.with(CharSet::only(b'-')))),
            },
            CheckedOn::LogGroups => return self.log_groups(),
            CheckedOn::Unknown => Text::hole(Hole::new("", "a resource", Shape::ANY)),
        };
        vec![one]
    }

    /// A key that is named by its id alone lives where the broker does.
    fn key(&self, key: &Text) -> Text {
        match key.as_known() {
            Some(known) if !known.starts_with("arn:") && !known.contains('/') => self.place.key(key),
            _ => key.clone(),
        }
    }

    fn each(&self, kind: &str, of: impl Fn(&BrokerFacts) -> &Listed) -> Vec<Text> {
        let named: Vec<Text> = match self.broker.map(of) {
            Some(Listed::Known(list)) => list.iter().map(|id| self.ec2(kind, id)).collect(),
            _ => Vec::new(),
        };
        if named.is_empty() { vec![self.ec2(kind, &open(&format!("a {kind}'s id"), NAME))] } else { named }
    }

    fn made(&self, kind: &str, prefix: &str) -> Text {
        let id = Hole::new("", format!("the {kind}'s id"), shape_of_id(prefix));
        self.ec2(kind, &Text::hole(id))
    }

    fn ec2(&self, kind: &str, id: &Text) -> Text {
        let Place { partition, region, account } = self.place;
        let mut arn = Text::builder();
        arn.push_str("arn:").push_text(partition).push_str(":ec2:").push_text(region).push_str(":");
        arn.push_text(account).push_str(":").push_str(kind).push_str("/").push_text(id).finish()
    }

    /// `/aws/amazonmq/broker/ID/general` and `…/audit`; policies name them with and without `:*` behind.
    fn log_groups(&self) -> Vec<Text> {
        let id = self.broker.and_then(|broker| arn::id_of_broker(&broker.arn));
        let id = id.unwrap_or_else(open_id);
        let tail = Shape::new(
            vec![Run { set: CharSet::only(b':').with(CharSet::only(b'*')), min: 0, max: Some(2) }],
            false,
        );
        let tail = Hole::new("", "the form of a log group", tail);
        let Place { partition, region, account } = self.place;
        let group = |kind: &Text| {
            let mut arn = Text::builder();
            arn.push_str("arn:").push_text(partition).push_str(":logs:").push_text(region).push_str(":");
            arn.push_text(account).push_str(":log-group:/aws/amazonmq/broker/").push_text(&id);
            arn.push_str("/").push_text(kind).push_hole(&tail).finish()
        };
        // Of any broker, nobody knows which of the two it writes.
        let Some(settings) = self.broker.map(|broker| &broker.settings) else {
            return vec![group(&open("a kind of log", CharSet::ALPHANUMERIC))];
        };
        let kinds = [("general", settings.general_logs), ("audit", settings.audit_logs)];
        kinds.iter().filter(|(_, on)| !on.is_false()).map(|(kind, _)| group(&Text::from(*kind))).collect()
    }
}

const NAME: CharSet = CharSet::ALPHANUMERIC.with(CharSet::only(b'-')).with(CharSet::only(b'_'));

/// Something of which only the characters are known.
fn open(what: &str, set: CharSet) -> Text {
    Text::hole(Hole::new("", what, Shape::new(vec![Run::at_least(1, set)], false)))
}

fn open_id() -> Text {
    Text::hole(Hole::new("", "a broker's id", Shape::BROKER_ID))
}

/// The id of something that EC2 makes: never one that is written down today.
fn shape_of_id(prefix: &str) -> Shape {
    let mut runs: Vec<Run> = prefix.bytes().map(|byte| Run::exactly(1, CharSet::only(byte))).collect();
    runs.push(Run::exactly(1, CharSet::only(b'-')));
    runs.push(Run::at_least(8, CharSet::LOWER_HEX));
    Shape::new(runs, true)
}
