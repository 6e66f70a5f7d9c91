//! Regular expressions over texts with holes.
//!
//! A hole whose shape says how long it will be is a sequence of positions, each with the characters that can stand there.
//! The expression is matched such that it may take any character that a position allows. The first way to match that is
//! found so comes before all others, whatever the holes turn out to be; if each of its steps takes all the characters that
//! its position allows, it is there for certain, and is the match.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::symbols::Symbols;
use crate::source::fault::{Fault, Outcome};
use crate::source::fuel::Fuel;
use crate::text::Truth;

/// The most instructions of a program.
const MAX_PROGRAM: usize = 5_000;

/// A match: where the whole and each group begin and end.
pub(super) type Groups = Vec<Option<(usize, usize)>>;

/// A compiled regular expression.
pub(super) struct Program {
    code: Vec<Step>,
    groups: usize,
    /// The names of groups, by index.
    pub(super) names: Vec<(usize, String)>,
}

enum Step {
    Class(Vec<(char, char)>),
    Look(Look),
    Save(usize),
    /// Tries the first, then the second.
    Split(usize, usize),
    Jump(usize),
    Match,
}

impl Program {
    /// Compiles a pattern; `None` if it is too large or uses what is not supported.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
        let mut program = Self { code: Vec::new(), groups: 1, names: Vec::new() };
        program.push(Step::Save(0))?;
        program.add(&hir, 0)?;
        program.push(Step::Save(1))?;
        program.push(Step::Match)?;
        Some(program)
    }

    fn push(&mut self, step: Step) -> Option<usize> {
        let at = self.code.len();
        if at >= MAX_PROGRAM {
            return None;
        }
        self.code.push(step);
        Some(at)
    }

    fn patch(&mut self, at: usize, step: Step) {
        if let Some(place) = self.code.get_mut(at) {
            *place = step;
        }
    }

    fn add(&mut self, hir: &Hir, depth: usize) -> Option<()> {
        if depth > 100 {
            return None;
        }
        let deeper = depth.checked_add(1)?;
        match hir.kind() {
            HirKind::Empty => {}
            HirKind::Literal(literal) => {
                for c in std::str::from_utf8(&literal.0).ok()?.chars() {
                    self.push(Step::Class(vec![(c, c)]))?;
                }
            }
            HirKind::Class(Class::Unicode(class)) => {
                self.push(Step::Class(class.iter().map(|range| (range.start(), range.end())).collect()))?;
            }
            HirKind::Class(Class::Bytes(class)) => {
                let ranges = class.iter().map(|range| (char::from(range.start()), char::from(range.end())));
                self.push(Step::Class(ranges.filter(|(_, end)| end.is_ascii()).collect()))?;
            }
            HirKind::Look(look) => {
                self.push(Step::Look(*look))?;
            }
            HirKind::Capture(capture) => {
                let index = usize::try_from(capture.index).ok()?;
                self.groups = self.groups.max(index.checked_add(1)?);
                self.names.extend(capture.name.as_ref().map(|name| (index, name.to_string())));
                let slot = index.checked_mul(2)?;
                self.push(Step::Save(slot))?;
                self.add(&capture.sub, deeper)?;
                self.push(Step::Save(slot.checked_add(1)?))?;
            }
            HirKind::Concat(parts) => {
                for part in parts {
                    self.add(part, deeper)?;
                }
            }
            HirKind::Alternation(branches) => {
                let mut ends = Vec::new();
                for (index, branch) in branches.iter().enumerate() {
                    let last = index.checked_add(1)? == branches.len();
                    let split = if last { None } else { Some(self.push(Step::Jump(0))?) };
                    self.add(branch, deeper)?;
                    if let Some(split) = split {
                        ends.push(self.push(Step::Jump(0))?);
                        self.patch(split, Step::Split(split.checked_add(1)?, self.code.len()));
                    }
                }
                for end in ends {
                    self.patch(end, Step::Jump(self.code.len()));
                }
            }
            HirKind::Repetition(repetition) => {
                for _ in 0..repetition.min {
                    self.add(&repetition.sub, deeper)?;
                }
                match repetition.max {
                    None => {
                        let split = self.push(Step::Jump(0))?;
                        self.add(&repetition.sub, deeper)?;
                        self.push(Step::Jump(split))?;
                        self.optional(split, repetition.greedy)?;
                    }
                    Some(max) => {
                        let mut splits = Vec::new();
                        for _ in repetition.min..max {
                            splits.push(self.push(Step::Jump(0))?);
                            self.add(&repetition.sub, deeper)?;
                        }
                        for split in splits {
                            self.optional(split, repetition.greedy)?;
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// Makes the step at `split` choose between what follows it and the end.
    fn optional(&mut self, split: usize, greedy: bool) -> Option<()> {
        let (inside, end) = (split.checked_add(1)?, self.code.len());
        self.patch(split, if greedy { Step::Split(inside, end) } else { Step::Split(end, inside) });
        Some(())
    }

    /// The first match from `from` on.
    fn find(&self, symbols: &Symbols<'_>, from: usize, fuel: &Fuel) -> Outcome<Found> {
        let width = symbols.len().saturating_add(1);
        let cells = self.code.len().saturating_mul(width);
        let mut seen = vec![false; cells];
        for start in from..=symbols.len() {
            fuel.spend(1)?;
            match self.run(symbols, start, &mut seen, fuel)? {
                Found::No => {}
                settled => return Ok(settled),
            }
        }
        Ok(Found::No)
    }

    /// The match that begins at `start`, if there is one. What failed once at a position fails there again.
    fn run(&self, symbols: &Symbols<'_>, start: usize, seen: &mut [bool], fuel: &Fuel) -> Outcome<Found> {
        let width = symbols.len().saturating_add(1);
        let none = vec![None; self.groups.saturating_mul(2)];
        let mut waiting = vec![Thread { pc: 0, at: start, certain: true, saved: none }];
        while let Some(mut thread) = waiting.pop() {
            loop {
                fuel.spend(1)?;
                let cell = thread.pc.saturating_mul(width).saturating_add(thread.at);
                match seen.get_mut(cell) {
                    Some(seen) if !*seen => *seen = true,
                    _ => break,
                }
                let mut next = thread.pc.saturating_add(1);
                let mut answer = Truth::True;
                match self.code.get(thread.pc) {
                    Some(Step::Match) if thread.certain => return Ok(Found::Yes(groups(&thread.saved))),
                    Some(Step::Match) => return Ok(Found::Maybe),
                    Some(Step::Save(slot)) => {
                        if let Some(place) = thread.saved.get_mut(*slot) {
                            *place = Some(thread.at);
                        }
                    }
                    Some(Step::Jump(to)) => next = *to,
                    Some(Step::Split(first, second)) => {
                        waiting.push(Thread { pc: *second, ..thread.clone() });
                        next = *first;
                    }
                    Some(Step::Look(look)) => answer = symbols.looks(*look, thread.at),
                    Some(Step::Class(ranges)) => {
                        let symbol = symbols.get(thread.at);
                        answer = symbol.map_or(Truth::False, |symbol| symbol.is_of(ranges));
                        thread.at = thread.at.saturating_add(1);
                    }
                    None => break,
                }
                if answer.is_false() {
                    break;
                }
                thread.certain = thread.certain && answer.is_true();
                thread.pc = next;
            }
        }
        Ok(Found::No)
    }
}

/// The outcome of a match.
enum Found {
    Yes(Groups),
    No,
    Maybe,
}

/// A way to match that is being tried.
#[derive(Clone)]
struct Thread {
    pc: usize,
    at: usize,
    /// Whether it is one whatever the holes turn out to be.
    certain: bool,
    saved: Vec<Option<usize>>,
}

fn groups(saved: &[Option<usize>]) -> Groups {
    let group = |pair: &[Option<usize>]| match pair {
        [Some(start), Some(end)] => Some((*start, *end)),
        _ => None,
    };
    saved.chunks(2).map(group).collect()
}

/// Matches, one after the other.
pub(super) struct Matches {
    pub(super) found: Vec<Groups>,
    /// Whether there are no others, whatever the holes turn out to be.
    pub(super) all: bool,
}

/// All matches, or the first one, as far as they are certain.
pub(super) fn find_all(program: &Program, symbols: &Symbols<'_>, all: bool, fuel: &Fuel) -> Outcome<Matches> {
    let mut found = Vec::new();
    let mut from = 0usize;
    let mut last_end = None;
    while from <= symbols.len() && (all || found.is_empty()) {
        let groups = match program.find(symbols, from, fuel)? {
            Found::Yes(groups) => groups,
            Found::No => break,
            Found::Maybe => return Ok(Matches { found, all: false }),
        };
        let Some(Some((start, end))) = groups.first().copied() else { break };
        // An empty match right behind another one is none.
        let empty = start == end;
        if !(empty && last_end == Some(end)) {
            found.push(groups);
        }
        last_end = Some(end);
        from = if empty { end.saturating_add(1) } else { end };
        if found.len() > crate::source::expression::MAX_ELEMENTS {
            return Err(Fault::Limit("too many elements"));
        }
    }
    Ok(Matches { found, all: true })
}
