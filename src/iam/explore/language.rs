//! Patterns and forms of texts as automata.

use std::collections::BTreeSet;

use crate::iam::holes::{Place, Places, possibly};
use crate::iam::key::fold;
use crate::iam::subject::{Unit, Units};
use crate::iam::token::{Reach, Tokens};
use crate::text::{CharSet, Text};

/// Positions of an automaton.
pub(super) type Set = [u64; WORDS];

const WORDS: usize = 4;
const MOST_PLACES: usize = WORDS * 64 - 1;

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

    /// Exactly this text, in upper and lower case alike.
    pub(super) fn folding(text: &str) -> Option<Self> {
        let places: Vec<Place> = text.chars().map(Place::Char).collect();
        (places.len() <= MOST_PLACES).then_some(Self { places, folding: true })
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

    /// Whether a place takes any number of characters, whichever they are.
    fn takes_everything(place: Place) -> bool {
        match place {
            Place::Star(reach) => reach != Reach::Part,
            Place::Loop(set) => set == CharSet::ANY,
            _ => false,
        }
    }

    pub(super) fn start(&self) -> Set {
        let mut set = [0; WORDS];
        self.enter(&mut set, 0);
        set
    }

    pub(super) fn step(&self, from: &Set, c: char) -> Set {
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

    pub(super) fn accepts(&self, set: &Set) -> bool {
        let end = self.places.len();
        set.get(end / 64).is_some_and(|word| word & (1 << (end % 64)) != 0)
    }

    /// Leaves out positions that lead to nothing that the others do not lead to: those before a star that takes
    /// everything. Gives whether every longer text is accepted, too.
    pub(super) fn trim(&self, set: &mut Set) -> bool {
        let is_star = |at: &usize| self.places.get(*at).is_some_and(|&place| Self::takes_everything(place));
        let Some(star) = positions(set).filter(is_star).last() else { return false };
        for (index, word) in set.iter_mut().enumerate() {
            let first = index.saturating_mul(64);
            if star >= first.saturating_add(64) {
                *word = 0;
            } else if star > first {
                *word &= u64::MAX << (star % 64);
            }
        }
        star.saturating_add(1) == self.places.len()
    }

    /// The characters that are missing at least for a text to be accepted.
    pub(super) fn missing(&self, set: &Set) -> Option<usize> {
        let behind = |at: usize| self.places.get(at..).unwrap_or_default();
        let missing = |at: usize| behind(at).iter().filter(|place| !Self::repeats(**place)).count();
        // The later the position, the fewer are missing.
        positions(set).last().map(missing)
    }

    /// A text with which whatever contains it is accepted, if there is one; `filler` is any character.
    pub(super) fn infix(&self, filler: char) -> Option<String> {
        let is_star = |place: Option<&Place>| place.is_some_and(|&place| Self::takes_everything(place));
        if !is_star(self.places.first()) || !is_star(self.places.last()) {
            return None;
        }
        let text: String = self
            .places
            .iter()
            .filter(|place| !Self::repeats(**place))
            .map(|place| if let Place::Char(c) = place { *c } else { filler })
            .collect();
        self.contains(&text).then_some(text)
    }

    /// The different places.
    pub(super) fn kinds(&self) -> BTreeSet<Place> {
        self.places.iter().copied().collect()
    }

    /// Whether upper and lower case are the same.
    pub(super) fn is_folding(&self) -> bool {
        self.folding
    }

    /// Whether a place takes a character.
    pub(super) fn takes(place: Place, c: char, folding: bool) -> bool {
        possibly(place, Unit::Char(c), folding)
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

/// Characters enough to tell all automata apart: those that they and the texts name, and for every set some that none
/// names.
pub(super) fn alphabet(machines: &[&Machine], texts: &[String], fresh: usize) -> Vec<char> {
    let places = || machines.iter().flat_map(|machine| machine.places.iter());
    let mut named: BTreeSet<char> = texts.iter().flat_map(|text| text.chars()).collect();
    let folding = machines.iter().any(|machine| machine.folding);
    let mut limited = false;
    for place in places() {
        match place {
            Place::Char(c) => {
                named.insert(*c);
                if folding {
                    named.extend(c.to_lowercase().chain(c.to_uppercase()));
                    let signs = LETTERLIKE.iter().filter(|(letter, _)| fold(*c) == *letter);
                    named.extend(signs.map(|(_, sign)| *sign));
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
    let mut seen = BTreeSet::new();
    for &place in places().filter(|place| !matches!(place, Place::Char(_))) {
        if !seen.insert(place) {
            continue;
        }
        let allowed = |c: char| match place {
            Place::Set(set) | Place::Loop(set) => set.contains(c),
            Place::One(reach) | Place::Star(reach) => reach.covers(c),
            Place::Char(_) => false,
        };
        while chosen.iter().filter(|&&c| allowed(c)).count() < fresh {
            let unused = || preferred().filter(|c| allowed(*c) && !chosen.contains(c));
            let Some(next) = unused().find(|c| !named.contains(c)).or_else(|| unused().next()) else { break };
            chosen.push(next);
        }
    }
    named.retain(|c| !chosen.contains(c));
    chosen.extend(named);
    chosen
}

/// Letters, each with a sign that becomes the letter in lower case without being its upper case.
const LETTERLIKE: [(char, char); 3] = [('k', '\u{212A}'), ('å', '\u{212B}'), ('ω', '\u{2126}')];

/// Characters in the order in which they are chosen for what no pattern names.
fn preferred() -> impl Iterator<Item = char> {
    "xyzwvuqkjh0123456789".chars().chain('a'..='z').chain('A'..='Z').chain('!'..='~').chain('à'..='ÿ')
}
