//! IAM Identity Center: a permission set reaches people only through an account assignment, as a role that the
//! service makes in the account.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use petgraph::graph::NodeIndex;

use super::build::{Builder, Held, document};
use super::facts::{change_of, text_or_hole, values};
use super::{
    Change, Document, EdgeKind, Node, PerState, Principal, PrincipalFacts, PrincipalKind, State, Tags,
};
use crate::aws::arn::Place;
use crate::completion::Provider;
use crate::plan::{ResourceChange, Value};
use crate::text::{CharSet, Hole, Run, Shape, Text, Truth, concat};

impl<'a> Builder<'a> {
    /// Permission sets with an assignment, and what is attached to them. What the plan does not touch counts for them,
    /// and lists none.
    pub(super) fn add_permission_sets(&mut self, state: State) {
        if self.is_untouched {
            return;
        }
        for resource in self.managed("aws_ssoadmin_permission_set") {
            let Some(values) = values(resource, state) else { continue };
            let Some(arn) = values.member("arn").to_text() else { continue };
            let set = Set {
                id: resource.address_text.clone(),
                name: text_or_hole(resource, values, "name", Shape::IAM_NAME),
                provider: self.provider(resource),
                change: change_of(resource),
            };
            self.add_permission_set(&set, &arn, state);
        }
        for (arn, set) in self.external_sets(state) {
            self.add_permission_set(&set, &arn, state);
        }
    }

