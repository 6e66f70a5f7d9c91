//! What is wanted of a text: that statements apply, and others do not.

use super::language::Machine;
use super::product::Sign;
use crate::iam::statement::Effect;

/// What one statement asks of a key's values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wish {
    pub(super) denies: bool,
    /// The patterns of its conditions, and whether one of them has to match.
    pub(super) conditions: Vec<(Vec<Machine>, bool)>,
}

impl Wish {
    pub(super) fn new(effect: Option<Effect>) -> Self {
        Self { denies: effect == Some(Effect::Deny), conditions: Vec::new() }
    }
}

/// Signs that are wanted one after the other; each step by one of several.
pub(super) type Aim = Vec<Vec<Sign>>;

/// Statements, or lists of patterns, that are aimed at one by one.
const MOST_SINGLE: usize = 24;

/// What to aim at: that the request is allowed by all statements or by one of them, that it is denied by each, and
/// that all, none, one, or all but one of the lists of patterns match.
pub(super) fn aims(lists: &[Vec<Machine>], wishes: &[Wish]) -> Vec<Aim> {
    let sign = |condition: &(Vec<Machine>, bool), holds: bool| {
        lists.binary_search(&condition.0).ok().map(|number| (number, condition.1 == holds))
    };
    let applies = |wish: &Wish| -> Aim {
        wish.conditions.iter().filter_map(|condition| sign(condition, true)).map(|sign| vec![sign]).collect()
    };
    let fails = |wish: &Wish| -> Vec<Sign> {
        wish.conditions.iter().filter_map(|condition| sign(condition, false)).collect()
    };
    let of = |denies: bool| wishes.iter().filter(move |wish| wish.denies == denies);
    let undenied: Aim = of(true).map(fails).collect();
    let allowed: Aim = of(false).flat_map(applies).collect();
    let mut aims = vec![
        undenied.iter().chain(&allowed).cloned().collect(),
        of(false).map(fails).collect(),
        allowed.iter().chain(&undenied).cloned().collect(),
    ];
    aims.extend(of(true).take(MOST_SINGLE).map(applies));
    aims.extend(
        of(false).take(MOST_SINGLE).map(|wish| applies(wish).into_iter().chain(undenied.clone()).collect()),
    );
    let all = |wanted: bool, but: Option<usize>| -> Aim {
        let turned = |number: usize| if but == Some(number) { !wanted } else { wanted };
        let mut numbers: Vec<usize> = (0..lists.len()).collect();
        numbers.sort_by_key(|&number| but != Some(number));
        numbers.into_iter().map(|number| vec![(number, turned(number))]).collect()
    };
    aims.extend([all(true, None), all(false, None)]);
    for number in 0..lists.len().min(MOST_SINGLE) {
        aims.extend([all(false, Some(number)), all(true, Some(number))]);
    }
    aims
}
