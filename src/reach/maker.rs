//! The changes that a holder may make to the policies of a principal, call by call.

use std::collections::BTreeSet;

use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::abilities::bit;
use super::ask::{Answer, Made, Wish};
use super::changes::{Adds, Change, Holding};
use super::{Holder, Search};
use crate::access::Reason;
use crate::aws::managed_policies;
use crate::graph::{EdgeKind, PolicyOrigin, PrincipalKind, State};
use crate::iam::PolicyDocument;
use crate::text::Text;

/// The names of the calls for one kind of principal.
pub(super) struct Calls {
    put: &'static str,
    attach: &'static str,
    detach: &'static str,
    delete: &'static str,
}

pub(super) const ROLE: Calls = Calls {
    put: "iam:PutRolePolicy",
    attach: "iam:AttachRolePolicy",
    detach: "iam:DetachRolePolicy",
    delete: "iam:DeleteRolePolicy",
};
pub(super) const USER: Calls = Calls {
    put: "iam:PutUserPolicy",
    attach: "iam:AttachUserPolicy",
    detach: "iam:DetachUserPolicy",
    delete: "iam:DeleteUserPolicy",
};
pub(super) const GROUP: Calls = Calls {
    put: "iam:PutGroupPolicy",
    attach: "iam:AttachGroupPolicy",
    detach: "iam:DetachGroupPolicy",
    delete: "iam:DeleteGroupPolicy",
};

/// The policies of AWS that are tried: the one that grants everything, and the one for Amazon MQ.
const MANAGED: [&str; 2] = ["AdministratorAccess", "AmazonMQFullAccess"];

const POLICY_ARN: &str = "iam:policyarn";
const BOUNDARY: &str = "iam:permissionsboundary";

/// Collects the changes that are allowed.
pub(super) struct Maker<'r, 'a> {
    pub(super) search: &'r Search<'r, 'a>,
    pub(super) holder: Holder,
    pub(super) found: Vec<Change>,
    pub(super) open: &'r mut BTreeSet<Reason>,
}

impl Maker<'_, '_> {
    fn may(&self, action: &str) -> bool {
        self.holder.is_raised() || self.search.abilities().of(self.holder.principal) & bit(action) != 0
    }

