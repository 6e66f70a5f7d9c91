//! The search: from each principal that is denied something to whoever has it, shortest way first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::rc::Rc;
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use petgraph::visit::EdgeRef;

use super::ask::Made;
use super::changes::Raised;
use super::power::{broker_of, cell};
use super::{Deed, Holder, Passage, Reach, Search, Step};
use crate::access::Reason;
use crate::aws::Operation;
use crate::graph::{EdgeKind, PrincipalKind};

/// Paths that are told of one principal; of more it is told that there are.
const MOST_PATHS: usize = 3;
/// Steps of one path.
const MOST_STEPS: usize = 8;
/// Holders that are still looked at once there are as many paths as are told, for a path to what none of them brings.
const MOST_BEYOND: usize = 60;

/// A way to power over brokers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Who has the power at its end.
    pub end: usize,
    /// The steps.
    pub steps: Vec<Step>,
    /// Other calls in place of the last change.
    pub alternatives: Vec<Made>,
    /// The power: brokers by position, with operations.
    pub cells: Vec<(usize, Operation)>,
}

impl Path {
    /// Whether nothing but assuming roles leads there, as trust policies want it.
    pub fn is_assuming(&self) -> bool {
        self.steps.iter().all(|step| matches!(step.deed, Deed::Assume { .. }))
    }
}

/// The ways of one principal, shortest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findable {
    /// The principal.
    pub subject: usize,
    /// The ways.
    pub paths: Vec<Path>,
    /// Whether there are more.
    pub has_more: bool,
}

/// What the search has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The ways of all principals, by principal.
    pub ways: Vec<Findable>,
    /// What would open further ways if it were known: by reason, how many principals it concerns.
    pub open: BTreeMap<Reason, usize>,
    /// Whether the search came to its bound before it was through.
    pub is_cut: bool,
}

/// The paths of one principal that are told: those that bring something which no path before them does, and others as
/// far as there is room.
#[derive(Default)]
struct Paths {
    /// In the order in which they were found, each with whether it brings something of its own.
    found: Vec<(bool, Path)>,
    /// Whether there are more.
    has_more: bool,
}

impl Paths {
    fn len(&self) -> usize {
        self.found.len()
    }

    /// Adds a path; takes what it brings from what is `uncovered`.
    fn add(&mut self, path: Path, uncovered: &mut FixedBitSet) {
        let numbers = || path.cells.iter().map(|(broker, operation)| cell(*broker, *operation));
        let brings = numbers().any(|number| uncovered.contains(number));
        for number in numbers() {
            uncovered.set(number, false);
        }
        if self.len() < MOST_PATHS {
            self.found.push((brings, path));
            return;
        }
        self.has_more = true;
        let replaceable = self.found.iter().rposition(|(brings, _)| !brings).filter(|_| brings);
        if let Some(place) = replaceable {
            self.found.remove(place);
            self.found.push((brings, path));
        }
    }

    /// Whether no further path can be told, and there is one.
    fn is_full(&self, uncovered: &FixedBitSet) -> bool {
        self.has_more && (uncovered.is_clear() || self.found.iter().all(|(brings, _)| *brings))
    }

    fn into_told(self) -> Vec<Path> {
        self.found.into_iter().map(|(_, path)| path).collect()
    }
}

/// A holder that the search has come to.
struct Place {
    holder: Holder,
    trail: Trail,
    /// What is still wanted here: what nobody on the way has.
    wanted: Rc<FixedBitSet>,
    /// The change that made the holder what it is, where somebody else made it.
    gained: Option<Raised>,
}

/// The steps so far, shared by all ways that begin with them.
#[derive(Clone, Default)]
struct Trail(Option<Rc<Stage>>);

/// The last steps of a trail, and what came before them.
struct Stage {
    before: Trail,
    passage: Passage,
    length: usize,
}

impl Trail {
    fn then(&self, passage: Passage) -> Self {
        let length = self.len().saturating_add(passage.len());
        Self(Some(Rc::new(Stage { before: self.clone(), passage, length })))
    }

    /// The steps, and then changes that the actor makes.
    fn then_changes(&self, actor: usize, calls: &[(Box<str>, Made)]) -> Self {
        self.then(calls.iter().map(|(on, call)| change(actor, on, call)).collect())
    }

    fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |stage| stage.length)
    }

    fn steps(&self) -> Vec<Step> {
        let Some(stage) = &self.0 else { return Vec::new() };
        let mut steps = stage.before.steps();
        steps.extend(stage.passage.iter().cloned());
        steps
    }
}