    /// Permission sets that an assignment names and the plan does not manage, by ARN.
    fn external_sets(&self, state: State) -> BTreeMap<Text, Set<'a>> {
        let arn_in = |values: &Value| values.member("arn").to_text().map(|arn| arn.unmarked());
        let of_plan: BTreeSet<Text> = self
            .everywhere("aws_ssoadmin_permission_set")
            .flat_map(|set| [values(set, State::Before), values(set, State::After)])
            .filter_map(|values| arn_in(values?))
            .collect();
        let mut found = BTreeMap::new();
        for assignment in self.managed("aws_ssoadmin_account_assignment") {
            let Some(values) = values(assignment, state) else { continue };
            let Some(arn) = values.member("permission_set_arn").to_text() else { continue };
            let key = arn.unmarked();
            // Where it may be one of the plan, it counts for each of those.
            if of_plan.iter().any(|one| !one.equals(&key).is_false()) {
                continue;
            }
            let mut shown = self.data("aws_ssoadmin_permission_set").filter_map(|data| data.after.as_ref());
            let shown = shown.find(|shown| arn_in(shown).as_ref() == Some(&key));
            let name = shown.and_then(|shown| shown.member("name").to_text());
            let label = match (&name, arn.as_known().filter(|_| !arn.is_sensitive())) {
                (Some(name), _) => name.to_string(),
                (None, Some(known)) => known.rsplit('/').next().unwrap_or(known).to_owned(),
                (None, None) => arn.to_string(),
            };
            let id: Box<str> = format!("external:{}/{label}", PrincipalKind::PermissionSet).into();
            let hole = || Text::hole(Hole::new(id.clone(), "name", Shape::IAM_NAME));
            let name = name.unwrap_or_else(hole);
            let set = Set { id, name, provider: self.provider(assignment), change: Change::External };
            found.insert(arn, set);
        }
        found
    }

    fn add_permission_set(&mut self, set: &Set<'_>, arn: &Text, state: State) {
        let mut accounts = self.assigned_accounts(arn, state);
        if accounts.is_empty() {
            return;
        }
        let account = accounts.remove(0);
        let tags: Arc<[Text]> = self.session_tags(arn, state).into();
        let facts = set.role_facts(account.clone(), Arc::clone(&tags));
        let others: Vec<PrincipalFacts> =
            accounts.iter().map(|account| set.role_facts(account.clone(), Arc::clone(&tags))).collect();
        accounts.insert(0, account);
        let node = match self.inline_policies.get(&set.id) {
            Some(&node) => node,
            None => self.add_node(Node::from(Principal {
                id: set.id.clone(),
                kind: PrincipalKind::PermissionSet,
                change: set.change,
                facts: PerState { before: None, after: None },
            })),
        };
        self.inline_policies.insert(set.id.clone(), node);
        if let Some(Node::Principal(principal)) = self.graph.links.node_weight_mut(node) {
            *principal.facts.get_mut(state) = Some(facts);
        }
        if !others.is_empty() {
            *self.graph.other_accounts.entry(node).or_default().get_mut(state) = others;
        }
        self.permission_set_policies(node, arn, &accounts, state);
    }

    /// The keys of the attributes that IAM Identity Center passes on as session tags, for permission sets of its instance
    /// (IAM Identity Center User Guide, "Attributes for access control").
    fn session_tags(&self, set: &Text, state: State) -> Vec<Text> {
        // arn:aws:sso:::permissionSet/INSTANCE/SET, arn:aws:sso:::instance/INSTANCE
        let instance_of = |arn: &Text, place: usize| {
            arn.as_known().and_then(|known| known.split('/').nth(place)).map(str::to_owned)
        };
        let instance = instance_of(set, 1);
        let mut keys = Vec::new();
        for resource in self.everywhere("aws_ssoadmin_instance_access_control_attributes") {
            let Some(values) = values(resource, state) else { continue };
            let own = values.member("instance_arn").to_text().and_then(|arn| instance_of(&arn, 1));
            if own.is_some() && instance.is_some() && own != instance {
                continue;
            }
            let attributes = values.member("attribute").elements();
            keys.extend(attributes.iter().filter_map(|attribute| attribute.member("key").to_text()));
        }
        keys
    }

    /// The accounts that the permission set is assigned to, one that holds a broker first, if there is such a one. What
    /// may be assigned to it is assigned in an account that nothing tells.
    fn assigned_accounts(&self, arn: &Text, state: State) -> Vec<Text> {
        let assigned = self.everywhere("aws_ssoadmin_account_assignment").filter_map(|assignment| {
            let values = values(assignment, state)?;
            let held = belongs(values, arn)?;
            let account = values.member("target_id").to_text().filter(|_| held.truth.is_true());
            let somewhere = || Hole::new(&*assignment.address_text, "target_id", Shape::ACCOUNT_ID);
            Some(account.unwrap_or_else(|| Text::hole(somewhere())))
        });
        let mut accounts: Vec<Text> = Vec::new();
        for account in assigned {
            if !accounts.iter().any(|known| known.unmarked() == account.unmarked()) {
                accounts.push(account);
            }
        }
        let holds_broker = |account: &&Text| {
            self.graph.links.node_weights().any(|node| match node {
                Node::Broker(broker) => broker
                    .facts
                    .get(state)
                    .as_ref()
                    .is_some_and(|facts| facts.account.unmarked() == account.unmarked()),
                _ => false,
            })
        };
        let is_open = |account: &Text| !account.is_known();
        let first = accounts.iter().position(|account| holds_broker(&account));
        if let Some(first) = first.or_else(|| accounts.iter().position(is_open)) {
            accounts.swap(0, first);
        }
        accounts
    }

    fn permission_set_policies(&mut self, node: NodeIndex, arn: &Text, accounts: &[Text], state: State) {
        let shown = |resource: &'a ResourceChange| {
            let values = values(resource, state)?;
            Some((resource, values, belongs(values, arn)?))
        };
        for (resource, values, held) in
            self.everywhere("aws_ssoadmin_permission_set_inline_policy").filter_map(shown).collect::<Vec<_>>()
        {
            let policy = self.inline(&resource.address_text, document(values.member("inline_policy")), state);
            self.link((node, policy), EdgeKind::AttachedTo, state, &resource.address_text, held);
        }
        for (resource, values, held) in
            self.everywhere("aws_ssoadmin_managed_policy_attachment").filter_map(shown).collect::<Vec<_>>()
        {
            let Some(arn) = values.member("managed_policy_arn").to_text() else { continue };
            let policy = self.policy_with_arn(&arn, state);
            self.link((node, policy), EdgeKind::AttachedTo, state, &resource.address_text, held);
        }
        let customer = "aws_ssoadmin_customer_managed_policy_attachment";
        for (resource, values, held) in self.everywhere(customer).filter_map(shown).collect::<Vec<_>>() {
            let reference = only(values.member("customer_managed_policy_reference"));
            if let Some(policy) = self.customer_managed(resource, reference, accounts, state) {
                self.link((node, policy), EdgeKind::AttachedTo, state, &resource.address_text, held);
            }
        }
        let boundary = "aws_ssoadmin_permissions_boundary_attachment";
        for (resource, values, held) in self.everywhere(boundary).filter_map(shown).collect::<Vec<_>>() {
            let Some(boundary) = only(values.member("permissions_boundary")) else { continue };
            let arn = boundary.member("managed_policy_arn").to_text();
            let policy = if let Some(arn) = arn.filter(|arn| arn.as_known() != Some("")) {
                Some(self.policy_with_arn(&arn, state))
            } else {
                let reference = match boundary {
                    Value::Unknown(_) => Some(boundary),
                    known => only(known.member("customer_managed_policy_reference")),
                };
                self.customer_managed(resource, reference, accounts, state)
            };
            if let Some(policy) = policy {
                self.link((node, policy), EdgeKind::BoundedBy, state, &resource.address_text, held);
            }
        }
    }

    /// A customer managed policy is named by name and path, and looked up in each account of the assignments. Where it is
    /// not the same in all of them, or the plan does not hold it in one, nothing is known of it.
    fn customer_managed(
        &mut self,
        resource: &ResourceChange,
        reference: Option<&Value>,
        accounts: &[Text],
        state: State,
    ) -> Option<NodeIndex> {
        let not_shown = || Document::Unknown(Hole::new(&*resource.address_text, "policy", Shape::ANY));
        if matches!(reference, Some(Value::Unknown(_))) {
            return Some(self.inline(&resource.address_text, Some(not_shown()), state));
        }
        let name = reference?.member("name").to_text()?;
        let path = reference?.member("path").to_text().unwrap_or_else(|| Text::from("/"));
        let named = |policy: &&ResourceChange| {
            values(policy, state).is_some_and(|values| {
                let own_path = values.member("path").to_text().unwrap_or_else(|| Text::from("/"));
                is_text(values.member("name"), &name) && own_path.unmarked() == path.unmarked()
            })
        };
        let policies: Vec<&ResourceChange> = self.everywhere("aws_iam_policy").filter(named).collect();
        let in_account = |account: &Text| {
            policies
                .iter()
                .copied()
                .find(|policy| self.provider(policy).place.account.unmarked() == account.unmarked())
        };
        // An account that is not known on one side makes no difference where there is one policy alone.
        let only = match policies.as_slice() {
            [only] if accounts.len() == 1 => {
                let account = self.provider(only).place.account.unmarked();
                (!(account.is_known() && accounts.iter().all(Text::is_known))).then_some(*only)
            }
            _ => None,
        };
        let found: Option<Vec<&ResourceChange>> =
            accounts.iter().map(|account| in_account(account).or(only)).collect();
        let document =
            |policy: &ResourceChange| values(policy, state).map(|values| values.member("policy").clone());
        let arn = found.as_deref().and_then(|found| {
            let first = *found.first()?;
            let same = found.iter().all(|policy| document(policy) == document(first));
            values(first, state).filter(|_| same)?.member("arn").to_text()
        });
        Some(match arn {
            Some(arn) => self.policy_with_arn(&arn, state),
            None => self.inline(&resource.address_text, Some(not_shown()), state),
        })
    }
}

