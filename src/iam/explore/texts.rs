//! Texts that between them bring about every combination of answers of the conditions on one key.

use super::candidates::Candidates;
use super::language::{Constraint, Found, Machine, find};

/// Sets of texts with more classes than this are not explored in full.
const MOST_TEXTS: usize = 96;
/// States that are looked at for the values of one key, at most.
const MOST_STATES: usize = 20_000;
/// Beyond this many literals no check for texts beside them is exact.
const MOST_ROUNDS: usize = 24;

/// A text for every combination of the conditions that some text brings about, and every literal.
pub(super) fn texts(
    form: &Machine,
    machines: &[Vec<Machine>],
    literals: &[String],
    doubled: bool,
) -> Candidates {
    let found = Candidates { values: Vec::new(), complete: true };
    let mut combining = Combining { form, literals, doubled, signs: Vec::new(), fuel: MOST_STATES, found };
    combining.combine(machines, None);
    let mut found = combining.found;
    found.values.extend(literals.iter().filter(|literal| form.contains(literal)).cloned());
    found
}

/// The texts that have been found, and what the next one has to meet.
struct Combining<'a> {
    form: &'a Machine,
    literals: &'a [String],
    doubled: bool,
    signs: Vec<Constraint<'a>>,
    /// States that may still be looked at.
    fuel: usize,
    found: Candidates,
}

impl<'a> Combining<'a> {
    /// Goes on with the conditions that are `left`; `witness` meets those before.
    fn combine(&mut self, left: &'a [Vec<Machine>], witness: Option<String>) {
        let witness = match witness {
            Some(witness) => witness,
            None => match beside(self.form, &self.signs, self.literals, &mut self.fuel) {
                Found::Text(text) => text,
                Found::Nothing => return,
                Found::GaveUp => {
                    self.found.complete = false;
                    return;
                }
            },
        };
        if self.found.values.len() >= MOST_TEXTS {
            self.found.complete = false;
            return;
        }
        let Some((any, left)) = left.split_first() else {
            if self.doubled {
                let others: Vec<String> = self.literals.iter().chain([&witness]).cloned().collect();
                match beside(self.form, &self.signs, &others, &mut self.fuel) {
                    Found::Text(other) => self.found.values.push(other),
                    Found::Nothing => {}
                    Found::GaveUp => self.found.complete = false,
                }
            }
            self.found.values.push(witness);
            return;
        };
        let now = any.iter().any(|machine| machine.contains(&witness));
        for (wanted, witness) in [(now, Some(witness)), (!now, None)] {
            self.signs.push((any, wanted));
            self.combine(left, witness);
            self.signs.pop();
        }
    }
}

/// A text as `signs` want it that is none of the literals.
fn beside(form: &Machine, signs: &[Constraint<'_>], literals: &[String], fuel: &mut usize) -> Found {
    let mut avoided: Vec<Machine> = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let avoid = (!avoided.is_empty()).then_some((&*avoided, false));
        let constraints: Vec<Constraint<'_>> = signs.iter().copied().chain(avoid).collect();
        match find(form, &constraints, fuel) {
            Found::Text(text) if literals.contains(&text) => match Machine::literal(&text) {
                Some(machine) => avoided.push(machine),
                None => return Found::GaveUp,
            },
            other => return other,
        }
    }
    Found::GaveUp
}
