//! One class of principals: bitsets decide most brokers at once, the rest is explored once per group of brokers that
//! no statement tells apart.

use std::collections::BTreeSet;
use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::bits::Bits;
use super::brokers::{Brokers, Partitions};
use super::context::{Keys, is_of_broker};
use super::facts::Fact;
use super::layers::{Attached, Layers};
use super::matrix::is_other_account;
use super::open::Explored;
use super::sets::{single_out, split};
use super::statements::{Live, Said, Statements};
use crate::aws::Operation;
use crate::aws::operations::Target;
use crate::hash::HashSet;
use crate::iam::{Effect, KeyName, PolicyDocument, Reason, Verdict};
use crate::text::{Hole, Text, Truth};

/// What principals have in common that get the same verdicts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Class {
    pub(super) account: Text,
    pub(super) layers: Layers,
    pub(super) facts: Vec<(KeyName, Fact)>,
}

/// The verdicts of a class: per operation, sets of brokers with the verdict that they share.
#[derive(Clone)]
pub(super) struct Row {
    operations: [Vec<(FixedBitSet, Verdict)>; 3],
}

impl Row {
    pub(super) fn verdict(&self, broker: usize, operation: Operation) -> Option<&Verdict> {
        self.of(operation).iter().find(|(brokers, _)| brokers.contains(broker)).map(|(_, verdict)| verdict)
    }

    pub(super) fn of(&self, operation: Operation) -> &[(FixedBitSet, Verdict)] {
        self.operations.get(operation.index()).map_or(&[], Vec::as_slice)
    }

    /// The same verdicts, save on `brokers`, which have those of another row.
    pub(super) fn joined(mut self, brokers: &FixedBitSet, other: &Self) -> Self {
        for (own, theirs) in self.operations.iter_mut().zip(&other.operations) {
            for (set, _) in own.iter_mut() {
                set.difference_with(brokers);
            }
            own.retain(|(set, _)| !set.is_clear());
            for (set, verdict) in theirs {
                let mut set = set.clone();
                set.intersect_with(brokers);
                match own.iter_mut().find(|(_, known)| known == verdict) {
                    _ if set.is_clear() => {}
                    Some((known, _)) => known.union_with(&set),
                    None => own.push((set, verdict.clone())),
                }
            }
        }
        self
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = &(FixedBitSet, Verdict)> {
        self.operations.iter().flatten()
    }
}

/// What all classes of one state share.
pub(super) struct Shared<'a> {
    pub(super) brokers: &'a Brokers<'a>,
    statements: &'a Statements<'a>,
    pub(super) documents: &'a [PolicyDocument],
    pub(super) keys: &'a Keys,
    partitions: Partitions,
    pub(super) allows_all: PolicyDocument,
    /// The holes that some policy names.
    pub(super) holes: &'a HashSet<Hole>,
    pub(super) explored: &'a Explored,
}

/// What a document says to the principals of a class, and how it is attached to them.
pub(super) struct Heard<'c> {
    pub(super) attached: &'c Attached,
    pub(super) said: Arc<Said>,
}

