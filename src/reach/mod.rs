//! Who becomes whom, and what power lies at the end of it.
//!
//! A principal that may not call Amazon MQ itself may still become one that may, or change the policies that hold it
//! back. Every step is a call, decided as any other by the one engine; what can be assumed is decided by the trust
//! policy of the role together with the policies of who assumes it. The search goes from principal to principal,
//! shortest way first. It says what is possible besides the verdicts, and changes none of them.

mod abilities;
mod admissions;
mod ask;
mod becoming;
mod changes;
mod index;
mod maker;
mod outsiders;
mod power;
mod search;
mod services;
mod trusts;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

pub use admissions::{Admission, Surely, Who};
pub use ask::{Basis, Made};
pub use outsiders::Opening;
pub use search::{Findable, Found, Path};

use crate::access::{Added, Authority, Layers, Matrix, Reason, Supposed};
use crate::graph::{Graph, Principal, PrincipalFacts, PrincipalKind, State};
use crate::hash::HashMap;
use crate::iam::{PolicyDocument, Requester};
use crate::text::Text;

use abilities::Abilities;
use ask::{Asked, Known};
use changes::{Attachable, Holding};
use index::Index;
use power::Cells;
use trusts::Trusts;

/// A principal that somebody has become, perhaps with policies changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holder {
    /// The principal, by its position in the graph's list.
    pub principal: usize,
    /// Where its policies are changed so that they grant everything that nothing else denies: which of the changes that
    /// the search has come upon.
    raised: Option<usize>,
}

impl Holder {
    /// A principal as it is.
    fn plain(principal: usize) -> Self {
        Self { principal, raised: None }
    }

    fn is_raised(self) -> bool {
        self.raised.is_some()
    }
}

/// What is done in one step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// The policies, the boundary or the trust policy of a principal are changed.
    Change {
        /// The principal, group or policy that is changed, by its id.
        on: Box<str>,
    },
    /// A role is assumed.
    Assume {
        /// The role.
        role: usize,
    },
    /// A role is passed to a service, which then does as the caller says.
    Pass {
        /// The role.
        role: usize,
        /// What the service is called.
        service: &'static str,
    },
    /// Credentials of a user are made.
    TakeOver {
        /// The user.
        user: usize,
    },
}

/// One step: who does what, by which calls.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// Who does it.
    pub actor: usize,
    /// What is done.
    pub deed: Deed,
    /// The calls, with the statements that allow them.
    pub calls: Vec<Arc<Made>>,
}

/// How one holder becomes another, in one step or a few.
type Passage = Arc<[Step]>;

/// The id of a policy, if there is one.
type PolicyId = Option<Arc<str>>;

/// What differs from the plan in the world in which a call is decided.
#[derive(Default)]
struct Scenario<'d> {
    layers: Option<Layers>,
    identity: Vec<&'d PolicyDocument>,
    boundaries: Vec<&'d PolicyDocument>,
    trust: Option<(&'d PolicyDocument, Requester)>,
}

impl Scenario<'_> {
    fn supposed(&self) -> Supposed<'_> {
        Supposed {
            layers: self.layers.as_ref(),
            added: Added { identity: &self.identity, boundaries: &self.boundaries },
            trust: self.trust.as_ref().map(|(document, caller)| (*document, caller)),
            ..Supposed::default()
        }
    }
}

/// What leads on from a holder, once it has been looked for.
struct Expanded {
    /// Whom the holder becomes, the shortest passages first.
    onward: Vec<(Holder, Passage)>,
    /// Steps that would lead on, and hang on something unknown.
    open: BTreeSet<Reason>,
}

/// Who becomes whom after apply. Nothing is computed before it is asked for.
pub struct Reach<'a> {
    graph: &'a Graph,
    matrix: &'a Matrix,
    authority: &'a Authority<'a>,
    trusts: OnceLock<Trusts>,
    abilities: OnceLock<Abilities<'a>>,
    cells: OnceLock<Cells>,
    index: OnceLock<Index>,
    everything: PolicyDocument,
    everyone: PolicyDocument,
    found: OnceLock<Found>,
}

