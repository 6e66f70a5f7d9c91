//! The smallest change of policies that makes access what it is meant to be. No change is suggested that the evaluation
//! of the changed policies does not confirm.

mod changes;
mod create;
mod excess;
mod gap;
mod narrow;
mod needed;
mod obstacle;

use petgraph::Direction;
use petgraph::visit::EdgeRef;

pub(super) use excess::excess;
pub(super) use gap::{gap, in_the_way};
pub(crate) use narrow::Narrowed;
pub(super) use needed::{Known, Needed, needed};

use super::matters::Told;
use super::{Fix, Subject};
use crate::access::{Added, Supposed, Verdict};
use crate::fix::{Place, Suggestion};
use crate::graph::{Broker, EdgeKind, Principal, State};
use crate::iam::PolicyDocument;
use crate::intent::{Act, Matter, Meant, What, call, verdict_without_mfa};
use crate::text::{Text, Truth};

/// A matter, with what is needed to try changes.
struct Mending<'a, 's> {
    subject: &'s Subject<'a>,
    meant: &'s Meant,
    principal: usize,
    act: Act,
    what: What,
    brokers: &'s [usize],
}

impl<'a, 's> Mending<'a, 's> {
    fn new(told: &Told<'s>, subject: &'s Subject<'a>) -> Self {
        Self::of(told.matter, told.meant, subject)
    }

    fn of(matter: &'s Matter, meant: &'s Meant, subject: &'s Subject<'a>) -> Self {
        Self {
            subject,
            meant,
            principal: matter.principal,
            act: matter.act,
            what: matter.what,
            brokers: &matter.brokers,
        }
    }

    fn is_gap(&self) -> bool {
        self.what == What::Gap
    }

