//! Policies that give what is meant.

use petgraph::Direction;
use petgraph::visit::EdgeRef;

use super::{Mending, also, written};
use crate::access::Supposed;
use crate::findings::matters::Told;
use crate::findings::{Fix, Subject};
use crate::fix::{Condition, Place, Statement, attach, replace};
use crate::graph::{EdgeKind, Policy, PolicyOrigin};
use crate::iam::Effect;
use crate::intent::Act;
use crate::plan::Address;

/// The policy that closes a gap; `None` where none that is added does.
pub(crate) fn gap(told: &Told<'_>, subject: &Subject<'_>) -> Option<Fix> {
    let mending = Mending::new(told, subject);
    let statement = mending.allow()?;
    let document = Statement::compile(std::slice::from_ref(&statement));
    let documents = [&document];
    let purpose = mending.purpose("may");
    let attached = |what: &str| {
        let suggestion = attach(&mending.place()?, &purpose, std::slice::from_ref(&statement))?;
        Some(written(suggestion, what))
    };
    if mending.mends(also(&documents)) {
        return attached("Allow it");
    }
    let boundary = mending.boundary()?;
    let bounded = |identity| Supposed { identity, boundaries: &documents, ..Supposed::default() };
    let within = || {
        let address = Address::parse(&boundary.id)?;
        let place = Place::of(subject.plan, &address, mending.principal()?)?;
        replace(&place, std::slice::from_ref(&statement))
    };
    if mending.mends(bounded(&[])) {
        return Some(written(
            within()?,
            &format!("Add this statement to the permissions boundary {}", boundary.id),
        ));
    }
    if !mending.mends(bounded(&documents)) {
        return None;
    }
    let (own, within) = (attached("Allow it")?, within()?);
    let remark = |text: &str| format!("\n# and this statement within {}:\n{text}", boundary.id);
    Some(Fix {
        title: format!("{}; and add the statement to the permissions boundary {}", own.title, boundary.id),
        policy_document: own.policy_document + &remark(&within.policy_document),
        jsonencode: own.jsonencode + &remark(&within.jsonencode),
    })
}

impl Mending<'_, '_> {
    /// A statement that allows what is meant: for what it is meant alone, and with MFA where it is demanded.
    fn allow(&self) -> Option<Statement> {
        let first = *self.brokers.first()?;
        let mut conditions = Vec::new();
        if self.act == Act::Create {
            let is_other = |broker: &usize| !self.brokers.contains(broker);
            let without_mfa = self.meant.case(self.principal, first, self.act).with_mfa.is_none();
            let meant = |broker: &usize| {
                let case = self.meant.case(self.principal, *broker, self.act);
                let is_meant = case.meant.is_some() && case.protected.is_none();
                (is_meant && !(without_mfa && case.with_mfa.is_some())) || case.tolerated
            };
            let others: Vec<usize> =
                self.all_brokers().filter(is_other).filter(|broker| !meant(broker)).collect();
            let named: Vec<usize> =
                others.iter().copied().filter(|&broker| !self.meant.named(broker).is_false()).collect();
            conditions = self.telling_apart(&others).or_else(|| self.telling_apart(&named))?;
        }
        if self.meant.case(self.principal, first, self.act).with_mfa.is_some() {
            conditions.push(Condition {
                test: "Bool",
                key: "aws:MultiFactorAuthPresent".into(),
                values: vec!["true".into()],
            });
        }
        Some(Statement::new(Effect::Allow, &[self.act.action()], &self.resources(), &conditions))
    }

    /// The permissions boundary of the principal, if it is one and the plan manages it.
    fn boundary(&self) -> Option<&Policy> {
        let graph = self.subject.graph;
        let node = *graph.principals.get(self.principal)?;
        let mut edges = graph
            .links
            .edges_directed(node, Direction::Outgoing)
            .filter(|edge| edge.weight().kind == EdgeKind::BoundedBy && edge.weight().holds.after.is_true());
        let edge = edges.next()?;
        let is_shared = || {
            let bounds = graph.links.edges_directed(edge.target(), Direction::Incoming);
            bounds.filter(|edge| edge.weight().kind == EdgeKind::BoundedBy).count() > 1
        };
        let policy = graph.policy(edge.target())?;
        let is_managed =
            policy.origin == PolicyOrigin::CustomerManaged && Address::parse(&policy.id).is_some();
        // What is added to a boundary that others have too may let them do more.
        (edges.next().is_none() && is_managed && !is_shared()).then_some(policy)
    }
}
