//! One call of a holder: whether it is allowed, under which condition, and which statements allow it.

use std::collections::BTreeSet;
use std::sync::Arc;

use petgraph::visit::EdgeRef;

use super::abilities::position;
use super::{Holder, Scenario, Search};
use crate::access::{Alike, Asker, Call, Reason, RequestContext, Verdict, free, shown_tag_value};
use crate::graph::{EdgeKind, PrincipalFacts, PrincipalKind, State};
use crate::iam::{
    Applying, Effect, KeyName, KeyValue, Layer, Naming, PolicyDocument, Request, Requester, applying, explore,
};
use crate::iam::{Identity, Principal, PrincipalEntry};
use crate::text::{Text, Truth};

/// A call that is allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Made {
    /// The action.
    pub action: &'static str,
    /// What the call says that a reader wants to know: the policy that is attached, the name of a session.
    pub with: Option<Arc<str>>,
    /// A context in which it is allowed, where it is not always.
    pub when: Option<Arc<RequestContext>>,
    /// The statements that allow it.
    pub basis: Arc<[Basis]>,
}

/// A statement that allows a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Basis {
    /// The address of the policy, or of the role whose trust policy it is.
    pub policy: Arc<str>,
    /// The attribute that holds the document.
    pub attribute: &'static str,
    /// The number of the statement, from one.
    pub statement: usize,
    /// Its id, where it has one.
    pub sid: Option<Arc<str>>,
}

/// Whether a call is allowed.
pub(super) enum Answer {
    Yes(Made),
    No,
    /// It hangs on something unknown.
    Open(Vec<Reason>),
}

/// What a call of a principal as it is comes to.
#[derive(Clone)]
pub(super) enum Known {
    /// It is allowed, under a condition or always.
    Yes {
        when: Option<Arc<RequestContext>>,
        /// The statements that allow it, the surest first, with the numbers of their documents; without the policy,
        /// which is each principal's own.
        by: Arc<[(usize, Basis)]>,
    },
    No,
    Open(Vec<Reason>),
}

/// A call of a principal as it is: by whom, in the numbers of [`crate::access::Callers`], which action, and what the
/// call is to them.
pub(super) type Asked = (usize, usize, Alike);

/// A call that is asked for.
pub(super) struct Wish<'w> {
    pub(super) action: &'static str,
    pub(super) resource: &'w Text,
    /// The principal that the call is about.
    pub(super) target: Option<&'w PrincipalFacts>,
    /// Keys that the call fixes.
    pub(super) fixed: &'w [Fixed],
}

/// A condition key that a call fixes, in lower case; no value stands for an absent key.
pub(super) type Fixed = (&'static str, Option<Text>);

impl Wish<'_> {
    /// Whether the other call, of the same action, differs in nothing that the policies of the caller look at.
    fn differs_in_nothing_for(&self, other: &Self, asker: &Asker<'_>) -> bool {
        let is_same = |((key, value), (other_key, other)): (&Fixed, &Fixed)| {
            key == other_key && (value == other || !asker.looks_at(key))
        };
        let has_same_target = match (self.target, other.target) {
            (Some(one), Some(other)) => std::ptr::eq(one, other),
            (None, None) => true,
            _ => false,
        };
        has_same_target
            && std::ptr::eq(self.resource, other.resource)
            && self.fixed.len() == other.fixed.len()
            && self.fixed.iter().zip(other.fixed).all(is_same)
    }
}

/// The region where calls of IAM are made, by partition (IAM User Guide, "IAM endpoints").
const IAM_REGIONS: [(&str, &str); 3] =
    [("aws", "us-east-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")];

impl Search<'_, '_> {
    /// Whether the holder may make the call.
    pub(super) fn ask(&self, holder: Holder, wish: &Wish<'_>) -> Answer {
        self.ask_each(holder, wish.action, std::slice::from_ref(wish)).pop().unwrap_or(Answer::No)
    }

