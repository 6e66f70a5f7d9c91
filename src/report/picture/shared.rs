//! What is drawn: parties with the same lines as one node, and lines with a style and a label.

use std::collections::{BTreeMap, BTreeSet};

use super::{Line, Link, Party, Picture, Role, What};
use crate::aws::Operation;
use crate::changes::{Access, Effect};
use crate::graph::{Change, PerState};
use crate::report::escape::visible;
use crate::text::Truth;

/// Names of a node before the rest is counted.
const MOST_NAMES: usize = 4;

/// A picture as it is drawn.
pub(super) struct Drawing {
    pub nodes: Vec<DrawnNode>,
    pub edges: Vec<DrawnEdge>,
}

/// A node as it is drawn: one party, or several with the same lines.
pub(super) struct DrawnNode {
    pub role: Role,
    /// The names, one per line, and what they are; nothing in them hides or turns text.
    pub lines: Vec<String>,
    pub stage: Stage,
}

/// An edge as it is drawn: from what gives to what gets, so that it reads from policies over groups to brokers.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DrawnEdge {
    pub from: usize,
    pub to: usize,
    pub style: Style,
    pub stage: Stage,
    pub label: String,
}

/// What an edge stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Style {
    Attached,
    Member,
    Limit,
    Allowed,
    Conditional,
    Unknown,
    Lost,
}

/// Whether something is there before the plan and after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Stage {
    Stays,
    New,
    Gone,
}

impl Stage {
    fn between(before: bool, after: bool) -> Self {
        match (before, after) {
            (false, true) => Self::New,
            (true, false) => Self::Gone,
            _ => Self::Stays,
        }
    }
}

impl Picture<'_> {
    /// What is drawn of the picture.
    pub(super) fn drawing(self) -> Drawing {
        let merges = !self.options.all;
        let picture = if merges { self.leading_to_brokers() } else { self };
        let picture = picture.shown();
        let classes = if merges { picture.classes() } else { Classes::single(picture.parties.len()) };
        let nodes = classes.members.iter().filter_map(|members| picture.node(members)).collect();
        let mut edges: Vec<DrawnEdge> =
            picture.lines.iter().flat_map(|line| picture.edges(line, &classes)).collect();
        edges.sort();
        edges.dedup();
        Drawing { nodes, edges }
    }

    /// What leads to a broker: who can, could or may be able to do something, through which policies; all brokers.
    fn leading_to_brokers(self) -> Self {
        let reaching: BTreeSet<usize> = self
            .lines
            .iter()
            .filter(|line| matches!(line.what, What::Access(_)))
            .map(|line| line.from)
            .collect();
        let about: Vec<bool> = self.parties.iter().map(|party| party.is_about_brokers).collect();
        let leads = |line: &Line<'_>| match &line.what {
            What::Access(_) => true,
            What::Link { kind: Link::MemberOf, .. } => {
                reaching.contains(&line.from) && reaching.contains(&line.to)
            }
            What::Link { kind: Link::BoundedBy, .. } => reaching.contains(&line.from),
            What::Link { .. } => {
                reaching.contains(&line.from) && about.get(line.to).copied().unwrap_or_default()
            }
        };
        self.keep(leads, |_, party| party.role == Role::Broker)
    }

    /// The parties in classes: the members of each are linked to the same parties in the same way.
    fn classes(&self) -> Classes {
        let mut out: Vec<BTreeSet<(End, Tie)>> = self.parties.iter().map(|_| BTreeSet::new()).collect();
        let mut into = out.clone();
        for line in &self.lines {
            if let (Some(ties), Some(party)) = (out.get_mut(line.from), self.parties.get(line.to)) {
                ties.insert((End::of(line.to, party), Tie::of(line)));
            }
        }
        let mut classes = Classes::single(self.parties.len());
        classes.merge(&self.parties, Role::Principal, &out);
        for line in &self.lines {
            if let (Some(ties), Some(&class)) = (into.get_mut(line.to), classes.of.get(line.from)) {
                ties.insert((End::Class(class), Tie::of(line)));
            }
        }
        classes.merge(&self.parties, Role::Broker, &into);
        classes.merge(&self.parties, Role::Policy, &into);
        classes.renumbered()
    }

    fn node(&self, members: &[usize]) -> Option<DrawnNode> {
        let parties: Vec<&Party<'_>> =
            members.iter().filter_map(|&member| self.parties.get(member)).collect();
        let first = *parties.first()?;
        let most = if parties.len() > MOST_NAMES.saturating_add(1) { MOST_NAMES } else { parties.len() };
        let mut lines: Vec<String> =
            parties.iter().take(most).map(|party| visible(party.id).into_owned()).collect();
        if parties.len() > most {
            lines.push(format!("and {} more", parties.len().saturating_sub(most)));
        }
        let stage = Stage::between(first.exists.before, first.exists.after);
        let kind = match (first.role, first.kind.as_deref()) {
            (Role::Policy, Some("aws_managed")) => "AWS managed policy".to_owned(),
            (Role::Policy, Some("not_shown")) => "policies that nothing shows".to_owned(),
            (Role::Policy, kind) => format!("{} policy", kind.unwrap_or_default().replace('_', " ")),
            (Role::Broker, kind) => kind.unwrap_or("broker").to_owned(),
            (Role::Principal, kind) => kind.unwrap_or_default().replace('_', " "),
        };
        let change = match (first.change, stage) {
            (None, Stage::New) => ", new".to_owned(),
            (None, Stage::Gone) => ", removed".to_owned(),
            (None | Some(Change::NoOp), _) => String::new(),
            (Some(change), _) => format!(", {change}"),
        };
        lines.push(format!("{kind}{change}"));
        Some(DrawnNode { role: first.role, lines, stage })
    }

    fn edges(&self, line: &Line<'_>, classes: &Classes) -> Vec<DrawnEdge> {
        let (Some(&from), Some(&to)) = (classes.of.get(line.from), classes.of.get(line.to)) else {
            return Vec::new();
        };
        match &line.what {
            What::Link { kind, holds, .. } => vec![link(*kind, holds, from, to)],
            What::Access(access) => self.access_edges(access, from, to),
        }
    }

    fn access_edges(&self, access: &[PerState<Access>; 3], from: usize, to: usize) -> Vec<DrawnEdge> {
        let mut by_verdict: BTreeMap<(Access, Access), Vec<&'static str>> = BTreeMap::new();
        for (operation, access) in Operation::ALL.into_iter().zip(access) {
            let is_changed = Effect::between(access.before, access.after).is_some();
            let is_nothing = |access: Access| matches!(access, Access::Absent | Access::Denied);
            let never = is_nothing(access.before) && is_nothing(access.after);
            if !never && (is_changed || !self.options.changed_only) {
                by_verdict.entry((access.before, access.after)).or_default().push(operation.name());
            }
        }
        let edge = |((before, after), operations): ((Access, Access), Vec<&str>)| {
            let style = match after {
                Access::Allowed => Style::Allowed,
                Access::Conditional => Style::Conditional,
                Access::Unknown => Style::Unknown,
                Access::Absent | Access::Denied => Style::Lost,
            };
            let was = before.verdict().filter(|_| before != after);
            let was = was.map(|was| format!(" (was {was})")).unwrap_or_default();
            let verdict = after.verdict().unwrap_or("gone");
            let label = format!("{}: {verdict}{was}", operations.join(", "));
            let stage = match style {
                Style::Lost => Stage::Gone,
                _ if matches!(before, Access::Absent | Access::Denied) => Stage::New,
                _ => Stage::Stays,
            };
            DrawnEdge { from, to, style, stage, label }
        };
        by_verdict.into_iter().map(edge).collect()
    }
}

