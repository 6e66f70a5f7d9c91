//! One class of principals: bitsets decide most brokers at once, the rest is explored once per group of brokers that
//! no statement tells apart.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use fixedbitset::FixedBitSet;

use super::bits::Bits;
use super::brokers::{Brokers, Partitions};
use super::context::{Fact, Judged, Keys, is_of_broker, is_of_principal, table};
use super::layers::{Attached, Layers};
use super::matrix::is_other_account;
use super::perhaps::Perhaps;
use super::sets::{single_out, split};
use super::statements::{Live, Said, Statements};
use crate::aws::Operation;
use crate::aws::operations::Target;
use crate::hash::HashMap;
use crate::iam::{Effect, KeyName, PolicyDocument, Reason, Request, Statement, Verdict, explore};
use crate::text::{Hole, Text, Truth};

/// What principals have in common that get the same verdicts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Class {
    pub(super) account: Text,
    pub(super) layers: Layers,
    pub(super) facts: Vec<(KeyName, Fact)>,
}

/// The verdicts of a class: per operation, sets of brokers with the verdict that they share.
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

    pub(super) fn groups(&self) -> impl Iterator<Item = &(FixedBitSet, Verdict)> {
        self.operations.iter().flatten()
    }
}

/// What a verdict hangs on once the bitsets have left it open: requests with equal keys have equal verdicts.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct OpenKey {
    operation: Operation,
    /// Whether an identity policy of which nothing is known is taken to allow, and not to deny.
    granted: bool,
    /// Per layer: the conditions of its statements, where they are open, with their effects.
    layers: Vec<Vec<(Option<usize>, Option<Effect>)>>,
    principal: Vec<(KeyName, Fact)>,
    broker: Vec<(KeyName, Fact)>,
}

/// What all classes of one state share.
pub(super) struct Shared<'a> {
    brokers: &'a Brokers<'a>,
    statements: &'a Statements<'a>,
    documents: &'a [PolicyDocument],
    keys: &'a Keys,
    partitions: Partitions,
    allows_all: PolicyDocument,
    explored: &'a Explored,
}

/// What has been explored: the conditions of statements have the same numbers in every state.
pub(super) type Explored = Mutex<HashMap<OpenKey, Verdict>>;

/// What a document says to the principals of a class, and how it is attached to them.
struct Heard<'c> {
    attached: &'c Attached,
    said: Arc<Said>,
}

