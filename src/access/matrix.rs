//! The matrix: a verdict for each principal, broker and operation, before and after, by classes and in parallel.

use std::collections::BTreeSet;

use fixedbitset::FixedBitSet;
use rayon::prelude::*;

use super::brokers::Brokers;
use super::class::{Class, Row, Shared};
use super::context::Keys;
use super::layers::{Attached, Documents, Layers, Levels};
use super::numbers::Numbers;
use super::open::Explored;
use super::overrides::Overrides;
use super::sets::split;
use super::statements::Statements;
use crate::aws::Operation;
use crate::graph::{Document, Graph, PerState, PrincipalFacts, PrincipalKind, State};
use crate::hash::HashMap;
use crate::iam::{KeyName, PolicyDocument, Problem, Reason, Request, Statement, Verdict};
use crate::plan::Plan;
use crate::text::{Text, Truth};

/// The verdicts of a plan.
pub struct Matrix {
    brokers: usize,
    documents: Documents,
    compiled: Vec<PolicyDocument>,
    states: PerState<StateMatrix>,
}

/// The verdicts of one state.
struct StateMatrix {
    /// By principal: the number of its class; `None` where it does not exist.
    class_of: Vec<Option<usize>>,
    rows: Vec<Row>,
    /// By principal: all of its layers, in its own account.
    layers: Vec<Option<Layers>>,
}

impl Matrix {
    /// Decides everything.
    pub fn new(graph: &Graph, mut known: Compiled, overrides: &Overrides) -> Self {
        let mut documents = Documents::new(graph);
        let known: Vec<Option<PolicyDocument>> =
            documents.in_order().iter().map(|document| known.take(document)).collect();
        let compiled: Vec<PolicyDocument> = documents
            .in_order()
            .par_iter()
            .zip(known)
            .map(|(document, known)| known.unwrap_or_else(|| compile(document)))
            .collect();
        documents.add_guard_rails(graph, &compiled);
        let requests: Vec<Request> = Operation::ALL
            .iter()
            .map(|operation| Request::new(operation.action(), Text::from("*")))
            .collect();
        let relevant: Vec<PolicyDocument> =
            compiled.par_iter().map(|document| document.concerning(&requests)).collect();
        let names = relevant.iter().flat_map(PolicyDocument::statements).flat_map(Statement::condition_keys);
        let keys = Keys::new(names, overrides);
        let numbers = Numbers::new(&relevant);
        let explored = Explored::default();
        let decide = |state| {
            let shared = SharedByStates {
                documents: &documents,
                compiled: &relevant,
                numbers: &numbers,
                keys: &keys,
                explored: &explored,
            };
            StateMatrix::new(graph, &shared, state)
        };
        let (before, after) = rayon::join(|| decide(State::Before), || decide(State::After));
        Self { brokers: graph.brokers.len(), documents, compiled, states: PerState { before, after } }
    }

    /// The verdict; `None` where the principal or the broker does not exist in that state. Principals and brokers are
    /// named by their position in the graph's lists.
    pub fn verdict(
        &self,
        state: State,
        principal: usize,
        broker: usize,
        operation: Operation,
    ) -> Option<&Verdict> {
        let matrix = self.states.get(state);
        let class = matrix.class_of.get(principal).copied().flatten()?;
        matrix.rows.get(class)?.verdict(broker, operation)
    }

    /// The layers of a principal in its own account, by its position; `None` where it does not exist in that state.
    pub fn layers(&self, state: State, principal: usize) -> Option<&Layers> {
        self.states.get(state).layers.get(principal)?.as_ref()
    }

    /// The verdicts of a principal on an operation: sets of brokers, by position, each with the verdict that they share.
    pub fn sets(&self, state: State, principal: usize, operation: Operation) -> &[(FixedBitSet, Verdict)] {
        let matrix = self.states.get(state);
        let class = matrix.class_of.get(principal).copied().flatten();
        class.and_then(|class| matrix.rows.get(class)).map_or(&[], |row| row.of(operation))
    }

    /// Principals with the same key have the same verdicts on every broker, before and after.
    pub fn class_key(&self, principal: usize) -> (Option<usize>, Option<usize>) {
        let class = |state| self.states.get(state).class_of.get(principal).copied().flatten();
        (class(State::Before), class(State::After))
    }

    /// The brokers, by position, in groups on each of which the principal has the same verdicts, before and after.
    pub fn groups(&self, principal: usize) -> Vec<FixedBitSet> {
        let mut all = FixedBitSet::with_capacity(self.brokers);
        all.insert_range(..);
        let mut sets = vec![all];
        let (before, after) = self.class_key(principal);
        for (state, class) in [(State::Before, before), (State::After, after)] {
            let Some(row) = class.and_then(|class| self.states.get(state).rows.get(class)) else { continue };
            for (brokers, _) in row.groups() {
                split(&mut sets, brokers);
            }
        }
        sets.retain(|set| !set.is_clear());
        sets.sort_by_key(FixedBitSet::minimum);
        sets
    }

    /// The problems of a document.
    pub fn problems(&self, document: &Document) -> &[Problem] {
        self.compiled(document).map_or(&[], PolicyDocument::problems)
    }

