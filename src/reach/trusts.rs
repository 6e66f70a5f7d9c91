//! The trust policies of all roles, found by whom they name: nobody asks each role about each principal.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::aws::arn;
use crate::graph::{Document, Graph, Principal, PrincipalKind};
use crate::hash::HashMap;
use crate::iam::{Effect, PolicyDocument, PrincipalEntry};
use crate::text::{Text, Truth};

/// The trust policies after apply, and who they are about.
#[derive(Default)]
pub(super) struct Trusts {
    compiled: Vec<PolicyDocument>,
    of_role: Vec<Option<usize>>,
    by_principal: BTreeMap<usize, BTreeSet<usize>>,
    by_account: BTreeMap<Text, BTreeSet<usize>>,
    by_service: BTreeMap<String, BTreeSet<usize>>,
    /// Roles that everyone may assume, or of which nothing tells who may.
    open: BTreeSet<usize>,
}

/// Whom the entries of a trust policy name.
struct Names<'g> {
    by_arn: BTreeMap<Text, usize>,
    by_id: BTreeMap<Text, usize>,
    /// Roles by account and name: sessions are named without the path.
    by_name: BTreeMap<(Text, Text), usize>,
    /// By what follows the account in the ARN, where that is known.
    by_resource: BTreeMap<Text, Vec<usize>>,
    /// Those of whose ARNs that is not known.
    open: Vec<usize>,
    all: Vec<usize>,
    graph: &'g Graph,
}

impl Trusts {
    pub(super) fn new(graph: &Graph) -> Self {
        let principals: Vec<Option<&Principal>> =
            graph.principals.iter().map(|&node| graph.principal(node)).collect();
        let mut distinct: Vec<&Document> = Vec::new();
        let mut numbers: HashMap<&Document, usize> = HashMap::default();
        let mut of_role = Vec::with_capacity(principals.len());
        for principal in &principals {
            let trust = principal.and_then(|principal| principal.facts.after.as_ref()?.trust.as_ref());
            of_role.push(trust.map(|document| {
                *numbers.entry(document).or_insert_with(|| {
                    distinct.push(document);
                    distinct.len().saturating_sub(1)
                })
            }));
        }
        let compiled = distinct
            .par_iter()
            .map(|document| match document {
                Document::Text(text) => PolicyDocument::parse(text),
                Document::Unknown(hole) => PolicyDocument::unknown(hole),
            })
            .collect();
        let mut trusts = Self { compiled, of_role, ..Self::default() };
        let names = Names::new(graph);
        for role in 0..principals.len() {
            trusts.index(role, &names);
        }
        trusts
    }

    fn index(&mut self, role: usize, names: &Names<'_>) {
        let Some(document) = self.of_role.get(role).copied().flatten().and_then(|at| self.compiled.get(at))
        else {
            return;
        };
        if document.is_broken() || !document.unknown_statements().is_empty() {
            self.open.insert(role);
        }
        for statement in document.statements() {
            if statement.effect() == Some(Effect::Deny) {
                continue;
            }
            let Some(principal) = statement.principal() else { continue };
            if principal.is_negated() {
                self.open.insert(role);
            }
            for entry in principal.entries() {
                let PrincipalEntry::Named { kind, name } = entry else {
                    self.open.insert(role);
                    continue;
                };
                match (kind.as_known(), name.as_known()) {
                    (Some("AWS"), Some("*")) | (None, _) => {
                        self.open.insert(role);
                    }
                    (Some("AWS"), _) => match names.named(name) {
                        Named::Principals(principals) => {
                            for principal in principals {
                                self.by_principal.entry(principal).or_default().insert(role);
                            }
                        }
                        Named::Account(account) => {
                            self.by_account.entry(account).or_default().insert(role);
                        }
                        Named::Anybody => {
                            self.open.insert(role);
                        }
                    },
                    (Some("Service"), Some(service)) => {
                        self.by_service.entry(service.to_owned()).or_default().insert(role);
                    }
                    _ => {}
                }
            }
        }
    }

    /// The trust policy of a role.
    pub(super) fn of(&self, role: usize) -> Option<&PolicyDocument> {
        self.compiled.get(self.of_role.get(role).copied().flatten()?)
    }