fn change(actor: usize, on: &str, call: &Made) -> Step {
    Step { actor, deed: Deed::Change { on: on.into() }, calls: vec![Arc::new(call.clone())] }
}

impl Reach<'_> {
    /// The ways of all principals.
    pub fn ways(&self) -> &Found {
        self.found.get_or_init(|| Search::new(self).all())
    }
}

impl Search<'_, '_> {
    fn all(&self) -> Found {
        let mut found = Vec::new();
        let mut open: BTreeMap<Reason, usize> = BTreeMap::new();
        if self.graph.brokers.is_empty() {
            return Found::default();
        }
        for subject in 0..self.graph.principals.len() {
            let (paths, has_more, reasons) = self.ways_of(subject);
            for reason in reasons {
                let count = open.entry(reason).or_default();
                *count = count.saturating_add(1);
            }
            if !paths.is_empty() {
                found.push(Findable { subject, paths, has_more });
            }
        }
        self.leave_to_groups(&mut found);
        Found { ways: found, open, is_cut: self.is_cut() }
    }

    fn is_actor(&self, subject: usize) -> bool {
        self.facts(subject).is_some()
            && (self.abilities().of(subject) != 0
                || self.trusts().naming(subject).next().is_some()
                || self.trusts().open().next().is_some())
    }

    fn ways_of(&self, subject: usize) -> (Vec<Path>, bool, BTreeSet<Reason>) {
        let mut paths = Paths::default();
        let mut reasons = BTreeSet::new();
        let denied = self.cells().denied(subject);
        if denied.is_clear() || !self.is_actor(subject) {
            return (Vec::new(), false, reasons);
        }
        let start = Holder::plain(subject);
        let mut uncovered = denied.clone();
        let first = Place { holder: start, trail: Trail::default(), wanted: Rc::new(denied), gained: None };
        let mut places = vec![Some(first)];
        let mut queue = BinaryHeap::from([Reverse((0usize, 0usize))]);
        let mut visited: BTreeSet<Holder> = BTreeSet::new();
        let mut beyond = 0usize;
        while let Some(Reverse((_, number))) = queue.pop() {
            if paths.len() >= MOST_PATHS {
                beyond = beyond.saturating_add(1);
            }
            if beyond > MOST_BEYOND {
                paths.has_more = true;
                break;
            }
            let Some(mut place) = places.get_mut(number).and_then(Option::take) else { continue };
            if !visited.insert(place.holder) {
                continue;
            }
            let mut next = Vec::new();
            for path in self.arrive(&mut place, start, &mut next, &mut reasons) {
                paths.add(path, &mut uncovered);
            }
            if paths.is_full(&uncovered) {
                return (paths.into_told(), true, BTreeSet::new());
            }
            if !place.wanted.is_clear() && place.trail.len() < MOST_STEPS {
                next.extend(self.onward(&place, &mut reasons));
            }
            for place in next.into_iter().filter(|place| !visited.contains(&place.holder)) {
                queue.push(Reverse((place.trail.len(), places.len())));
                places.push(Some(place));
            }
        }
        // What is unknown does not matter where everything is found without it.
        if uncovered.is_clear() {
            reasons.clear();
        }
        let has_more = paths.has_more;
        (paths.into_told(), has_more, reasons)
    }

    /// What the holder has, and what it has after changing its own policies; takes that from what is wanted.
    fn arrive(
        &self,
        place: &mut Place,
        start: Holder,
        next: &mut Vec<Place>,
        reasons: &mut BTreeSet<Reason>,
    ) -> Vec<Path> {
        let Place { holder, trail, wanted, gained } = place;
        let (holder, trail) = (*holder, &*trail);
        let mut paths = Vec::new();
        let mut take =
            |power: &FixedBitSet, trail: &Trail, alternatives: &[Made], wanted: &mut Rc<FixedBitSet>| {
                if power.is_disjoint(wanted) {
                    return;
                }
                let mut cells = power.clone();
                cells.intersect_with(wanted);
                if !cells.is_clear() {
                    Rc::make_mut(wanted).difference_with(&cells);
                    let cells = cells.ones().map(broker_of).collect();
                    let (steps, alternatives) = (trail.steps(), alternatives.to_vec());
                    paths.push(Path { end: holder.principal, steps, alternatives, cells });
                }
            };
        if let Some(raised) = gained.take() {
            take(&raised.power, trail, &raised.alternatives, wanted);
            if !raised.is_full {
                *wanted = Rc::default();
            }
            return paths;
        }
        if holder != start && !holder.is_raised() {
            take(self.cells().allowed(holder.principal), trail, &[], wanted);
        }
        if wanted.is_clear() {
            return paths;
        }
        let raised = self.raise(holder, holder.principal, wanted, reasons);
        for raised in &raised {
            let own = trail.then_changes(holder.principal, &raised.calls);
            take(&raised.power, &own, &raised.alternatives, wanted);
        }
        if wanted.is_clear() || holder.is_raised() {
            return paths;
        }
        let full = raised.into_iter().find(|raised| raised.is_full && raised.calls.len() == 1);
        if let Some(raised) = full.or_else(|| self.raise_fully(holder, holder.principal)) {
            let trail = trail.then_changes(holder.principal, &raised.calls);
            let place = self.raised(holder.principal, &raised.layers, true);
            next.push(Place { holder: place, trail, wanted: Rc::clone(wanted), gained: None });
        }
        paths
    }

