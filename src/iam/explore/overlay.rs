//! The context of one step of the exploration: some keys tried, some questions answered, the rest as it comes.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use fnv::FnvHashMap;

use crate::iam::key::{Context, KeyName, KeyState, Meeting, Question, Role};
use crate::iam::pattern::Pattern;
use crate::iam::subject::Subject;
use crate::iam::token::{PatternIdentity, Tokens};
use crate::text::{Hole, Text, Truth};

use super::automaton::Fuel;
use super::language::Machine;
use super::product::{Found, Product, Sign};
use super::variable::Variable;

/// What a key that is explored holds at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trial {
    /// Nothing is tried yet.
    Open,
    /// The class with this index.
    Class(usize),
    /// A value that perhaps no class stands for.
    Beyond,
}

/// A question in a form that can be kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    Match { pattern: PatternIdentity, text: Text },
    Compare { operator: &'static str, policy: Text, request: Text },
    Unknown { hole: Hole, role: Role, part: usize },
    NotUnderstood { part: usize, role: Role },
}

/// A question that was asked, with the answer assumed.
#[derive(Debug)]
pub(super) struct Atom {
    pub(super) answer: Option<bool>,
    pub(super) holes: BTreeSet<Hole>,
    pub(super) not_understood: Option<usize>,
    /// For a pattern without holes: its automaton and the text, so that answers about one text can be told to
    /// exclude each other.
    machine: Option<(Machine, Text)>,
}

/// A context in which explored keys hold what is tried.
pub(super) struct Overlay<'a, C: ?Sized> {
    base: &'a C,
    variables: &'a [Variable],
    places: BTreeMap<&'a KeyName, (usize, usize)>,
    trials: Vec<Cell<Trial>>,
    consulted: RefCell<BTreeSet<usize>>,
    beyond: Cell<bool>,
    asking: Cell<bool>,
    index: RefCell<BTreeMap<Asked, usize>>,
    atoms: RefCell<Vec<Atom>>,
    asked: RefCell<BTreeSet<usize>>,
    meetings: RefCell<FnvHashMap<Meeting, Met>>,
    possible: RefCell<BTreeMap<Vec<(usize, bool)>, bool>>,
    /// For telling what is possible. When it is used up, everything else is.
    fuel: RefCell<Fuel>,
}

/// Steps of automata for telling which answers are possible, in one verdict.
const MOST_STEPS: usize = 1_000_000;

/// More than a variable has classes.
const MOST_TRIALS: u64 = 1 << 10;

/// What is known of a pattern and a text that met before.
#[derive(Clone, Copy)]
enum Met {
    Certain(Truth),
    Atom(usize),
}

impl<'a, C: Context + ?Sized> Overlay<'a, C> {
    pub(super) fn new(base: &'a C, variables: &'a [Variable]) -> Self {
        let mut places = BTreeMap::new();
        for (index, variable) in variables.iter().enumerate() {
            for (key, name) in variable.keys.iter().enumerate() {
                places.insert(name, (index, key));
            }
        }
        Self {
            base,
            variables,
            places,
            trials: variables.iter().map(|_| Cell::new(Trial::Open)).collect(),
            consulted: RefCell::default(),
            beyond: Cell::new(false),
            asking: Cell::new(false),
            index: RefCell::default(),
            atoms: RefCell::default(),
            asked: RefCell::default(),
            meetings: RefCell::default(),
            possible: RefCell::default(),
            fuel: RefCell::new(Fuel(MOST_STEPS)),
        }
    }

    pub(super) fn trial(&self, variable: usize) -> Trial {
        self.trials.get(variable).map_or(Trial::Beyond, Cell::get)
    }

    pub(super) fn set_trial(&self, variable: usize, trial: Trial) {
        if let Some(cell) = self.trials.get(variable) {
            cell.set(trial);
        }
    }

    /// Whether questions are kept and answered, rather than left open.
    pub(super) fn set_asking(&self, asking: bool) {
        self.asking.set(asking);
    }

    /// Forgets which keys and questions came up.
    pub(super) fn begin(&self) {
        self.consulted.borrow_mut().clear();
        self.asked.borrow_mut().clear();
        self.beyond.set(false);
    }

    /// The first explored key that came up and holds nothing yet, of those that are free or of those that are not.
    pub(super) fn open_variable(&self, free: bool) -> Option<usize> {
        let consulted = self.consulted.borrow();
        consulted.iter().copied().find(|&at| self.variables.get(at).is_some_and(|v| v.free == free))
    }

    /// Whether a key came up that holds what no class stands for.
    pub(super) fn came_beyond(&self) -> bool {
        self.beyond.get()
    }

    /// The questions that came up and have no answer yet.
    pub(super) fn open_atoms(&self) -> Vec<usize> {
        self.asked.borrow().iter().copied().collect()
    }

    pub(super) fn with_atom<T>(&self, atom: usize, read: impl FnOnce(&Atom) -> T) -> Option<T> {
        self.atoms.borrow().get(atom).map(read)
    }

    /// Assumes an answer, unless it is ruled out by other answers about the same text; tells whether it is possible.
    pub(super) fn answer(&self, atom: usize, answer: Option<bool>) -> bool {
        if let Some(wanted) = answer
            && !self.is_possible(atom, wanted)
        {
            return false;
        }
        if let Some(atom) = self.atoms.borrow_mut().get_mut(atom) {
            atom.answer = answer;
        }
        true
    }

