//! What the rules about the intent share: the words for a matter.

use super::statements::{Behind, behind};
use super::{Draft, Location, Subject};
use crate::iam::Effect;
use crate::intent::{BlockRef, Matter, Meant, What};

/// How many brokers a message names.
const MOST_NAMES: usize = 3;

/// A matter with the names that it is told with.
pub(super) struct Told<'a> {
    pub(super) matter: &'a Matter,
    pub(super) meant: &'a Meant,
    pub(super) principal: &'a str,
    pub(super) brokers: Vec<&'a str>,
}

/// The matters of a kind, in order.
pub(super) fn of<'a>(subject: &Subject<'a>, what: What) -> impl Iterator<Item = Told<'a>> {
    let (graph, intent) = (subject.graph, subject.intent);
    let matters =
        intent.into_iter().flat_map(|judged| judged.matters.iter().map(|matter| (judged.meant, matter)));
    matters.filter(move |(_, matter)| matter.what == what).filter_map(move |(meant, matter)| {
        let principal = graph.principal(*graph.principals.get(matter.principal)?)?;
        let name = |broker: &usize| Some(&*graph.broker(*graph.brokers.get(*broker)?)?.id);
        Some(Told {
            matter,
            meant,
            principal: &principal.id,
            brokers: matter.brokers.iter().filter_map(name).collect(),
        })
    })
}

impl Told<'_> {
    /// The block, as messages name it.
    pub(super) fn block(&self) -> String {
        let intent = self.meant.intent();
        let title = self.matter.block.and_then(|block| match block {
            BlockRef::Access(index) => intent.access.get(index).map(crate::intent::Access::title),
            BlockRef::Protect(index) => intent.protect.get(index).map(crate::intent::Protect::title),
        });
        title.unwrap_or_else(|| "the intent".into())
    }

    /// Where the block stands.
    pub(super) fn block_location(&self) -> Option<Location> {
        let intent = self.meant.intent();
        match self.matter.block? {
            BlockRef::Access(index) => intent.access.get(index).map(|block| block.location.clone()),
            BlockRef::Protect(index) => intent.protect.get(index).map(|block| block.location.clone()),
        }
    }

    /// The brokers, as messages name them.
    pub(super) fn all_brokers(&self) -> String {
        let named: Vec<&str> = self.brokers.iter().take(MOST_NAMES).copied().collect();
        match self.brokers.len().saturating_sub(named.len()) {
            0 => named.join(", "),
            more => format!("{} and {more} more", named.join(", ")),
        }
    }

    /// What is done, to which brokers.
    pub(super) fn deed(&self) -> String {
        format!("{} {}", self.matter.act, self.all_brokers())
    }

    /// The statements of an effect behind the first of its brokers.
    pub(super) fn behind<'s>(&self, subject: &Subject<'s>, effect: Effect) -> Vec<Behind<'s>> {
        let first = self.matter.brokers.first();
        first
            .map(|&broker| behind(subject, self.matter.principal, broker, self.matter.act, effect))
            .unwrap_or_default()
    }

    /// A draft about this matter, without words.
    pub(super) fn draft(&self) -> Draft {
        // A group is another group once a broker joins it; one broker stands in a member of its own.
        let brokers = if self.brokers.len() == 1 { String::new() } else { self.brokers.join(",") };
        Draft {
            identity: brokers,
            principal: Some(self.principal.to_owned()),
            broker: match self.brokers.as_slice() {
                [only] => Some((*only).to_owned()),
                _ => None,
            },
            operation: Some(self.matter.act.name()),
            ..Draft::default()
        }
    }
}

/// Tells a matter of something that is given: with the statements that give it.
pub(super) fn given(told: &Told<'_>, subject: &Subject<'_>) -> Draft {
    let behind = told.behind(subject, Effect::Allow);
    let mut draft = told.draft();
    draft.location =
        behind.first().and_then(|statement| statement.location(subject)).or_else(|| told.block_location());
    draft.related = behind.iter().map(|statement| statement.related(subject, "given")).collect();
    draft
}
