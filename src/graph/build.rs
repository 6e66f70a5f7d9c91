//! Builds the graph: nodes first, then the links of each state.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use petgraph::graph::NodeIndex;

use super::principals::Principals;
use super::{Document, Edge, EdgeKind, GivenLevel, Graph, Node, PerState, State};
use crate::completion::{Provider, Providers};
use crate::hash::{HashMap, HashSet};
use crate::plan::{Address, Mode, Plan, ResourceChange, Value};
use crate::text::{Hole, Shape, Text, Truth};

/// Looks up the document of a policy that AWS manages by its ARN.
pub(super) type ManagedPolicies<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Builds the graph of a plan whose unknown values have been filled in.
///
/// `guard_rails` are levels of service control policies beside those of the plan. `configured` tells whether the configuration sets an argument of a resource, or its value is merely computed.
pub fn build(
    plan: &Plan,
    providers: &Providers,
    managed_policies: ManagedPolicies<'_>,
    configured: &dyn Fn(&Address, &str) -> bool,
    guard_rails: &[GivenLevel],
) -> Graph {
    let mut builder = Builder {
        plan,
        by_type: ByType::new(&plan.resources),
        untouched: ByType::new(&plan.untouched),
        deposed: ByType::new(&plan.deposed),
        providers,
        managed_policies,
        configured,
        graph: Graph::default(),
        principals: Principals::default(),
        policies: PerState { before: BTreeMap::new(), after: BTreeMap::new() },
        of_sensitive_arn: HashSet::default(),
        inline_policies: HashMap::default(),
        inline_names: HashMap::default(),
        replaced_inline: HashSet::default(),
        elsewhere: PerState::default(),
        is_untouched: false,
        is_deposed: false,
        edges: BTreeMap::new(),
    };
    builder.elsewhere = builder.find_elsewhere();
    builder.add_brokers();
    builder.add_principals();
    builder.add_policies();
    builder.add_instance_profiles();
    builder.add_keys();
    builder.add_service_linked_roles();
    // What the plan does not touch comes last: it links principals that the plan lists, and lists none.
    for is_untouched in [false, true] {
        builder.is_untouched = is_untouched && !plan.untouched.is_empty();
        if is_untouched && !builder.is_untouched {
            continue;
        }
        for state in [State::Before, State::After] {
            builder.add_memberships(state);
            builder.add_inline_policies(state);
            builder.add_attachments(state);
            builder.add_boundaries(state);
            builder.add_permission_sets(state);
        }
    }
    builder.is_untouched = false;
    // What a replacement has left behind is there until the apply, and after it where it is forgotten.
    if !plan.deposed.is_empty() {
        builder.is_deposed = true;
        for state in [State::Before, State::After] {
            builder.add_memberships(state);
            builder.add_inline_policies(state);
            builder.add_attachments(state);
        }
        builder.is_deposed = false;
    }
    builder.add_boundaries_of_data();
    builder.take_away();
    builder.add_guard_rails(guard_rails);
    builder.finish()
}

pub(super) type EdgeKey = (NodeIndex, NodeIndex, EdgeKind, Box<str>);

/// The graph while it is built.
pub(super) struct Builder<'a> {
    pub(super) plan: &'a Plan,
    /// The resources that the plan names.
    by_type: ByType<'a>,
    /// Those that it does not touch.
    untouched: ByType<'a>,
    /// Those that a replacement has left behind.
    deposed: ByType<'a>,
    pub(super) providers: &'a Providers,
    pub(super) managed_policies: ManagedPolicies<'a>,
    pub(super) configured: &'a dyn Fn(&Address, &str) -> bool,
    pub(super) graph: Graph,
    pub(super) principals: Principals,
    /// Policies by ARN.
    pub(super) policies: PerState<BTreeMap<Text, NodeIndex>>,
    /// The policies whose ARN must not be shown.
    pub(super) of_sensitive_arn: HashSet<NodeIndex>,
    /// Inline policies by id.
    pub(super) inline_policies: HashMap<Box<str>, NodeIndex>,
    /// The names of inline policies.
    pub(super) inline_names: HashMap<NodeIndex, Text>,
    /// The inline policies that the plan removes and makes again, perhaps under another name.
    pub(super) replaced_inline: HashSet<NodeIndex>,
    pub(super) elsewhere: PerState<Elsewhere>,
    /// Whether resources are looked at that the plan does not touch, in place of those that it names.
    pub(super) is_untouched: bool,
    /// Whether resources are looked at that a replacement has left behind.
    is_deposed: bool,
    pub(super) edges: BTreeMap<EdgeKey, (PerState<Truth>, Option<Hole>)>,
}