    fn is_possible(&self, atom: usize, wanted: bool) -> bool {
        let atoms = self.atoms.borrow();
        let Some((_, text)) = atoms.get(atom).and_then(|atom| atom.machine.as_ref()) else {
            return true;
        };
        let mut answers = vec![(atom, wanted)];
        for (number, other) in atoms.iter().enumerate() {
            if let (Some((_, other_text)), Some(answer)) = (&other.machine, other.answer)
                && number != atom
                && other_text == text
            {
                answers.push((number, answer));
            }
        }
        if answers.len() == 1 {
            return true;
        }
        answers.sort_unstable();
        if let Some(known) = self.possible.borrow().get(&answers) {
            return *known;
        }
        let machine_of = |number: usize| atoms.get(number).and_then(|atom| atom.machine.as_ref());
        if self.fuel.borrow().is_used_up() {
            return true;
        }
        let constraints: Vec<(&[Machine], bool)> = answers
            .iter()
            .filter_map(|&(number, answer)| Some((std::slice::from_ref(&machine_of(number)?.0), answer)))
            .collect();
        let is_possible = |form: Machine| {
            let lists: Vec<&[Machine]> = constraints.iter().map(|(list, _)| *list).collect();
            let signs: Vec<Sign> = constraints.iter().map(|(_, answer)| *answer).enumerate().collect();
            let mut product = Product::new(&form, &lists, &[]);
            product.find(&signs, None, &mut self.fuel.borrow_mut()) != Found::Nothing
        };
        let possible = Machine::of_values(text).is_none_or(is_possible);
        self.possible.borrow_mut().insert(answers, possible);
        possible
    }

    fn number(&self, asked: Asked, make: impl FnOnce() -> Atom) -> usize {
        *self.index.borrow_mut().entry(asked).or_insert_with(|| {
            let mut atoms = self.atoms.borrow_mut();
            atoms.push(make());
            atoms.len().saturating_sub(1)
        })
    }

    fn answer_of(&self, number: usize) -> Truth {
        if let Some(answer) = self.atoms.borrow().get(number).and_then(|atom| atom.answer) {
            return Truth::from(answer);
        }
        self.asked.borrow_mut().insert(number);
        Truth::Maybe
    }

    fn ask(&self, asked: Asked, make: impl FnOnce() -> Atom) -> Truth {
        self.answer_of(self.number(asked, make))
    }
}

fn atom(holes: impl IntoIterator<Item = Hole>) -> Atom {
    Atom { answer: None, holes: holes.into_iter().collect(), not_understood: None, machine: None }
}

fn match_atom(pattern: &Tokens<'_>, subject: &Subject) -> Atom {
    let mut atom = atom(pattern.holes().chain(subject.holes()).cloned());
    if pattern.holes().next().is_none() {
        atom.machine = Machine::of(pattern).map(|machine| (machine, subject.text().clone()));
    }
    atom
}

impl<C: Context + ?Sized> Context for Overlay<'_, C> {
    fn key(&self, name: &KeyName) -> KeyState<'_> {
        let Some(&(index, key)) = self.places.get(name) else { return self.base.key(name) };
        match self.trial(index) {
            Trial::Class(class) => {
                let held = self.variables.get(index).and_then(|v| v.classes.get(class)?.held.get(key));
                match held {
                    Some(Some((values, multivalued))) => {
                        KeyState::Present { values, multivalued: *multivalued }
                    }
                    _ => KeyState::Absent,
                }
            }
            Trial::Open => {
                self.consulted.borrow_mut().insert(index);
                self.base.key(name)
            }
            Trial::Beyond => {
                self.beyond.set(true);
                match self.variables.get(index).and_then(|variable| variable.beyond.get(key)) {
                    Some(value) => {
                        KeyState::Present { values: std::slice::from_ref(value), multivalued: false }
                    }
                    None => self.base.key(name),
                }
            }
        }
    }

    fn variant(&self, pattern: &Pattern) -> Option<u64> {
        pattern.variables().try_fold(0u64, |number, key| {
            let Some(&(variable, _)) = self.places.get(key) else { return Some(number) };
            let trial = match self.trial(variable) {
                Trial::Open => 0,
                Trial::Beyond => 1,
                Trial::Class(class) => u64::try_from(class).ok()?.checked_add(2)?,
            };
            number.checked_mul(MOST_TRIALS)?.checked_add(trial).filter(|_| trial < MOST_TRIALS)
        })
    }

    fn recall(&self, place: Meeting) -> Option<Truth> {
        match *self.meetings.borrow().get(&place)? {
            Met::Certain(answer) => Some(answer),
            Met::Atom(_) if !self.asking.get() => Some(Truth::Maybe),
            Met::Atom(number) => Some(self.answer_of(number)),
        }
    }

    fn remember(&self, place: Meeting, answer: Truth) {
        self.meetings.borrow_mut().insert(place, Met::Certain(answer));
    }

    fn settle(&self, question: &Question<'_>) -> Truth {
        if !self.asking.get() && !matches!(question, Question::Match { place: Some(_), .. }) {
            return Truth::Maybe;
        }
        match *question {
            Question::Match { pattern, subject, place } => {
                let asked = Asked::Match { pattern: pattern.identity(), text: subject.text().clone() };
                let number = self.number(asked, || match_atom(pattern, subject));
                if let Some(place) = place {
                    self.meetings.borrow_mut().insert(place, Met::Atom(number));
                }
                if self.asking.get() { self.answer_of(number) } else { Truth::Maybe }
            }
            Question::Compare { operator, policy, request } => {
                let asked = Asked::Compare { operator, policy: policy.clone(), request: request.clone() };
                self.ask(asked, || atom(policy.holes().chain(request.holes()).cloned()))
            }
            Question::Unknown { hole, role, part } => {
                self.ask(Asked::Unknown { hole: hole.clone(), role, part }, || atom([hole.clone()]))
            }
            Question::NotUnderstood { part, role } => self
                .ask(Asked::NotUnderstood { part, role }, || Atom { not_understood: Some(part), ..atom([]) }),
        }
    }
}
