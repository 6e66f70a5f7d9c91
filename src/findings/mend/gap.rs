//! Policies that give what is meant.

use super::Mending;
use super::changes::{Changes, boundary};
use super::obstacle::obstacles;
use crate::access::Supposed;
use crate::findings::matters::Told;
use crate::findings::{Fix, Related, Subject};
use crate::fix::{Condition, Statement};
use crate::graph::State;
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
        boundary: boundary(subject, mending.principal),
        what: "Allow it",
    };
    changes.smallest(subject, mending.principal()?, |supposed| mending.mends(supposed))
}

/// What keeps the principal from what is meant, whatever is added to its policies.
pub(crate) fn in_the_way(told: &Told<'_>, subject: &Subject<'_>) -> Vec<Related> {
    let mending = Mending::new(told, subject);
    let Some(&first) = mending.brokers.first() else { return Vec::new() };
    let call = call(mending.act, &[]);
    let found = subject.authority.with_broker_request(
        State::After,
        mending.principal,
        first,
        &call,
        Supposed::default(),
        |_, request, context| obstacles(subject, mending.principal, request, context),
    );
    found.into_iter().flatten().map(|obstacle| obstacle.related(subject)).collect()
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
}