impl<'a> Builder<'a> {
    pub(super) fn provider(&self, change: &ResourceChange) -> &'a Provider {
        self.providers.of(&self.plan.configuration, &change.address)
    }

    /// The managed resources of one type.
    pub(super) fn managed(&self, kind: &'static str) -> impl Iterator<Item = &'a ResourceChange> + use<'a> {
        let resources = match (self.is_deposed, self.is_untouched) {
            (true, _) => &self.deposed,
            (false, true) => &self.untouched,
            (false, false) => &self.by_type,
        };
        resources.of(Mode::Managed, kind)
    }

    /// The managed resources of one type, those that the plan does not touch included.
    pub(super) fn everywhere(
        &self,
        kind: &'static str,
    ) -> impl Iterator<Item = &'a ResourceChange> + use<'a> {
        self.by_type.of(Mode::Managed, kind).chain(self.untouched.of(Mode::Managed, kind))
    }

    /// The data sources of one type.
    pub(super) fn data(&self, kind: &'static str) -> impl Iterator<Item = &'a ResourceChange> + use<'a> {
        self.by_type.of(Mode::Data, kind)
    }

    pub(super) fn add_node(&mut self, node: Node) -> NodeIndex {
        self.graph.links.add_node(node)
    }

    /// Notes that a link stands in `state`. A link noted twice stands as surely as the surer of the two.
    pub(super) fn link(
        &mut self,
        ends: (NodeIndex, NodeIndex),
        kind: EdgeKind,
        state: State,
        via: &str,
        holds: Held,
    ) {
        let key = (ends.0, ends.1, kind, Box::from(via));
        let absent = || (PerState { before: Truth::False, after: Truth::False }, None);
        let (truths, unknown) = self.edges.entry(key).or_insert_with(absent);
        let slot = truths.get_mut(state);
        *slot = slot.or(holds.truth);
        if unknown.is_none() {
            *unknown = holds.unknown;
        }
    }

    fn finish(mut self) -> Graph {
        for ((from, to, kind, via), (holds, unknown)) in std::mem::take(&mut self.edges) {
            if holds.before != Truth::False || holds.after != Truth::False {
                self.graph.links.add_edge(from, to, Edge { kind, holds, via, unknown });
            }
        }
        let mut graph = self.graph;
        let arns = std::mem::take(&mut self.policies.after);
        let is_sensitive = |policy: &NodeIndex| self.of_sensitive_arn.contains(policy);
        let marked = |(arn, policy): (Text, NodeIndex)| (policy, arn.mark_sensitive(is_sensitive(&policy)));
        graph.policy_arns = arns.into_iter().map(marked).collect();
        let mut brokers = Vec::new();
        let mut principals = Vec::new();
        for index in graph.links.node_indices() {
            match graph.links.node_weight(index) {
                Some(Node::Broker(broker)) => brokers.push((broker.id.clone(), index)),
                Some(Node::Principal(principal)) => principals.push((principal.id.clone(), index)),
                _ => {}
            }
        }
        brokers.sort();
        principals.sort();
        graph.brokers = brokers.into_iter().map(|(_, index)| index).collect();
        graph.principals = principals.into_iter().map(|(_, index)| index).collect();
        graph
    }
}

/// Resources by their type, each in the order of the plan.
struct ByType<'a>(HashMap<(Mode, &'a str), Rc<[&'a ResourceChange]>>);

impl<'a> ByType<'a> {
    fn new(resources: &'a [ResourceChange]) -> Self {
        let mut lists: HashMap<(Mode, &str), Vec<&ResourceChange>> = HashMap::default();
        for change in resources {
            lists.entry((change.address.mode, &change.address.kind)).or_default().push(change);
        }
        Self(lists.into_iter().map(|(of, list)| (of, list.into())).collect())
    }

    fn of(&self, mode: Mode, kind: &'static str) -> impl Iterator<Item = &'a ResourceChange> + use<'a> {
        let list = self.0.get(&(mode, kind)).cloned();
        let count = list.as_ref().map_or(0, |list| list.len());
        (0..count).filter_map(move |place| list.as_ref()?.get(place).copied())
    }
}

/// How surely a link stands, and what it hangs on.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) truth: Truth,
    pub(super) unknown: Option<Hole>,
}

impl Held {
    /// The link stands.
    pub(super) const CERTAIN: Self = Self { truth: Truth::True, unknown: None };

    /// The link stands unless something that is not known speaks against it.
    pub(super) fn unless(self, against: Truth) -> Self {
        let truth = self.truth.and(!against);
        let unknown = if truth.is_maybe() {
            self.unknown.or_else(|| against.is_maybe().then(Hole::account_of_removed))
        } else {
            self.unknown
        };
        Self { truth, unknown }
    }

    /// The link stands if both do.
    pub(super) fn and(self, other: &Self) -> Self {
        Self { truth: self.truth.and(other.truth), unknown: self.unknown.or_else(|| other.unknown.clone()) }
    }

