//! Policies that take away what is not meant.

use super::changes::given;
use super::{Mending, Narrowed, also};
use crate::access::Supposed;
use crate::findings::matters::Told;
use crate::findings::{Fix, Subject};
use crate::fix::{Condition, Statement};
use crate::iam::Effect;
use crate::intent::{Act, What};
use crate::text::Truth;

/// What takes an excess away: the statement that gives it, narrower, if it is one and can be; else a Deny. `None` where
/// neither takes it away without taking what is meant.
pub(crate) fn excess(told: &Told<'_>, subject: &Subject<'_>) -> Option<Fix> {
    if let Some(fix) = subject.narrowed.get_or_init(|| Narrowed::new(subject)).get(told.matter) {
        return Some(fix.clone());
    }
    let mending = Mending::new(told, subject);
    let statement = mending.deny()?;
    let document = Statement::compile(std::slice::from_ref(&statement));
    if !mending.mends(also(&[&document])) {
        return None;
    }
    let purpose = mending.purpose("must not");
    given(subject.decided, mending.principal()?, &mending.place()?, (&purpose, &[statement]), "Deny it")
}

impl Mending<'_, '_> {
    /// A statement that denies what is not meant, and no more.
    fn deny(&self) -> Option<Statement> {
        let mut conditions = Vec::new();
        if self.act == Act::Create {
            let keeps = |&broker: &usize| {
                let case = self.meant.case(self.principal, broker, self.act);
                let is_meant = case.meant.is_some() && case.protected.is_none();
                // What nobody judges stays as it is; what is meant and not given yet will be.
                is_meant
                    || ((case.tolerated || self.meant.named(broker).is_false())
                        && self.given(self.principal, broker, self.act, Supposed::default()) != Truth::False)
            };
            let others: Vec<usize> =
                self.all_brokers().filter(|broker| !self.brokers.contains(broker)).filter(keeps).collect();
            conditions = self.telling_apart(&others)?;
        }
        if self.what == What::WithoutMfa {
            conditions.push(Condition {
                test: "BoolIfExists",
                key: "aws:MultiFactorAuthPresent".into(),
                values: vec!["false".into()],
            });
        }
        Some(Statement::new(Effect::Deny, &[self.act.action()], &self.resources(), &conditions))
    }
}