    /// A document of the graph, compiled, with all of its statements.
    pub fn compiled(&self, document: &Document) -> Option<&PolicyDocument> {
        self.documents.get(document).and_then(|number| self.compiled.get(number))
    }

    /// The distinct documents of the graph, numbered.
    pub fn documents(&self) -> &Documents {
        &self.documents
    }

    /// The documents, compiled, by number.
    pub fn all_compiled(&self) -> &[PolicyDocument] {
        &self.compiled
    }

    /// Visits every group of verdicts after apply that are unknown, with what they hang on and how many they are.
    pub fn for_each_unknown(&self, mut visit: impl FnMut(&[Reason], usize)) {
        let matrix = &self.states.after;
        let members = matrix.members();
        for (row, members) in matrix.rows.iter().zip(members) {
            for (brokers, verdict) in row.groups() {
                if let Verdict::Unknown { because, .. } = verdict {
                    visit(because, members.saturating_mul(brokers.count_ones(..)));
                }
            }
        }
    }

    /// Visits groups of cells that have the same verdicts before and after, with how many they are. Cells without a
    /// verdict in either state are left out.
    pub fn for_each_count(&self, mut visit: impl FnMut(Option<&Verdict>, Option<&Verdict>, usize)) {
        let mut sizes: HashMap<(Option<usize>, Option<usize>), usize> = HashMap::default();
        let mut order = Vec::new();
        for principal in 0..self.states.after.class_of.len() {
            let key = self.class_key(principal);
            let size = sizes.entry(key).or_insert_with(|| {
                order.push(key);
                0
            });
            *size = size.saturating_add(1);
        }
        for key in order {
            let size = sizes.get(&key).copied().unwrap_or_default();
            for operation in Operation::ALL {
                self.count(key, operation, size, &mut visit);
            }
        }
    }

    fn count(
        &self,
        (before, after): (Option<usize>, Option<usize>),
        operation: Operation,
        size: usize,
        visit: &mut impl FnMut(Option<&Verdict>, Option<&Verdict>, usize),
    ) {
        let none: &[(FixedBitSet, Verdict)] = &[];
        let groups = |state: State, class: Option<usize>| {
            class
                .and_then(|class| self.states.get(state).rows.get(class))
                .map_or(none, |row| row.of(operation))
        };
        let (olds, news) = (groups(State::Before, before), groups(State::After, after));
        let cells = |set: &FixedBitSet| size.saturating_mul(set.count_ones(..));
        for (new_set, new) in news {
            let mut rest = new_set.clone();
            for (old_set, old) in olds {
                let mut both = new_set.clone();
                both.intersect_with(old_set);
                rest.difference_with(old_set);
                if !both.is_clear() {
                    visit(Some(old), Some(new), cells(&both));
                }
            }
            if !rest.is_clear() {
                visit(None, Some(new), cells(&rest));
            }
        }
        for (old_set, old) in olds {
            let mut rest = old_set.clone();
            for (new_set, _) in news {
                rest.difference_with(new_set);
            }
            if !rest.is_clear() {
                visit(Some(old), None, cells(&rest));
            }
        }
    }
}

/// Documents that are compiled before it is known which policies they belong to: while the graph is built.
#[derive(Default)]
pub struct Compiled(HashMap<Text, PolicyDocument>);

impl Compiled {
    /// Compiles the documents that the plan's resources hold.
    pub fn of(plan: &Plan) -> Self {
        let mut compiled = HashMap::default();
        for resource in &plan.resources {
            for values in [&resource.before, &resource.after].into_iter().flatten() {
                let text = values.member("policy").as_text().filter(|text| text.as_hole().is_none());
                if let Some(text) = text.filter(|text| !compiled.contains_key(*text)) {
                    compiled.insert(text.clone(), PolicyDocument::parse(text).of_no_resource());
                }
            }
        }
        Self(compiled)
    }

    fn take(&mut self, document: &Document) -> Option<PolicyDocument> {
        match document {
            Document::Text(text) => self.0.remove(text),
            Document::Unknown(_) => None,
        }
    }
}

fn compile(document: &Document) -> PolicyDocument {
    match document {
        Document::Text(text) => PolicyDocument::parse(text).of_no_resource(),
        Document::Unknown(hole) => PolicyDocument::unknown(hole),
    }
}

/// What both states are decided by.
struct SharedByStates<'a> {
    documents: &'a Documents,
    compiled: &'a [PolicyDocument],
    numbers: &'a Numbers<'a>,
    keys: &'a Keys,
    explored: &'a Explored,
}