    fn ask(
        &mut self,
        action: &'static str,
        target: usize,
        resource: &Text,
        fixed: &[(&'static str, Option<Text>)],
    ) -> Option<Made> {
        let target = self.search.facts(target);
        self.call(&Wish { action, resource, target, fixed })
    }

    fn call(&mut self, wish: &Wish<'_>) -> Option<Made> {
        if !self.may(wish.action) {
            return None;
        }
        let answer = self.search.ask(self.holder, wish);
        self.told(answer)
    }

    /// The call, if it is allowed; takes note of what it hangs on.
    fn told(&mut self, answer: Answer) -> Option<Made> {
        match answer {
            Answer::Yes(made) => Some(made),
            Answer::No => None,
            Answer::Open(reasons) => {
                self.open.extend(reasons);
                None
            }
        }
    }

    fn push(&mut self, on: Box<str>, made: Made, removes: BTreeSet<usize>, unbinds: bool, adds: Adds) {
        self.found.push(Change { made, on, removes, unbinds, adds });
    }

    /// The documents that no longer bear on the principal once the holdings that `leave` are gone.
    fn gone(holdings: &[Holding], leave: impl Fn(&Holding) -> bool) -> BTreeSet<usize> {
        let stay: BTreeSet<usize> =
            holdings.iter().filter(|holding| !leave(holding)).map(|holding| holding.document).collect();
        let gone = holdings.iter().filter(|holding| leave(holding)).map(|holding| holding.document);
        gone.filter(|document| !stay.contains(document)).collect()
    }

    /// Changes of the policies of `owner`: the target itself, or one of its groups.
    pub(super) fn policies(
        &mut self,
        owner: usize,
        calls: &Calls,
        group: Option<usize>,
        holdings: &[Holding],
    ) {
        let Some(facts) = self.search.facts(owner) else { return };
        let group = group.and_then(|group| self.search.graph.principals.get(group).copied());
        let is_of_owner = |holding: &Holding| holding.group == group;
        let boundary = (BOUNDARY, facts.boundary.clone());
        let inline = Self::gone(holdings, |holding| is_of_owner(holding) && holding.is_inline);
        if let Some(made) = self.ask(calls.put, owner, &facts.arn, std::slice::from_ref(&boundary)) {
            // A policy of the same name is replaced.
            self.push(self.id(owner), made, inline.clone(), false, Adds::Anything);
        }
        self.attach(owner, calls, &boundary);
        let denying = |removes: &BTreeSet<usize>, search: &Search<'_, '_>| {
            removes.iter().any(|document| search.cells().may_deny(*document))
        };
        let managed: BTreeSet<NodeIndex> = holdings
            .iter()
            .filter(|holding| is_of_owner(holding) && !holding.is_inline)
            .map(|holding| holding.policy)
            .collect();
        for policy in managed {
            let removes = Self::gone(holdings, |holding| holding.policy == policy);
            self.versions(policy, &removes);
            let Some(arn) = self.arn(policy) else { continue };
            let only = Self::gone(holdings, |holding| is_of_owner(holding) && holding.policy == policy);
            if denying(&only, self.search) {
                let fixed = [(POLICY_ARN, Some(arn.clone())), boundary.clone()];
                if let Some(made) = self.ask(calls.detach, owner, &facts.arn, &fixed) {
                    let made = Made { with: Some(format!("of {}", self.policy(policy)).into()), ..made };
                    self.push(self.id(owner), made, only, false, Adds::Nothing);
                }
            }
        }
        if denying(&inline, self.search)
            && let Some(made) = self.ask(calls.delete, owner, &facts.arn, std::slice::from_ref(&boundary))
        {
            // One by one, so that what allows may stay, and all together.
            let own = holdings.iter().filter(|holding| is_of_owner(holding) && holding.is_inline);
            let own: BTreeSet<NodeIndex> = own.map(|holding| holding.policy).collect();
            for &policy in own.iter().filter(|_| own.len() > 1) {
                let only = Self::gone(holdings, |holding| is_of_owner(holding) && holding.policy == policy);
                if denying(&only, self.search) {
                    let made =
                        Made { with: Some(format!("of {}", self.policy(policy)).into()), ..made.clone() };
                    self.push(self.id(owner), made, only, false, Adds::Nothing);
                }
            }
            self.push(self.id(owner), made, inline, false, Adds::Nothing);
        }
    }

    fn attach(&mut self, owner: usize, calls: &Calls, boundary: &(&'static str, Option<Text>)) {
        let Some(facts) = self.search.facts(owner) else { return };
        if !self.may(calls.attach) {
            return;
        }
        for name in MANAGED {
            let arn = Text::from(format!("arn:{}:iam::aws:policy/{name}", partition(&facts.arn)));
            let fixed = [(POLICY_ARN, Some(arn.clone())), boundary.clone()];
            if let Some(made) = self.ask(calls.attach, owner, &facts.arn, &fixed)
                && let Some(policy) = managed_policies::by_name(name)
            {
                let made = Made { with: Some(format!("of {name}").into()), ..made };
                let document = PolicyDocument::parse(&Text::from(policy.document));
                let adds =
                    if name == "AdministratorAccess" { Adds::Anything } else { Adds::Managed(document) };
                self.push(self.id(owner), made, BTreeSet::new(), false, adds);
                return;
            }
        }
        let search = self.search;
        let attachable = search.attachable();
        let fixed: Vec<[_; 2]> =
            attachable.iter().map(|one| [(POLICY_ARN, Some(one.arn.clone())), boundary.clone()]).collect();
        let wish = |fixed| Wish { action: calls.attach, resource: &facts.arn, target: Some(facts), fixed };
        let wishes: Vec<Wish<'_>> = fixed.iter().map(|fixed| wish(fixed.as_slice())).collect();
        let answers = search.ask_each(self.holder, calls.attach, &wishes);
        for (one, answer) in attachable.iter().zip(answers) {
            if let Some(made) = self.told(answer) {
                let made = Made { with: Some(format!("of {}", self.policy(one.policy)).into()), ..made };
                self.push(self.id(owner), made, BTreeSet::new(), false, Adds::Documents(vec![one.document]));
            }
        }
    }

    fn arn(&self, policy: NodeIndex) -> Option<Text> {
        self.search.graph.policy_arns.get(&policy).map(Text::unmarked)
    }

    fn is_customer_managed(&self, policy: NodeIndex) -> bool {
        self.search.graph.policy(policy).is_some_and(|policy| policy.origin == PolicyOrigin::CustomerManaged)
    }

    /// New versions of a policy, and the version from before this plan.
    fn versions(&mut self, policy: NodeIndex, removes: &BTreeSet<usize>) {
        let (true, Some(arn)) = (self.is_customer_managed(policy), self.arn(policy)) else { return };
        let holder = self.holder.principal;
        if let Some(made) = self.ask_policy("iam:CreatePolicyVersion", holder, &arn) {
            self.push(self.policy(policy), made, removes.clone(), false, Adds::Anything);
            return;
        }
        let documents = self.search.matrix.documents();
        let earlier = documents.of_policy(policy, State::Before);
        if let Some(document) = earlier.filter(|_| earlier != documents.of_policy(policy, State::After))
            && let Some(made) = self.ask_policy("iam:SetDefaultPolicyVersion", holder, &arn)
        {
            self.push(self.policy(policy), made, removes.clone(), false, Adds::Documents(vec![document]));
        }
    }

    fn ask_policy(&mut self, action: &'static str, account_of: usize, arn: &Text) -> Option<Made> {
        let account = self.search.facts(account_of).map(|facts| facts.account.clone());
        let fixed = [("aws:resourceaccount", account)];
        self.call(&Wish { action, resource: arn, target: None, fixed: &fixed })
    }

    pub(super) fn leave(&mut self, group: usize, holdings: &[Holding]) {
        let (Some(facts), Some(&node)) = (self.search.facts(group), self.search.graph.principals.get(group))
        else {
            return;
        };
        let removes = Self::gone(holdings, |holding| holding.group == Some(node));
        if removes.iter().any(|document| self.search.cells().may_deny(*document))
            && let Some(made) = self.ask("iam:RemoveUserFromGroup", group, &facts.arn, &[])
        {
            self.push(self.id(group), made, removes, false, Adds::Nothing);
        }
    }

    pub(super) fn join(&mut self, user: usize) {
        if !self.may("iam:AddUserToGroup") {
            return;
        }
        let member_of = self.search.groups_of(user);
        let search = self.search;
        for &group in search.strong_groups().iter().filter(|group| !member_of.contains(group)) {
            let Some(facts) = search.facts(group) else { continue };
            let Some(made) = self.ask("iam:AddUserToGroup", group, &facts.arn, &[]) else { continue };
            // Who joins has all of it, what it denies as well.
            let all = search.holdings(group);
            let said = all.iter().map(|holding| holding.document);
            let said = said.filter(|one| search.cells().may_allow(*one) || search.cells().may_deny(*one));
            let adds = Adds::Documents(said.collect());
            self.push(self.id(group), made, BTreeSet::new(), false, adds);
        }
    }

    pub(super) fn boundary(&mut self, target: usize, kind: PrincipalKind) {
        let Some(facts) = self.search.facts(target).filter(|facts| facts.boundary.is_some()) else { return };
        let (delete, put) = match kind {
            PrincipalKind::User => ("iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"),
            _ => ("iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"),
        };
        if let Some(made) = self.ask(delete, target, &facts.arn, &[(BOUNDARY, facts.boundary.clone())]) {
            self.push(self.id(target), made, BTreeSet::new(), true, Adds::Nothing);
        }
        let all = Text::from(format!("arn:{}:iam::aws:policy/AdministratorAccess", partition(&facts.arn)));
        if let Some(made) = self.ask(put, target, &facts.arn, &[(BOUNDARY, Some(all))]) {
            let made = Made { with: Some("of AdministratorAccess".into()), ..made };
            self.push(self.id(target), made, BTreeSet::new(), true, Adds::Nothing);
        }
        let Some(&own) = self.search.graph.principals.get(target) else { return };
        let links = self.search.graph.links.edges(own);
        let bounds = links.filter(|edge| {
            edge.weight().kind == EdgeKind::BoundedBy && !edge.weight().holds.after.is_false()
        });
        let bounds: Vec<NodeIndex> = bounds.map(|edge| edge.target()).collect();
        for policy in bounds {
            if !self.is_customer_managed(policy) {
                continue;
            }
            let Some(arn) = self.arn(policy) else { continue };
            if let Some(made) = self.ask_policy("iam:CreatePolicyVersion", target, &arn) {
                self.push(self.policy(policy), made, BTreeSet::new(), true, Adds::Nothing);
            }
        }
    }

    fn id(&self, principal: usize) -> Box<str> {
        self.search.principal(principal).map(|principal| principal.id.clone()).unwrap_or_default()
    }

    fn policy(&self, policy: NodeIndex) -> Box<str> {
        self.search.graph.policy(policy).map(|policy| policy.id.clone()).unwrap_or_default()
    }
}

/// The partition of an ARN; `aws` where it is not known.
fn partition(arn: &Text) -> String {
    let parts = crate::aws::arn::split(arn);
    parts
        .and_then(|[_, partition, ..]| partition.as_known().map(str::to_owned))
        .unwrap_or_else(|| "aws".into())
}