/// The statements of one layer that are open for a group of brokers.
struct Group<'a> {
    brokers: FixedBitSet,
    representative: usize,
    open: Vec<Vec<(usize, &'a Live)>>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(
        brokers: &'a Brokers<'a>,
        statements: &'a Statements<'a>,
        documents: &'a [PolicyDocument],
        keys: &'a Keys,
        partitions: Partitions,
        explored: &'a Explored,
    ) -> Self {
        let allows_all = PolicyDocument::parse(&Text::from(
            r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        ));
        Self { brokers, statements, documents, keys, partitions, allows_all, explored }
    }

    /// Decides all brokers and operations for a class.
    pub(super) fn decide(&self, class: &Class) -> Row {
        Row { operations: Operation::ALL.map(|operation| self.decide_operation(class, operation)) }
    }

    fn decide_operation(&self, class: &Class, operation: Operation) -> Vec<(FixedBitSet, Verdict)> {
        let brokers = self.brokers;
        let layers = self.heard(class, operation);
        let Some((identity, boundaries)) = layers.split_first() else { return Vec::new() };
        let (mut allows, mut denies) = self.layer(identity);
        for boundary in boundaries {
            let (mut within, refused) = self.layer(boundary);
            if boundary.iter().any(|heard| heard.attached.unless.is_some()) {
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
            && denies.certain.is_clear()
            && documents().all(|document| !document.is_broken())
            && documents().any(|document| unknown(&document))
            && !can_be_denied_otherwise();
        let holes = || documents().flat_map(PolicyDocument::unknown_statements);
        plain.then(|| holes().cloned().map(Reason::Hole).collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// What the documents of each layer say to the class: of the identity policies first, then of each boundary.
    fn heard<'c>(&self, class: &'c Class, operation: Operation) -> Vec<Vec<Heard<'c>>> {
        let heard = |attached: &'c Attached| {
            let said = self.statements.get(attached.document, operation, &class.facts)?;
            Some(Heard { attached, said })
        };
        let boundaries = class.layers.boundaries.iter().map(|boundary| heard(boundary).into_iter().collect());
        std::iter::once(class.layers.identity.iter().filter_map(heard).collect()).chain(boundaries).collect()
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
                if operation.target() == Target::Broker {
                    single_out(&mut sets, &live.open_arns);
                }
            }
        }
        let groups = sets.into_iter().filter_map(|brokers| {
            let representative = brokers.ones().next()?;
            let open = layers.iter().map(|layer| {
                let of_document = |heard: &'s Heard<'_>| {
                    let document = heard.attached.document;
                    heard
                        .said
                        .statements
                        .iter()
                        .filter(move |live| live.bits.possible.contains(representative))
                        .map(move |live| (document, live))
                        .collect::<Vec<_>>()
                };
                layer.iter().flat_map(of_document).collect()
            });
            Some(Group { representative, open: open.collect(), brokers })
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

    /// Explores, unless an equal question has been explored before.
    fn explored_verdict(
        &self,
        class: &Class,
        operation: Operation,
        group: &Group<'_>,
        granted: bool,
    ) -> Verdict {
        let Some(key) = self.open_key(class, operation, group, granted) else {
            return self.explore(class, operation, group.representative, granted);
        };
        {
            let explored = self.explored.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(verdict) = explored.get(&key) {
                return verdict.clone();
            }
        }
        let verdict = self.explore(class, operation, group.representative, granted);
        let mut explored = self.explored.lock().unwrap_or_else(PoisonError::into_inner);
        explored.entry(key).or_insert(verdict).clone()
    }

    /// `None` where the verdict hangs on the ARN of the broker or on an unknown document: no other question is equal.
    fn open_key(
        &self,
        class: &Class,
        operation: Operation,
        group: &Group<'_>,
        granted: bool,
    ) -> Option<OpenKey> {
        let hangs = |attached: &Attached| {
            let said = || self.statements.get(attached.document, operation, &class.facts);
            attached.unless.is_some() || said().is_some_and(|said| said.hangs_on_itself)
        };
        let is_granted = |attached: &&Attached| {
            let document = self.documents.get(attached.document);
            granted
                && attached.unless.is_none()
                && document.is_some_and(|document| {
                    !document.unknown_statements().is_empty() && !document.is_broken()
                })
        };
        let identity = class.layers.identity.iter().filter(|attached| !is_granted(attached));
        let mut attached = identity.chain(&class.layers.boundaries);
        let mut live = group.open.iter().flatten();
        let tells_apart = |live: &Live| {
            live.effect.is_none() || live.open_arns.contains(group.representative) || live.is_open_action
        };
        if attached.any(hangs) || live.any(|(_, live)| tells_apart(live)) {
            return None;
        }
        let is_open = |live: &Live| !live.bits.certain.contains(group.representative);
        let keys: BTreeSet<&KeyName> = group
            .open
            .iter()
            .flatten()
            .filter(|(_, live)| is_open(live))
            .flat_map(|(_, live)| &live.keys)
            .collect();
        let principal = class.facts.iter().filter(|(name, _)| keys.contains(name)).cloned().collect();
        let of_broker = keys.iter().copied().filter(|name| is_of_broker(self.keys, name));
        let facts = self.brokers.facts(group.representative)?;
        let layers = group.open.iter().map(|layer| {
            let of_statement =
                |(_, live): &(usize, &Live)| (is_open(live).then_some(live.conditions), live.effect);
            let mut statements: Vec<_> = layer.iter().map(of_statement).collect();
            statements.sort_unstable();
            statements.dedup();
            statements
        });
        let (layers, broker) = (layers.collect(), self.keys.of_broker(operation, facts, of_broker));
        Some(OpenKey { operation, granted, layers, principal, broker })
    }

    fn explore(&self, class: &Class, operation: Operation, representative: usize, granted: bool) -> Verdict {
        let (Some(facts), Some(arn)) = (self.brokers.facts(representative), self.brokers.arn(representative))
        else {
            return Verdict::Denied;
        };
        let perhaps = Perhaps::new(self.documents, &class.layers);
        let mut layers = perhaps.layers(self.documents, &class.layers);
        let known: Vec<PolicyDocument>;
        if granted {
            known = layers.identity.iter().map(|document| document.known_part()).collect();
            layers.identity = known.iter().chain([&self.allows_all]).collect();
        }
        let names: BTreeSet<&KeyName> = layers
            .iter()
            .flat_map(|(_, documents)| documents)
            .flat_map(|document| document.statements())
            .flat_map(Statement::condition_keys)
            .collect();
        let principal: Vec<_> =
            class.facts.iter().filter(|(name, _)| is_of_principal(self.keys, name)).cloned().collect();
        let (principal, broker) = (table(&principal), table(&self.keys.of_broker(operation, facts, names)));
        let context = Judged { keys: self.keys, principal: &principal, broker: &broker };
        let resource = match operation.target() {
            Target::AnyResource => Text::from("*"),
            Target::Broker => arn.text().clone(),
        };
        explore(&layers, &Request::new(operation.action(), resource), &context)
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
