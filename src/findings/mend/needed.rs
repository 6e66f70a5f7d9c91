//! A policy of what operations need beside their own calls.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::changes::{Changes, Within, boundary};
use super::obstacle::{self, Obstacle};
use crate::aws::Operation;
use crate::aws::arn;
use crate::aws::requirements::Level;
use crate::findings::{Decided, Fix};
use crate::fix::{Condition, Place, Statement};
use crate::graph::{Broker, Graph, Principal};
use crate::hash::HashMap;
use crate::iam::Effect;
use crate::requirements::{Gap, NeededCall, Requirements, Standing, State};
use crate::text::{Piece, Text};

/// More resources than these are named by a pattern: inline policies may not grow without end.
const MOST_RESOURCES: usize = 12;

/// What mends a gap, as far as a policy of the principal can.
#[derive(Default)]
pub(crate) struct Needed<'a> {
    /// The policy.
    pub(crate) fix: Option<Fix>,
    /// Actions that it does not give, because something stands in the way.
    pub(crate) obstructed: Vec<&'static str>,
    /// What stands in the way.
    pub(crate) obstacles: Vec<Obstacle<'a>>,
}

/// What is known from other gaps: principals lack the same actions for the same brokers.
#[derive(Default)]
pub(crate) struct Known {
    /// The ids of brokers, by position.
    ids: RefCell<HashMap<usize, Option<Text>>>,
    /// What actions are checked on.
    resources: RefCell<HashMap<Checked, Rc<[Text]>>>,
    /// Whether what was tried gives what is lacking.
    trials: RefCell<HashMap<Trial, bool>>,
}

/// An action that is needed for an operation on brokers.
type Checked = (&'static str, Operation, Arc<[usize]>);

impl Known {
    /// The resources that an action is checked on for the brokers of a gap, as far as a policy can name them.
    fn checked_on(&self, decided: Decided<'_>, gap: &Gap, action: &'static str) -> Rc<[Text]> {
        let key = (action, gap.operation, gap.brokers.clone());
        if let Some(known) = self.resources.borrow().get(&key) {
            return Rc::clone(known);
        }
        let mut named: BTreeSet<Text> = BTreeSet::new();
        let mut list: Vec<Text> = Vec::new();
        for broker in decided.requirements.differing(action, &gap.brokers) {
            let id = (gap.operation == Operation::Create).then(|| self.id(decided.graph, broker)).flatten();
            for resource in decided.requirements.checked_on(action, broker) {
                let resource = match &id {
                    Some(id) => without(resource, id),
                    None => resource.text().clone(),
                };
                if named.insert(resource.clone()) {
                    list.push(resource);
                }
            }
        }
        let list: Rc<[Text]> = if list.len() <= MOST_RESOURCES { list } else { kinds(&list) }.into();
        self.resources.borrow_mut().insert(key, Rc::clone(&list));
        list
    }

    fn id(&self, graph: &Graph, broker: usize) -> Option<Text> {
        self.ids.borrow_mut().entry(broker).or_insert_with(|| id(graph, broker)).clone()
    }
}

/// The id of a broker, which is not the one that counts where it is created: then it gets another one.
fn id(graph: &Graph, broker: usize) -> Option<Text> {
    let facts = graph.broker(*graph.brokers.get(broker)?)?.facts.after.as_ref()?;
    arn::id_of_broker(&facts.arn)
}

/// What mends a gap.
pub(crate) fn needed<'a>(gap: &Gap, decided: Decided<'a>, known: &Known) -> Needed<'a> {
    let weighs = |call: &&NeededCall| call.requirement.level != Level::Advisory;
    let mut lacking: Vec<&NeededCall> = gap.missing.iter().chain(gap.advised.iter().filter(weighs)).collect();
    lacking.sort_by_key(|call| call.action);
    match Wanted::new(gap, decided, known, &lacking) {
        Some(wanted) if !lacking.is_empty() => wanted.mend(&lacking),
        _ => Needed::default(),
    }
}

/// A gap, with what is needed to try policies.
struct Wanted<'a, 's> {
    gap: &'s Gap,
    decided: Decided<'a>,
    known: &'s Known,
    principal: &'a Principal,
    place: Place<'a>,
}

/// A call that is lacking, and what allows it.
struct Need<'c> {
    call: &'c NeededCall,
    allowed: Allowed,
}

/// Resources, and the conditions under which something is allowed on them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Allowed {
    resources: Vec<Text>,
    conditions: Vec<Condition>,
}

impl Allowed {
    fn statement(&self, actions: &[&str]) -> Statement {
        Statement::new(Effect::Allow, actions, &self.resources, &self.conditions)
    }
}

/// A trial of what allows an action for brokers. Equal ones end alike: what is allowed looks at nothing of the principal.
#[derive(PartialEq, Eq, Hash)]
struct Trial {
    standing: Standing,
    action: &'static str,
    brokers: Arc<[usize]>,
    allowed: Allowed,
    within: Within,
}

