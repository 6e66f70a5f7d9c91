//! The statement that gives too much, narrower.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::{Mending, written};
use crate::access::Supposed;
use crate::findings::statements::{Behind, behind};
use crate::findings::{Fix, Location, Subject};
use crate::fix::{Place, Statement, replace};
use crate::graph::{Document, EdgeKind, PolicyOrigin};
use crate::iam::{Effect, PolicyDocument};
use crate::intent::{Act, Matter, Meant, What};
use crate::plan::Address;
use crate::text::Text;
use crate::text::json::Json;

/// How many cases are decided again to see whether a narrower statement takes what is meant.
const MOST_CASES: usize = 500;

/// Statements that give too much, as they are without all that is not meant: by matter. Matters of the same statement
/// have the same narrower statement, so that it can be written once.
#[derive(Debug, Default)]
pub(crate) struct Narrowed {
    by_matter: BTreeMap<Matter, Fix>,
}

impl Narrowed {
    pub(crate) fn new(subject: &Subject<'_>) -> Self {
        let mut narrowed = Self::default();
        let Some(judged) = subject.intent else { return narrowed };
        let mut groups: BTreeMap<(NodeIndex, usize), Vec<(Behind<'_>, &Matter)>> = BTreeMap::new();
        for matter in &judged.matters {
            if matches!(matter.what, What::Excess | What::Protected | What::WithoutMfa)
                && let Some(only) = only_statement(subject, matter)
            {
                groups.entry((only.node, only.statement.index())).or_default().push((only, matter));
            }
        }
        let shared = Shared::default();
        for group in groups.values() {
            let Some((only, _)) = group.first() else { continue };
            let matters: Vec<&Matter> = group.iter().map(|(_, matter)| *matter).collect();
            if let Some((fix, mended)) = narrower(subject, judged.meant, *only, &matters, &shared) {
                narrowed.by_matter.extend(mended.into_iter().map(|matter| (matter.clone(), fix.clone())));
            }
        }
        narrowed
    }

    pub(super) fn get(&self, matter: &Matter) -> Option<&Fix> {
        self.by_matter.get(matter)
    }
}

/// The one statement that gives all of a matter, if it is one.
fn only_statement<'a>(subject: &Subject<'a>, matter: &Matter) -> Option<Behind<'a>> {
    let mut only: Option<Behind<'a>> = None;
    for &broker in &matter.brokers {
        let found = behind(subject, matter.principal, broker, matter.act, Effect::Allow);
        let [one] = found.as_slice() else { return None };
        if only.is_some_and(|only| only.node != one.node || only.statement.index() != one.statement.index()) {
            return None;
        }
        only = Some(*one);
    }
    only
}

/// The places of the source at which several statements of the plan are written at once: in a document that several
/// policies have, in a dynamic block, in a loop. What is written there anew changes all of them.
#[derive(Default)]
struct Shared(OnceCell<BTreeSet<Location>>);

impl Shared {
    fn contains(&self, subject: &Subject<'_>, place: &Location) -> bool {
        self.0.get_or_init(|| written_at_once(subject)).contains(place)
    }
}

fn written_at_once(subject: &Subject<'_>) -> BTreeSet<Location> {
    let (mut seen, mut shared) = (BTreeSet::new(), BTreeSet::new());
    for node in subject.graph.links.node_indices() {
        let Some(policy) = subject.graph.policy(node) else { continue };
        let Some(document) = policy.document.after.as_ref() else { continue };
        let statements = subject.matrix.compiled(document).map_or(&[][..], PolicyDocument::statements);
        for statement in statements {
            let place = Behind { node, policy, statement }.location(subject);
            if let Some(place) = place.filter(|place| !seen.insert(place.clone())) {
                shared.insert(place);
            }
        }
    }
    shared
}

/// A statement without as many of the matters as can be taken out of it; `None` where the plan does not manage it, or
/// where leaving out any takes what is meant.
fn narrower<'m>(
    subject: &Subject<'_>,
    meant: &Meant,
    only: Behind<'_>,
    matters: &[&'m Matter],
    shared: &Shared,
) -> Option<(Fix, Vec<&'m Matter>)> {
    let address = Address::parse(only.policy.id.split(".inline_policy[").next()?)?;
    let document = only.policy.document.after.as_ref()?;
    let Document::Text(text) = document else { return None };
    if only.policy.origin == PolicyOrigin::AwsManaged || text.is_sensitive() {
        return None;
    }
    let number = subject.matrix.documents().get(document)?;
    let holds_it = |node| {
        let policy = subject.graph.policy(node);
        policy.is_some_and(|policy| policy.document.after.as_ref() == Some(document))
    };
    // Policies that read alike may be written once.
    if subject.graph.links.node_indices().filter(|&node| holds_it(node)).count() > 1 {
        return None;
    }
    let place = only.location(subject);
    if place.as_ref().is_some_and(|place| shared.contains(subject, place)) {
        return None;
    }
    let whole = Json::parse(text).ok()?;
    let mut now = statement(&whole, only.statement.index())?.clone();
    let mut mended: Vec<&Matter> = Vec::new();
    for matter in matters {
        let mending = Mending::of(matter, meant, subject);
        let holders = mending.holders(only.node);
        // What mends one matter may mend the next as well.
        let as_it_is = (!mended.is_empty()).then(|| now.clone());
        let fitting = as_it_is.into_iter().chain(mending.candidates(&now)).find(|candidate| {
            let changed = with_statement(&whole, only.statement.index(), candidate);
            changed.is_some_and(|changed| {
                let document = PolicyDocument::from_json(&changed);
                let supposed = Supposed { instead: Some((number, &document)), ..Supposed::default() };
                mending.is_harmless(&holders, supposed)
            })
        });
        if let Some(candidate) = fitting {
            now = candidate;
            mended.push(matter);
        }
    }
    let mending = Mending::of(mended.first()?, meant, subject);
    let at = place.map(|at| format!(" ({}:{})", at.file, at.line)).unwrap_or_default();
    let place = Place::of(subject.plan, &address, mending.principal()?)?;
    let suggestion = replace(&place, &[Statement::of_json(now)])?;
    Some((written(suggestion, &format!("Write {}{at} so", only.title())), mended))
}