    /// Whom the holder can become, as they are and with policies that the holder has changed before.
    fn onward(&self, place: &Place, reasons: &mut BTreeSet<Reason>) -> Vec<Place> {
        let Place { holder, trail, wanted, .. } = place;
        let holder = *holder;
        let expanded = self.expand(holder);
        reasons.extend(expanded.open.iter().cloned());
        let mut next = Vec::new();
        for (to, passage) in &expanded.onward {
            let (to, trail_on) = (*to, trail.then(Arc::clone(passage)));
            next.push(Place { holder: to, trail: trail_on, wanted: Rc::clone(wanted), gained: None });
            let allowed = self.cells().allowed(to.principal);
            if wanted.is_subset(allowed) {
                continue;
            }
            let changes = self.changes(holder, to.principal, reasons);
            if changes.is_empty() {
                continue;
            }
            let mut missing = FixedBitSet::clone(wanted);
            missing.difference_with(allowed);
            let missing = Rc::new(missing);
            for raised in self.raise_by(&changes, holder, to.principal, &missing) {
                let trail = trail.then_changes(holder.principal, &raised.calls).then(Arc::clone(passage));
                let place = self.raised(to.principal, &raised.layers, raised.is_full);
                let wanted = Rc::clone(&missing);
                next.push(Place { holder: place, trail, wanted, gained: Some(raised) });
            }
        }
        next
    }

    /// What a user has through a group alone is told of the group.
    fn leave_to_groups(&self, found: &mut Vec<Findable>) {
        let of_groups: BTreeMap<usize, BTreeSet<(usize, Operation)>> = found
            .iter()
            .filter(|findable| self.kind(findable.subject) == Some(PrincipalKind::Group))
            .map(|findable| {
                let cells = findable.paths.iter().flat_map(|path| path.cells.iter().copied());
                (findable.subject, cells.collect())
            })
            .collect();
        if of_groups.is_empty() {
            return;
        }
        for findable in found.iter_mut() {
            // Of more paths than are told, some may be the user's own.
            if self.kind(findable.subject) != Some(PrincipalKind::User) || findable.has_more {
                continue;
            }
            let own = self.own_policies(findable.subject);
            let groups: Vec<&BTreeSet<(usize, Operation)>> = self
                .groups_of(findable.subject)
                .into_iter()
                .filter_map(|group| of_groups.get(&group))
                .collect();
            let subject = findable.subject;
            findable.paths.retain(|path| {
                let by_itself = path.steps.iter().filter(|step| step.actor == subject);
                let is_own = by_itself.flat_map(|step| &step.calls).any(|call| {
                    call.basis
                        .first()
                        .is_none_or(|basis| basis.attribute != "policy" || own.contains(&*basis.policy))
                });
                is_own || !groups.iter().any(|cells| path.cells.iter().all(|cell| cells.contains(cell)))
            });
        }
        found.retain(|findable| !findable.paths.is_empty());
    }

    /// The policies attached to the principal itself.
    fn own_policies(&self, principal: usize) -> BTreeSet<&str> {
        let Some(&node) = self.graph.principals.get(principal) else { return BTreeSet::new() };
        let links = self.graph.links.edges(node).filter(|edge| {
            edge.weight().kind == EdgeKind::AttachedTo && !edge.weight().holds.after.is_false()
        });
        links.filter_map(|edge| self.graph.policy(edge.target())).map(|policy| &*policy.id).collect()
    }
}
