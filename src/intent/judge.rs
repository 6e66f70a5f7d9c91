//! What is meant against what is given, case by case.

use std::collections::BTreeMap;

use super::act::Act;
use super::meant::{BlockRef, Case, Meant};
use crate::access::{Authority, BrokerCall, Matrix, Supposed, Verdict};
use crate::graph::{Graph, State};
use crate::hash::HashMap;
use crate::iam::{KeyName, KeyValue, PolicyDocument, Request};
use crate::text::{Text, Truth};

/// More brokers than these are told in one finding.
const MOST_APART: usize = 4;

/// What is not as it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// Meant, and not given.
    Gap,
    /// Given, and not meant.
    Excess,
    /// Given without MFA, and meant only with it.
    WithoutMfa,
    /// Given, though a block protects from it.
    Protected,
    /// Not known whether it is as it is meant.
    Undecided,
}

/// Something that is not as it is meant, or not known to be: for one principal, one act, and one broker or many.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Matter {
    /// What it is.
    pub what: What,
    /// The block that says what is meant; `None` where none speaks of it.
    pub block: Option<BlockRef>,
    /// The principal, by position.
    pub principal: usize,
    /// What is done.
    pub act: Act,
    /// The brokers, by position.
    pub brokers: Vec<usize>,
}

/// All that is not as it is meant.
#[derive(Debug)]
pub struct Judgement<'m> {
    /// The intent.
    pub meant: &'m Meant,
    /// What is not as it is meant, sorted.
    pub matters: Vec<Matter>,
}

impl<'m> Judgement<'m> {
    /// Holds the state after apply against an intent.
    pub fn new(meant: &'m Meant, graph: &Graph, matrix: &Matrix, authority: &Authority<'_>) -> Self {
        let mut judge = Judge::new(meant, graph, matrix, authority);
        let mut found: BTreeMap<(What, Option<BlockRef>, usize, Act), Vec<usize>> = BTreeMap::new();
        let acts: Vec<Act> = Act::ALL
            .into_iter()
            .filter(|act| act.operation().is_some() || meant.intent().speaks_of(*act))
            .collect();
        let brokers: Vec<(usize, Truth)> = (0..graph.brokers.len())
            .map(|broker| (broker, meant.named(broker)))
            .filter(|(_, named)| !named.is_false())
            .collect();
        for principal in 0..graph.principals.len() {
            for &(broker, named) in &brokers {
                for &act in &acts {
                    if let Some((what, block)) = judge.case(principal, broker, act, named) {
                        found.entry((what, block, principal, act)).or_default().push(broker);
                    }
                }
            }
        }
        let mut matters = Vec::new();
        for ((what, block, principal, act), brokers) in found {
            let size = if brokers.len() > MOST_APART { brokers.len() } else { 1 };
            for brokers in brokers.chunks(size) {
                matters.push(Matter { what, block, principal, act, brokers: brokers.to_vec() });
            }
        }
        Self { meant, matters }
    }
}

/// What a question hangs on: the principal's class, the broker, the act, and whether it is asked without MFA.
type Question = (usize, usize, Act, bool);

struct Judge<'a> {
    meant: &'a Meant,
    matrix: &'a Matrix,
    authority: &'a Authority<'a>,
    /// By principal: whether any of its policies says anything of changes.
    may_update: Vec<bool>,
    asked: HashMap<Question, Option<Verdict>>,
}

impl<'a> Judge<'a> {
    fn new(meant: &'a Meant, graph: &'a Graph, matrix: &'a Matrix, authority: &'a Authority<'a>) -> Self {
        let may_update = if meant.intent().speaks_of(Act::Update) {
            let request = Request::new(Act::Update.action(), Text::from("*"));
            let concerning: Vec<bool> =
                matrix.all_compiled().iter().map(|document| concerns(document, &request)).collect();
            let says = |position| {
                let layers = authority.layers(State::After, position);
                layers.is_some_and(|layers| {
                    layers
                        .identity
                        .iter()
                        .any(|attached| concerning.get(attached.document).copied().unwrap_or_default())
                })
            };
            (0..graph.principals.len()).map(says).collect()
        } else {
            Vec::new()
        };
        Self { meant, matrix, authority, may_update, asked: HashMap::default() }
    }

