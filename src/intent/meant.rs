//! An intent held against a graph: which principals and brokers its blocks name, and what that makes of each case.

use fixedbitset::FixedBitSet;

use super::{Access, Act, Intent, IntentError, Pattern, Problem, Protect, Selection};
use crate::graph::Graph;
use crate::text::Truth;

/// An intent whose patterns are resolved for one graph.
#[derive(Debug)]
pub struct Meant {
    intent: Intent,
    access: Vec<Named>,
    protect: Vec<Named>,
}

/// Whom and what a block names, by position in the graph's lists.
#[derive(Debug)]
pub struct Named {
    /// The principals: those of `principals`, or of `except`.
    pub principals: FixedBitSet,
    /// The brokers that it certainly names.
    pub brokers: FixedBitSet,
    /// The brokers of which it is not known whether it names them.
    pub perhaps: FixedBitSet,
}

/// A block, by its position among those of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockRef {
    /// An `access` block.
    Access(usize),
    /// A `protect` block.
    Protect(usize),
}

/// What an intent says of one principal, broker and act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Case {
    /// The block that certainly gives it.
    pub(crate) meant: Option<usize>,
    /// The block that demands MFA for it.
    pub(crate) with_mfa: Option<usize>,
    /// A block that perhaps gives it.
    pub(crate) perhaps_meant: Option<usize>,
    /// The block that certainly protects from it.
    pub(crate) protected: Option<usize>,
    /// A block that perhaps protects from it.
    pub(crate) perhaps_protected: Option<usize>,
    /// Whether a block that protects from it makes an exception of the principal.
    pub(crate) tolerated: bool,
}

impl Named {
    fn new(graph: &Graph, principals: &[Pattern], brokers: &Selection) -> Self {
        let mut named = Self {
            principals: FixedBitSet::with_capacity(graph.principals.len()),
            brokers: FixedBitSet::with_capacity(graph.brokers.len()),
            perhaps: FixedBitSet::with_capacity(graph.brokers.len()),
        };
        for (position, &node) in graph.principals.iter().enumerate() {
            let Some(principal) = graph.principal(node) else { continue };
            if principals.iter().any(|pattern| pattern.matches(&principal.id)) {
                named.principals.insert(position);
            }
        }
        for (position, &node) in graph.brokers.iter().enumerate() {
            let Some(broker) = graph.broker(node) else { continue };
            match brokers.names(broker) {
                Truth::True => named.brokers.insert(position),
                Truth::Maybe => named.perhaps.insert(position),
                Truth::False => {}
            }
        }
        named
    }

    fn is_about(&self, principal: usize, broker: usize) -> Truth {
        let names = if self.brokers.contains(broker) {
            Truth::True
        } else if self.perhaps.contains(broker) {
            Truth::Maybe
        } else {
            Truth::False
        };
        Truth::from(self.principals.contains(principal)).and(names)
    }
}

impl Meant {
    /// Resolves the patterns of an intent. Patterns that match nothing, and blocks that contradict each other, are
    /// errors.
    pub fn new(intent: Intent, graph: &Graph) -> Result<Self, IntentError> {
        let access: Vec<Named> =
            intent.access.iter().map(|block| Named::new(graph, &block.principals, &block.brokers)).collect();
        let protect: Vec<Named> =
            intent.protect.iter().map(|block| Named::new(graph, &block.except, &block.brokers)).collect();
        let meant = Self { intent, access, protect };
        let mut problems = meant.without_a_match(graph);
        problems.extend(meant.contradictions(graph));
        if problems.is_empty() {
            return Ok(meant);
        }
        problems.sort();
        problems.dedup();
        Err(IntentError::Invalid(problems))
    }

    /// The intent.
    pub fn intent(&self) -> &Intent {
        &self.intent
    }

    /// Whom and what the `access` blocks name, in their order.
    pub fn access(&self) -> &[Named] {
        &self.access
    }

    /// Whom and what the `protect` blocks name, in their order.
    pub fn protect(&self) -> &[Named] {
        &self.protect
    }

    /// Who runs the plan, by position.
    pub fn deployers(&self, graph: &Graph) -> Vec<usize> {
        let is_deployer = |id: &str| self.intent.settings.deployers.iter().any(|pattern| pattern.matches(id));
        let principals = graph.principals.iter().enumerate();
        principals
            .filter(|(_, node)| graph.principal(**node).is_some_and(|principal| is_deployer(&principal.id)))
            .map(|(position, _)| position)
            .collect()
    }

    /// The brokers that some block certainly names.
    pub(crate) fn named(&self, broker: usize) -> Truth {
        let blocks = || self.access.iter().chain(&self.protect);
        if blocks().any(|named| named.brokers.contains(broker)) {
            return Truth::True;
        }
        if blocks().any(|named| named.perhaps.contains(broker)) { Truth::Maybe } else { Truth::False }
    }

    /// What the intent says of one case.
    ///
    /// A block that names its brokers wins over one that says `*`: a protected broker is protected from those who may
    /// do it with all others.
    pub(crate) fn case(&self, principal: usize, broker: usize, act: Act) -> Case {
        let mut case = Case::default();
        let mut narrow_protection = false;
        for (index, (block, named)) in self.intent.protect.iter().zip(&self.protect).enumerate() {
            if !block.nobody_may.contains(&act) {
                continue;
            }
            let excepted = named.principals.contains(principal);
            match (named.brokers.contains(broker), named.perhaps.contains(broker)) {
                (true, _) | (_, true) if excepted => case.tolerated = true,
                (true, _) => {
                    case.protected = case.protected.or(Some(index));
                    narrow_protection |= !block.brokers.is_everything();
                }
                (_, true) => case.perhaps_protected = case.perhaps_protected.or(Some(index)),
                _ => {}
            }
        }
        let mut narrow_access = false;
        for (index, (block, named)) in self.intent.access.iter().zip(&self.access).enumerate() {
            if !block.may.contains(&act) || (narrow_protection && block.brokers.is_everything()) {
                continue;
            }
            match named.is_about(principal, broker) {
                Truth::True => {
                    let narrow = !block.brokers.is_everything();
                    case.meant = case.meant.or(Some(index));
                    if narrow && !narrow_access {
                        case.with_mfa = None;
                    }
                    if block.only_with_mfa && (narrow || !narrow_access) {
                        case.with_mfa = case.with_mfa.or(Some(index));
                    }
                    narrow_access |= narrow;
                }
                Truth::Maybe => case.perhaps_meant = case.perhaps_meant.or(Some(index)),
                Truth::False => {}
            }
        }
        case
    }

