//! A text that matches some patterns and not others, if there is one: a search over the product of their automata.

use std::collections::BTreeSet;

use fnv::FnvHashSet;

use crate::iam::holes::{Place, Places, possibly};
use crate::iam::subject::{Unit, Units};
use crate::iam::token::{Reach, Tokens};
use crate::text::Text;

/// Positions of an automaton.
type Set = [u64; WORDS];

const WORDS: usize = 4;
const MOST_PLACES: usize = WORDS * 64 - 1;
/// States that one search looks at before it gives up.
const MOST_STATES: usize = 6_000;

/// A pattern, or a form of texts, as an automaton.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Machine {
    places: Vec<Place>,
    folding: bool,
}

impl Machine {
    /// The texts that match a pattern; nothing if the pattern is too long.
    pub(super) fn of(tokens: &Tokens<'_>) -> Option<Self> {
        let places = Places::of(tokens).list;
        (places.len() <= MOST_PLACES).then_some(Self { places, folding: tokens.fold })
    }

    /// The values of a text with holes.
    pub(super) fn of_values(text: &Text) -> Option<Self> {
        let units = Units::of(text).list;
        let places: Vec<Place> = units
            .into_iter()
            .map(|unit| match unit {
                Unit::Char(c) => Place::Char(c),
                Unit::Set(set) => Place::Set(set),
                Unit::Loop(set) => Place::Loop(set),
            })
            .collect();
        (places.len() <= MOST_PLACES).then_some(Self { places, folding: false })
    }

    /// Exactly this text.
    pub(super) fn literal(text: &str) -> Option<Self> {
        let places: Vec<Place> = text.chars().map(Place::Char).collect();
        (places.len() <= MOST_PLACES).then_some(Self { places, folding: false })
    }

    fn repeats(place: Place) -> bool {
        matches!(place, Place::Star(_) | Place::Loop(_))
    }

    /// Adds a position and those reached without a character.
    fn enter(&self, set: &mut Set, mut at: usize) {
        loop {
            if let Some(word) = set.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
            match self.places.get(at) {
                Some(&place) if Self::repeats(place) => at = at.saturating_add(1),
                _ => return,
            }
        }
    }

    fn start(&self) -> Set {
        let mut set = [0; WORDS];
        self.enter(&mut set, 0);
        set
    }

    fn step(&self, from: &Set, c: char) -> Set {
        let mut to = [0; WORDS];
        for at in positions(from) {
            let Some(&place) = self.places.get(at) else { continue };
            if !possibly(place, Unit::Char(c), self.folding) {
                continue;
            }
            self.enter(&mut to, if Self::repeats(place) { at } else { at.saturating_add(1) });
        }
        to
    }

    fn accepts(&self, set: &Set) -> bool {
        let end = self.places.len();
        set.get(end / 64).is_some_and(|word| word & (1 << (end % 64)) != 0)
    }

    /// Whether the text is among those of the automaton.
    pub(super) fn contains(&self, text: &str) -> bool {
        let end = text.chars().fold(self.start(), |set, c| self.step(&set, c));
        self.accepts(&end)
    }
}

fn positions(set: &Set) -> impl Iterator<Item = usize> {
    set.iter().enumerate().flat_map(|(index, &word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest.wrapping_sub(1);
                index.saturating_mul(64).saturating_add(bit)
            })
        })
    })
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A shortest text.
    Text(String),
    /// There is none.
    Nothing,
    /// The search took too long.
    GaveUp,
}

/// Automata, and whether a text has to be in one of them, or in none.
pub(super) type Constraint<'a> = (&'a [Machine], bool);