/// Brokers that no statement of a class tells apart.
pub(super) struct Group<'a> {
    pub(super) brokers: FixedBitSet,
    pub(super) representative: usize,
    /// Per layer: the documents that say something of these brokers, with the statements that possibly apply.
    pub(super) layers: Vec<Vec<(&'a Heard<'a>, Vec<&'a Live>)>>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(
        brokers: &'a Brokers<'a>,
        statements: &'a Statements<'a>,
        documents: &'a [PolicyDocument],
        keys: &'a Keys,
        holes: &'a HashSet<Hole>,
        explored: &'a Explored,
    ) -> Self {
        let allows_all = PolicyDocument::parse(&Text::from(
            r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        ));
        let partitions = Partitions::default();
        Self { brokers, statements, documents, keys, partitions, allows_all, holes, explored }
    }

    /// Decides all brokers and operations for a class.
    pub(super) fn decide(&self, class: &Class) -> Row {
        Row { operations: Operation::ALL.map(|operation| self.decide_operation(class, operation)) }
    }

    fn decide_operation(&self, class: &Class, operation: Operation) -> Vec<(FixedBitSet, Verdict)> {
        let brokers = self.brokers;
        let layers = self.heard(class, operation);
        let Some((identity, bounds)) = layers.split_first() else { return Vec::new() };
        let (mut allows, mut denies) = self.layer(identity);
        for bound in bounds {
            let (mut within, refused) = self.layer(bound);
            if bound.iter().any(|heard| heard.attached.unless.is_some()) {
                within.possible.union_with(brokers.exists());
            }
            allows.and(&within);
            denies.or(&refused);
        }
        let mut out_of_reach = brokers.exists().clone();
        out_of_reach.difference_with(&allows.possible);
        out_of_reach.union_with(&denies.certain);
        let mut perhaps_elsewhere = FixedBitSet::with_capacity(brokers.len());
        for (account, members) in brokers.by_account() {
            match is_other_account(&class.account, account) {
                Truth::True => out_of_reach.union_with(members),
                Truth::Maybe => perhaps_elsewhere.union_with(members),
                Truth::False => {}
            }
        }
        let mut sure = allows.certain;
        sure.difference_with(&denies.possible);
        sure.difference_with(&out_of_reach);
        let mut open = brokers.exists().clone();
        open.difference_with(&out_of_reach);
        open.difference_with(&sure);
        let mut decided: Vec<(FixedBitSet, Verdict)> = Vec::new();
        for (set, verdict) in [(sure, Verdict::Allowed), (out_of_reach, Verdict::Denied)] {
            if !set.is_clear() {
                decided.push((set, verdict));
            }
        }
        if let Some(because) = self.unknown_documents(class, &denies, &open) {
            decided.push((open, Verdict::Unknown { because, explored: true }));
        } else if !open.is_clear() {
            for group in self.groups(&layers, operation, open) {
                let verdict = self.open_verdict(class, operation, &group);
                match decided.iter_mut().find(|(_, known)| *known == verdict) {
                    Some((set, _)) => set.union_with(&group.brokers),
                    None => decided.push((group.brokers, verdict)),
                }
            }
        }
        if !perhaps_elsewhere.is_clear() {
            open_by_account(&mut decided, &perhaps_elsewhere, self.account_hole(class, &perhaps_elsewhere));
        }
        decided.shrink_to_fit();
        decided
    }

    /// The account that is not known, where it is not known whether two accounts are one.
    fn account_hole(&self, class: &Class, brokers: &FixedBitSet) -> Option<Hole> {
        let of_broker = || {
            let facts = self.brokers.facts(brokers.ones().next()?)?;
            facts.account.holes().next().cloned()
        };
        class.account.holes().next().cloned().or_else(of_broker)
    }

    /// Why `open` is unknown, where nothing has to be explored to see it: an identity policy of which nothing is known
    /// may allow and may deny, and nothing else can deny or bound.
    fn unknown_documents(&self, class: &Class, denies: &Bits, open: &FixedBitSet) -> Option<Vec<Reason>> {
        let identity = || class.layers.identity.iter().filter(|attached| attached.unless.is_none());
        let documents = || identity().filter_map(|attached| self.documents.get(attached.document));
        let unknown = |document: &&PolicyDocument| !document.unknown_statements().is_empty();
        let can_be_denied_otherwise = || {
            let known = documents().filter(|document| !unknown(document));
            known
                .flat_map(PolicyDocument::statements)
                .any(|statement| statement.effect() != Some(Effect::Allow))
        };
        let plain = !open.is_clear()
            && class.layers.boundaries.is_empty()
            && class.layers.service_control.is_empty()
            && denies.certain.is_clear()
            && documents().all(|document| !document.is_broken())
            && documents().any(|document| unknown(&document))
            && !can_be_denied_otherwise();
        let holes = || documents().flat_map(PolicyDocument::unknown_statements);
        plain.then(|| holes().cloned().map(Reason::Hole).collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// What the documents of each layer say to the class: of the identity policies first, then of each boundary, then of
    /// each level of service control policies.
    fn heard<'c>(&self, class: &'c Class, operation: Operation) -> Vec<Vec<Heard<'c>>> {
        let heard = |attached: &'c Attached| {
            let said = self.statements.get(attached.document, operation, &class.facts)?;
            Some(Heard { attached, said })
        };
        let boundaries = class.layers.boundaries.iter().map(|boundary| heard(boundary).into_iter().collect());
        let levels = class.layers.service_control.iter();
        let levels = levels.map(|level| level.iter().filter_map(heard).collect());
        let identity = class.layers.identity.iter().filter_map(heard).collect();
        std::iter::once(identity).chain(boundaries).chain(levels).collect()
    }

    /// What a layer allows and denies.
    fn layer(&self, layer: &[Heard<'_>]) -> (Bits, Bits) {
        let mut allows = Bits::none(self.brokers.len());
        let mut denies = Bits::none(self.brokers.len());
        for Heard { attached, said } in layer {
            if attached.unless.is_none() {
                allows.or(&said.allows);
                denies.or(&said.denies);
            } else {
                allows.possible.union_with(&said.allows.possible);
                denies.possible.union_with(&said.denies.possible);
            }
        }
        (allows, denies)
    }

    /// Splits `open` into groups of brokers that no statement of the class tells apart.
    fn groups<'s>(
        &self,
        layers: &'s [Vec<Heard<'_>>],
        operation: Operation,
        open: FixedBitSet,
    ) -> Vec<Group<'s>> {
        let mut sets = vec![open];
        let mut seen_keys: BTreeSet<&KeyName> = BTreeSet::new();
        for Heard { said, .. } in layers.iter().flatten() {
            for live in &said.statements {
                split(&mut sets, &live.bits.possible);
                split(&mut sets, &live.bits.certain);
                for key in live.keys.iter().filter(|key| is_of_broker(self.keys, key)) {
                    if seen_keys.insert(key) {
                        for class in &*self.partitions.get(self.brokers, self.keys, operation, key) {
                            split(&mut sets, class);
                        }
                    }
                }
                if operation.target() == Target::Broker && live.looks_at_arns {
                    single_out(&mut sets, &live.open_arns);
                }
            }
        }
        let groups = sets.into_iter().filter_map(|brokers| {
            let representative = brokers.ones().next()?;
            let concerning = |heard: &'s Heard<'_>| {
                let live = heard.said.statements.iter();
                let live: Vec<&Live> =
                    live.filter(|live| live.bits.possible.contains(representative)).collect();
                let hangs = heard.said.hangs_on_itself || heard.attached.unless.is_some();
                (hangs || !live.is_empty()).then_some((heard, live))
            };
            let layers = layers.iter().map(|layer| layer.iter().filter_map(concerning).collect());
            Some(Group { representative, layers: layers.collect(), brokers })
        });
        groups.collect()
    }

    /// The verdict of a group.
    ///
    /// An identity policy of which nothing is known may deny, so that no request is certainly allowed: all that is left
    /// to ask is whether every request is denied even if that policy allows.
    fn open_verdict(&self, class: &Class, operation: Operation, group: &Group<'_>) -> Verdict {
        let unknown = self.unknown_identity(class);
        if unknown.is_empty() {
            return self.explored_verdict(class, operation, group, false);
        }
        let mut because: BTreeSet<Reason> = unknown.into_iter().cloned().map(Reason::Hole).collect();
        match self.explored_verdict(class, operation, group, true) {
            Verdict::Denied => Verdict::Denied,
            Verdict::Unknown { because: more, explored } => {
                because.extend(more);
                Verdict::Unknown { because: because.into_iter().collect(), explored }
            }
            Verdict::Allowed | Verdict::Conditional { .. } => {
                Verdict::Unknown { because: because.into_iter().collect(), explored: true }
            }
        }
    }

    /// What would tell the identity policies of which nothing is known, and which are certainly attached.
    fn unknown_identity<'s>(&'s self, class: &'s Class) -> Vec<&'s Hole> {
        let certain = class.layers.identity.iter().filter(|attached| attached.unless.is_none());
        let documents = certain.filter_map(|attached| self.documents.get(attached.document));
        documents.flat_map(PolicyDocument::unknown_statements).collect()
    }
}

/// Whatever is not denied hangs on whether principal and broker are of one account.
fn open_by_account(decided: &mut Vec<(FixedBitSet, Verdict)>, brokers: &FixedBitSet, hole: Option<Hole>) {
    let mut open = FixedBitSet::with_capacity(brokers.len());
    for (set, _) in decided.iter_mut().filter(|(_, verdict)| *verdict != Verdict::Denied) {
        let mut both = set.clone();
        both.intersect_with(brokers);
        open.union_with(&both);
        set.difference_with(brokers);
    }
    decided.retain(|(set, _)| !set.is_clear());
    if !open.is_clear() {
        let because = hole.map(Reason::Hole).into_iter().collect();
        decided.push((open, Verdict::Unknown { because, explored: true }));
    }
}
