//! The principals of one state, asked about calls of some actions: what bears on a principal for one action is mostly
//! little, and principals have it in common.

use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::calls::{Added, Asker, Supposed, own_keys, put_together};
use super::context::{Keys, table};
use super::excerpts::Excerpts;
use super::facts::Fact;
use super::layers::{Attached, Layers};
use super::matrix::Matrix;
use super::overrides::Overrides;
use crate::graph::{Graph, State};
use crate::hash::HashMap;
use crate::iam::{KeyName, PolicyDocument, Request, Statement};
use crate::text::Text;

/// The principals of one state, for calls of the actions that it was made for. Actions go by their position in that
/// list, principals by their position in the graph's.
pub struct Callers<'g> {
    graph: &'g Graph,
    matrix: &'g Matrix,
    overrides: &'g Overrides,
    state: State,
    keys: Arc<Keys>,
    excerpts: Excerpts,
    /// Names of keys that policies of resources look at.
    further: Vec<KeyName>,
    /// What the members of each class have in common.
    classes: Vec<Standing>,
    class_of: Vec<Option<usize>>,
    standings: Mutex<Standings>,
}

/// What decides the calls of a principal; those who have it in common get the same answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Standing {
    account: Text,
    layers: Layers,
    facts: Vec<(KeyName, Fact)>,
}

/// What decides calls of single actions, as far as it has been asked for.
#[derive(Default)]
struct Standings {
    /// By class and action.
    of_class: HashMap<(usize, usize), usize>,
    numbers: HashMap<Arc<Standing>, usize>,
    all: Vec<Arc<Standing>>,
}

