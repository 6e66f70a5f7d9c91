//! The texts that one of several patterns matches, as an automaton that is made as far as a search comes.

use std::collections::{BTreeSet, HashMap};

use super::language::{Machine, Set};
use crate::hash;

/// Steps that may still be taken.
#[derive(Debug)]
pub(super) struct Fuel(pub(super) usize);

impl Fuel {
    pub(super) fn is_used_up(&self) -> bool {
        self.0 == 0
    }

    /// Takes steps; tells whether there were as many.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        let left = self.0.checked_sub(steps);
        self.0 = left.unwrap_or_default();
        left.is_some()
    }
}

/// The state from which no text is accepted.
pub(super) const NOWHERE: u32 = 0;
/// The state from which every text is accepted.
pub(super) const EVERYWHERE: u32 = 1;
const NOT_MADE: u32 = u32::MAX;
/// What making a state costs, in steps; for each pattern.
const MAKING: usize = 16;

#[derive(Debug)]
struct State {
    sets: Vec<Set>,
    /// The state after a character, by its class.
    next: Vec<u32>,
    accepts: bool,
    /// Characters that are missing at least for a text to be accepted.
    missing: u32,
    /// Positions of the patterns at which a text can go on.
    positions: u32,
}

/// Patterns, of which a text has to match one.
#[derive(Debug)]
pub(super) struct Automaton<'a> {
    machines: Vec<&'a Machine>,
    /// For every character of the alphabet, its class: the patterns do not tell apart the characters of one class.
    classes: Vec<usize>,
    /// A character of every class.
    samples: Vec<char>,
    states: Vec<State>,
    numbers: HashMap<Vec<Set>, u32, hash::State>,
    start: u32,
}

impl<'a> Automaton<'a> {
    pub(super) fn new(machines: impl IntoIterator<Item = &'a Machine>, alphabet: &[char]) -> Self {
        let machines: Vec<&Machine> = machines.into_iter().collect();
        let kinds: BTreeSet<_> = machines
            .iter()
            .flat_map(|machine| machine.kinds().into_iter().map(|kind| (kind, machine.is_folding())))
            .collect();
        let mut classes = Vec::with_capacity(alphabet.len());
        let mut samples = Vec::new();
        let mut known: HashMap<Vec<bool>, usize, hash::State> = HashMap::default();
        for &c in alphabet {
            let answers: Vec<bool> =
                kinds.iter().map(|&(kind, folding)| Machine::takes(kind, c, folding)).collect();
            let class = *known.entry(answers).or_insert_with(|| {
                samples.push(c);
                samples.len().saturating_sub(1)
            });
            classes.push(class);
        }
        let end = |accepts: bool| State {
            sets: Vec::new(),
            next: vec![u32::from(accepts); samples.len()],
            accepts,
            missing: if accepts { 0 } else { u32::MAX },
            positions: 0,
        };
        let states = vec![end(false), end(true)];
        let start = machines.iter().map(|machine| machine.start()).collect();
        let mut automaton =
            Self { machines, classes, samples, states, numbers: HashMap::default(), start: NOWHERE };
        automaton.start = automaton.number(start);
        automaton
    }

    pub(super) fn start(&self) -> u32 {
        self.start
    }

    /// The class of a character, by its position in the alphabet.
    pub(super) fn class(&self, character: usize) -> usize {
        self.classes.get(character).copied().unwrap_or_default()
    }

    pub(super) fn accepts(&self, state: u32) -> bool {
        self.state(state).is_some_and(|state| state.accepts)
    }

    /// The characters that are missing at least for a text to be accepted.
    pub(super) fn missing(&self, state: u32) -> u32 {
        self.state(state).map_or(u32::MAX, |state| state.missing)
    }

    /// How many positions of the patterns a text can go on at.
    pub(super) fn positions(&self, state: u32) -> u32 {
        self.state(state).map_or(0, |state| state.positions)
    }

    fn state(&self, state: u32) -> Option<&State> {
        self.states.get(usize::try_from(state).ok()?)
    }

    /// The state after a character of this class.
    pub(super) fn step(&mut self, state: u32, class: usize, fuel: &mut Fuel) -> u32 {
        let Some(from) = self.state(state) else { return NOWHERE };
        match from.next.get(class) {
            Some(&NOT_MADE) => {}
            Some(&known) => return known,
            None => return NOWHERE,
        }
        let Some(&sample) = self.samples.get(class) else { return NOWHERE };
        fuel.spend(self.machines.len().saturating_mul(MAKING));
        let sets = self.machines.iter().zip(&from.sets).map(|(machine, set)| machine.step(set, sample));
        let to = self.number(sets.collect());
        let place =
            usize::try_from(state).ok().and_then(|state| self.states.get_mut(state)?.next.get_mut(class));
        if let Some(place) = place {
            *place = to;
        }
        to
    }

    /// The number of the state with these positions of the patterns.
    fn number(&mut self, mut sets: Vec<Set>) -> u32 {
        let mut accepts = false;
        let mut missing = None;
        for (machine, set) in self.machines.iter().zip(&mut sets) {
            if machine.trim(set) {
                return EVERYWHERE;
            }
            accepts |= machine.accepts(set);
            missing = missing.into_iter().chain(machine.missing(set)).min();
        }
        // No pattern has a position left.
        let Some(missing) = missing else { return NOWHERE };
        if let Some(&known) = self.numbers.get(&sets) {
            return known;
        }
        let Ok(number) = u32::try_from(self.states.len()) else { return NOWHERE };
        let bits = sets.iter().flatten().map(|word| word.count_ones()).sum();
        self.states.push(State {
            positions: bits,
            sets: sets.clone(),
            next: vec![NOT_MADE; self.samples.len()],
            accepts,
            missing: u32::try_from(missing).unwrap_or(u32::MAX),
        });
        self.numbers.insert(sets, number);
        number
    }
}
