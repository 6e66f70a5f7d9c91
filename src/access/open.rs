//! What the bitsets leave open is explored, each question once.
//!
//! Most questions come up again: for other classes, for other brokers, in the other state. What they hang on is their
//! key. Values of the broker that are known only after apply are the same question under other names.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::class::{Class, Group, Heard, Shared};
use super::context::{Judged, is_of_broker, is_of_principal, table};
use super::facts::Fact;
use super::left_open::{LeftOpen, OpenStatement};
use super::perhaps::Perhaps;
use super::statements::Live;
use crate::aws::Operation;
use crate::aws::operations::Target;
use crate::hash::HashMap;
use crate::iam::{KeyName, PolicyDocument, PolicyLayers, Reason, Request, Statement, Verdict, explore};
use crate::text::{Hole, Shape, Text};

/// What a verdict hangs on once the bitsets have left it open: requests with equal keys have equal verdicts. Documents,
/// conditions and resources have the same numbers in every state.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct OpenKey {
    operation: Operation,
    /// Whether an identity policy of which nothing is known is taken to allow, and not to deny.
    granted: bool,
    /// How many of the layers are boundaries: what is attached perhaps counts there in another way.
    boundaries: usize,
    /// Per layer: the statements that possibly apply.
    layers: Vec<Vec<OpenStatement>>,
    /// Documents that are unknown, not understood, or attached perhaps, by layer and number.
    hanging: Vec<(usize, usize, Option<Hole>)>,
    principal: Vec<(KeyName, Fact)>,
    broker: Vec<(KeyName, Fact)>,
}

/// What has been explored.
pub(super) type Explored = Mutex<HashMap<OpenKey, Verdict>>;

/// The names under which the unknown values of a broker are explored, with their own.
#[derive(Default)]
struct Renamed(Vec<(Hole, Hole)>);

impl Renamed {
    /// Facts in which unknown values that appear in no policy go by their place. Two brokers that differ in nothing but
    /// which values are unknown have then the same facts.
    fn facts(
        &mut self,
        facts: Vec<(KeyName, Fact)>,
        in_policies: impl Fn(&Hole) -> bool,
    ) -> Vec<(KeyName, Fact)> {
        let rename = |(name, fact): (KeyName, Fact)| match fact {
            Fact::Unknown(hole) if !in_policies(&hole) => (name, Fact::Unknown(self.name(hole))),
            fact => (name, fact),
        };
        facts.into_iter().map(rename).collect()
    }

    fn name(&mut self, hole: Hole) -> Hole {
        if let Some((name, _)) = self.0.iter().find(|(_, known)| *known == hole) {
            return name.clone();
        }
        let name = Hole::new("the broker", format!("value {}", self.0.len()), Shape::ANY);
        self.0.push((name.clone(), hole));
        name
    }

    /// The verdict in the broker's own names.
    fn own(&self, verdict: Verdict) -> Verdict {
        let Verdict::Unknown { because, explored } = verdict else { return verdict };
        let own = |reason| match reason {
            Reason::Hole(hole) => {
                let own = self.0.iter().find(|(name, _)| *name == hole).map(|(_, own)| own.clone());
                Reason::Hole(own.unwrap_or(hole))
            }
            Reason::NotUnderstood(problem) => Reason::NotUnderstood(problem),
        };
        let because: BTreeSet<Reason> = because.into_iter().map(own).collect();
        Verdict::Unknown { because: because.into_iter().collect(), explored }
    }
}

/// Whether a text among the facts names the hole.
fn mention(facts: &[(KeyName, Fact)], hole: &Hole) -> bool {
    facts.iter().any(|(_, fact)| match fact {
        Fact::One(text) => text.holes().any(|other| other == hole),
        Fact::Many(texts) => texts.iter().any(|text| text.holes().any(|other| other == hole)),
        Fact::Member(form) => form.iter().any(|text| text.holes().any(|other| other == hole)),
        Fact::Absent | Fact::Unknown(_) | Fact::Session(_) => false,
    })
}

/// Whether it hangs on the hole that a policy is attached.
fn is_hung_on(class: &Class, hole: &Hole) -> bool {
    let attached = class.layers.attached();
    let unknown = class.facts.iter().filter_map(|(_, fact)| match fact {
        Fact::Unknown(hole) => Some(hole),
        _ => None,
    });
    attached.filter_map(|attached| attached.unless.as_ref()).chain(unknown).any(|other| other == hole)
}