impl<'g> Callers<'g> {
    /// The principals, for calls of each group of actions. `further` are policies of resources that will be asked
    /// beside the principals'.
    pub fn of_groups<'a>(
        graph: &'g Graph,
        matrix: &'g Matrix,
        overrides: &'g Overrides,
        state: State,
        groups: &[Vec<&str>],
        further: impl IntoIterator<Item = &'a PolicyDocument>,
    ) -> Vec<Self> {
        let further = further.into_iter().flat_map(PolicyDocument::statements);
        let further: Vec<KeyName> = further.flat_map(Statement::condition_keys).cloned().collect();
        let all = matrix.all_compiled().iter().flat_map(PolicyDocument::statements);
        let keys = Keys::new(all.flat_map(Statement::condition_keys).chain(&further), overrides);
        let keys = Arc::new(keys);
        let group = |actions: &Vec<&str>| {
            let actions: Vec<Request> =
                actions.iter().map(|action| Request::new(action, Text::from("*"))).collect();
            let callers = Self {
                graph,
                matrix,
                overrides,
                state,
                keys: Arc::clone(&keys),
                excerpts: Excerpts::new(matrix.all_compiled(), &actions),
                further: further.clone(),
                classes: Vec::new(),
                class_of: Vec::new(),
                standings: Mutex::default(),
            };
            callers.classified()
        };
        groups.par_iter().map(group).collect()
    }

    fn classified(mut self) -> Self {
        let compiled = self.matrix.all_compiled();
        let relevant: Vec<bool> =
            (0..compiled.len()).map(|number| self.excerpts.is_relevant(number)).collect();
        let mut names: Vec<Vec<&KeyName>> = vec![Vec::new(); compiled.len()];
        for (excerpt, document) in self.excerpts.all().iter().enumerate() {
            if let Some(names) = self.excerpts.document_of(excerpt).and_then(|number| names.get_mut(number)) {
                names.extend(document.statements().iter().flat_map(Statement::condition_keys));
            }
        }
        let standings: Vec<Option<Standing>> = (0..self.graph.principals.len())
            .into_par_iter()
            .map(|principal| self.standing_of(principal, &relevant, &names))
            .collect();
        let mut numbers: HashMap<Standing, usize> = HashMap::default();
        let mut classes = Vec::new();
        let mut class = |standing: Standing| {
            *numbers.entry(standing).or_insert_with_key(|standing| {
                classes.push(standing.clone());
                classes.len().saturating_sub(1)
            })
        };
        self.class_of = standings.into_iter().map(|standing| standing.map(&mut class)).collect();
        self.classes = classes;
        self
    }

    /// What decides all the calls of a principal.
    fn standing_of(&self, principal: usize, relevant: &[bool], names: &[Vec<&KeyName>]) -> Option<Standing> {
        let all = self.matrix.layers(self.state, principal)?;
        let is_relevant = |one: &&Attached| relevant.get(one.document).is_none_or(|relevant| *relevant);
        let layers = Layers {
            identity: all.identity.iter().filter(is_relevant).cloned().collect(),
            boundaries: all.boundaries.clone(),
            service_control: all.service_control.clone(),
        };
        let names = layers.attached().filter_map(|one| names.get(one.document)).flatten().copied();
        let mut names: Vec<&KeyName> = names.collect();
        names.sort_unstable();
        names.dedup();
        let principal = self.graph.principal(*self.graph.principals.get(principal)?)?;
        let facts = principal.facts.get(self.state).as_ref()?;
        let facts_of = self.keys.of_principal(principal.kind, facts, names);
        Some(Standing { account: facts.account.unmarked(), layers, facts: facts_of })
    }

    /// How many classes there are whose members get the same answers to all calls.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// The class of a principal; `None` where it does not exist in this state.
    pub fn class_of(&self, principal: usize) -> Option<usize> {
        self.class_of.get(principal).copied().flatten()
    }

    /// The number of what decides the calls of an action by the members of a class. Equal numbers, of whichever classes
    /// and actions, have all of it in common but the name of the action.
    pub fn standing(&self, class: usize, action: usize) -> Option<usize> {
        let lock = || self.standings.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (class, action);
        if let Some(number) = lock().of_class.get(&key) {
            return Some(*number);
        }
        let class = self.classes.get(class)?;
        let layers = self.excerpts.cut(&class.layers, action);
        let mut facts = Vec::new();
        if !class.facts.is_empty() {
            let excerpts = layers.attached().filter_map(|one| self.excerpts.all().get(one.document));
            let names = excerpts.flat_map(PolicyDocument::statements).flat_map(Statement::condition_keys);
            let names: Vec<&KeyName> = names.collect();
            facts.extend(class.facts.iter().filter(|(name, _)| names.contains(&name)).cloned());
        }
        let standing = Arc::new(Standing { account: class.account.clone(), layers, facts });
        let mut standings = lock();
        let next = standings.all.len();
        let number = *standings.numbers.entry(Arc::clone(&standing)).or_insert(next);
        if number == next {
            standings.all.push(standing);
        }
        standings.of_class.insert(key, number);
        Some(number)
    }

    /// Asks whoever has what a number of [`Callers::standing`] stands for.
    pub fn ask<T>(&self, standing: usize, ask: impl FnOnce(&Asker<'_>) -> T) -> Option<T> {
        let all = || self.standings.lock().unwrap_or_else(PoisonError::into_inner);
        let standing = Arc::clone(all().all.get(standing)?);
        Some(put_together(
            self.excerpts.all(),
            &standing.layers,
            Supposed::default(),
            &[],
            |layers, names| {
                let asker = Asker {
                    layers,
                    names,
                    keys: &self.keys,
                    principal: table(&standing.facts),
                    caller: None,
                };
                ask(&asker)
            },
        ))
    }

    /// Asks one principal about calls of an action, with further policies, and with every fact about it that policies of
    /// resources look at.
    pub fn ask_one<T>(
        &self,
        principal: usize,
        action: usize,
        added: Added<'_>,
        ask: impl FnOnce(&Asker<'_>) -> T,
    ) -> Option<T> {
        let layers = self.excerpts.cut(self.matrix.layers(self.state, principal)?, action);
        let principal = self.graph.principal(*self.graph.principals.get(principal)?)?;
        let facts = principal.facts.get(self.state).as_ref()?;
        Some(put_together(self.excerpts.all(), &layers, added.into(), &self.further, |layers, names| {
            let own = own_keys(&self.keys, &names, self.overrides);
            let keys = own.as_ref().unwrap_or(&self.keys);
            let of_principal = keys.of_principal(principal.kind, facts, names.iter().copied());
            ask(&Asker { layers, names, keys, principal: table(&of_principal), caller: None })
        }))
    }

    /// The statements of identity policies that may allow calls of an action by a principal.
    pub fn allowing(&self, principal: usize, action: usize) -> impl Iterator<Item = &Statement> {
        let layers = self.matrix.layers(self.state, principal);
        let documents = layers.map_or(&[][..], |layers| &layers.identity);
        documents.iter().flat_map(move |one| self.excerpts.allowing(one.document, action))
    }

    /// The document of the graph, by number, that `asked` is the excerpt of: a document of the layers of an [`Asker`]
    /// that asks for what `standing` stands for.
    pub fn document(&self, standing: usize, asked: &PolicyDocument) -> Option<usize> {
        let all = || self.standings.lock().unwrap_or_else(PoisonError::into_inner);
        let standing = Arc::clone(all().all.get(standing)?);
        let is_asked = |attached: &&Attached| {
            self.excerpts.all().get(attached.document).is_some_and(|excerpt| std::ptr::eq(excerpt, asked))
        };
        let attached = standing.layers.attached().find(is_asked)?;
        self.excerpts.document_of(attached.document)
    }
}