    /// What is the matter with one case; `None` where it is as it is meant.
    fn case(
        &mut self,
        principal: usize,
        broker: usize,
        act: Act,
        named: Truth,
    ) -> Option<(What, Option<BlockRef>)> {
        let is_given = match self.given(principal, broker, act)? {
            Verdict::Denied => Truth::False,
            Verdict::Allowed | Verdict::Conditional { .. } => Truth::True,
            Verdict::Unknown { .. } => Truth::Maybe,
        };
        let case = self.meant.case(principal, broker, act);
        let block = block_of(&case);
        match is_given {
            Truth::False if case.protected.is_some() || case.perhaps_protected.is_some() => None,
            Truth::False if case.meant.is_some() => Some((What::Gap, case.meant.map(BlockRef::Access))),
            Truth::False => case.perhaps_meant.map(|_| (What::Undecided, block)),
            _ if case.tolerated && case.meant.is_none() && case.protected.is_none() => None,
            Truth::Maybe => Some((What::Undecided, block)),
            Truth::True if case.protected.is_some() => Some((What::Protected, block)),
            Truth::True if case.perhaps_protected.is_some() => Some((What::Undecided, block)),
            Truth::True => match (case.meant, case.perhaps_meant) {
                (Some(_), _) => self.without_mfa(&case, principal, broker, act),
                (None, Some(_)) => Some((What::Undecided, block)),
                (None, None) if named.is_true() => Some((What::Excess, None)),
                (None, None) => Some((What::Undecided, None)),
            },
        }
    }

    /// Whether a request without MFA is allowed although the block demands it.
    fn without_mfa(
        &mut self,
        case: &Case,
        principal: usize,
        broker: usize,
        act: Act,
    ) -> Option<(What, Option<BlockRef>)> {
        let demanded = case.with_mfa.map(BlockRef::Access)?;
        match self.asked(principal, broker, act, true)? {
            Verdict::Denied => None,
            Verdict::Allowed | Verdict::Conditional { .. } => Some((What::WithoutMfa, Some(demanded))),
            Verdict::Unknown { .. } => Some((What::Undecided, Some(demanded))),
        }
    }

    fn given(&mut self, principal: usize, broker: usize, act: Act) -> Option<Verdict> {
        if let Some(operation) = act.operation() {
            return self.matrix.verdict(State::After, principal, broker, operation).cloned();
        }
        if self.may_update.get(principal).copied().unwrap_or_default() {
            self.asked(principal, broker, act, false)
        } else {
            Some(Verdict::Denied)
        }
    }

    fn asked(&mut self, principal: usize, broker: usize, act: Act, without_mfa: bool) -> Option<Verdict> {
        // The classes of the matrix tell apart only what the three operations hang on.
        let key = act.operation().and_then(|_| {
            let class = self.matrix.class_key(principal).1?;
            Some((class, broker, act, without_mfa))
        });
        if let Some(known) = key.and_then(|key| self.asked.get(&key)) {
            return known.clone();
        }
        let verdict = if without_mfa {
            verdict_without_mfa(self.authority, principal, broker, act, Supposed::default())
        } else {
            self.authority.on_broker(State::After, principal, broker, &call(act, &[]), Supposed::default())
        };
        if let Some(key) = key {
            self.asked.insert(key, verdict.clone());
        }
        verdict
    }
}

/// The verdict over all requests without MFA: those of a session that did without, and those of long-term access keys,
/// which do not have the key at all. Neither has an age of the MFA.
pub(crate) fn verdict_without_mfa(
    authority: &Authority<'_>,
    principal: usize,
    broker: usize,
    act: Act,
    supposed: Supposed<'_>,
) -> Option<Verdict> {
    let mut joined = Verdict::Denied;
    for present in [KeyValue::Absent, KeyValue::one("false")] {
        let fixed = [
            (KeyName::new("aws:MultiFactorAuthPresent"), present),
            (KeyName::new("aws:MultiFactorAuthAge"), KeyValue::Absent),
        ];
        match authority.on_broker(State::After, principal, broker, &call(act, &fixed), supposed)? {
            Verdict::Denied => {}
            verdict @ (Verdict::Allowed | Verdict::Conditional { .. }) => return Some(verdict),
            unknown @ Verdict::Unknown { .. } => joined = unknown,
        }
    }
    Some(joined)
}

/// The call that an act is.
pub(crate) fn call(act: Act, fixed: &[(KeyName, KeyValue)]) -> BrokerCall<'_> {
    BrokerCall { action: act.action(), like: act.like(), fixed }
}

/// Whether a document may say anything of a request's action.
fn concerns(document: &PolicyDocument, request: &Request) -> bool {
    document.is_broken()
        || !document.unknown_statements().is_empty()
        || document.statements().iter().any(|statement| !statement.concerns_action(request).is_false())
}

/// The block that a case is told with.
fn block_of(case: &Case) -> Option<BlockRef> {
    let protect = case.protected.or(case.perhaps_protected).map(BlockRef::Protect);
    protect.or_else(|| case.meant.or(case.perhaps_meant).map(BlockRef::Access))
}
