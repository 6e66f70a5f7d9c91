//! What documents say of single actions: each cut down to the statements that concern the action.
//!
//! Most documents say nothing of most actions, and what they say is a statement or two. Asked of the excerpts, a call
//! gets the answer that the whole documents give.

use std::borrow::Cow;

use super::layers::{Attached, Layers};
use crate::hash::HashMap;
use crate::iam::{Effect, PolicyDocument, Request, Statement};
use crate::text::Truth;

use rayon::prelude::*;

/// The excerpts of all documents of a graph, for some actions.
pub(super) struct Excerpts {
    /// The excerpts; the first is the one that says nothing.
    all: Vec<PolicyDocument>,
    /// By excerpt: the number of its document.
    document_of: Vec<usize>,
    /// By action, and by number of the document: its excerpt.
    of_action: Vec<Vec<usize>>,
}

/// The excerpt that says nothing.
const SILENT: usize = 0;

/// What a document says of one action: its statements by position, and whether each is certainly about the action.
#[derive(PartialEq, Eq, Hash)]
struct Said {
    statements: Vec<(usize, Truth)>,
    /// Where it is not certain which statements are about the action: which action. What is unknown of one action says
    /// nothing of another.
    action: Option<usize>,
}

impl Excerpts {
    /// Cuts the documents down to what they say of each action.
    pub(super) fn new(documents: &[PolicyDocument], actions: &[Request]) -> Self {
        let services = Services::of(actions);
        let said: Vec<Vec<Said>> = documents
            .par_iter()
            .map(|document| {
                let concerned = services.concerned(document);
                let of_action = |(position, action)| {
                    let service = services.of_action.get(position).copied().unwrap_or_default();
                    let statements = concerned.get(service).map_or(&[][..], Vec::as_slice);
                    said(statements, position, action)
                };
                actions.iter().enumerate().map(of_action).collect()
            })
            .collect();
        let mut excerpts = Self {
            all: vec![PolicyDocument::default()],
            document_of: vec![usize::MAX],
            of_action: actions.iter().map(|_| Vec::with_capacity(documents.len())).collect(),
        };
        for (number, (document, said)) in documents.iter().zip(&said).enumerate() {
            let is_open = document.is_broken() || !document.unknown_statements().is_empty();
            let mut known: HashMap<&Said, usize> = HashMap::default();
            for (said, of_action) in said.iter().zip(&mut excerpts.of_action) {
                if said.statements.is_empty() && !is_open {
                    of_action.push(SILENT);
                    continue;
                }
                of_action.push(*known.entry(said).or_insert_with(|| {
                    excerpts.all.push(document.with_statements(&said.statements));
                    excerpts.document_of.push(number);
                    excerpts.all.len().saturating_sub(1)
                }));
            }
        }
        excerpts
    }

    /// The excerpts, by number.
    pub(super) fn all(&self) -> &[PolicyDocument] {
        &self.all
    }

    /// The number of the document that an excerpt is of.
    pub(super) fn document_of(&self, excerpt: usize) -> Option<usize> {
        self.document_of.get(excerpt).copied()
    }

    /// The layers of a principal with excerpts in place of documents, without identity policies that say nothing.
    pub(super) fn cut(&self, layers: &Layers, action: usize) -> Layers {
        let excerpt = |attached: &Attached| Attached {
            document: self.of(attached.document, action),
            unless: attached.unless.clone(),
        };
        let identity = layers.identity.iter().map(excerpt).filter(|attached| attached.document != SILENT);
        let level = |level: &Vec<Attached>| level.iter().map(excerpt).collect();
        Layers {
            identity: identity.collect(),
            boundaries: layers.boundaries.iter().map(excerpt).collect(),
            service_control: layers.service_control.iter().map(level).collect(),
        }
    }

    /// Whether the document says something of one of the actions.
    pub(super) fn is_relevant(&self, document: usize) -> bool {
        self.of_action.iter().any(|of_document| of_document.get(document).is_none_or(|one| *one != SILENT))
    }

    /// The statements of a document that may allow the action.
    pub(super) fn allowing(&self, document: usize, action: usize) -> impl Iterator<Item = &Statement> {
        let excerpt = self.all.get(self.of(document, action));
        let statements = excerpt.map_or(&[][..], PolicyDocument::statements);
        statements.iter().filter(|statement| statement.effect() != Some(Effect::Deny))
    }

    /// The excerpt of a document.
    fn of(&self, document: usize, action: usize) -> usize {
        let excerpt = self.of_action.get(action).and_then(|of_document| of_document.get(document));
        excerpt.copied().unwrap_or(SILENT)
    }
}

/// A statement, with its position in its document.
type Placed<'d> = (usize, Cow<'d, Statement>);

/// The services of actions.
struct Services {
    /// Each with the colon that ends it (`iam:`).
    all: Vec<String>,
    /// By action: the position of its service.
    of_action: Vec<usize>,
}

impl Services {
    fn of(actions: &[Request]) -> Self {
        let mut services = Self { all: Vec::new(), of_action: Vec::new() };
        for action in actions {
            let name = action.action().as_known().unwrap_or_default();
            let service = name.split_inclusive(':').next().unwrap_or_default();
            let known = services.all.iter().position(|known| known == service);
            services.of_action.push(known.unwrap_or_else(|| {
                services.all.push(service.to_owned());
                services.all.len().saturating_sub(1)
            }));
        }
        services
    }

    /// By service: the statements of a document as far as they may be about its actions, with their positions.
    fn concerned<'d>(&self, document: &'d PolicyDocument) -> Vec<Vec<Placed<'d>>> {
        let of_service = |service: &String| {
            let statements = document.statements().iter().enumerate();
            statements.filter_map(|(position, one)| Some((position, one.about(service)?))).collect()
        };
        self.all.iter().map(of_service).collect()
    }
}

fn said(statements: &[Placed<'_>], position: usize, action: &Request) -> Said {
    let concerned = |(place, statement): &Placed<'_>| {
        let concerned = statement.concerns_action(action);
        (!concerned.is_false()).then_some((*place, concerned))
    };
    let statements: Vec<(usize, Truth)> = statements.iter().filter_map(concerned).collect();
    let is_open = statements.iter().any(|(_, concerned)| concerned.is_maybe());
    Said { statements, action: is_open.then_some(position) }
}