/// A permission set, as far as its role is made of it.
struct Set<'a> {
    id: Box<str>,
    name: Text,
    provider: &'a Provider,
    change: Change,
}

impl Set<'_> {
    /// The role `aws-reserved/sso.amazonaws.com/[REGION/]AWSReservedSSO_NAME_HEX`.
    fn role_facts(&self, account: Text, session_tags: Arc<[Text]>) -> PrincipalFacts {
        let hole = |attribute: &str, shape| Text::hole(Hole::new(&*self.id, attribute, shape));
        let region = CharSet::range(b'a', b'z')
            .with(CharSet::DIGIT)
            .with(CharSet::only(b'-'))
            .with(CharSet::only(b'/'));
        let role_name = concat([
            &Text::from("AWSReservedSSO_"),
            &self.name,
            &Text::from("_"),
            &hole("role_suffix", Shape::new(vec![Run::exactly(16, CharSet::LOWER_HEX)], false)),
        ]);
        let path = concat([
            &Text::from("/aws-reserved/sso.amazonaws.com/"),
            &hole("role_region", Shape::new(vec![Run::at_least(0, region)], false)),
        ]);
        let place = Place { account: account.clone(), ..self.provider.place.clone() };
        let arn = place.role(&path, &role_name);
        PrincipalFacts {
            name: role_name,
            arn,
            account,
            unique_id: hole("role_id", Shape::ANY),
            tags: Tags::Known(BTreeMap::new()),
            ignored_tags: None,
            session_tags,
            trust: None,
            boundary: None,
        }
    }
}

/// How what names a permission set belongs to the one with this ARN; `None` where it does not.
fn belongs(values: &Value, arn: &Text) -> Option<Held> {
    let named = values.member("permission_set_arn").to_text()?.unmarked();
    match named.equals(&arn.unmarked()) {
        Truth::True => Some(Held::CERTAIN),
        Truth::Maybe => Some(Held::depending_on(if named.is_known() { arn } else { &named })),
        Truth::False => None,
    }
}

/// The only block of a list, or the list itself where it is unknown.
fn only(list: &Value) -> Option<&Value> {
    if matches!(list, Value::Unknown(_)) { Some(list) } else { list.elements().first() }
}

/// Whether a value is this text, whether or not either is marked as sensitive.
fn is_text(value: &Value, text: &Text) -> bool {
    value.to_text().is_some_and(|own| own.unmarked() == text.unmarked())
}