    /// The link may stand, depending on what `text` turns out to be.
    pub(super) fn depending_on(text: &Text) -> Self {
        Self { truth: Truth::Maybe, unknown: text.holes().next().cloned() }
    }
}

/// What resources of their own hold of a role's policies: the role's computed attributes show the same policies once
/// more, even those that this plan takes away.
#[derive(Clone, Debug, Default)]
pub(super) struct Elsewhere {
    /// The names of inline policies, by account and role.
    pub(super) inline: HashMap<(Text, Text), BTreeSet<Text>>,
    /// The ARNs of attached policies, by account and role.
    pub(super) attached: HashMap<(Text, Text), BTreeSet<Text>>,
}

impl Builder<'_> {
    /// What resources hold before apply; and what they hold before or after, which is all that is not a trace of
    /// something else then.
    fn find_elsewhere(&self) -> PerState<Elsewhere> {
        let mut before = Elsewhere::default();
        let mut either = Elsewhere::default();
        let Plan { resources, untouched, deposed, .. } = self.plan;
        for resource in resources.iter().chain(untouched).chain(deposed) {
            if !matches!(
                &*resource.address.kind,
                "aws_iam_role_policy" | "aws_iam_role_policy_attachment" | "aws_iam_policy_attachment"
            ) {
                continue;
            }
            let account = self.provider(resource).place.account.unmarked();
            if let Some(values) = &resource.before {
                before.add(resource, values, &account);
            }
            for values in [&resource.before, &resource.after].into_iter().flatten() {
                either.add(resource, values, &account);
            }
        }
        PerState { before, after: either }
    }
}

impl Elsewhere {
    /// Whether a resource of its own holds a policy of a role: it may be one in whichever account.
    fn holds(
        held: &HashMap<(Text, Text), BTreeSet<Text>>,
        account: &Text,
        role: &Text,
        policy: &Text,
    ) -> Truth {
        let is_in = |account: Text| {
            held.get(&(account, role.clone())).is_some_and(|policies| policies.contains(policy))
        };
        if is_in(account.clone()) {
            Truth::True
        } else if is_in(Text::hole(Hole::account_of_removed())) {
            Truth::Maybe
        } else {
            Truth::False
        }
    }

    /// Whether an inline policy of a role, by its name, has a resource of its own.
    pub(super) fn has_inline(&self, account: &Text, role: &Text, name: &Text) -> Truth {
        Self::holds(&self.inline, account, role, name)
    }

    /// Whether a policy that is attached to a role, by its ARN, has a resource of its own that attaches it.
    pub(super) fn has_attached(&self, account: &Text, role: &Text, arn: &Text) -> Truth {
        Self::holds(&self.attached, account, role, arn)
    }

    fn add(&mut self, resource: &ResourceChange, values: &Value, account: &Text) {
        let text = |name: &str| values.member(name).to_text().map(|text| text.unmarked());
        match &*resource.address.kind {
            "aws_iam_role_policy" => {
                if let (Some(role), Some(name)) = (text("role"), text("name")) {
                    self.inline.entry((account.clone(), role)).or_default().insert(name);
                }
            }
            "aws_iam_role_policy_attachment" => {
                if let (Some(role), Some(arn)) = (text("role"), text("policy_arn")) {
                    self.attached.entry((account.clone(), role)).or_default().insert(arn);
                }
            }
            _ => {
                let Some(arn) = text("policy_arn") else { return };
                for role in values.member("roles").elements().iter().filter_map(Value::to_text) {
                    let role = (account.clone(), role.unmarked());
                    self.attached.entry(role).or_default().insert(arn.clone());
                }
            }
        }
    }
}

/// A value as a policy document; `None` where there is none.
pub(super) fn document(value: &Value) -> Option<Document> {
    match value {
        Value::String(text) if text.as_known() == Some("") => None,
        Value::String(text) => Some(match text.as_hole() {
            Some(hole) => Document::Unknown(hole.clone()),
            None => Document::Text(text.clone()),
        }),
        Value::Unknown(hole) => Some(Document::Unknown(hole.clone())),
        _ => None,
    }
}

/// The text that a resource cannot be without; a hole where it is none, as what it says is then not known.
pub(super) fn required(resource: &ResourceChange, values: &Value, attribute: &str) -> Text {
    let hole = || Text::hole(Hole::new(&*resource.address_text, attribute, Shape::ANY));
    values.member(attribute).to_text().unwrap_or_else(hole)
}

/// The policy document that a resource cannot be without. Unlike [`document`], an empty one is no policy: nothing tells
/// what stands in its place.
pub(super) fn required_document(resource: &ResourceChange, values: &Value, attribute: &str) -> Document {
    let hole = || Document::Unknown(Hole::new(&*resource.address_text, attribute, Shape::ANY));
    document(values.member(attribute)).unwrap_or_else(hole)
}
