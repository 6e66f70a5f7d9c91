//! Policies that give what is meant.

use super::changes::{Changes, Within, boundary};
use super::obstacle::obstacles;
use super::{Mending, also};
use crate::access::Supposed;
use crate::findings::matters::Told;
use crate::findings::{Fix, Related, Subject};
use crate::fix::{Condition, Statement};
use crate::graph::{Broker, State};
use crate::iam::Effect;
use crate::intent::{Act, call};

/// The policy that closes a gap; `None` where none that is added does.
pub(crate) fn gap(told: &Told<'_>, subject: &Subject<'_>) -> Option<Fix> {
    let mending = Mending::new(told, subject);
    let statements = [mending.allow()?];
    let changes = Changes {
        place: &mending.place()?,
        purpose: mending.purpose("may"),
        statements: &statements,
        boundary: boundary(subject.decided, mending.principal),
        what: "Allow it",
    };
    let document = Statement::compile(&statements);
    let documents = [&document];
    let mends = |within: Within| mending.mends(within.added(&documents).into());
    changes.smallest(subject.decided, mending.principal()?, mends)
}

/// Why no policy that is added gives what is meant: what stands in the way, or what a policy cannot say.
pub(crate) fn in_the_way(told: &Told<'_>, subject: &Subject<'_>) -> Vec<Related> {
    let mending = Mending::new(told, subject);
    if let Some(broker) = mending.elsewhere() {
        let message = format!(
            "not allowed by any policy: {broker} is in another account, and has no policy of its own"
        );
        return vec![Related { message, location: None }];
    }
    let Some(&first) = mending.brokers.first() else { return Vec::new() };
    let found = subject.authority.with_broker_request(
        State::After,
        mending.principal,
        first,
        &call(mending.act, &[]),
        Supposed::default(),
        |_, request, context| obstacles(subject.decided, mending.principal, request, context),
    );
    let found: Vec<Related> = found.into_iter().flatten().map(|obstacle| obstacle.related(subject)).collect();
    if !found.is_empty() {
        return found;
    }
    let why = match mending.allow() {
        None => {
            "neither tags nor the region of a request tell these brokers from others that it is not meant to create"
        }
        Some(statement) => {
            let document = Statement::compile(&[statement]);
            if mending.mends(also(&[&document])) {
                "a name or an ARN that the policy would hold is sensitive, or nothing refers to it from there"
            } else {
                "what allows it would also give what is not meant, to the principal or to a member of the group"
            }
        }
    };
    vec![Related { message: format!("without a suggestion: {why}"), location: None }]
}

impl Mending<'_, '_> {
    /// A broker of the matter that is in another account than the principal.
    fn elsewhere(&self) -> Option<&str> {
        let own = &self.principal()?.facts.after.as_ref()?.account;
        let brokers = self.brokers.iter().filter_map(|&broker| self.broker(broker));
        let is_elsewhere = |broker: &&Broker| {
            broker.facts.after.as_ref().is_some_and(|facts| facts.account.equals(own).is_false())
        };
        brokers.filter(is_elsewhere).map(|broker| &*broker.id).next()
    }

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
}
