//! Texts that between them bring about every combination of answers of the conditions on one key.

use super::aims::{Aim, Wish, aims};
use super::automaton::Fuel;
use super::candidates::Candidates;
use super::language::Machine;
use super::product::{Avoided, Found, Product, Sign};

/// Sets of texts with more classes than this are not explored in full.
const MOST_TEXTS: usize = 96;
/// More conditions on one key than these are not combined: each is another step down.
const MOST_COMBINED: usize = 400;

/// From so many patterns on that have to match, a text is made of what they ask for.
const MANY_WANTED: usize = 5;
/// Places of a text where such a text is tried.
const MOST_PLACES: usize = 16;

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
        form,
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
    form: &'a Machine,
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
        if number >= MOST_COMBINED {
            self.found.complete = false;
        }
        let Some(any) = self.machines.get(number).filter(|_| number < MOST_COMBINED) else {
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
            if texts.len() >= MOST_TEXTS || self.fuel.is_used_up() {
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
        if let Some(text) = self.joined() {
            return Some(text);
        }
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
                if self.fuel.is_used_up() {
                    break;
                }
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

    /// A text with everything in it that many patterns ask to be somewhere in a text, where the other signs allow it.
    ///
    /// A search would have to come to it through too many others.
    fn joined(&mut self) -> Option<String> {
        let wanted = self.signs.iter().filter(|(_, wanted)| *wanted).count();
        if !(MANY_WANTED..=MOST_COMBINED).contains(&wanted) {
            return None;
        }
        let filler = self.product.filler()?;
        let signs = std::mem::take(&mut self.signs);
        let mut joined = String::new();
        for &(number, wanted) in &signs {
            let list = self.machines.get(number).map(Vec::as_slice).unwrap_or_default();
            let infixes = list.iter().filter_map(|machine| machine.infix(filler));
            match infixes.min_by_key(String::len) {
                Some(infix) if wanted => joined.push_str(&infix),
                _ => self.signs.push((number, wanted)),
            }
        }
        let around = self.beside();
        self.signs = signs;
        let Found::Text(around) = around else { return None };
        let places = around.char_indices().map(|(at, _)| at).chain([around.len()]).rev();
        let with = |at: usize| {
            around.split_at_checked(at).map(|(before, behind)| format!("{before}{joined}{behind}"))
        };
        places.take(MOST_PLACES).filter_map(with).find(|text| self.is_as_wanted(text))
    }

    fn is_as_wanted(&self, text: &str) -> bool {
        let is_met = |&(number, wanted): &Sign| {
            let list = self.machines.get(number).map(Vec::as_slice).unwrap_or_default();
            list.iter().any(|machine| machine.contains(text)) == wanted
        };
        self.form.contains(text) && self.signs.iter().all(is_met)
    }
}
