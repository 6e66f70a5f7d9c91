//! A policy of what operations need beside their own calls.

use super::also;
use super::changes::{Changes, boundary};
use super::obstacle::{self, Obstacle};
use crate::access::Supposed;
use crate::aws::Operation;
use crate::aws::arn;
use crate::aws::requirements::Level;
use crate::findings::{Fix, Related, Subject};
use crate::fix::{Condition, Place, Statement};
use crate::graph::{Broker, Graph, Principal};
use crate::iam::Effect;
use crate::requirements::{Gap, NeededCall, Requirements, State};
use crate::text::{Piece, Text};

/// More resources than these are named by a pattern: inline policies may not grow without end.
const MOST_RESOURCES: usize = 12;

/// What mends a gap, as far as a policy of the principal can.
#[derive(Default)]
pub(crate) struct Needed {
    /// The policy.
    pub(crate) fix: Option<Fix>,
    /// Actions that it does not give, because something stands in the way.
    pub(crate) obstructed: Vec<&'static str>,
    /// What stands in the way.
    pub(crate) obstacles: Vec<Related>,
}

/// What mends a gap.
pub(crate) fn needed(gap: &Gap, subject: &Subject<'_>) -> Needed {
    let weighs = |call: &&NeededCall| call.requirement.level != Level::Advisory;
    let mut lacking: Vec<&NeededCall> = gap.missing.iter().chain(gap.advised.iter().filter(weighs)).collect();
    lacking.sort_by_key(|call| call.action);
    match Wanted::new(gap, subject, &lacking) {
        Some(wanted) if !lacking.is_empty() => wanted.mend(&lacking),
        _ => Needed::default(),
    }
}

/// A gap, with what is needed to try policies.
struct Wanted<'a, 's> {
    gap: &'s Gap,
    subject: &'s Subject<'a>,
    principal: &'a Principal,
    place: Place<'a>,
}

/// Actions that are allowed on the same resources under the same conditions.
struct Group<'c> {
    actions: Vec<&'c str>,
    resources: Vec<Text>,
    conditions: Vec<Condition>,
}