    /// The roles whose trust policies name the principal.
    pub(super) fn naming(&self, principal: usize) -> impl Iterator<Item = usize> {
        self.by_principal.get(&principal).into_iter().flatten().copied()
    }

    /// The roles that everyone may assume, or of which nothing tells who may.
    pub(super) fn open(&self) -> impl Iterator<Item = usize> {
        self.open.iter().copied()
    }

    /// The roles whose trust policies name the account.
    pub(super) fn naming_account<'t>(&'t self, account: &'t Text) -> impl Iterator<Item = usize> + 't {
        let fitting = self.by_account.iter().filter(|(named, _)| !named.equals(account).is_false());
        fitting.flat_map(|(_, roles)| roles.iter().copied())
    }

    /// The roles whose trust policies name the service.
    pub(super) fn naming_service(&self, service: &str) -> impl Iterator<Item = usize> {
        self.by_service.get(service).into_iter().flatten().copied()
    }
}

/// Whom a name stands for.
enum Named {
    Principals(Vec<usize>),
    Account(Text),
    Anybody,
}

impl<'g> Names<'g> {
    fn new(graph: &'g Graph) -> Self {
        let mut names = Self {
            by_arn: BTreeMap::new(),
            by_id: BTreeMap::new(),
            by_name: BTreeMap::new(),
            by_resource: BTreeMap::new(),
            open: Vec::new(),
            all: Vec::new(),
            graph,
        };
        for (position, &node) in graph.principals.iter().enumerate() {
            let Some(principal) = graph.principal(node) else { continue };
            let Some(facts) = &principal.facts.after else { continue };
            let arn = facts.arn.unmarked();
            match arn::split(&arn).map(|[.., resource]| resource).filter(Text::is_known) {
                Some(resource) => names.by_resource.entry(resource).or_default().push(position),
                None => names.open.push(position),
            }
            names.all.push(position);
            names.by_arn.insert(arn, position);
            names.by_id.insert(facts.unique_id.unmarked(), position);
            if principal.kind == PrincipalKind::Role {
                names.by_name.insert((facts.account.unmarked(), facts.name.unmarked()), position);
            }
        }
        names
    }

    fn named(&self, name: &Text) -> Named {
        let name = name.unmarked();
        if let Some(&position) = self.by_arn.get(&name).or_else(|| self.by_id.get(&name)) {
            return Named::Principals(vec![position]);
        }
        if name.as_known().is_some_and(arn::is_account_id) {
            return Named::Account(name);
        }
        if let Some([_, _, service, _, account, resource]) = arn::split(&name) {
            if service.as_known() == Some("iam") && resource.as_known() == Some("root") {
                return Named::Account(account);
            }
            let session = resource.as_known().and_then(|known| known.strip_prefix("assumed-role/"));
            if let Some((role, _)) = session.and_then(|session| session.split_once('/')) {
                let found = self.by_name.get(&(account, Text::from(role)));
                return Named::Principals(found.into_iter().copied().collect());
            }
        }
        match name.as_hole() {
            Some(_) => Named::Anybody,
            // Somebody whom the plan does not list, or one of whose ARN a part is not known.
            None => Named::Principals(self.with_open_arn(&name)),
        }
    }

    /// The principals whose ARN may be this name, as a part of one of the two is not known.
    fn with_open_arn(&self, name: &Text) -> Vec<usize> {
        let resource = arn::split(name).map(|[.., resource]| resource);
        let same: &[usize] = match &resource {
            Some(resource) if resource.is_known() => {
                self.by_resource.get(resource).map_or(&[], |positions| &**positions)
            }
            _ => &self.all,
        };
        let may_be = |position: &&usize| {
            let facts = self.graph.principals.get(**position).and_then(|&node| {
                self.graph.principal(node).and_then(|principal| principal.facts.after.as_ref())
            });
            facts.is_some_and(|facts| facts.arn.unmarked().equals(name) == Truth::Maybe)
        };
        let mut found: Vec<usize> = same.iter().chain(&self.open).filter(may_be).copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}
