//! A text that matches some patterns and not others, if there is one: a search over the product of their automata.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashSet};
use std::rc::Rc;

use super::automaton::{Automaton, EVERYWHERE, Fuel, NOWHERE};
use super::language::{Machine, alphabet};
use crate::hash;

/// Steps of one search, at most.
const MOST_STEPS: usize = 400_000;

/// Beyond this many lists of patterns, hardly any two characters are the same to all of them.
const FEW_SIGNS: usize = 6;

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A text, and hardly ever is there one that is much shorter.
    Text(String),
    /// There is none.
    Nothing,
    /// The search took too long.
    GaveUp,
}

/// The number of a list of patterns, and whether a text has to match one of them, or none.
pub(super) type Sign = (usize, bool);

/// Texts of a form, and the lists of patterns that they are asked to match or not.
#[derive(Debug)]
pub(super) struct Product<'a> {
    form: Automaton<'a>,
    lists: Vec<Automaton<'a>>,
    alphabet: Vec<char>,
}

/// A state of every automaton, and how much of a text to avoid was read.
type State = Rc<[u32]>;

impl<'a> Product<'a> {
    /// Searches can be told to avoid the texts.
    pub(super) fn new(form: &'a Machine, lists: &[&'a [Machine]], texts: &[String]) -> Self {
        let machines: Vec<&Machine> =
            std::iter::once(form).chain(lists.iter().flat_map(|list| list.iter())).collect();
        // Two characters that nothing names: of each class of texts there may be two to find.
        let alphabet = alphabet(&machines, texts, 2);
        Self {
            form: Automaton::new([form], &alphabet),
            lists: lists.iter().map(|list| Automaton::new(list.iter(), &alphabet)).collect(),
            alphabet,
        }
    }

    /// A text as the signs want it that is none of those to avoid. It gives up when the fuel is used up.
    ///
    /// Looks first where the fewest characters are missing in sum, and of those where there are the most ways to go on,
    /// until it finds a text or has been everywhere.
    pub(super) fn find(&mut self, signs: &[Sign], avoid: Option<&Avoided>, fuel: &mut Fuel) -> Found {
        // What has to match is over sooner than what must not: it is looked at first.
        let mut ordered = signs.to_vec();
        ordered.sort_by_key(|&(_, wanted)| !wanted);
        let signs = &*ordered;
        let mut own = Fuel(fuel.0.min(MOST_STEPS));
        let before = own.0;
        let found = self.search(signs, avoid, &mut own);
        fuel.spend(before.saturating_sub(own.0));
        found
    }

    fn search(&mut self, signs: &[Sign], avoid: Option<&Avoided>, fuel: &mut Fuel) -> Found {
        let characters = self.characters(signs, avoid, fuel);
        let list = |number: usize| self.lists.get(number).map_or(NOWHERE, Automaton::start);
        let rest = signs.iter().map(|&(number, _)| list(number));
        let avoided = avoid.map_or(Avoided::LEFT, |_| Avoided::ROOT);
        let start: Vec<u32> = std::iter::once(self.form.start()).chain(rest).chain([avoided]).collect();
        if !Self::is_open(signs, &start) {
            return Found::Nothing;
        }
        let start: State = start.into();
        let mut seen: HashSet<State, hash::State> = std::iter::once(Rc::clone(&start)).collect();
        let mut queue = BinaryHeap::from([Reverse((0, 0, Reverse(0), 0usize))]);
        // States in the order in which they are found, each with the one before, the character between, and how many
        // characters lead to it.
        let mut states: Vec<(State, usize, char, u32)> = vec![(start, 0, '\0', 0)];
        while let Some(Reverse((.., at))) = queue.pop() {
            let Some((state, _, _, length)) = states.get(at) else { continue };
            let (state, length) = (Rc::clone(state), length.saturating_add(1));
            if self.is_accepted(signs, avoid, &state) {
                return Found::Text(spell(&states, at));
            }
            for &character in &characters {
                let after = self.step(signs, avoid, &state, character, fuel);
                if fuel.0 == 0 {
                    return Found::GaveUp;
                }
                let Some(after) = after else { continue };
                if seen.contains(&*after) {
                    continue;
                }
                let missing = self.missing(signs, &after);
                let after: State = after.into();
                seen.insert(Rc::clone(&after));
                let ways = self.ways(signs, &after);
                queue.push(Reverse((missing.saturating_add(length), missing, Reverse(ways), states.len())));
                let c = self.alphabet.get(character).copied().unwrap_or_default();
                states.push((after, at, c, length));
            }
        }
        Found::Nothing
    }

    /// A character that no pattern names, if there is one.
    pub(super) fn filler(&self) -> Option<char> {
        self.alphabet.first().copied()
    }

    /// The positions in the alphabet of characters that between them bring about whatever some character does.
    fn characters(&self, signs: &[Sign], avoid: Option<&Avoided>, fuel: &mut Fuel) -> Vec<usize> {
        if signs.len() > FEW_SIGNS {
            return (0..self.alphabet.len()).collect();
        }
        let mut seen = BTreeSet::new();
        let automata: Vec<&Automaton<'_>> = std::iter::once(&self.form)
            .chain(signs.iter().filter_map(|&(number, _)| self.lists.get(number)))
            .collect();
        fuel.spend(automata.len().saturating_mul(self.alphabet.len()));
        let mut differs = |&(at, c): &(usize, &char)| {
            let classes: Vec<usize> = automata.iter().map(|automaton| automaton.class(at)).collect();
            seen.insert((classes, avoid.and_then(|avoid| avoid.characters.get(c))))
        };
        self.alphabet.iter().enumerate().filter(|character| differs(character)).map(|(at, _)| at).collect()
    }

    /// The state after a character; nothing if no wanted text begins like this.
    fn step(
        &mut self,
        signs: &[Sign],
        avoid: Option<&Avoided>,
        state: &[u32],
        character: usize,
        fuel: &mut Fuel,
    ) -> Option<Vec<u32>> {
        let (&form, rest) = state.split_first()?;
        fuel.spend(1);
        let form = self.form.step(form, self.form.class(character), fuel);
        if form == NOWHERE {
            return None;
        }
        let mut after = Vec::with_capacity(state.len());
        after.push(form);
        for (&from, &(number, wanted)) in rest.iter().zip(signs) {
            let list = self.lists.get_mut(number)?;
            fuel.spend(1);
            let is_over = matches!(from, NOWHERE | EVERYWHERE);
            let to = if is_over { from } else { list.step(from, list.class(character), fuel) };
            if to == if wanted { NOWHERE } else { EVERYWHERE } {
                return None;
            }
            after.push(to);
        }
        let c = *self.alphabet.get(character)?;
        let node = rest.last().copied().unwrap_or(Avoided::LEFT);
        after.push(avoid.map_or(Avoided::LEFT, |avoid| avoid.step(node, c)));
        Some(after)
    }

    fn is_open(signs: &[Sign], state: &[u32]) -> bool {
        let mut states = state.iter();
        states.next() != Some(&NOWHERE)
            && states.zip(signs).all(|(&at, &(_, wanted))| at != if wanted { NOWHERE } else { EVERYWHERE })
    }

    fn is_accepted(&self, signs: &[Sign], avoid: Option<&Avoided>, state: &[u32]) -> bool {
        let Some((&form, rest)) = state.split_first() else { return false };
        let accepts = |number: usize, at: u32| self.lists.get(number).is_some_and(|list| list.accepts(at));
        self.form.accepts(form)
            && rest.iter().zip(signs).all(|(&at, &(number, wanted))| accepts(number, at) == wanted)
            && !avoid.zip(rest.last()).is_some_and(|(avoid, node)| avoid.ends.contains(node))
    }

    /// In how many ways the automata that have to accept can go on.
    fn ways(&self, signs: &[Sign], state: &[u32]) -> u32 {
        let rest = state.get(1..).unwrap_or_default();
        let wanted = rest.iter().zip(signs).filter(|(_, (_, wanted))| *wanted);
        let positions =
            |(&at, &(number, _)): (&u32, &Sign)| self.lists.get(number).map_or(0, |list| list.positions(at));
        wanted.map(positions).fold(0, u32::saturating_add)
    }

    /// The sum of the characters that are missing for each automaton.
    fn missing(&self, signs: &[Sign], state: &[u32]) -> u32 {
        let Some((&form, rest)) = state.split_first() else { return 0 };
        rest.iter().zip(signs).fold(self.form.missing(form), |sum, (&at, &(number, wanted))| {
            let missing = self
                .lists
                .get(number)
                .map_or(0, |list| if wanted { list.missing(at) } else { u32::from(list.accepts(at)) });
            sum.saturating_add(missing)
        })
    }
}

