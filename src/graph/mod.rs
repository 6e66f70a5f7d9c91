//! The graph of brokers, principals, groups and policies, built from the plan.
//!
//! Nodes are brokers, principals (roles, users, groups, permission sets) and policies. Edges lead from a principal to
//! the policies attached to it, to the group that it is a member of, and to the policy that bounds it. One graph
//! holds both states: every fact and every edge says whether it stands before the plan, after it, or both.

mod build;
mod exclusive;
mod facts;
mod find;
mod guard_rails;
mod keys;
mod links;
mod lost;
mod organization;
mod permission_sets;
mod policies;
mod principals;
mod settings;
mod state;
mod undone;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use petgraph::graph::{DiGraph, NodeIndex};

pub use build::build;
pub use facts::tags as tags_of;
pub use find::NotFound;
pub use keys::{Key, KeyFacts};
pub use settings::{BrokerSettings, Encryption, Listed};
pub use state::{Change, PerState, State};
pub use written::WrittenIn;

use crate::completion::IgnoredTags;
use crate::text::{Hole, Text, Truth};

/// The kind of a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// An IAM role.
    Role,
    /// An IAM user.
    User,
    /// An IAM group; it stands for any of its members, with the group's policies alone.
    Group,
    /// An IAM Identity Center permission set, as the role that its assignments make.
    PermissionSet,
}

impl fmt::Display for PrincipalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Role => "role",
            Self::User => "user",
            Self::Group => "group",
            Self::PermissionSet => "permission_set",
        })
    }
}

/// The tags of a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tags {
    /// All keys are known; values may have holes.
    Known(BTreeMap<Text, Text>),
    /// Which tags there are is known only after apply, or not shown.
    Unknown(Hole),
}

/// An `aws_mq_broker`, or a `data.aws_mq_broker`.
#[derive(Clone, Debug)]
pub struct Broker {
    /// The resource address.
    pub id: Box<str>,
    /// What the plan does to it.
    pub change: Change,
    /// What is known of it in each state; `None` where it does not exist.
    pub facts: PerState<Option<BrokerFacts>>,
}

/// What is known of a broker in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerFacts {
    /// Its name.
    pub name: Text,
    /// `ActiveMQ` or `RabbitMQ`, where known.
    pub engine: Option<&'static str>,
    /// Its ARN.
    pub arn: Text,
    /// Its region.
    pub region: Text,
    /// The account that it lives in.
    pub account: Text,
    /// Its tags, with the provider's default tags.
    pub tags: Tags,
    /// Tags that it may have too, and that the provider does not show.
    pub ignored_tags: Option<Arc<IgnoredTags>>,
    /// What decides which further actions its operations need.
    pub settings: Box<BrokerSettings>,
}

/// A role, user, group or permission set.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The resource address, or `external:KIND/NAME`.
    pub id: Box<str>,
    /// What it is.
    pub kind: PrincipalKind,
    /// What the plan does to it.
    pub change: Change,
    /// What is known of it in each state; `None` where it does not exist.
    pub facts: PerState<Option<PrincipalFacts>>,
}

/// What is known of a principal in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrincipalFacts {
    /// Its name.
    pub name: Text,
    /// Its ARN, with the path.
    pub arn: Text,
    /// The account that it lives in.
    pub account: Text,
    /// Its unique id (`AROA…`), a hole where it does not exist yet.
    pub unique_id: Text,
    /// Its tags, with the provider's default tags.
    pub tags: Tags,
    /// Tags that it may have too, and that the provider does not show.
    pub ignored_tags: Option<Arc<IgnoredTags>>,
    /// The keys of the tags that each session brings with a value of its own: attributes of who signs in to IAM Identity
    /// Center.
    pub session_tags: Arc<[Text]>,
    /// Who may become it, where it is a role and the plan shows it.
    pub trust: Option<Document>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<Text>,
}

/// Where a policy comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyOrigin {
    /// Part of a role, user, group or permission set.
    Inline,
    /// An `aws_iam_policy`, or one that the plan only names or reads.
    CustomerManaged,
    /// A policy that AWS manages.
    AwsManaged,
    /// A service control policy of the organization, or of a file.
    ServiceControl,
    /// Policies that a link leads to but nothing shows: those of an unmanaged group, of an unknown attachment.
    NotShown,
}

/// A policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The address of the resource that holds it, or its ARN.
    pub id: Box<str>,
    /// Where it comes from.
    pub origin: PolicyOrigin,
    /// Its document in each state; `None` where it does not exist.
    pub document: PerState<Option<Document>>,
}

/// The document of a policy, as the plan gives it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Document {
    /// JSON text, perhaps with holes.
    Text(Text),
    /// Nothing is known of it.
    Unknown(Hole),
}

/// A node of the graph.
#[derive(Clone, Debug)]
pub enum Node {
    /// A broker. In a box, as policies are smaller, and most nodes are policies.
    Broker(Box<Broker>),
    /// A principal, in a box too.
    Principal(Box<Principal>),
    /// A policy.
    Policy(Policy),
}

impl From<Broker> for Node {
    fn from(broker: Broker) -> Self {
        Self::Broker(Box::new(broker))
    }
}

impl From<Principal> for Node {
    fn from(principal: Principal) -> Self {
        Self::Principal(Box::new(principal))
    }
}

/// How two nodes are linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// A principal has the policy.
    AttachedTo,
    /// A user is a member of the group.
    MemberOf,
    /// The policy is the principal's permissions boundary.
    BoundedBy,
}