impl Mending<'_, '_> {
    /// Narrower statements, the smallest change first.
    fn candidates(&self, statement: &Json) -> Vec<Json> {
        if self.what == What::WithoutMfa {
            return with_mfa(statement).into_iter().collect();
        }
        let action = self.act.action();
        let is_action = |text: &Text| text.as_known().is_some_and(|known| known.eq_ignore_ascii_case(action));
        let arns: Vec<Text> = match self.act {
            Act::Create => Vec::new(),
            _ => self.resources(),
        };
        let is_broker = |text: &Text| arns.contains(&text.unmarked());
        [without(statement, "Resource", is_broker), without(statement, "Action", is_action)]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The principals that have a policy, groups with their members.
    fn holders(&self, policy: NodeIndex) -> Vec<usize> {
        let graph = self.subject.graph;
        let leading_to = |node, kind: EdgeKind| {
            let edges = graph.links.edges_directed(node, Direction::Incoming);
            edges.filter(move |edge| edge.weight().kind == kind).map(|edge| edge.source())
        };
        let mut nodes: BTreeSet<NodeIndex> = leading_to(policy, EdgeKind::AttachedTo).collect();
        nodes.extend(leading_to(policy, EdgeKind::BoundedBy));
        let members: Vec<NodeIndex> =
            nodes.iter().flat_map(|&node| leading_to(node, EdgeKind::MemberOf)).collect();
        nodes.extend(members);
        let principals = graph.principals.iter().enumerate();
        principals.filter(|(_, node)| nodes.contains(node)).map(|(position, _)| position).collect()
    }

    /// Whether the matter is mended, and nothing that any holder of the policy has is worse than before.
    fn is_harmless(&self, holders: &[usize], supposed: Supposed<'_>) -> bool {
        let brokers = self.subject.graph.brokers.len();
        let cases = holders.len().saturating_mul(brokers).saturating_mul(Act::ALL.len());
        cases <= MOST_CASES
            && self.brokers.iter().all(|&broker| self.is_met(self.principal, broker, self.act, supposed))
            && !holders.iter().any(|&holder| {
                self.all_brokers().any(|broker| {
                    Act::ALL.into_iter().any(|act| self.is_harmed(holder, broker, act, supposed))
                })
            })
    }
}

/// The statement with this place in a document.
fn statement(document: &Json, index: usize) -> Option<&Json> {
    match member(document, "Statement")? {
        Json::Array(statements) => statements.get(index),
        one => (index == 0).then_some(one),
    }
}

fn with_statement(document: &Json, index: usize, statement: &Json) -> Option<Json> {
    let statements = match member(document, "Statement")? {
        Json::Array(statements) => {
            let mut statements = statements.clone();
            *statements.get_mut(index)? = statement.clone();
            Json::Array(statements)
        }
        _ => statement.clone(),
    };
    Some(with_member(document, "Statement", statements))
}

/// The statement without the entries of a list that `is_out` names; `None` where none is, or none would be left.
fn without(statement: &Json, name: &str, is_out: impl Fn(&Text) -> bool) -> Option<Json> {
    let Json::Array(entries) = member(statement, name)? else { return None };
    let mut kept: Vec<Json> =
        entries.iter().filter(|entry| !entry.as_text().is_some_and(&is_out)).cloned().collect();
    if kept.is_empty() || kept.len() == entries.len() {
        return None;
    }
    let value = if kept.len() == 1 { kept.pop()? } else { Json::Array(kept) };
    Some(with_member(statement, name, value))
}

/// The statement with the condition that there is MFA, if it has no condition of that kind.
fn with_mfa(statement: &Json) -> Option<Json> {
    let mut operators = match member(statement, "Condition") {
        None => Vec::new(),
        Some(Json::Object(operators)) => operators.clone(),
        Some(_) => return None,
    };
    let has_bool = operators.iter().any(|(operator, _)| operator.as_known() == Some("Bool"));
    let mfa = vec![(Text::from("aws:MultiFactorAuthPresent"), Json::String(Text::from("true")))];
    operators.push((Text::from("Bool"), Json::Object(mfa)));
    (!has_bool).then(|| with_member(statement, "Condition", Json::Object(operators)))
}

fn member<'j>(json: &'j Json, name: &str) -> Option<&'j Json> {
    let Json::Object(members) = json else { return None };
    members.iter().find(|(key, _)| key.as_known() == Some(name)).map(|(_, value)| value)
}

/// The object with a member replaced, or added at its end.
fn with_member(json: &Json, name: &str, value: Json) -> Json {
    let Json::Object(members) = json else { return json.clone() };
    let mut members = members.clone();
    match members.iter_mut().find(|(key, _)| key.as_known() == Some(name)) {
        Some((_, slot)) => *slot = value,
        None => members.push((Text::from(name), value)),
    }
    Json::Object(members)
}