    /// Whether the holder may make each of the calls, which are of one action.
    pub(super) fn ask_each(&self, holder: Holder, action: &str, wishes: &[Wish<'_>]) -> Vec<Answer> {
        if holder.is_raised() {
            let scenario = self.scenario(holder);
            return wishes.iter().map(|wish| self.decide(holder, wish, &scenario, None)).collect();
        }
        let Some(known) = self.ask_as_it_is(holder.principal, action, wishes) else {
            return wishes.iter().map(|_| Answer::No).collect();
        };
        let answer = |(wish, known): (&Wish<'_>, Known)| match known {
            Known::Yes { when, by } => {
                let named = by.iter().find_map(|(document, statement)| {
                    let policy = self.policy_of(holder.principal, *document)?;
                    Some(Basis { policy, ..statement.clone() })
                });
                let basis = named.into_iter().collect();
                Answer::Yes(Made { action: wish.action, with: None, when, basis })
            }
            Known::No => Answer::No,
            Known::Open(reasons) => Answer::Open(reasons),
        };
        wishes.iter().zip(known).map(answer).collect()
    }

    /// Whether a principal may make each of the calls, which are of one action, as it is. Calls that are alike, of
    /// principals with the same policies, are decided once.
    fn ask_as_it_is(&self, principal: usize, name: &str, wishes: &[Wish<'_>]) -> Option<Vec<Known>> {
        let (callers, action) = (self.abilities().callers()?, position(name)?);
        let standing = callers.standing(callers.class_of(principal)?, action)?;
        let service = name.split(':').next().unwrap_or_default();
        callers.ask(standing, |asker| {
            let concerned = asker.concerned_by(name);
            let decide = |wish: &Wish<'_>| {
                let keys = |name: &KeyName| key(name, service, wish);
                let call = Call { action: name, resource: wish.resource.clone().into(), keys: &keys };
                let asked = concerned.alike(&call).map(|alike| (standing, action, alike));
                if let Some(known) =
                    asked.as_ref().and_then(|asked| self.answers.borrow().get(asked).cloned())
                {
                    return known;
                }
                let is_denied = asker.decision(&call).allowed.is_false();
                if !is_denied && !self.may_ask() {
                    return Known::No;
                }
                let known = if is_denied {
                    Known::No
                } else {
                    decided(asker, &call, |document| callers.document(standing, document))
                };
                if let Some(asked) = asked {
                    self.answers.borrow_mut().insert(asked, known.clone());
                }
                known
            };
            let mut answers: Vec<Known> = Vec::with_capacity(wishes.len());
            let mut before: Option<&Wish<'_>> = None;
            for wish in wishes {
                let is_same = before.is_some_and(|before| before.differs_in_nothing_for(wish, asker));
                let answer = answers.last().filter(|_| is_same).cloned().unwrap_or_else(|| decide(wish));
                answers.push(answer);
                before = Some(wish);
            }
            answers
        })
    }

    /// Whether the holder may assume the role, by `trust`.
    pub(super) fn ask_assume(&self, holder: Holder, role: usize, trust: &PolicyDocument) -> Answer {
        let (Some(caller), Some(target)) = (self.facts(holder.principal), self.facts(role)) else {
            return Answer::No;
        };
        let mut best = Answer::No;
        for session in std::iter::once(None).chain(sessions(caller, trust).into_iter().map(Some)) {
            let identity = self.identity(holder.principal, role, session.clone());
            let requester = Requester::Identity(identity);
            let request = Request::new("sts:AssumeRole", target.arn.clone()).by(requester.clone());
            let same = caller.account.unmarked().equals(&target.account.unmarked()) == Truth::True;
            let direct = trust.naming(&request, |way| same && way != Naming::Account);
            let unbounded = trust.naming(&request, |way| same && way == Naming::Itself);
            let mut scenario = self.scenario(holder);
            scenario.identity.push(&direct);
            scenario.boundaries.push(&unbounded);
            scenario.trust = Some((trust, requester));
            let wish =
                Wish { action: "sts:AssumeRole", resource: &target.arn, target: Some(target), fixed: &[] };
            match self.decide(holder, &wish, &scenario, Some(role)) {
                Answer::Yes(made) => {
                    let in_session = session.map(|session| format!("in the session {session}").into());
                    return Answer::Yes(Made { with: in_session, ..made });
                }
                Answer::Open(reasons) => best = Answer::Open(reasons),
                Answer::No => {}
            }
        }
        best
    }

    fn decide(
        &self,
        holder: Holder,
        wish: &Wish<'_>,
        scenario: &Scenario<'_>,
        trusted_by: Option<usize>,
    ) -> Answer {
        if !self.may_ask() {
            return Answer::No;
        }
        let service = wish.action.split(':').next().unwrap_or_default();
        let keys = |name: &KeyName| key(name, service, wish);
        let call = Call { action: wish.action, resource: wish.resource.clone().into(), keys: &keys };
        let answer = self.authority.supposing(
            State::After,
            holder.principal,
            &call,
            scenario.supposed(),
            |layers, request, context| {
                let when = match explore(layers, request, context) {
                    Verdict::Allowed => None,
                    Verdict::Conditional { allowed_when, .. } => Some(Arc::new(allowed_when)),
                    Verdict::Denied => return Answer::No,
                    Verdict::Unknown { because, .. } => return Answer::Open(because),
                };
                let found = applying(layers, request, context);
                let basis = self.basis(holder.principal, &found, trusted_by);
                Answer::Yes(Made { action: wish.action, with: None, when, basis })
            },
        );
        answer.unwrap_or(Answer::No)
    }

    /// Who calls, as the trust policy of `role` can name it.
    fn identity(&self, principal: usize, role: usize, session: Option<Text>) -> Identity {
        let (node, facts) = (self.principal(principal), self.facts(principal));
        let kind = node.map(|principal| principal.kind);
        let is_group = kind == Some(PrincipalKind::Group);
        let is_role = matches!(kind, Some(PrincipalKind::Role | PrincipalKind::PermissionSet));
        let own =
            |text: fn(&PrincipalFacts) -> &Text| facts.filter(|_| !is_group).map(|facts| text(facts).clone());
        Identity {
            account: facts.map(|facts| facts.account.clone()).unwrap_or_default(),
            arn: own(|facts| &facts.arn),
            unique_id: own(|facts| &facts.unique_id),
            session,
            is_role,
            is_namesake: self.is_namesake(principal, role),
        }
    }

    /// Whether the plan makes the principal anew while the trust policy of the role stays as it was: what the policy
    /// named was saved as the id of the one before.
    fn is_namesake(&self, principal: usize, role: usize) -> bool {
        let is_new = self.principal(principal).is_some_and(|principal| {
            let facts = &principal.facts;
            let same = match (&facts.before, &facts.after) {
                (Some(before), Some(after)) => before.unique_id.equals(&after.unique_id) == Truth::True,
                _ => false,
            };
            facts.before.is_none() || (principal.change == crate::graph::Change::Replace && !same)
        });
        let stays = self.principal(role).is_some_and(|role| {
            let (before, after) = (&role.facts.before, &role.facts.after);
            let trust = |facts: &Option<PrincipalFacts>| facts.as_ref().and_then(|facts| facts.trust.clone());
            before.is_some() && role.change != crate::graph::Change::Replace && trust(before) == trust(after)
        });
        is_new && stays
    }

    /// The first statement of each side that allows: one of the caller's own policies, one of the trust policy.
    fn basis(&self, principal: usize, found: &[Applying<'_>], trusted_by: Option<usize>) -> Arc<[Basis]> {
        let mut basis = Vec::new();
        let own = allowing(found, Layer::Identity);
        let identity = self.layers(principal).map_or(&[][..], |layers| &layers.identity);
        let numbers = || identity.iter().map(|attached| attached.document);
        let named = own.iter().find_map(|item| {
            let is_it = |number: &usize| {
                self.matrix.all_compiled().get(*number).is_some_and(|one| std::ptr::eq(one, item.document))
            };
            let policy = self.policy_of(principal, numbers().find(is_it)?)?;
            Some(statement(policy, "policy", item))
        });
        basis.extend(named);
        let trust = allowing(found, Layer::Trust);
        if let (Some(item), Some(role)) = (trust.first(), trusted_by.and_then(|role| self.principal(role))) {
            basis.push(statement((*role.id).into(), "assume_role_policy", item));
        }
        basis.into()
    }

    /// The policy that brings the principal this document: its own first, then that of a group.
    fn policy_of(&self, principal: usize, document: usize) -> Option<Arc<str>> {
        let known = self.policies.borrow().get(&(principal, document)).cloned();
        known.unwrap_or_else(|| {
            let policy = self.find_policy(principal, document).map(Arc::from);
            self.policies.borrow_mut().insert((principal, document), policy.clone());
            policy
        })
    }

    fn find_policy(&self, principal: usize, document: usize) -> Option<&str> {
        let own = *self.graph.principals.get(principal)?;
        let links = || self.graph.links.edges(own).filter(|edge| !edge.weight().holds.after.is_false());
        let groups =
            links().filter(|edge| edge.weight().kind == EdgeKind::MemberOf).map(|edge| edge.target());
        let mut found = BTreeSet::new();
        for (rank, node) in std::iter::once(own).chain(groups).enumerate() {
            for edge in self.graph.links.edges(node) {
                let link = edge.weight();
                let documents = self.matrix.documents();
                if link.kind == EdgeKind::AttachedTo
                    && !link.holds.after.is_false()
                    && documents.of_policy(edge.target(), State::After) == Some(document)
                    && let Some(policy) = self.graph.policy(edge.target())
                {
                    found.insert((rank.min(1), &*policy.id));
                }
            }
        }
        found.into_iter().next().map(|(_, policy)| policy)
    }
}

/// What a call comes to; `number` tells the numbers of the documents that allow it.
fn decided(asker: &Asker<'_>, call: &Call<'_>, number: impl Fn(&PolicyDocument) -> Option<usize>) -> Known {
    asker.with_request(call, |layers, request, context| {
        let when = match explore(layers, request, context) {
            Verdict::Allowed => None,
            Verdict::Conditional { allowed_when, .. } => Some(Arc::new(allowed_when)),
            Verdict::Denied => return Known::No,
            Verdict::Unknown { because, .. } => return Known::Open(because),
        };
        let found = applying(layers, request, context);
        let by = allowing(&found, Layer::Identity)
            .into_iter()
            .filter_map(|item| Some((number(item.document)?, statement(Arc::default(), "policy", item))));
        Known::Yes { when, by: by.collect() }
    })
}

/// What a call says of a condition key; `None` leaves it to the principal and the caller.
fn key(name: &KeyName, service: &str, wish: &Wish<'_>) -> Option<KeyValue> {
    let lower = name.lower();
    if let Some((_, value)) = wish.fixed.iter().find(|(key, _)| name.is(key)) {
        return Some(value.clone().map_or(KeyValue::Absent, KeyValue::one));
    }
    let tags = |key: &str| match wish.target {
        Some(target) => shown_tag_value(&target.tags, target.ignored_tags.as_deref(), &target.arn, key),
        // What is made anew has the tags that the caller gives it.
        None => free(name, None),
    };
    match lower {
        "aws:resourceaccount" => wish.target.map(|target| KeyValue::one(target.account.clone())),
        "aws:requestedregion" if service == "iam" => {
            let known = IAM_REGIONS.iter().find(|(partition, _)| {
                wish.resource.as_known().is_some_and(|arn| arn.split(':').nth(1) == Some(partition))
            });
            Some(known.map_or_else(|| free(name, None), |(_, region)| KeyValue::one(*region)))
        }
        "aws:requestedregion" | "aws:tagkeys" => Some(free(name, None)),
        _ => {
            match lower.strip_prefix("aws:resourcetag/").or_else(|| lower.strip_prefix("iam:resourcetag/")) {
                Some(key) => Some(tags(key)),
                None if lower.starts_with("aws:requesttag/") => Some(free(name, None)),
                // Other keys of the service are the caller's to choose, those of IAM aside, which follow from the call.
                None if service != "iam" && lower.split(':').next() == Some(service) => {
                    Some(free(name, None))
                }
                None => None,
            }
        }
    }
}

/// The statements of a layer that allow, the surest first.
fn allowing<'f, 'a>(found: &'f [Applying<'a>], layer: Layer) -> Vec<&'f Applying<'a>> {
    let allows = |item: &&Applying<'_>| item.layer == layer && item.statement.effect() == Some(Effect::Allow);
    let mut allowing: Vec<&Applying<'_>> = found.iter().filter(allows).collect();
    allowing.sort_by_key(|item| std::cmp::Reverse(item.applies));
    allowing
}

fn statement(policy: Arc<str>, attribute: &'static str, item: &Applying<'_>) -> Basis {
    Basis {
        policy,
        attribute,
        statement: item.statement.index().saturating_add(1),
        sid: item.statement.sid().map(ToString::to_string).filter(|sid| !sid.is_empty()).map(Arc::from),
    }
}

/// The sessions of the caller's role that a trust policy names.
fn sessions(caller: &PrincipalFacts, trust: &PolicyDocument) -> Vec<Text> {
    let entries = trust.statements().iter().filter_map(|statement| statement.principal());
    let names = entries.flat_map(Principal::entries).filter_map(|entry| match entry {
        PrincipalEntry::Named { name, .. } => Some(name.unmarked()),
        _ => None,
    });
    let is_own = |name: &Text| {
        let Some([_, _, service, _, account, resource]) = crate::aws::arn::split(name) else { return false };
        let role = resource
            .as_known()
            .and_then(|known| known.strip_prefix("assumed-role/"))
            .and_then(|rest| rest.split_once('/'));
        service.as_known() == Some("sts")
            && account.equals(&caller.account.unmarked()).is_true()
            && role.is_some_and(|(role, _)| Text::from(role).equals(&caller.name.unmarked()).is_true())
    };
    let mut sessions: Vec<Text> = names.filter(is_own).collect();
    sessions.sort();
    sessions.dedup();
    sessions
}
