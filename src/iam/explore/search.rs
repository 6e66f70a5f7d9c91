//! The search through the classes of the keys, and through the answers to what is unknown.

use std::collections::BTreeSet;

use crate::iam::document::{PolicyDocument, Problem};
use crate::iam::key::Context;
use crate::iam::layers::PolicyLayers;
use crate::iam::request::Request;
use crate::iam::statement::{Effect, Statement};
use crate::text::{SENSITIVE, Truth};

use super::overlay::{Overlay, Trial};
use super::variable::{Class, Held, SYMBOLIC, Variable};
use super::{KeyAnswer, Reason, RequestContext, Verdict};

/// Evaluations for one verdict.
const MOST_EVALUATIONS: usize = 20_000;
/// Evaluations for the answers to what is unknown, in one context.
const MOST_ANSWERS: usize = 256;

/// A layer, reduced to the statements that can still apply.
pub(super) struct LiveLayer<'a> {
    pub(super) statements: Vec<&'a Statement>,
    pub(super) documents: Vec<&'a PolicyDocument>,
}

pub(super) struct Search<'a, C: ?Sized> {
    layers: &'a [LiveLayer<'a>],
    sources: &'a PolicyLayers<'a>,
    request: &'a Request,
    variables: &'a [Variable],
    overlay: Overlay<'a, C>,
    evaluations: usize,
    allowed_when: Option<RequestContext>,
    denied_when: Option<RequestContext>,
    because: BTreeSet<Reason>,
    undecided: bool,
    unexplored: bool,
}

/// What the answers to what is unknown lead to, in one context.
#[derive(Default)]
struct Outcomes {
    decided: Decided,
    /// Some are not decided.
    open: bool,
    /// Contexts are left out, because they are too many.
    unexplored: bool,
    because: BTreeSet<Reason>,
}

/// Which decisions are among the outcomes.
#[derive(Default)]
struct Decided {
    allowed: bool,
    denied: bool,
}

impl Outcomes {
    fn join(&mut self, other: Self) {
        self.decided.allowed |= other.decided.allowed;
        self.decided.denied |= other.decided.denied;
        self.open |= other.open;
        self.unexplored |= other.unexplored;
        self.because.extend(other.because);
    }

    fn is_uniform(&self) -> bool {
        !self.open && self.decided.allowed != self.decided.denied
    }
}