/// A shortest text of `form` that meets the constraints. It gives up where there are too many states, or when the `fuel`
/// is used up, which counts the states that it comes to.
pub(super) fn find(form: &Machine, constraints: &[Constraint<'_>], fuel: &mut usize) -> Found {
    let alphabet = alphabet(form, constraints);
    let machines = constraints.iter().flat_map(|(any, _)| *any);
    let start: Vec<Set> = std::iter::once(form).chain(machines).map(Machine::start).collect();
    let mut seen: FnvHashSet<Vec<Set>> = std::iter::once(start.clone()).collect();
    // States in the order in which they are found, each with the one before and the character between.
    let mut states: Vec<(Vec<Set>, usize, char)> = vec![(start, 0, '\0')];
    let mut next = 0usize;
    while let Some((state, _, _)) = states.get(next).cloned() {
        if accepted(form, constraints, &state) {
            return Found::Text(spell(&states, next));
        }
        for &c in &alphabet {
            let Some(after) = step(form, constraints, &state, c) else { continue };
            if seen.insert(after.clone()) {
                if states.len() >= MOST_STATES || *fuel == 0 {
                    return Found::GaveUp;
                }
                *fuel = fuel.saturating_sub(1);
                states.push((after, next, c));
            }
        }
        next = next.saturating_add(1);
    }
    Found::Nothing
}

fn accepted(form: &Machine, constraints: &[Constraint<'_>], state: &[Set]) -> bool {
    let Some((first, rest)) = state.split_first() else { return false };
    let mut sets = rest.iter();
    let mut is_met = |(any, wanted): &Constraint<'_>| {
        // Every automaton takes its own set, whichever accepts.
        let accepting = any.iter().zip(sets.by_ref()).filter(|(machine, set)| machine.accepts(set)).count();
        (accepting > 0) == *wanted
    };
    form.accepts(first) && constraints.iter().all(&mut is_met)
}

/// The state after a character; nothing if no wanted text begins like this.
fn step(form: &Machine, constraints: &[Constraint<'_>], state: &[Set], c: char) -> Option<Vec<Set>> {
    const NOWHERE: Set = [0; WORDS];
    let (first, rest) = state.split_first()?;
    let mut after = Vec::with_capacity(state.len());
    after.push(form.step(first, c));
    if after.first() == Some(&NOWHERE) {
        return None;
    }
    let mut sets = rest.iter();
    for (any, wanted) in constraints {
        let mut is_over = *wanted;
        for (machine, set) in any.iter().zip(sets.by_ref()) {
            let to = machine.step(set, c);
            is_over &= to == NOWHERE;
            after.push(to);
        }
        if is_over {
            return None;
        }
    }
    Some(after)
}

fn spell(states: &[(Vec<Set>, usize, char)], mut at: usize) -> String {
    let mut reversed = Vec::new();
    while at != 0 {
        let Some((_, before, c)) = states.get(at) else { break };
        reversed.push(*c);
        at = *before;
    }
    reversed.iter().rev().collect()
}

/// Characters enough to tell all automata apart: those that they name, and for every set one that none names.
fn alphabet(form: &Machine, constraints: &[Constraint<'_>]) -> Vec<char> {
    let machines = || std::iter::once(form).chain(constraints.iter().flat_map(|(any, _)| *any));
    let mut named = BTreeSet::new();
    let folding = machines().any(|machine| machine.folding);
    let mut limited = false;
    for place in machines().flat_map(|machine| machine.places.iter()) {
        match place {
            Place::Char(c) => {
                named.insert(*c);
                if folding {
                    named.extend(c.to_lowercase().chain(c.to_uppercase()));
                }
            }
            Place::One(Reach::Part | Reach::Unsure) | Place::Star(Reach::Part | Reach::Unsure) => {
                limited = true;
            }
            _ => {}
        }
    }
    if limited {
        named.insert(':');
    }
    let mut chosen: Vec<char> = Vec::new();
    for place in machines().flat_map(|machine| machine.places.iter()) {
        let allowed = |c: char| match place {
            Place::Set(set) | Place::Loop(set) => set.contains(c),
            Place::One(reach) | Place::Star(reach) => reach.covers(c),
            Place::Char(_) => false,
        };
        if matches!(place, Place::Char(_)) || chosen.iter().any(|&c| allowed(c)) {
            continue;
        }
        let fresh = preferred().find(|c| allowed(*c) && !named.contains(c));
        chosen.extend(fresh.or_else(|| preferred().find(|c| allowed(*c))));
    }
    named.retain(|c| !chosen.contains(c));
    chosen.extend(named);
    chosen
}

/// Characters in the order in which they are chosen for what no pattern names.
fn preferred() -> impl Iterator<Item = char> {
    "xyzwvuqkjh0123456789".chars().chain('a'..='z').chain('A'..='Z').chain('!'..='~').chain('à'..='ÿ')
}

#[cfg(test)]
mod tests {
    use super::{Constraint, Found, Machine, find};
    use crate::iam::{ContextTable, Pattern, PatternKind};
    use crate::text::{CharSet, Hole, Run, Shape, Text};

    fn machine(pattern: &str, kind: PatternKind) -> Machine {
        let pattern = Pattern::new(Text::known(pattern), kind, true).unwrap();
        let context = ContextTable::new();
        let (tokens, _) = pattern.resolve(&context).unwrap();
        Machine::of(&tokens).unwrap()
    }

    fn anything() -> Machine {
        let shape = Shape::new(vec![Run::at_least(1, CharSet::ANY)], false);
        Machine::of_values(&Text::hole(Hole::new("", "x", shape))).unwrap()
    }

    fn solve(patterns: &[(&str, bool)], kind: PatternKind) -> Found {
        let machines: Vec<(Machine, bool)> =
            patterns.iter().map(|(pattern, wanted)| (machine(pattern, kind), *wanted)).collect();
        let constraints: Vec<Constraint<'_>> =
            machines.iter().map(|(one, wanted)| (std::slice::from_ref(one), *wanted)).collect();
        let found = find(&anything(), &constraints, &mut usize::MAX.clone());
        if let Found::Text(text) = &found {
            for (machine, wanted) in &machines {
                assert_eq!(machine.contains(text), *wanted, "{text}");
            }
        }
        found
    }

    #[test]
    fn finds_a_text_where_there_is_one_and_none_where_there_is_none() {
        assert_eq!(
            solve(&[("prod*", true), ("*dev", true)], PatternKind::Like),
            Found::Text("prodev".into())
        );
        assert_eq!(solve(&[("a*", true), ("b*", true)], PatternKind::Like), Found::Nothing);
        assert_eq!(solve(&[("ab*", true), ("a*", false)], PatternKind::Like), Found::Nothing);
        assert_eq!(solve(&[("*", false)], PatternKind::Like), Found::Nothing);
        assert_eq!(solve(&[("?*", false)], PatternKind::Like), Found::Nothing);
        assert_eq!(solve(&[("prod", false)], PatternKind::EqualIgnoringCase), Found::Text("x".into()));
        assert!(matches!(solve(&[("x*", false), ("?", false)], PatternKind::Like), Found::Text(_)));
        assert!(matches!(
            solve(&[("arn:aws:iam::*:role/a*", true), ("arn:aws:iam::1*:*", false)], PatternKind::Arn),
            Found::Text(_)
        ));
    }
}