/// An edge of the graph.
#[derive(Clone, Debug)]
pub struct Edge {
    /// How the nodes are linked.
    pub kind: EdgeKind,
    /// Whether the link stands, in each state; `Maybe` where it hangs on something unknown.
    pub holds: PerState<Truth>,
    /// The address of the resource that makes the link.
    pub via: Box<str>,
    /// What the link hangs on, where it may or may not stand.
    pub unknown: Option<Hole>,
}

/// A level of service control policies: what is attached to a root, to an organizational unit, to an account, or what a
/// file holds. Some policy of every level has to allow what a principal does, and none may deny it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The id of what the policies are attached to, or the name of the file.
    pub target: Box<str>,
    /// The policies, `FullAWSAccess` aside.
    pub policies: Vec<LevelPolicy>,
    /// Whether `FullAWSAccess`, which AWS attaches by itself, is there too.
    pub full_access: FullAccess,
}

/// A service control policy of a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelPolicy {
    /// Its node.
    pub policy: NodeIndex,
    /// The address of the resource that attaches it, or the name of the file.
    pub via: Box<str>,
    /// What it hangs on, where it binds perhaps.
    pub unless: Option<Hole>,
}

/// Whether the policy `FullAWSAccess` is attached at a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FullAccess {
    /// It is.
    Present,
    /// It is not.
    Absent,
    /// That hangs on something unknown.
    Perhaps(Hole),
    /// It is where the other policies do nothing but deny, because else the account could do nothing. Where they are a
    /// list of what is allowed, that hangs on something unknown, or it is absent.
    IfOthersOnlyDeny {
        /// What it hangs on; `None` where it is absent.
        otherwise: Option<Hole>,
    },
}

/// An account that gets under other units: because it moves, or because a unit above it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relocation {
    /// The addresses of the accounts and units that move.
    pub movers: BTreeSet<Box<str>>,
    /// The ids of what the account is under, itself included, in each state.
    pub ways: PerState<BTreeSet<Box<str>>>,
}

/// A level of service control policies from a file; it binds every account, save the one that manages the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenLevel {
    /// The name of the file.
    pub name: Box<str>,
    /// The documents, as JSON.
    pub documents: Vec<Box<str>>,
}

/// Brokers, principals and policies, and how they are linked.
#[derive(Debug, Default)]
pub struct Graph {
    /// The nodes and edges.
    pub links: DiGraph<Node, Edge>,
    /// The brokers, by the bytes of their id.
    pub brokers: Vec<NodeIndex>,
    /// The principals, by the bytes of their id.
    pub principals: Vec<NodeIndex>,
    /// The keys of AWS KMS, by the bytes of their id.
    pub keys: Vec<Key>,
    /// The accounts that are known to have the service-linked role of Amazon MQ.
    pub service_linked_roles: PerState<BTreeSet<Text>>,
    /// The service control policies that bind the principals of an account, by level from the root down.
    pub guard_rails: PerState<BTreeMap<Text, Vec<Level>>>,
    /// The other accounts that a permission set is assigned to: it is a role in each of them.
    pub other_accounts: BTreeMap<NodeIndex, PerState<Vec<PrincipalFacts>>>,
    /// The policy `FullAWSAccess`, where there are levels.
    pub full_access: Option<NodeIndex>,
    /// The ARNs of managed policies after apply.
    pub policy_arns: BTreeMap<NodeIndex, Text>,
    /// The roles that an instance profile of the plan holds after apply.
    pub profiled_roles: BTreeSet<NodeIndex>,
    /// Links that are lost because the principal is made anew: the principal, and the resource that made the link and
    /// does not make it again in this apply.
    pub lost: BTreeSet<(NodeIndex, Box<str>)>,
    /// Links that an exclusive list takes away, or an inline policy of the same name: the two ends and the resource that made
    /// the link, with what takes it away.
    pub excluded: BTreeMap<(NodeIndex, NodeIndex, Box<str>), Box<str>>,
    /// Resources that made a link which is gone after apply, and that the plan does not change: something else takes it away.
    pub bereft: BTreeSet<Box<str>>,
    /// By account: what of its way to the root of the organization the plan moves.
    pub relocations: BTreeMap<Text, Relocation>,
}

impl Graph {
    /// The broker at `index`, if it is one.
    pub fn broker(&self, index: NodeIndex) -> Option<&Broker> {
        match self.links.node_weight(index)? {
            Node::Broker(broker) => Some(broker),
            _ => None,
        }
    }

    /// The principal at `index`, if it is one.
    pub fn principal(&self, index: NodeIndex) -> Option<&Principal> {
        match self.links.node_weight(index)? {
            Node::Principal(principal) => Some(principal),
            _ => None,
        }
    }

    /// What is known of the principal at `index` in an account: a permission set is a role in several.
    pub fn facts_in(&self, index: NodeIndex, state: State, account: &Text) -> Option<&PrincipalFacts> {
        let own = self.principal(index)?.facts.get(state).as_ref()?;
        if own.account.equals(&account.unmarked()) != Truth::False {
            return Some(own);
        }
        let others = self.other_accounts.get(&index).map(|others| others.get(state));
        let there = |facts: &&PrincipalFacts| facts.account.equals(&account.unmarked()) != Truth::False;
        Some(others.and_then(|others| others.iter().find(there)).unwrap_or(own))
    }

    /// The policy at `index`, if it is one.
    pub fn policy(&self, index: NodeIndex) -> Option<&Policy> {
        match self.links.node_weight(index)? {
            Node::Policy(policy) => Some(policy),
            _ => None,
        }
    }
}