impl<'a, C: Context + ?Sized> Search<'a, C> {
    pub(super) fn new(
        layers: &'a [LiveLayer<'a>],
        sources: &'a PolicyLayers<'a>,
        request: &'a Request,
        variables: &'a [Variable],
        context: &'a C,
    ) -> Self {
        Self {
            layers,
            sources,
            request,
            variables,
            overlay: Overlay::new(context, variables),
            evaluations: 0,
            allowed_when: None,
            denied_when: None,
            because: BTreeSet::new(),
            undecided: false,
            unexplored: false,
        }
    }

    pub(super) fn run(mut self) -> Verdict {
        self.contexts();
        match (self.allowed_when, self.denied_when) {
            (Some(allowed_when), Some(denied_when)) => Verdict::Conditional { allowed_when, denied_when },
            (Some(_), None) if !self.undecided && !self.unexplored => Verdict::Allowed,
            (None, Some(_)) if !self.undecided && !self.unexplored => Verdict::Denied,
            _ => Verdict::Unknown { because: self.because.into_iter().collect(), explored: !self.unexplored },
        }
    }

    /// Whether the request is allowed, as far as the present trials and answers tell.
    fn evaluate(&mut self) -> Truth {
        self.evaluations = self.evaluations.saturating_add(1);
        self.overlay.begin();
        let mut denied = Truth::False;
        let mut allowed = Truth::True;
        for layer in self.layers {
            let mut here = Truth::False;
            for statement in &layer.statements {
                let effect = statement.effect();
                match effect {
                    Some(Effect::Allow) if here.is_true() => continue,
                    Some(Effect::Deny) if denied.is_true() => continue,
                    _ => {}
                }
                let applies = statement.applies(self.request, &self.overlay);
                if applies.is_false() {
                    continue;
                }
                match effect {
                    Some(Effect::Allow) => here = here.or(applies),
                    Some(Effect::Deny) => denied = denied.or(applies),
                    None => {
                        here = here.or(applies.and(statement.has_effect(Effect::Allow, &self.overlay)));
                        denied = denied.or(applies.and(statement.has_effect(Effect::Deny, &self.overlay)));
                    }
                }
                if denied.is_true() {
                    return Truth::False;
                }
            }
            for document in &layer.documents {
                document.judge_unknown(&self.overlay, &mut here, &mut denied);
            }
            if here.is_false() || denied.is_true() {
                return Truth::False;
            }
            allowed = allowed.and(here);
        }
        allowed.and(!denied)
    }

    /// Tries the classes of the free keys, one key after the other, as long as the decision is open.
    fn contexts(&mut self) {
        if self.evaluations >= MOST_EVALUATIONS {
            self.unexplored = true;
            return;
        }
        self.overlay.set_asking(false);
        match self.evaluate() {
            Truth::True => self.found(true),
            Truth::False => self.found(false),
            Truth::Maybe => match self.overlay.open_variable(true) {
                Some(variable) => self.branch(variable),
                None => self.leaf(),
            },
        }
    }

    fn branch(&mut self, variable: usize) {
        let Some(tried) = self.variables.get(variable) else { return };
        for class in 0..tried.classes.len() {
            self.overlay.set_trial(variable, Trial::Class(class));
            self.contexts();
            if self.is_conditional() {
                break;
            }
        }
        if !tried.complete && !self.is_conditional() {
            self.overlay.set_trial(variable, Trial::Beyond);
            self.contexts();
        }
        self.overlay.set_trial(variable, Trial::Open);
    }

    fn is_conditional(&self) -> bool {
        self.allowed_when.is_some() && self.denied_when.is_some()
    }

    fn found(&mut self, allowed: bool) {
        let place = if allowed { &mut self.allowed_when } else { &mut self.denied_when };
        if place.is_none() {
            *place = context_of(self.variables, &self.overlay);
            // Without a context to show for it, the outcome cannot count.
            self.undecided |= place.is_none();
        }
    }

    /// All free keys that matter are tried: what is left hangs on what is unknown.
    fn leaf(&mut self) {
        self.overlay.set_asking(true);
        let most = self.evaluations.saturating_add(MOST_ANSWERS);
        let outcomes = self.answers(most);
        self.overlay.set_asking(false);
        if outcomes.is_uniform() {
            self.found(outcomes.decided.allowed);
        } else {
            self.undecided = true;
            self.unexplored |= outcomes.unexplored;
            self.because.extend(outcomes.because);
        }
    }

    /// Tries what is unknown, as long as the decision is open.
    fn answers(&mut self, most: usize) -> Outcomes {
        let mut outcomes = Outcomes::default();
        match self.evaluate() {
            Truth::True => outcomes.decided.allowed = true,
            Truth::False => outcomes.decided.denied = true,
            Truth::Maybe => {
                let beyond = self.overlay.came_beyond();
                if beyond {
                    self.beyond_reasons(&mut outcomes);
                }
                if self.evaluations >= most {
                    outcomes.open = true;
                    outcomes.because.extend(self.open_reasons());
                } else if let Some(variable) = self.overlay.open_variable(false) {
                    self.try_variable(variable, most, &mut outcomes);
                } else if let Some(&atom) = self.overlay.open_atoms().first() {
                    self.try_atom(atom, most, &mut outcomes);
                } else {
                    outcomes.open = true;
                }
            }
        }
        if outcomes.is_uniform() {
            outcomes.because.clear();
            outcomes.unexplored = false;
        }
        outcomes
    }

    fn try_variable(&mut self, variable: usize, most: usize, outcomes: &mut Outcomes) {
        let Some(tried) = self.variables.get(variable) else { return };
        for class in 0..tried.classes.len() {
            self.overlay.set_trial(variable, Trial::Class(class));
            outcomes.join(self.answers(most));
        }
        if !tried.complete {
            self.overlay.set_trial(variable, Trial::Beyond);
            outcomes.join(self.answers(most));
        }
        self.overlay.set_trial(variable, Trial::Open);
        outcomes.because.extend(tried.hole.clone().map(Reason::Hole));
    }

    fn try_atom(&mut self, atom: usize, most: usize, outcomes: &mut Outcomes) {
        for answer in [true, false] {
            if self.overlay.answer(atom, Some(answer)) {
                outcomes.join(self.answers(most));
                self.overlay.answer(atom, None);
            }
        }
        outcomes.because.extend(self.reasons(atom));
    }

    fn reasons(&self, atom: usize) -> Vec<Reason> {
        let read = self.overlay.with_atom(atom, |atom| (atom.holes.clone(), atom.not_understood));
        let Some((holes, not_understood)) = read else { return Vec::new() };
        let problems = not_understood.map(|part| problems(self.sources, part)).unwrap_or_default();
        let holes = holes.into_iter().filter(|hole| hole.address() != SYMBOLIC);
        holes.map(Reason::Hole).chain(problems.into_iter().map(Reason::NotUnderstood)).collect()
    }

    fn open_reasons(&self) -> Vec<Reason> {
        let mut reasons: Vec<Reason> =
            self.overlay.open_atoms().into_iter().flat_map(|atom| self.reasons(atom)).collect();
        if let Some(variable) = self.overlay.open_variable(false).and_then(|at| self.variables.get(at)) {
            reasons.extend(variable.hole.clone().map(Reason::Hole));
        }
        reasons
    }

    /// A key holds what no class stands for: because of holes, or because there are too many classes.
    fn beyond_reasons(&self, outcomes: &mut Outcomes) {
        for (index, variable) in self.variables.iter().enumerate() {
            if self.overlay.trial(index) == Trial::Beyond {
                let holes = variable.because.iter().chain(&variable.hole).cloned().map(Reason::Hole);
                let parts = variable.not_understood.iter().flat_map(|&part| problems(self.sources, part));
                let reasons: Vec<Reason> = holes.chain(parts.map(Reason::NotUnderstood)).collect();
                outcomes.unexplored |= reasons.is_empty();
                outcomes.because.extend(reasons);
            }
        }
    }
}