/// A search, with what it has come upon so far.
struct Search<'r, 'a> {
    reach: &'r Reach<'a>,
    /// Holders, and whom each becomes, as far as they have been looked for.
    expanded: RefCell<BTreeMap<Holder, Rc<Expanded>>>,
    /// By principal: the layers that are left of it where its policies are changed.
    raised: RefCell<Vec<(usize, Layers)>>,
    /// Answers to calls of principals as they are.
    answers: RefCell<HashMap<Asked, Known>>,
    /// By principal: its policies.
    holdings: RefCell<HashMap<usize, Rc<[Holding]>>>,
    /// By principal and document: the policy that brings it.
    policies: RefCell<HashMap<(usize, usize), PolicyId>>,
    /// By role and service: whether the role lets the service in.
    services: RefCell<HashMap<(usize, &'static str), bool>>,
    attachable: OnceCell<Vec<Attachable>>,
    strong_groups: OnceCell<Vec<usize>>,
    calls: Cell<usize>,
}

/// The calls that are decided in one search. What lies beyond is not looked for, and a finding says so.
const MOST_CALLS: usize = 60_000;

impl<'a> Reach<'a> {
    /// Prepares the question.
    pub fn new(graph: &'a Graph, matrix: &'a Matrix, authority: &'a Authority<'a>) -> Self {
        let parse = |json: &str| PolicyDocument::parse(&Text::from(json));
        Self {
            graph,
            matrix,
            authority,
            trusts: OnceLock::new(),
            abilities: OnceLock::new(),
            cells: OnceLock::new(),
            index: OnceLock::new(),
            everything: parse(r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#),
            everyone: parse(
                r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":["sts:AssumeRole","sts:TagSession"]}}"#,
            ),
            found: OnceLock::new(),
        }
    }

    /// The principal at a position of the graph's list.
    pub fn principal(&self, position: usize) -> Option<&'a Principal> {
        self.graph.principal(*self.graph.principals.get(position)?)
    }

    /// Whether a principal may do something with a broker after apply, at least under a condition.
    pub fn has_power(&self, position: usize) -> bool {
        self.cells().has_power(position)
    }

    fn facts(&self, position: usize) -> Option<&'a PrincipalFacts> {
        self.principal(position)?.facts.after.as_ref()
    }

    fn kind(&self, position: usize) -> Option<PrincipalKind> {
        Some(self.principal(position)?.kind)
    }

    fn trusts(&self) -> &Trusts {
        self.trusts.get_or_init(|| Trusts::new(self.graph))
    }

    fn abilities(&self) -> &Abilities<'a> {
        self.abilities.get_or_init(|| Abilities::new(self.graph, self.authority))
    }

    fn cells(&self) -> &Cells {
        self.cells.get_or_init(|| Cells::new(self.graph, self.matrix))
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(self))
    }

    fn layers(&self, position: usize) -> Option<&'a Layers> {
        self.authority.layers(State::After, position)
    }
}

impl<'a> Deref for Search<'_, 'a> {
    type Target = Reach<'a>;

    fn deref(&self) -> &Reach<'a> {
        self.reach
    }
}

impl<'r, 'a> Search<'r, 'a> {
    fn new(reach: &'r Reach<'a>) -> Self {
        Self {
            reach,
            expanded: RefCell::default(),
            raised: RefCell::default(),
            answers: RefCell::default(),
            holdings: RefCell::default(),
            policies: RefCell::default(),
            services: RefCell::default(),
            attachable: OnceCell::new(),
            strong_groups: OnceCell::new(),
            calls: Cell::new(0),
        }
    }

    /// Whether the search has come to its bound.
    fn is_cut(&self) -> bool {
        self.calls.get() >= MOST_CALLS
    }

    /// The world in which a holder acts.
    fn scenario(&self, holder: Holder) -> Scenario<'_> {
        match self.raised_layers(holder) {
            Some(layers) => {
                Scenario { layers: Some(layers), identity: vec![&self.everything], ..Scenario::default() }
            }
            None => Scenario::default(),
        }
    }

    /// The layers that are left where the policies of the holder are changed.
    fn raised_layers(&self, holder: Holder) -> Option<Layers> {
        self.raised.borrow().get(holder.raised?).map(|(_, layers)| layers.clone())
    }

    /// The principal with its policies changed. Where they grant everything, equal layers are one holder; else it matters
    /// what was added.
    fn raised(&self, principal: usize, layers: &Layers, is_full: bool) -> Holder {
        let mut raised = self.raised.borrow_mut();
        let same = |(other, known): &(usize, Layers)| is_full && *other == principal && known == layers;
        let known = raised.iter().position(same);
        let place = known.unwrap_or_else(|| {
            raised.push((principal, layers.clone()));
            raised.len().saturating_sub(1)
        });
        Holder { principal, raised: Some(place) }
    }
}
