//! The principals of one state in classes whose members get the same answers to calls of some actions.

use std::sync::Arc;

use super::calls::{Asker, names};
use super::context::{Fact, Keys, Overrides, table};
use super::layers::{Attached, Layers};
use super::matrix::Matrix;
use super::perhaps::Perhaps;
use crate::graph::{Graph, PrincipalKind, State};
use crate::hash::HashMap;
use crate::iam::{KeyName, PolicyDocument, PolicyLayers, Request, Statement};
use crate::text::Text;

use rayon::prelude::*;

/// Classes of principals, for calls of the actions that they were made for.
pub struct Callers<'g> {
    graph: &'g Graph,
    matrix: &'g Matrix,
    state: State,
    keys: Arc<Keys>,
    /// By principal: all of its layers.
    layers: Arc<[Option<Layers>]>,
    /// Whether a document says anything about the actions.
    relevant: Vec<bool>,
    /// Names of keys that policies of resources look at.
    further: Vec<KeyName>,
    classes: Vec<Class>,
    class_of: Vec<Option<usize>>,
}

/// What principals have in common that get the same answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Class {
    account: Text,
    layers: Layers,
    facts: Vec<(KeyName, Fact)>,
}

impl<'g> Callers<'g> {
    /// Classes for calls of each group of actions. `further` are policies of resources that will be asked beside the
    /// principals'.
    pub fn of_groups<'a>(
        graph: &'g Graph,
        matrix: &'g Matrix,
        overrides: &Overrides,
        state: State,
        groups: &[Vec<&str>],
        further: impl IntoIterator<Item = &'a PolicyDocument>,
    ) -> Vec<Self> {
        let further = further.into_iter().flat_map(PolicyDocument::statements);
        let further: Vec<KeyName> = further.flat_map(Statement::condition_keys).cloned().collect();
        let all = matrix.all_compiled().iter().flat_map(PolicyDocument::statements);
        let keys = Keys::new(all.flat_map(Statement::condition_keys).chain(&further), overrides);
        let keys = Arc::new(keys);
        let layers: Vec<Option<Layers>> = graph
            .principals
            .par_iter()
            .map(|&node| {
                graph.principal(node)?.facts.get(state).as_ref()?;
                Some(Layers::of(graph, matrix.documents(), node, state))
            })
            .collect();
        let layers: Arc<[Option<Layers>]> = layers.into();
        let group = |actions: &Vec<&str>| {
            let callers = Self {
                graph,
                matrix,
                state,
                keys: Arc::clone(&keys),
                layers: Arc::clone(&layers),
                relevant: Vec::new(),
                further: further.clone(),
                classes: Vec::new(),
                class_of: Vec::new(),
            };
            callers.about(actions)
        };
        groups.par_iter().map(group).collect()
    }

    fn about(mut self, actions: &[&str]) -> Self {
        let requests: Vec<Request> =
            actions.iter().map(|action| Request::new(action, Text::from("*"))).collect();
        let concerns = |statement: &Statement| {
            requests.iter().any(|request| !statement.concerns_action(request).is_false())
        };
        let relevant = |document: &'g PolicyDocument| {
            let mut concerning = document.statements().iter().filter(|one| concerns(one)).peekable();
            let is_relevant = concerning.peek().is_some();
            let names: Vec<&KeyName> = concerning.flat_map(Statement::condition_keys).collect();
            let is_open = document.is_broken() || !document.unknown_statements().is_empty();
            (is_open || is_relevant, names)
        };
        let (relevant, names): (Vec<bool>, Vec<Vec<&KeyName>>) =
            self.matrix.all_compiled().par_iter().map(relevant).unzip();
        self.relevant = relevant;
        let classes: Vec<Option<Class>> = (0..self.graph.principals.len())
            .into_par_iter()
            .map(|principal| self.class(principal, &names))
            .collect();
        let mut numbers: HashMap<Class, usize> = HashMap::default();
        for class in classes {
            let number = class.map(|class| {
                *numbers.entry(class).or_insert_with_key(|class| {
                    self.classes.push(class.clone());
                    self.classes.len().saturating_sub(1)
                })
            });
            self.class_of.push(number);
        }
        self
    }

    fn class(&self, principal: usize, documents: &[Vec<&KeyName>]) -> Option<Class> {
        let layers = self.layers(principal)?;
        let principal = self.graph.principal(*self.graph.principals.get(principal)?)?;
        let facts = principal.facts.get(self.state).as_ref()?;
        let attached = layers.identity.iter().chain(&layers.boundaries);
        let attached = attached.chain(layers.service_control.iter().flatten());
        let mut names: Vec<&KeyName> =
            attached.filter_map(|one| documents.get(one.document)).flatten().copied().collect();
        names.sort_unstable();
        names.dedup();
        let facts_of = self.keys.of_principal(principal.kind, facts, names);
        Some(Class { account: facts.account.unmarked(), layers, facts: facts_of })
    }

    /// The layers of a principal, without identity policies that say nothing about the actions.
    fn layers(&self, principal: usize) -> Option<Layers> {
        let all = self.layers.get(principal)?.as_ref()?;
        let is_relevant = |one: &&Attached| self.relevant.get(one.document).is_none_or(|relevant| *relevant);
        Some(Layers {
            identity: all.identity.iter().filter(is_relevant).cloned().collect(),
            boundaries: all.boundaries.clone(),
            service_control: all.service_control.clone(),
        })
    }

    /// How many classes there are.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// The class of a principal, by its position; `None` where it does not exist in this state.
    pub fn class_of(&self, principal: usize) -> Option<usize> {
        self.class_of.get(principal).copied().flatten()
    }

    /// Asks the members of a class.
    pub fn ask<T>(&self, class: usize, ask: impl FnOnce(&Asker<'_>) -> T) -> Option<T> {
        let class = self.classes.get(class)?;
        Some(self.with(&class.layers, &[], |layers, names| {
            let asker =
                Asker { layers, names, keys: &self.keys, principal: table(&class.facts), caller: None };
            ask(&asker)
        }))
    }

    /// Asks one principal, with every fact about it that policies of resources look at.
    pub fn ask_one<T>(&self, position: usize, ask: impl FnOnce(&Asker<'_>) -> T) -> Option<T> {
        let principal = self.graph.principal(*self.graph.principals.get(position)?)?;
        let facts = principal.facts.get(self.state).as_ref()?;
        let kind: PrincipalKind = principal.kind;
        Some(self.with(&self.layers(position)?, &self.further, |layers, names| {
            let of_principal = self.keys.of_principal(kind, facts, names.iter().copied());
            let asker =
                Asker { layers, names, keys: &self.keys, principal: table(&of_principal), caller: None };
            ask(&asker)
        }))
    }

    fn with<T>(
        &self,
        layers: &Layers,
        further: &[KeyName],
        use_layers: impl for<'a> FnOnce(PolicyLayers<'a>, Vec<&'a KeyName>) -> T,
    ) -> T {
        let compiled = self.matrix.all_compiled();
        let perhaps = Perhaps::new(compiled, layers);
        let layers = perhaps.layers(compiled, layers);
        let mut names = names(&layers);
        names.extend(further);
        names.sort_unstable();
        names.dedup();
        use_layers(layers, names)
    }
}