/// What allows the calls, and no more: on what they are checked on alone, with the keys that they hold.
fn statements(needs: &[&Need<'_>]) -> Vec<Statement> {
    let mut groups: Vec<(&Allowed, Vec<&str>)> = Vec::new();
    for need in needs {
        match groups.iter_mut().find(|(allowed, _)| **allowed == need.allowed) {
            Some((_, actions)) => actions.push(need.call.action),
            None => groups.push((&need.allowed, vec![need.call.action])),
        }
    }
    groups.iter().map(|(allowed, actions)| allowed.statement(actions)).collect()
}

impl<'a, 's> Wanted<'a, 's> {
    fn new(gap: &'s Gap, decided: Decided<'a>, known: &'s Known, lacking: &[&NeededCall]) -> Option<Self> {
        let graph = decided.graph;
        let principal = graph.principal(*graph.principals.get(gap.principal)?)?;
        let resources: Vec<Text> =
            lacking.iter().flat_map(|call| known.checked_on(decided, gap, call.action).to_vec()).collect();
        let has_arns =
            lacking.iter().any(|call| ["iam:", "kms:"].iter().any(|one| call.action.starts_with(one)));
        let place = |brokers: &[&Broker]| {
            let mut place = Place::new(decided.plan, principal, brokers);
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
        Some(Self { gap, decided, known, principal, place: own })
    }

    fn mend(&self, lacking: &[&'s NeededCall]) -> Needed<'a> {
        let needs: Vec<Need<'_>> = lacking.iter().map(|call| self.need(call)).collect();
        let boundary = boundary(self.decided, self.gap.principal);
        let most = Within { identity: true, boundary: boundary.is_some() };
        let (given, obstructed): (Vec<_>, Vec<_>) = needs.iter().partition(|need| self.is_given(need, most));
        let mut needed = Needed {
            obstructed: obstructed.iter().map(|need| need.call.action).collect(),
            obstacles: self.obstacles(&obstructed, most),
            fix: None,
        };
        if given.is_empty() {
            return needed;
        }
        let what = if obstructed.is_empty() { "Allow what it needs" } else { "Allow what can be allowed" };
        let purpose = format!("needed to {} {}", self.gap.operation, self.brokers());
        let statements = statements(&given);
        let changes = Changes { place: &self.place, purpose, statements: &statements, boundary, what };
        needed.fix = changes.smallest(self.decided, self.principal, |within| {
            given.iter().all(|need| self.is_given(need, within))
        });
        needed
    }

    fn brokers(&self) -> String {
        let graph = self.decided.graph;
        let id = |&broker: &usize| {
            Some(graph.broker(*graph.brokers.get(broker)?)?.id.replace("aws_mq_broker.", ""))
        };
        self.gap.brokers.iter().filter_map(id).collect::<Vec<_>>().join(" ")
    }

    /// Whether a call is not denied for any of the brokers, with a statement of its own supposed.
    fn is_given(&self, need: &Need<'_>, within: Within) -> bool {
        let (requirements, action) = (self.decided.requirements, need.call.action);
        let Some(standing) = requirements.standing(self.gap.principal, action) else { return false };
        let trial = Trial {
            standing,
            action,
            brokers: self.gap.brokers.clone(),
            allowed: need.allowed.clone(),
            within,
        };
        if let Some(is_given) = self.known.trials.borrow().get(&trial) {
            return *is_given;
        }
        let document = Statement::compile(&[need.allowed.statement(&[action])]);
        let documents = [&document];
        let brokers = requirements.differing(action, &self.gap.brokers);
        let added = within.added(&documents);
        let state = requirements.supposing(self.gap.principal, action, &brokers, added);
        let is_given = state.is_some_and(|state| state != State::Denied);
        self.known.trials.borrow_mut().insert(trial, is_given);
        is_given
    }

    /// What keeps the principal from these calls, whatever its own policies allow.
    fn obstacles(&self, needs: &[&Need<'_>], within: Within) -> Vec<Obstacle<'a>> {
        let decided = self.decided;
        let mut found: Vec<Obstacle<'a>> = Vec::new();
        for need in needs {
            let action = need.call.action;
            let document = Statement::compile(&[need.allowed.statement(&[action])]);
            let documents = [&document];
            let brokers = decided.requirements.differing(action, &self.gap.brokers);
            let each: Vec<(&str, usize)> = brokers.iter().map(|&broker| (action, broker)).collect();
            let of_calls = decided.requirements.with_calls(
                decided.authority,
                self.gap.principal,
                &each,
                within.added(&documents).into(),
                |asker, call| {
                    asker.with_request(call, |_, request, context| {
                        obstacle::obstacles(decided, self.gap.principal, request, context)
                    })
                },
            );
            let before = found.len();
            for one in of_calls.into_iter().flatten().flatten().flatten() {
                if !found.contains(&one) {
                    found.push(one);
                }
            }
            if found.len() == before && Requirements::is_about_key(action) {
                found.extend(brokers.iter().filter_map(|&broker| obstacle::of_key(decided, broker)));
                found.dedup();
            }
        }
        found
    }

    fn need<'c>(&self, call: &'c NeededCall) -> Need<'c> {
        let (resources, conditions) = (self.resources(call.action), self.conditions(&call.keys));
        Need { call, allowed: Allowed { resources, conditions } }
    }

    fn resources(&self, action: &'static str) -> Vec<Text> {
        let mut named: Vec<Text> = Vec::new();
        for resource in &*self.known.checked_on(self.decided, self.gap, action) {
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
    open.finish().mark_sensitive(text.is_sensitive())
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
        let open = open.finish().mark_sensitive(text.is_sensitive());
        if !kinds.contains(&open) {
            kinds.push(open);
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::{kinds, without};
    use crate::aws::requirements::Requirements;
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

    /// What is tried for one principal counts for others.
    #[test]
    fn nothing_that_is_allowed_looks_at_the_principal() {
        for (action, check) in Requirements::shipped().actions() {
            for key in check.keys.keys() {
                assert!(!key.to_ascii_lowercase().starts_with("aws:"), "{action} {key}");
            }
        }
    }

    #[test]
    fn ids_are_left_open() {
        let hole = Hole::new("aws_mq_broker.a", "id", Shape::NEW_BROKER_ID);
        let arn = Text::builder().push_str("broker:a:").push_hole(&hole).finish();
        assert_eq!(without(&arn, &Text::hole(hole)), Text::from("broker:a:*"));
        assert_eq!(without(&"broker:a:b-1".into(), &"b-1".into()), Text::from("broker:a:*"));
    }
}