impl<'a, 's> Wanted<'a, 's> {
    fn new(gap: &'s Gap, subject: &'s Subject<'a>, lacking: &[&NeededCall]) -> Option<Self> {
        let graph = subject.graph;
        let principal = graph.principal(*graph.principals.get(gap.principal)?)?;
        let brokers: Vec<&Broker> =
            gap.brokers.iter().filter_map(|&broker| graph.broker(*graph.brokers.get(broker)?)).collect();
        let place = |brokers: &[&Broker]| {
            let mut place = Place::new(subject.plan, principal, brokers);
            place.name(arns(graph));
            place
        };
        // Where the principal stands, unless more of what is needed has a name where the brokers stand too.
        let (own, common) = (place(&[]), place(&brokers));
        let resources =
            |call: &&NeededCall| gap.brokers.iter().map(|&broker| (call.action, broker)).collect::<Vec<_>>();
        let resources: Vec<Text> = lacking
            .iter()
            .flat_map(resources)
            .flat_map(|(action, broker)| subject.requirements.checked_on(action, broker))
            .collect();
        let unnamed = |place: &Place<'_>| {
            resources.iter().map(|text| place.unnamed(text)).fold(0, usize::saturating_add)
        };
        let is_better = !own.has_target() || (common.has_target() && unnamed(&common) < unnamed(&own));
        Some(Self { gap, subject, principal, place: if is_better { common } else { own } })
    }

    fn mend(&self, lacking: &[&'s NeededCall]) -> Needed {
        let all = self.statements(lacking);
        let boundary = boundary(self.subject, self.gap.principal);
        let document = Statement::compile(&all);
        let documents = [&document];
        let bounded = |identity| Supposed { identity, boundaries: &documents, ..Supposed::default() };
        let most = if boundary.is_some() { bounded(&documents) } else { also(&documents) };
        let (given, obstructed): (Vec<&NeededCall>, Vec<&NeededCall>) =
            lacking.iter().copied().partition(|call| self.is_given(call, most));
        let mut needed = Needed {
            obstructed: obstructed.iter().map(|call| call.action).collect(),
            obstacles: self.obstacles(&obstructed, most),
            fix: None,
        };
        if given.is_empty() {
            return needed;
        }
        let statements = self.statements(&given);
        let changes = Changes {
            place: &self.place,
            purpose: format!("needed to {} {}", self.gap.operation, self.brokers()),
            statements: &statements,
            boundary,
            what: if needed.obstructed.is_empty() {
                "Allow what it needs"
            } else {
                "Allow what can be allowed"
            },
        };
        needed.fix = changes.smallest(self.subject, self.principal, |supposed| {
            given.iter().all(|call| self.is_given(call, supposed))
        });
        needed
    }

    fn brokers(&self) -> String {
        let graph = self.subject.graph;
        let id = |&broker: &usize| {
            Some(graph.broker(*graph.brokers.get(broker)?)?.id.replace("aws_mq_broker.", ""))
        };
        self.gap.brokers.iter().filter_map(id).collect::<Vec<_>>().join(" ")
    }

    /// Whether a call is not denied for any of the brokers, with policies changed.
    fn is_given(&self, call: &NeededCall, supposed: Supposed<'_>) -> bool {
        let requirements = self.subject.requirements;
        let brokers = requirements.differing(call.action, &self.gap.brokers);
        let calls: Vec<(&str, usize)> = brokers.into_iter().map(|broker| (call.action, broker)).collect();
        let states = requirements.supposing(self.subject.authority, self.gap.principal, &calls, supposed);
        states.is_some_and(|states| !states.contains(&State::Denied))
    }

    /// What keeps the principal from these calls, whatever its own policies allow.
    fn obstacles(&self, calls: &[&NeededCall], supposed: Supposed<'_>) -> Vec<Related> {
        let subject = self.subject;
        let mut found: Vec<Obstacle<'_>> = Vec::new();
        for call in calls {
            let brokers = subject.requirements.differing(call.action, &self.gap.brokers);
            let each: Vec<(&str, usize)> = brokers.iter().map(|&broker| (call.action, broker)).collect();
            let of_calls = subject.requirements.with_calls(
                subject.authority,
                self.gap.principal,
                &each,
                supposed,
                |asker, call| {
                    asker.with_request(call, |_, request, context| {
                        obstacle::obstacles(subject, self.gap.principal, request, context)
                    })
                },
            );
            let before = found.len();
            for one in of_calls.into_iter().flatten().flatten().flatten() {
                if !found.contains(&one) {
                    found.push(one);
                }
            }
            if found.len() == before && Requirements::is_about_key(call.action) {
                found.extend(brokers.iter().filter_map(|&broker| obstacle::of_key(subject, broker)));
                found.dedup();
            }
        }
        found.iter().map(|obstacle| obstacle.related(subject)).collect()
    }

    /// What allows the calls, and no more: on what they are checked on alone, with the keys that they hold.
    fn statements(&self, calls: &[&NeededCall]) -> Vec<Statement> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for call in calls {
            let (resources, conditions) = (self.resources(call.action), self.conditions(&call.keys));
            let same =
                |group: &&mut Group<'_>| group.resources == resources && group.conditions == conditions;
            match groups.iter_mut().find(same) {
                Some(group) => group.actions.push(call.action),
                None => groups.push(Group { actions: vec![call.action], resources, conditions }),
            }
        }
        let statement = |group: &Group<'_>| {
            Statement::new(Effect::Allow, &group.actions, &group.resources, &group.conditions)
        };
        groups.iter().map(statement).collect()
    }

    fn resources(&self, action: &str) -> Vec<Text> {
        let mut named: Vec<Text> = Vec::new();
        for broker in self.subject.requirements.differing(action, &self.gap.brokers) {
            let id = self.id(broker);
            for resource in self.subject.requirements.checked_on(action, broker) {
                let resource = match &id {
                    Some(id) => without(&resource, id),
                    None => resource,
                };
                let resource = self.place.opened(&resource);
                if !named.contains(&resource) {
                    named.push(resource);
                }
            }
        }
        if named.len() <= MOST_RESOURCES { named } else { kinds(&named) }
    }

    /// The id of a broker, where it is not the one that counts: what is created gets another one.
    fn id(&self, broker: usize) -> Option<Text> {
        let graph = self.subject.graph;
        let facts = graph.broker(*graph.brokers.get(broker)?)?.facts.after.as_ref()?;
        let [.., resource] = arn::split(&facts.arn)?;
        let id = resource.as_known().and_then(|known| known.rsplit(':').next()).map(Text::from);
        let id = id.or_else(|| resource.holes().last().map(|hole| Text::hole(hole.clone())));
        id.filter(|_| self.gap.operation == Operation::Create)
    }

    fn conditions(&self, keys: &[(String, Text)]) -> Vec<Condition> {
        // Who calls is who has the policy.
        let telling = keys.iter().filter(|(key, _)| key != "kms:CallerAccount");
        let condition = |(key, value): &(String, Text)| {
            let opened = self.place.opened(value);
            let test = match value.as_known() {
                Some("true" | "false") => "Bool",
                _ if opened == *value => "StringEquals",
                _ => "StringLike",
            };
            Condition { test, key: key.clone(), values: vec![opened] }
        };
        telling.map(condition).collect()
    }
}