fn spell(states: &[(State, usize, char, u32)], mut at: usize) -> String {
    let mut reversed = Vec::new();
    while at != 0 {
        let Some((_, before, c, _)) = states.get(at) else { break };
        reversed.push(*c);
        at = *before;
    }
    reversed.iter().rev().collect()
}

/// Texts that are not to be found.
#[derive(Debug, Default)]
pub(super) struct Avoided {
    /// The node after a character of one of the texts.
    next: BTreeMap<(u32, char), u32>,
    ends: BTreeSet<u32>,
    characters: BTreeSet<char>,
}

impl Avoided {
    const ROOT: u32 = 0;
    /// What was read begins none of the texts.
    const LEFT: u32 = u32::MAX;

    pub(super) fn new<'t>(texts: impl IntoIterator<Item = &'t String>) -> Self {
        let mut avoided = Self::default();
        let mut nodes = Self::ROOT;
        for text in texts {
            let mut at = Self::ROOT;
            for c in text.chars() {
                avoided.characters.insert(c);
                at = *avoided.next.entry((at, c)).or_insert_with(|| {
                    nodes = nodes.saturating_add(1);
                    nodes
                });
            }
            avoided.ends.insert(at);
        }
        avoided
    }

    fn step(&self, node: u32, c: char) -> u32 {
        self.next.get(&(node, c)).copied().unwrap_or(Self::LEFT)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};
    use proptest::sample::select;

    use super::{Avoided, Found, Fuel, Machine, Product, Sign};
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
        let machines: Vec<[Machine; 1]> =
            patterns.iter().map(|(pattern, _)| [machine(pattern, kind)]).collect();
        let lists: Vec<&[Machine]> = machines.iter().map(|list| &list[..]).collect();
        let signs: Vec<Sign> = patterns.iter().map(|(_, wanted)| *wanted).enumerate().collect();
        let form = anything();
        let found = Product::new(&form, &lists, &[]).find(&signs, None, &mut Fuel(usize::MAX));
        if let Found::Text(text) = &found {
            for (machine, (_, wanted)) in machines.iter().zip(patterns) {
                assert_eq!(machine[0].contains(text), *wanted, "{text}");
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

    fn forms() -> [Machine; 3] {
        let form = |runs: Vec<Run>| {
            Machine::of_values(&Text::hole(Hole::new("", "x", Shape::new(runs, false)))).unwrap()
        };
        let letters = CharSet::range(b'a', b'b');
        [
            anything(),
            form(vec![Run { set: letters, min: 1, max: Some(3) }]),
            form(vec![Run::at_least(0, letters), Run::exactly(1, CharSet::range(b'b', b'z'))]),
        ]
    }

    /// Every text up to this length.
    fn all_texts(length: usize) -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut from = 0;
        for _ in 0..length {
            let to = texts.len();
            for at in from..to {
                texts.extend(['a', 'b', 'A', 'x', 'y', ':'].map(|c| format!("{}{c}", texts[at])));
            }
            from = to;
        }
        texts
    }

    fn sources() -> impl Strategy<Value = (String, PatternKind)> {
        let kinds = [PatternKind::Like, PatternKind::Like, PatternKind::EqualIgnoringCase];
        let pieces = vec(select("aabb***??:".chars().collect::<Vec<_>>()), 1..5);
        (pieces.prop_map(|pieces| pieces.into_iter().collect()), select(kinds.to_vec()))
    }

    proptest! {
        #[test]
        fn a_text_is_found_just_if_there_is_one(
            lists in vec((vec(sources(), 1..4), any::<bool>()), 0..5),
            form in 0usize..3,
            avoid in vec(vec(select("abx".chars().collect::<Vec<_>>()), 0..3), 0..12),
        ) {
            let form = &forms()[form];
            let machines: Vec<Vec<Machine>> = lists
                .iter()
                .map(|(list, _)| list.iter().map(|(pattern, kind)| machine(pattern, *kind)).collect())
                .collect();
            let lists_of: Vec<&[Machine]> = machines.iter().map(|list| &list[..]).collect();
            let signs: Vec<Sign> = lists.iter().map(|(_, wanted)| *wanted).enumerate().collect();
            let avoid: Vec<String> = avoid.into_iter().map(|text| text.into_iter().collect()).collect();
            let meets = |text: &String| {
                let is_as_wanted = |(list, (_, wanted)): (&Vec<Machine>, &(_, bool))| {
                    list.iter().any(|machine| machine.contains(text)) == *wanted
                };
                form.contains(text) && !avoid.contains(text) && machines.iter().zip(&lists).all(is_as_wanted)
            };
            let avoided = Avoided::new(&avoid);
            let mut product = Product::new(form, &lists_of, &avoid);
            match product.find(&signs, Some(&avoided), &mut Fuel(usize::MAX)) {
                Found::Text(text) => prop_assert!(meets(&text), "{text}"),
                Found::Nothing => prop_assert_eq!(all_texts(4).into_iter().find(|text| meets(text)), None),
                Found::GaveUp => prop_assert!(false, "gave up"),
            }
        }
    }
}