    fn without_a_match(&self, graph: &Graph) -> Vec<Problem> {
        let principals: Vec<&str> =
            graph.principals.iter().filter_map(|&node| Some(&*graph.principal(node)?.id)).collect();
        let brokers: Vec<&str> =
            graph.brokers.iter().filter_map(|&node| Some(&*graph.broker(node)?.id)).collect();
        let mend = "mend it, or write `optional = true` in the block";
        let mut problems = Vec::new();
        let mut look = |patterns: &[Pattern], ids: &[&str], what: &str, mend: &str| {
            for pattern in patterns.iter().filter(|pattern| !ids.iter().any(|id| pattern.matches(id))) {
                let message = format!("`{}` matches no {what} of this plan: {mend}", pattern.text());
                problems.push(Problem::new(pattern.location(), message));
            }
        };
        for block in self.intent.access.iter().filter(|block| !block.optional) {
            look(&block.principals, &principals, "principal", mend);
            look(&block.brokers.patterns, &brokers, "broker", mend);
        }
        for block in self.intent.protect.iter().filter(|block| !block.optional) {
            look(&block.except, &principals, "principal", mend);
            look(&block.brokers.patterns, &brokers, "broker", mend);
        }
        let deployers = &self.intent.settings.deployers;
        look(deployers, &principals, "principal", "`deployer` names who runs it, by its address");
        let access =
            self.intent.access.iter().map(|block| (&block.brokers, block.optional)).zip(&self.access);
        let protect =
            self.intent.protect.iter().map(|block| (&block.brokers, block.optional)).zip(&self.protect);
        for ((selection, optional), named) in access.chain(protect) {
            let Some(filter) = selection.filter.as_ref().filter(|_| !optional) else { continue };
            if named.brokers.is_clear() && named.perhaps.is_clear() {
                let message = "`brokers_where` matches no broker of this plan: mend it, or write `optional = true` in \
                               the block";
                problems.push(Problem::new(&filter.location, message));
            }
        }
        problems
    }

    fn contradictions(&self, graph: &Graph) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (access, named) in self.intent.access.iter().zip(&self.access) {
            for (protect, protected) in self.intent.protect.iter().zip(&self.protect) {
                let acts = access.may.intersection(&protect.nobody_may);
                let yields = access.brokers.is_everything() && !protect.brokers.is_everything();
                let (Some(act), false) = (acts.min(), yields) else { continue };
                let mut principals = named.principals.clone();
                principals.difference_with(&protected.principals);
                if let Some((principal, broker)) =
                    first(graph, &principals, &[&named.brokers, &protected.brokers])
                {
                    problems.push(Problem::new(
                        &protect.location,
                        format!(
                            "{} says that nobody may {act} {broker}, but {} (line {}) says that {principal} may: \
                             name it in `except`, or take it out of one of the two",
                            protect.title(), access.title(), access.location.line
                        ),
                    ));
                }
            }
        }
        problems.extend(self.disputes_on_mfa(graph));
        problems
    }

    /// Blocks that give the same, one only with MFA and one without.
    fn disputes_on_mfa(&self, graph: &Graph) -> Vec<Problem> {
        let mut problems = Vec::new();
        let blocks = || self.intent.access.iter().zip(&self.access).enumerate();
        for (index, (one, named)) in blocks() {
            for (_, (other, also)) in blocks().take(index) {
                let as_wide = one.brokers.is_everything() == other.brokers.is_everything();
                let act = one.may.intersection(&other.may).min();
                let (Some(act), true, true) = (act, as_wide, one.only_with_mfa != other.only_with_mfa) else {
                    continue;
                };
                let mut principals = named.principals.clone();
                principals.intersect_with(&also.principals);
                if let Some((principal, broker)) = first(graph, &principals, &[&named.brokers, &also.brokers])
                {
                    problems.push(Problem::new(
                        &one.location,
                        format!(
                            "{} and {} (line {}) both say that {principal} may {act} {broker}, but only one of them \
                             `only_with_mfa`",
                            one.title(), other.title(), other.location.line
                        ),
                    ));
                }
            }
        }
        problems
    }
}

/// The first principal, and the first broker that is in all sets; `None` where there is none.
fn first(graph: &Graph, principals: &FixedBitSet, brokers: &[&FixedBitSet; 2]) -> Option<(String, String)> {
    let [one, other] = brokers;
    let principal = graph.principal(*graph.principals.get(principals.ones().next()?)?)?;
    let broker = graph.broker(*graph.brokers.get(one.intersection(other).next()?)?)?;
    Some((principal.id.to_string(), broker.id.to_string()))
}

impl Access {
    /// The block as messages name it.
    pub fn title(&self) -> String {
        format!("access \"{}\"", self.name.escape_debug())
    }
}

impl Protect {
    /// The block as messages name it.
    pub fn title(&self) -> String {
        format!("protect \"{}\"", self.name.escape_debug())
    }
}
