//! Texts that between them bring about every combination of answers of the conditions on one key.

use super::aims::{Aim, Wish, aims};
use super::automaton::Fuel;
use super::candidates::Candidates;
use super::language::Machine;
use super::product::{Avoided, Found, Product, Sign};

/// Sets of texts with more classes than this are not explored in full.
const MOST_TEXTS: usize = 96;

/// A text for every combination of the conditions that some text brings about, and every literal.
///
/// Where there are too many combinations, texts that the statements aim at come first.
pub(super) fn texts(
    form: &Machine,
    machines: &[Vec<Machine>],
    literals: &[String],
    doubled: bool,
    wishes: &[Wish],
    fuel: &mut Fuel,
) -> Candidates {
    let lists: Vec<&[Machine]> = machines.iter().map(Vec::as_slice).collect();
    // What is aimed at has fuel of its own.
    let mut half = Fuel(fuel.0 / 2);
    let reserved = fuel.0.saturating_sub(half.0);
    let mut combining = Combining {
        product: Product::new(form, &lists, literals),
        machines,
        literals,
        avoided: None,
        doubled,
        signs: Vec::new(),
        fuel: &mut half,
        found: Candidates { values: Vec::new(), complete: true },
    };
    combining.combine(None);
    if !combining.found.complete {
        combining.fuel.0 = combining.fuel.0.saturating_add(reserved);
        let aimed = combining.aimed(wishes);
        combining.found.values.splice(..0, aimed);
    }
    let mut found = combining.found;
    fuel.0 = half.0.max(if found.complete { reserved.saturating_add(half.0) } else { 0 });
    found.values.extend(literals.iter().filter(|literal| form.contains(literal)).cloned());
    found
}

/// The texts that have been found, and what the next one has to meet.
struct Combining<'a> {
    product: Product<'a>,
    machines: &'a [Vec<Machine>],
    literals: &'a [String],
    avoided: Option<Avoided>,
    doubled: bool,
    signs: Vec<Sign>,
    fuel: &'a mut Fuel,
    found: Candidates,
}

impl Combining<'_> {
    /// Goes on with the conditions that have no sign yet; `witness` meets those that have.
    fn combine(&mut self, witness: Option<String>) {
        let witness = match witness.map_or_else(|| self.beside(), Found::Text) {
            Found::Text(text) => text,
            Found::Nothing => return,
            Found::GaveUp => {
                self.found.complete = false;
                return;
            }
        };
        if self.found.values.len() >= MOST_TEXTS {
            self.found.complete = false;
            return;
        }
        let number = self.signs.len();
        let Some(any) = self.machines.get(number) else {
            if self.doubled {
                self.other(&witness);
            }
            self.found.values.push(witness);
            return;
        };
        let now = any.iter().any(|machine| machine.contains(&witness));
        for (wanted, witness) in [(now, Some(witness)), (!now, None)] {
            self.signs.push((number, wanted));
            self.combine(witness);
            self.signs.pop();
        }
    }

    /// A text as the signs want it that is none of the literals.
    fn beside(&mut self) -> Found {
        match self.product.find(&self.signs, None, self.fuel) {
            Found::Text(text) if self.literals.contains(&text) => {
                let avoided = self.avoided.get_or_insert_with(|| Avoided::new(self.literals));
                self.product.find(&self.signs, Some(avoided), self.fuel)
            }
            other => other,
        }
    }

    /// Adds a second text of the class of the first.
    fn other(&mut self, first: &String) {
        let avoided = Avoided::new(self.literals.iter().chain([first]));
        match self.product.find(&self.signs, Some(&avoided), self.fuel) {
            Found::Text(other) => self.found.values.push(other),
            Found::Nothing => {}
            Found::GaveUp => self.found.complete = false,
        }
    }

    /// Texts that bring about what the statements aim at, as far as some text does.
    fn aimed(&mut self, wishes: &[Wish]) -> Vec<String> {
        let mut texts = Vec::new();
        for aim in aims(self.machines, wishes) {
            if texts.len() >= MOST_TEXTS {
                break;
            }
            texts.extend(self.reach(&aim).filter(|text| !texts.contains(text)));
        }
        texts
    }

    /// A text that meets the wanted signs, one after the other where they cannot all be met.
    fn reach(&mut self, aim: &Aim) -> Option<String> {
        self.signs = aim.iter().filter_map(|step| step.first().copied()).collect();
        self.signs.sort_unstable();
        self.signs.dedup();
        if let Found::Text(text) = self.beside() {
            return Some(text);
        }
        self.signs.clear();
        let Found::Text(mut witness) = self.beside() else { return None };
        for step in aim {
            let meets = |&(number, wanted): &Sign| {
                let any = self.machines.get(number).map(Vec::as_slice).unwrap_or_default();
                any.iter().any(|machine| machine.contains(&witness)) == wanted
            };
            if let Some(&met) = step.iter().find(|sign| meets(sign)) {
                self.signs.push(met);
                continue;
            }
            for &sign in step {
                self.signs.push(sign);
                if let Found::Text(text) = self.beside() {
                    witness = text;
                    break;
                }
                self.signs.pop();
            }
        }
        self.signs.clear();
        Some(witness)
    }
}