/// The problems of the documents in which a part lies.
fn problems(layers: &PolicyLayers<'_>, part: usize) -> Vec<Problem> {
    let documents = || layers.iter().flat_map(|(_, documents)| documents.iter().copied());
    let exact: Vec<Problem> = documents().flat_map(|document| document.problems_of(part)).cloned().collect();
    if !exact.is_empty() {
        return exact;
    }
    documents().flat_map(PolicyDocument::problems).cloned().collect()
}

/// The free keys as they are tried now; a key that is not tried can hold anything.
fn context_of<C: Context + ?Sized>(
    variables: &[Variable],
    overlay: &Overlay<'_, C>,
) -> Option<RequestContext> {
    let mut context = RequestContext::new();
    for (index, variable) in variables.iter().enumerate().filter(|(_, variable)| variable.free) {
        let present = |class: &&Class| class.held.iter().all(Option::is_some);
        let class = match overlay.trial(index) {
            Trial::Class(class) => variable.classes.get(class),
            Trial::Beyond if !variable.beyond.is_empty() => variable.classes.iter().find(present),
            Trial::Open | Trial::Beyond => variable.classes.first(),
        }?;
        for (spelled, held) in variable.spelled.iter().zip(&class.held) {
            context.insert(spelled.clone(), answer(held, variable.sensitive));
        }
    }
    Some(context)
}

/// What is shown of a key that is tried. `is_sensitive` tells that its values follow from something sensitive.
fn answer(held: &Held, is_sensitive: bool) -> KeyAnswer {
    let text = |value: &crate::iam::Subject| {
        if is_sensitive { SENSITIVE.to_owned() } else { value.text().to_string() }
    };
    match held {
        Some((values, true)) => KeyAnswer::List(values.iter().map(text).collect()),
        Some((values, false)) => KeyAnswer::One(values.first().map(text).unwrap_or_default()),
        None => KeyAnswer::Absent,
    }
}