impl StateMatrix {
    fn new(graph: &Graph, shared: &SharedByStates<'_>, state: State) -> Self {
        let SharedByStates { documents, compiled, numbers, keys, explored } = *shared;
        let brokers = Brokers::new(graph, state);
        let statements = Statements::new(compiled, numbers, &brokers, keys);
        let relevance = Relevance::new(compiled);
        let full_access = graph.full_access.and_then(|policy| documents.of_policy(policy, state));
        let guard_rails: HashMap<&Text, Levels> = documents
            .guard_rails(state)
            .map(|(account, levels)| (account, relevance.levels(levels, full_access)))
            .collect();
        let class = |mut layers: Layers, kind: PrincipalKind, facts: &PrincipalFacts| {
            layers.identity.retain(|attached| relevance.is_relevant(attached.document));
            let account = facts.account.unmarked();
            if !layers.service_control.is_empty() {
                layers.service_control = guard_rails.get(&account).cloned().unwrap_or_default();
            }
            let names = relevance.keys(&layers);
            Class { account, facts: keys.of_principal(kind, facts, names), layers }
        };
        let (layers, classes): (Vec<Option<Layers>>, Vec<Option<Class>>) = graph
            .principals
            .par_iter()
            .map(|&node| {
                let principal = graph.principal(node)?;
                let facts = principal.facts.get(state).as_ref()?;
                let layers = Layers::in_account(graph, documents, node, state, Some(facts));
                let class = class(layers.clone(), principal.kind, facts);
                Some((layers, class))
            })
            .map(Option::unzip)
            .unzip();
        let mut class_numbers: HashMap<&Class, usize> = HashMap::default();
        let mut distinct: Vec<&Class> = Vec::new();
        let class_of = classes
            .iter()
            .map(|class| {
                class.as_ref().map(|class| {
                    *class_numbers.entry(class).or_insert_with(|| {
                        distinct.push(class);
                        distinct.len().saturating_sub(1)
                    })
                })
            })
            .collect();
        let shared = Shared::new(&brokers, &statements, compiled, keys, numbers.holes(), explored);
        let rows = distinct.par_iter().map(|class| shared.decide(class)).collect();
        let mut matrix = Self { class_of, rows, layers };
        for (position, node) in graph.principals.iter().enumerate() {
            let Some(others) = graph.other_accounts.get(node) else { continue };
            let others = others.get(state);
            let own = graph.principal(*node).and_then(|principal| principal.facts.get(state).as_ref());
            let all = own.into_iter().chain(others).map(|facts| facts.account.unmarked());
            let known: Vec<Text> = all.filter(Text::is_known).collect();
            let rows = others.iter().map(|facts| {
                let layers = Layers::in_account(graph, documents, *node, state, Some(facts));
                let decided = class(layers, PrincipalKind::PermissionSet, facts);
                let there = if decided.account.is_known() {
                    brokers.in_account(&decided.account)
                } else {
                    brokers.perhaps_in_account(&decided.account, &known)
                };
                (there, shared.decide(&decided))
            });
            matrix.join(position, rows);
        }
        matrix
    }

    /// Gives a principal, in other accounts, the verdicts that it has there.
    fn join(&mut self, principal: usize, others: impl Iterator<Item = (FixedBitSet, Row)>) {
        let Some(row) = self.class_of.get(principal).copied().flatten().and_then(|own| self.rows.get(own))
        else {
            return;
        };
        let joined = others.fold(row.clone(), |row, (brokers, other)| row.joined(&brokers, &other));
        if let Some(slot) = self.class_of.get_mut(principal) {
            *slot = Some(self.rows.len());
            self.rows.push(joined);
        }
    }

    /// How many principals each class has.
    fn members(&self) -> Vec<usize> {
        let mut members = vec![0usize; self.rows.len()];
        for class in self.class_of.iter().flatten() {
            if let Some(count) = members.get_mut(*class) {
                *count = count.saturating_add(1);
            }
        }
        members
    }
}

/// Which documents say anything about the operations, and which keys they look at.
struct Relevance<'d> {
    documents: &'d [PolicyDocument],
    keys: Vec<BTreeSet<&'d KeyName>>,
}

impl<'d> Relevance<'d> {
    fn new(documents: &'d [PolicyDocument]) -> Self {
        let keys = documents
            .iter()
            .map(|document| document.statements().iter().flat_map(Statement::condition_keys).collect())
            .collect();
        Self { documents, keys }
    }

    fn is_relevant(&self, document: usize) -> bool {
        self.documents.get(document).is_some_and(|document| {
            document.is_broken()
                || !document.unknown_statements().is_empty()
                || !document.statements().is_empty()
        })
    }

    /// The levels that bear on the operations, without what says nothing of them.
    fn levels(&self, levels: &Levels, full_access: Option<usize>) -> Levels {
        let is_full =
            |attached: &Attached| attached.unless.is_none() && Some(attached.document) == full_access;
        let relevant = levels.iter().map(|level| {
            let mut level = level.clone();
            level.retain(|attached| self.is_relevant(attached.document));
            level
        });
        relevant.filter(|level| !matches!(level.as_slice(), [only] if is_full(only))).collect()
    }

    fn keys(&self, layers: &Layers) -> BTreeSet<&'d KeyName> {
        layers.attached().filter_map(|attached| self.keys.get(attached.document)).flatten().copied().collect()
    }
}

/// Whether principal and broker are in different accounts. Amazon MQ has no resource policies, so that nobody reaches a
/// broker of another account; accounts that nothing tells are one account.
pub(super) fn is_other_account(principal: &Text, broker: &Text) -> Truth {
    !principal.equals(&broker.unmarked())
}
