//! A policy of what operations need beside their own calls.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

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
use crate::hash::HashMap;
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

/// What actions are checked on: principals lack the same actions for the same brokers.
#[derive(Default)]
pub(crate) struct CheckedOn(RefCell<HashMap<Checked, Rc<[Text]>>>);

/// An action that is needed for an operation on brokers.
type Checked = (&'static str, Operation, Vec<usize>);

impl CheckedOn {
    /// The resources that an action is checked on for the brokers of a gap, as far as a policy can name them.
    fn of(&self, subject: &Subject<'_>, gap: &Gap, action: &'static str) -> Rc<[Text]> {
        let key = (action, gap.operation, gap.brokers.clone());
        if let Some(known) = self.0.borrow().get(&key) {
            return Rc::clone(known);
        }
        let mut named: BTreeSet<Text> = BTreeSet::new();
        let mut list: Vec<Text> = Vec::new();
        for broker in subject.requirements.differing(action, &gap.brokers) {
            let id = (gap.operation == Operation::Create).then(|| id(subject.graph, broker)).flatten();
            for resource in subject.requirements.checked_on(action, broker) {
                let resource = match &id {
                    Some(id) => without(&resource, id),
                    None => resource,
                };
                if named.insert(resource.clone()) {
                    list.push(resource);
                }
            }
        }
        let list: Rc<[Text]> = if list.len() <= MOST_RESOURCES { list } else { kinds(&list) }.into();
        self.0.borrow_mut().insert(key, Rc::clone(&list));
        list
    }
}

/// The id of a broker, which is not the one that counts where it is created: then it gets another one.
fn id(graph: &Graph, broker: usize) -> Option<Text> {
    let facts = graph.broker(*graph.brokers.get(broker)?)?.facts.after.as_ref()?;
    let [.., resource] = arn::split(&facts.arn)?;
    let id = resource.as_known().and_then(|known| known.rsplit(':').next()).map(Text::from);
    id.or_else(|| resource.holes().last().map(|hole| Text::hole(hole.clone())))
}

/// What mends a gap.
pub(crate) fn needed(gap: &Gap, subject: &Subject<'_>, checked: &CheckedOn) -> Needed {
    let weighs = |call: &&NeededCall| call.requirement.level != Level::Advisory;
    let mut lacking: Vec<&NeededCall> = gap.missing.iter().chain(gap.advised.iter().filter(weighs)).collect();
    lacking.sort_by_key(|call| call.action);
    match Wanted::new(gap, subject, checked, &lacking) {
        Some(wanted) if !lacking.is_empty() => wanted.mend(&lacking),
        _ => Needed::default(),
    }
}

/// A gap, with what is needed to try policies.
struct Wanted<'a, 's> {
    gap: &'s Gap,
    subject: &'s Subject<'a>,
    checked: &'s CheckedOn,
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
    fn new(
        gap: &'s Gap,
        subject: &'s Subject<'a>,
        checked: &'s CheckedOn,
        lacking: &[&NeededCall],
    ) -> Option<Self> {
        let graph = subject.graph;
        let principal = graph.principal(*graph.principals.get(gap.principal)?)?;
        let resources: Vec<Text> =
            lacking.iter().flat_map(|call| checked.of(subject, gap, call.action).to_vec()).collect();
        let has_arns =
            lacking.iter().any(|call| ["iam:", "kms:"].iter().any(|one| call.action.starts_with(one)));
        let place = |brokers: &[&Broker]| {
            let mut place = Place::new(subject.plan, principal, brokers);
            if has_arns {
                place.name(arns(graph).filter(|(arn, _)| resources.contains(arn)));
            }
            place
        };
        let unnamed = |place: &Place<'_>| {
            resources.iter().map(|text| place.unnamed(text)).fold(0, usize::saturating_add)
        };
        // Where the principal stands, unless more of what is needed has a name where the brokers stand too.
        let mut own = place(&[]);
        let open = unnamed(&own);
        if open > 0 || !own.has_target() {
            let brokers = gap.brokers.iter().filter_map(|&broker| graph.broker(*graph.brokers.get(broker)?));
            let common = place(&brokers.collect::<Vec<_>>());
            if common.has_target() && (unnamed(&common) < open || !own.has_target()) {
                own = common;
            }
        }
        Some(Self { gap, subject, checked, principal, place: own })
    }

    fn mend(&self, lacking: &[&'s NeededCall]) -> Needed {
        let all = self.statements(lacking);
        let boundary = boundary(self.subject, self.gap.principal);
        let document = Statement::compile(&all);
        let documents = [&document];
        let bounded = |identity| Supposed { identity, boundaries: &documents, ..Supposed::default() };
        let most = if boundary.is_some() { bounded(&documents) } else { also(&documents) };
        let is_given = self.are_given(lacking, most);
        let (given, obstructed): (Vec<_>, Vec<_>) =
            lacking.iter().zip(is_given).partition(|(_, given)| *given);
        let [given, obstructed] =
            [given, obstructed].map(|calls| calls.into_iter().map(|(call, _)| *call).collect::<Vec<_>>());
        let mut needed = Needed {
            obstructed: obstructed.iter().map(|call| call.action).collect(),
            obstacles: self.obstacles(&obstructed, most),
            fix: None,
        };
        if given.is_empty() {
            return needed;
        }
        // Confirmed already where nothing less has been tried.
        let is_confirmed = obstructed.is_empty() && boundary.is_none();
        let statements = if obstructed.is_empty() { all } else { self.statements(&given) };
        let what = if obstructed.is_empty() { "Allow what it needs" } else { "Allow what can be allowed" };
        let purpose = format!("needed to {} {}", self.gap.operation, self.brokers());
        let changes = Changes { place: &self.place, purpose, statements: &statements, boundary, what };
        needed.fix = changes.smallest(self.subject, self.principal, |supposed| {
            is_confirmed || self.are_given(&given, supposed).into_iter().all(|given| given)
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

    /// Whether each of the calls is not denied for any of the brokers, with policies changed.
    fn are_given(&self, calls: &[&NeededCall], supposed: Supposed<'_>) -> Vec<bool> {
        let requirements = self.subject.requirements;
        let mut all: Vec<(&str, usize)> = Vec::new();
        let mut of_call: Vec<usize> = Vec::new();
        for (position, call) in calls.iter().enumerate() {
            for broker in requirements.differing(call.action, &self.gap.brokers) {
                all.push((call.action, broker));
                of_call.push(position);
            }
        }
        let states = requirements.supposing(self.subject.authority, self.gap.principal, &all, supposed);
        let mut given = vec![states.is_some(); calls.len()];
        for (state, position) in states.into_iter().flatten().zip(of_call) {
            if let Some(given) = given.get_mut(position).filter(|_| state == State::Denied) {
                *given = false;
            }
        }
        given
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

    fn resources(&self, action: &'static str) -> Vec<Text> {
        let mut named: Vec<Text> = Vec::new();
        for resource in &*self.checked.of(self.subject, self.gap, action) {
            let resource = self.place.opened(resource);
            if !named.contains(&resource) {
                named.push(resource);
            }
        }
        named
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