/// The ARNs of what has a name in the configuration.
fn arns(graph: &Graph) -> impl Iterator<Item = (&Text, &str)> {
    let principals = graph.principals.iter().filter_map(|&node| graph.principal(node));
    let principals =
        principals.filter_map(|principal| Some((&principal.facts.after.as_ref()?.arn, &*principal.id)));
    let keys = graph.keys.iter().filter_map(|key| Some((&key.facts.after.as_ref()?.arn, &*key.id)));
    principals.chain(keys)
}

/// A text with a wildcard in the place of an id.
fn without(text: &Text, id: &Text) -> Text {
    let mut open = Text::builder();
    for piece in text.pieces() {
        match (piece, id.as_known(), id.as_hole()) {
            (Piece::Hole(hole), _, Some(id)) if hole == id => open.push_str("*"),
            (Piece::Literal(known), Some(id), _) => open.push_str(&known.replace(id, "*")),
            (piece, ..) => open.push_piece(piece),
        };
    }
    open.finish()
}

/// Patterns for all resources of the same kinds.
fn kinds(named: &[Text]) -> Vec<Text> {
    let mut kinds: Vec<Text> = Vec::new();
    for text in named {
        let mut open = Text::builder();
        let mut colons = 0usize;
        'pieces: for piece in text.pieces() {
            if let Piece::Literal(known) = piece {
                for (at, c) in known.char_indices() {
                    colons = colons.saturating_add(usize::from(c == ':'));
                    if colons >= 5 && matches!(c, '/') || colons >= 6 {
                        open.push_str(known.get(..=at).unwrap_or_default()).push_str("*");
                        break 'pieces;
                    }
                }
            }
            open.push_piece(piece);
        }
        let open = open.finish();
        if !kinds.contains(&open) {
            kinds.push(open);
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::{kinds, without};
    use crate::text::{Hole, Shape, Text};

    #[test]
    fn many_resources_are_named_by_their_kinds() {
        let named: Vec<Text> = [
            "arn:aws:ec2:eu-west-1:*:subnet/subnet-1",
            "arn:aws:ec2:eu-west-1:*:subnet/subnet-2",
            "arn:aws:mq:eu-west-1:*:broker:orders:*",
            "arn:aws:logs:eu-west-1:*:log-group:/aws/amazonmq/broker/*/general*",
        ]
        .map(Text::from)
        .to_vec();
        let expected = [
            "arn:aws:ec2:eu-west-1:*:subnet/*",
            "arn:aws:mq:eu-west-1:*:broker:*",
            "arn:aws:logs:eu-west-1:*:log-group:*",
        ];
        assert_eq!(kinds(&named), expected.map(Text::from));
    }

    #[test]
    fn ids_are_left_open() {
        let hole = Hole::new("aws_mq_broker.a", "id", Shape::NEW_BROKER_ID);
        let arn = Text::builder().push_str("broker:a:").push_hole(&hole).finish();
        assert_eq!(without(&arn, &Text::hole(hole)), Text::from("broker:a:*"));
        assert_eq!(without(&"broker:a:b-1".into(), &"b-1".into()), Text::from("broker:a:*"));
    }
}