impl Shared<'_> {
    /// Explores, unless an equal question has been explored before.
    pub(super) fn explored_verdict(
        &self,
        class: &Class,
        operation: Operation,
        group: &Group<'_>,
        granted: bool,
    ) -> Verdict {
        let Some(facts) = self.brokers.facts(group.representative) else { return Verdict::Denied };
        let Some((mut key, of_broker, left)) = self.open_key(class, operation, group, granted) else {
            let facts = self.keys.of_broker(operation, facts, self.names(class));
            return self.explore(class, operation, group.representative, &facts, granted);
        };
        let mut renamed = Renamed::default();
        let looked_at = self.keys.of_broker(operation, facts, of_broker);
        let appears = |hole: &Hole| {
            self.holes.contains(hole)
                || mention(&class.facts, hole)
                || mention(&looked_at, hole)
                || is_hung_on(class, hole)
        };
        key.broker = renamed.facts(looked_at.clone(), appears);
        {
            let explored = self.explored.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(verdict) = explored.get(&key) {
                return renamed.own(verdict.clone());
            }
        }
        let facts = renamed.facts(self.keys.of_broker(operation, facts, self.names(class)), appears);
        let layers = left.layers(granted.then_some(&self.allows_all));
        let verdict = self.explore_layers(class, operation, group.representative, &facts, &layers);
        let mut explored = self.explored.lock().unwrap_or_else(PoisonError::into_inner);
        renamed.own(explored.entry(key).or_insert(verdict).clone())
    }

    /// The key without the facts of the broker, the keys by which to find these, and what there is to explore. `None`
    /// where the verdict hangs on the ARN of the broker, or on an unknown effect or action: no other question is equal.
    fn open_key<'g>(
        &self,
        class: &Class,
        operation: Operation,
        group: &'g Group<'_>,
        granted: bool,
    ) -> Option<(OpenKey, BTreeSet<&'g KeyName>, LeftOpen)> {
        let mut names: BTreeSet<&KeyName> = BTreeSet::new();
        let mut layers = Vec::with_capacity(group.layers.len());
        let mut hanging = Vec::new();
        let boundaries = class.layers.boundaries.len();
        let mut left = LeftOpen::new(boundaries);
        for (number, layer) in group.layers.iter().enumerate() {
            let mut statements = Vec::new();
            let mut of_layer = Vec::new();
            for (heard, live) in layer {
                let Heard { attached, said } = heard;
                let document = self.documents.get(attached.document)?;
                let is_taken_to_allow = granted && number == 0 && attached.unless.is_none();
                if attached.unless.is_some()
                    || (said.hangs_on_itself && !self.is_unknown(heard, is_taken_to_allow))
                {
                    hanging.push((number, attached.document, attached.unless.clone()));
                    of_layer.push(*attached);
                }
                for live in live {
                    let open = open_statement(live, group.representative, attached.unless.clone())?;
                    if open.conditions.is_some() {
                        names.extend(&live.keys);
                    }
                    statements.push((open, document, live.position));
                }
            }
            // What is explored is in the order of the key: equal questions get equal answers, whoever asks first.
            of_layer.sort_unstable();
            statements.sort_unstable_by(|(one, ..), (other, ..)| one.cmp(other));
            statements.dedup_by(|(one, ..), (other, ..)| one == other);
            left.push(self.documents, &of_layer, &statements, granted && number == 0);
            layers.push(statements.into_iter().map(|(open, ..)| open).collect());
        }
        hanging.sort_unstable();
        let principal = class.facts.iter().filter(|(name, _)| names.contains(name)).cloned().collect();
        names.retain(|name| is_of_broker(self.keys, name));
        let key = OpenKey { operation, granted, boundaries, layers, hanging, principal, broker: Vec::new() };
        Some((key, names, left))
    }

    /// Whether nothing is known of the document, and it counts as one that allows.
    fn is_unknown(&self, heard: &Heard<'_>, is_taken_to_allow: bool) -> bool {
        let document = self.documents.get(heard.attached.document);
        is_taken_to_allow
            && document
                .is_some_and(|document| !document.unknown_statements().is_empty() && !document.is_broken())
    }

    /// The keys that some policy of the class looks at.
    fn names<'s>(&'s self, class: &Class) -> BTreeSet<&'s KeyName> {
        let documents = class.layers.attached().filter_map(|attached| self.documents.get(attached.document));
        documents.flat_map(PolicyDocument::statements).flat_map(Statement::condition_keys).collect()
    }

    fn explore(
        &self,
        class: &Class,
        operation: Operation,
        representative: usize,
        broker: &[(KeyName, Fact)],
        granted: bool,
    ) -> Verdict {
        let perhaps = Perhaps::new(self.documents, &class.layers);
        let mut layers = perhaps.layers(self.documents, &class.layers);
        let known: Vec<PolicyDocument>;
        if granted {
            known = layers.identity.iter().map(|document| document.known_part()).collect();
            layers.identity = known.iter().chain([&self.allows_all]).collect();
        }
        self.explore_layers(class, operation, representative, broker, &layers)
    }

    fn explore_layers(
        &self,
        class: &Class,
        operation: Operation,
        representative: usize,
        broker: &[(KeyName, Fact)],
        layers: &PolicyLayers<'_>,
    ) -> Verdict {
        let Some(arn) = self.brokers.arn(representative) else { return Verdict::Denied };
        let principal: Vec<_> =
            class.facts.iter().filter(|(name, _)| is_of_principal(self.keys, name)).cloned().collect();
        let (principal, broker) = (table(&principal), table(broker));
        let context = Judged { keys: self.keys, principal: &principal, broker: &broker };
        let resource = match operation.target() {
            Target::AnyResource => Text::from("*"),
            Target::Broker => arn.text().clone(),
        };
        explore(layers, &Request::new(operation.action(), resource), &context)
    }
}

/// What the key says of a statement; `None` where no other question can be equal.
fn open_statement(live: &Live, broker: usize, unless: Option<Hole>) -> Option<OpenStatement> {
    let hangs_on_arn = live.open_arns.contains(broker);
    if live.is_open_action || (hangs_on_arn && live.looks_at_arns) {
        return None;
    }
    let is_open = !live.bits.certain.contains(broker);
    Some(OpenStatement {
        effect: live.effect?,
        conditions: is_open.then_some(live.conditions),
        resources: hangs_on_arn.then_some(live.resources),
        unless,
    })
}