    fn broker(&self, position: usize) -> Option<&'a Broker> {
        let graph = self.subject.graph;
        graph.broker(*graph.brokers.get(position)?)
    }

    fn principal(&self) -> Option<&'a Principal> {
        let graph = self.subject.graph;
        graph.principal(*graph.principals.get(self.principal)?)
    }

    fn all_brokers(&self) -> impl Iterator<Item = usize> + use<> {
        0..self.subject.graph.brokers.len()
    }

    /// The place of a new policy about the brokers.
    fn place(&self) -> Option<Place<'a>> {
        let brokers: Vec<&Broker> = match self.act {
            Act::Create => Vec::new(),
            _ => self.brokers.iter().filter_map(|&broker| self.broker(broker)).collect(),
        };
        Some(Place::new(self.subject.plan, self.principal()?, &brokers))
    }

    /// What a new statement is about.
    fn resources(&self) -> Vec<Text> {
        if self.act == Act::Create {
            return vec![Text::from("*")];
        }
        let arn = |&broker: &usize| Some(self.broker(broker)?.facts.after.as_ref()?.arn.unmarked());
        self.brokers.iter().filter_map(arn).collect()
    }

    /// The words that tell a policy from others of the same principal.
    fn purpose(&self, verb: &str) -> String {
        let name = |broker: usize| {
            let id = self.broker(broker).map(|broker| broker.id.replace("aws_mq_broker.", ""));
            id.unwrap_or_default()
        };
        let brokers: Vec<String> = self.brokers.iter().map(|&broker| name(broker)).collect();
        format!("{verb} {} {}", self.act, brokers.join(" "))
    }

    /// Whether a principal can do something with a broker under a supposition.
    fn given(&self, principal: usize, broker: usize, act: Act, supposed: Supposed<'_>) -> Truth {
        let verdict =
            self.subject.authority.on_broker(State::After, principal, broker, &call(act, &[]), supposed);
        truth(verdict.as_ref())
    }

    fn given_without_mfa(&self, principal: usize, broker: usize, act: Act, supposed: Supposed<'_>) -> Truth {
        let verdict = verdict_without_mfa(self.subject.authority, principal, broker, act, supposed);
        truth(verdict.as_ref())
    }

    /// Whether a case is as it is meant, under a supposition.
    fn is_met(&self, principal: usize, broker: usize, act: Act, supposed: Supposed<'_>) -> bool {
        let case = self.meant.case(principal, broker, act);
        let is_judged = act.operation().is_some() || self.meant.intent().speaks_of(act);
        if !is_judged || self.meant.named(broker).is_false() {
            return true;
        }
        match self.given(principal, broker, act, supposed) {
            Truth::Maybe => false,
            Truth::False => case.meant.is_none() || case.protected.is_some(),
            Truth::True if case.protected.is_some() || case.perhaps_protected.is_some() => false,
            Truth::True if case.with_mfa.is_some() => {
                self.given_without_mfa(principal, broker, act, supposed).is_false()
            }
            Truth::True => case.meant.is_some() || case.tolerated,
        }
    }

    /// Whether a case would be wrong that is right, or wrong in another way than it is.
    fn is_harmed(&self, principal: usize, broker: usize, act: Act, supposed: Supposed<'_>) -> bool {
        let given = |supposed| self.given(principal, broker, act, supposed);
        !self.is_met(principal, broker, act, supposed)
            && (given(supposed) != given(Supposed::default())
                || self.is_met(principal, broker, act, Supposed::default()))
    }

    /// Whether every broker of the matter is as it is meant under a supposition, and nothing that a statement of this
    /// act reaches is worse than before: for the principal, and the members if it is a group.
    fn mends(&self, supposed: Supposed<'_>) -> bool {
        let brokers = || self.brokers.iter().copied();
        let mended = brokers().all(|broker| self.is_met(self.principal, broker, self.act, supposed));
        // What is created is named by no ARN: a statement about one reaches all.
        let others = || self.all_brokers().filter(|_| self.act == Act::Create);
        let reached = || brokers().chain(others());
        // What a group is given its members have too, whatever takes it from their own policies.
        let spoils = |&member: &usize| {
            reached().any(|broker| {
                let given = self.given(member, broker, self.act, supposed);
                self.is_harmed(member, broker, self.act, supposed)
                    || (!given.is_false()
                        && !self.is_met(member, broker, self.act, supposed)
                        && self.is_gap())
            })
        };
        mended
            && !reached().any(|broker| self.is_harmed(self.principal, broker, self.act, supposed))
            && !self.members().iter().any(spoils)
    }

    /// The members of the principal, if it is a group.
    fn members(&self) -> Vec<usize> {
        let graph = self.subject.graph;
        let Some(&node) = graph.principals.get(self.principal) else { return Vec::new() };
        let edges = graph.links.edges_directed(node, Direction::Incoming);
        let members: Vec<_> = edges
            .filter(|edge| edge.weight().kind == EdgeKind::MemberOf && !edge.weight().holds.after.is_false())
            .map(|edge| edge.source())
            .collect();
        let principals = graph.principals.iter().enumerate();
        principals.filter(|(_, node)| members.contains(node)).map(|(position, _)| position).collect()
    }
}

fn truth(verdict: Option<&Verdict>) -> Truth {
    match verdict {
        None | Some(Verdict::Denied) => Truth::False,
        Some(Verdict::Allowed | Verdict::Conditional { .. }) => Truth::True,
        Some(Verdict::Unknown { .. }) => Truth::Maybe,
    }
}

/// A supposition of one more identity policy.
fn also<'d>(document: &'d [&'d PolicyDocument]) -> Supposed<'d> {
    Added { identity: document, ..Added::default() }.into()
}

/// A suggestion as a finding has it; `what` says what it does.
fn written(suggestion: Suggestion, what: &str) -> Fix {
    Fix {
        title: format!("{what}: {}", suggestion.title),
        policy_document: suggestion.policy_document,
        jsonencode: suggestion.jsonencode,
    }
}