/// From the policy or the group to who has it.
fn link(kind: Link, holds: &PerState<Truth>, from: usize, to: usize) -> DrawnEdge {
    let (style, name) = match kind {
        Link::AttachedTo => (Style::Attached, ""),
        Link::MemberOf => (Style::Member, "member"),
        Link::BoundedBy => (Style::Limit, "boundary"),
        Link::LimitedBy => (Style::Limit, "service control"),
    };
    let stage = Stage::between(!holds.before.is_false(), !holds.after.is_false());
    let sure = match (holds.after, stage) {
        (_, Stage::Gone) => "removed",
        (Truth::Maybe, _) => "perhaps",
        (_, Stage::New) => "new",
        (_, Stage::Stays) => "",
    };
    let words: Vec<&str> = [name, sure].into_iter().filter(|word| !word.is_empty()).collect();
    DrawnEdge { from: to, to: from, style, stage, label: words.join(", ") }
}

/// The far end of a line, as far as it matters for what is drawn as one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// A party of its own.
    Party(usize),
    /// A part of the principal itself: who has the same text has the same.
    Inline(PerDocument),
    /// A class of principals.
    Class(usize),
}

type PerDocument = (Option<usize>, Option<usize>);

impl End {
    fn of(number: usize, party: &Party<'_>) -> Self {
        if party.kind.as_deref() == Some("inline") {
            Self::Inline((party.document.before, party.document.after))
        } else {
            Self::Party(number)
        }
    }
}

/// How two parties are linked, by which resource aside.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Link(Link, Truth, Truth),
    Access([(Access, Access); 3]),
}

impl Tie {
    fn of(line: &Line<'_>) -> Self {
        match &line.what {
            What::Link { kind, holds, .. } => Self::Link(*kind, holds.before, holds.after),
            What::Access(access) => {
                Self::Access(access.each_ref().map(|access| (access.before, access.after)))
            }
        }
    }
}

/// Parties that are drawn as one.
struct Classes {
    /// By party: its class.
    of: Vec<usize>,
    members: Vec<Vec<usize>>,
}

impl Classes {
    fn single(parties: usize) -> Self {
        Self { of: (0..parties).collect(), members: (0..parties).map(|party| vec![party]).collect() }
    }

    /// Makes parties of a role one class where they are of the same kind and have the same ties.
    fn merge(&mut self, parties: &[Party<'_>], role: Role, ties: &[BTreeSet<(End, Tie)>]) {
        let mut first_of = BTreeMap::new();
        for (number, (party, ties)) in parties.iter().zip(ties).enumerate() {
            if party.role != role {
                continue;
            }
            let documents = (party.document.before, party.document.after);
            let exists = (party.exists.before, party.exists.after);
            let key = (&party.kind, party.change, exists, documents, ties);
            let first = *first_of.entry(key).or_insert(number);
            if let Some(class) = self.of.get_mut(number) {
                *class = first;
            }
        }
    }

    /// The classes without the gaps that merging leaves.
    fn renumbered(self) -> Self {
        let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
        let mut members: Vec<Vec<usize>> = Vec::new();
        let mut of = Vec::with_capacity(self.of.len());
        for (party, class) in self.of.into_iter().enumerate() {
            let number = *numbers.entry(class).or_insert_with(|| {
                members.push(Vec::new());
                members.len().saturating_sub(1)
            });
            if let Some(members) = members.get_mut(number) {
                members.push(party);
            }
            of.push(number);
        }
        Self { of, members }
    }
}
