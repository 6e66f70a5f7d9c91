//! Values of a key that between them bring about everything that the conditions on it can tell apart.

use std::collections::BTreeSet;

use crate::iam::condition::{Condition, Operand, Operands};
use crate::iam::key::{Context, KeyKind, KeyName};
use crate::iam::pattern::{Pattern, PatternKind};
use crate::iam::token::{Sequence, Token, Tokens};
use crate::iam::value::{Address, Date, Number};
use crate::text::Text;

use super::aims::Wish;
use super::automaton::Fuel;
use super::forms::spellings;
use super::language::Machine;
use super::samples::{Explored, Sampled};
use super::texts::texts;

/// Values, and whether they are enough.
#[derive(Clone, Debug)]
pub(super) struct Candidates {
    pub(super) values: Vec<String>,
    pub(super) complete: bool,
}

/// What the conditions compare the values with.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// The patterns of each condition, of which a value has to match one.
    pub(super) machines: Vec<Vec<Machine>>,
    pub(super) literals: Vec<String>,
    /// What each statement asks of the values.
    pub(super) wishes: Vec<Wish>,
    numbers: Vec<Number>,
    dates: Vec<Date>,
    ranges: Vec<crate::iam::value::Range>,
    binaries: bool,
    /// Something that cannot be told from the policies alone.
    pub(super) open: bool,
    /// Values of policies that cannot be understood.
    pub(super) not_understood: Vec<usize>,
    /// Other explored keys with which this one is compared, as a whole.
    pub(super) partners: BTreeSet<KeyName>,
}

impl Compared {
    /// Adds what a condition compares its key with; gives its patterns that are more than a text.
    pub(super) fn condition<C: Context + ?Sized>(
        &mut self,
        condition: &Condition,
        explored: &Explored,
        context: &C,
    ) -> Vec<Machine> {
        let mut any = Vec::new();
        self.not_understood.extend(condition.not_understood());
        match &condition.operands {
            Operands::Patterns(list) | Operands::Bools(list) => {
                for operand in list {
                    match operand {
                        Operand::Known(pattern) => self.pattern(pattern, explored, context, &mut any),
                        _ => self.open = true,
                    }
                }
                if !any.is_empty() {
                    any.sort_unstable();
                    any.dedup();
                    self.machines.push(any.clone());
                }
            }
            Operands::Numbers(_, list) => self.open |= take(list, &mut self.numbers),
            Operands::Dates(_, list) => self.open |= take(list, &mut self.dates),
            Operands::Ranges(list) => self.open |= take(list, &mut self.ranges),
            Operands::Binaries(list) => {
                self.binaries = true;
                self.open |= list.iter().any(|operand| operand.known().is_none());
                self.literals
                    .extend(condition.values().iter().filter_map(|text| text.as_known().map(Into::into)));
            }
            Operands::Presence(list) => self.open |= list.iter().any(|operand| operand.known().is_none()),
        }
        any
    }

    /// Adds a pattern: to `any` as an automaton where it is more than a text.
    fn pattern<C: Context + ?Sized>(
        &mut self,
        pattern: &Pattern,
        explored: &Explored,
        context: &C,
        any: &mut Vec<Machine>,
    ) {
        let (combinations, complete) = explored.combinations(pattern);
        if pattern.kind() == PatternKind::Equal
            && let Some(other) = pattern.only_variable().filter(|key| explored.contains(key))
        {
            self.partners.insert(other.clone());
            if combinations.is_empty() {
                return;
            }
        }
        if combinations.is_empty() {
            any.extend(self.resolved(pattern, context));
        }
        self.open |= !complete;
        for held in &combinations {
            let Some(machine) = self.resolved(pattern, &Sampled { base: context, held }) else { continue };
            // With each value that the variables hold, other texts match.
            self.machines.push(vec![machine.clone()]);
            any.push(machine);
        }
    }

    /// Adds a pattern whose variables hold what they hold in the context.
    fn resolved<C: Context + ?Sized>(&mut self, pattern: &Pattern, context: &C) -> Option<Machine> {
        let (tokens, open) = pattern.resolve(context)?;
        if open.any {
            self.open = true;
            if !open.pending {
                return None;
            }
            let sampled = Machine::of(&sample(&tokens)?);
            self.literals.push(SAMPLE.to_owned());
            return sampled;
        }
        if let Some(literal) = tokens.literal() {
            self.literals.push(literal);
            return None;
        }
        let machine = Machine::of(&tokens);
        self.open |= machine.is_none();
        machine
    }

    /// How many kinds of values are compared with.
    fn families(&self) -> usize {
        [
            !self.machines.is_empty() || !self.literals.is_empty(),
            !self.numbers.is_empty(),
            !self.dates.is_empty(),
            !self.ranges.is_empty(),
        ]
        .into_iter()
        .map(usize::from)
        .sum()
    }

    /// Puts everything in an order that does not hang on that of the policies, each once.
    pub(super) fn sort(&mut self) {
        self.machines.sort_unstable();
        self.machines.dedup();
        self.wishes.sort_unstable();
        self.wishes.dedup();
        self.literals.sort_unstable();
        self.literals.dedup();
        self.numbers.sort_unstable();
        self.dates.sort_unstable();
        self.ranges.sort_unstable_by_key(|range| (range.first, range.last));
    }

    /// The values of a key of this kind and form. With `doubled`, two of every class where it has two.
    pub(super) fn candidates(
        &self,
        kind: KeyKind,
        form: &Text,
        doubled: bool,
        fuel: &mut Fuel,
    ) -> Candidates {
        let mut found = match kind {
            // Read as texts, which are told apart exactly, where no condition reads them as what they are.
            KeyKind::Numeric | KeyKind::IpAddress if !self.machines.is_empty() && self.families() == 1 => {
                self.all_spellings(kind, doubled, fuel)
            }
            KeyKind::Bool => Candidates { values: vec!["true".into(), "false".into()], complete: true },
            KeyKind::Numeric => self.all_numbers(),
            KeyKind::Date => self.all_dates(),
            KeyKind::IpAddress => self.all_addresses(),
            KeyKind::String | KeyKind::Arn | KeyKind::Binary => self.all_texts(kind, form, doubled, fuel),
        };
        // Of two values both are tried, whatever they are compared with.
        found.complete &= !self.open || kind == KeyKind::Bool;
        found
    }

    fn texts(&self, form: &Machine, doubled: bool, fuel: &mut Fuel) -> Candidates {
        texts(form, &self.machines, &self.literals, doubled, &self.wishes, fuel)
    }

    fn all_numbers(&self) -> Candidates {
        let mut borders = self.numbers.clone();
        borders.extend(self.literals.iter().filter_map(|text| Number::parse(text)));
        let mut values: Vec<String> = numbers(borders).iter().map(ToString::to_string).collect();
        values.extend(
            self.literals
                .iter()
                .filter(|text| Number::parse(text).is_some_and(|n| !n.is_negative()))
                .cloned(),
        );
        Candidates {
            values,
            complete: self.machines.is_empty() && self.dates.is_empty() && self.ranges.is_empty(),
        }
    }

    fn all_dates(&self) -> Candidates {
        let mut borders: Vec<i64> = self.dates.iter().map(|date| date.seconds).collect();
        borders.extend(self.literals.iter().filter_map(|text| Date::parse(text)).map(|date| date.seconds));
        borders.extend(
            self.numbers.iter().filter_map(|number| Date::parse(&number.to_string())).map(|d| d.seconds),
        );
        let seconds = seconds(&borders);
        let values = seconds.into_iter().map(|second| Date::from_seconds(second).to_string()).collect();
        Candidates { values, complete: self.machines.is_empty() && self.ranges.is_empty() }
    }

    fn all_addresses(&self) -> Candidates {
        let mut values: Vec<String> =
            ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1"].map(Into::into).into();
        let spelled = self.literals.iter().filter_map(|text| Address::parse(text));
        let ends = self.ranges.iter().flat_map(|range| [range.first, range.last]);
        let borders: Vec<Address> = spelled.chain(ends).collect();
        for border in borders {
            let around = [Some(border), border.next(), border.previous()];
            values.extend(around.into_iter().flatten().map(|address| address.to_string()));
        }
        values.extend(self.literals.iter().filter(|text| Address::parse(text).is_some()).cloned());
        Candidates {
            values,
            complete: self.machines.is_empty() && self.dates.is_empty() && self.numbers.is_empty(),
        }
    }

    /// Spellings of numbers and addresses for every combination of the patterns.
    fn all_spellings(&self, kind: KeyKind, doubled: bool, fuel: &mut Fuel) -> Candidates {
        let mut all = Candidates { values: Vec::new(), complete: true };
        let forms = spellings(kind);
        let share = fuel.0.checked_div(forms.len()).unwrap_or_default();
        for form in forms {
            let Some(form) = Machine::of_values(&form) else {
                all.complete = false;
                continue;
            };
            let mut own = Fuel(share);
            let found = self.texts(&form, doubled, &mut own);
            fuel.spend(share.saturating_sub(own.0));
            let is_valid = |text: &String| is_value(kind, text);
            // What has the form of an address and is none stands for nothing, or for others that are.
            all.complete &= found.complete && found.values.iter().all(is_valid);
            all.values.extend(found.values.into_iter().filter(is_valid));
        }
        all.complete &= !all.values.is_empty();
        all
    }

    fn all_texts(&self, kind: KeyKind, form: &Text, doubled: bool, fuel: &mut Fuel) -> Candidates {
        let Some(form) = Machine::of_values(form) else {
            return Candidates { values: vec!["x".into()], complete: false };
        };
        let mut found = self.texts(&form, doubled, fuel);
        if kind == KeyKind::Binary || self.binaries {
            found.values.push("AA==".into());
            found.complete &= self.machines.is_empty();
        }
        let typed = self.families();
        let mut extra: Vec<String> = Vec::new();
        if !self.numbers.is_empty() {
            extra.extend(numbers(self.numbers.clone()).iter().map(ToString::to_string));
            extra.push("-1".into());
        }
        if !self.dates.is_empty() {
            let borders: Vec<i64> = self.dates.iter().map(|date| date.seconds).collect();
            extra.extend(seconds(&borders).into_iter().map(|second| Date::from_seconds(second).to_string()));
            found.complete &= self.dates.iter().all(|date| date.is_whole());
        }
        for range in &self.ranges {
            let around = [Some(range.first), Some(range.last), range.first.previous(), range.last.next()];
            extra.extend(around.into_iter().flatten().map(|address| address.to_string()));
        }
        found.values.extend(extra.into_iter().filter(|text| form.contains(text)));
        // One reading of the values at a time is told apart exactly; how two lie to each other is not followed.
        found.complete &= typed <= 1;
        found
    }
}

/// What stands for a value that is still to be tried; it is tried, too.
const SAMPLE: &str = "x";

/// The pattern with one value in place of what is still to be tried: it gives values, and not all of them.
fn sample<'a>(tokens: &'a Tokens<'_>) -> Option<Tokens<'a>> {
    let mut sample = Tokens::empty(tokens.fold);
    for token in (0..).map_while(|at| tokens.at(at)) {
        sample.push(match token {
            Token::Anything => Token::Text(SAMPLE),
            Token::Hole { .. } => return None,
            told => told,
        });
    }
    Some(sample)
}

fn take<T: Clone>(operands: &[Operand<T>], known: &mut Vec<T>) -> bool {
    known.extend(operands.iter().filter_map(Operand::known).cloned());
    operands.iter().any(|operand| operand.known().is_none())
}

/// Whether a text can be the value of a key of this kind.
pub(super) fn is_value(kind: KeyKind, text: &str) -> bool {
    match kind {
        KeyKind::Bool => matches!(text, "true" | "false"),
        KeyKind::Numeric => Number::parse(text).is_some(),
        KeyKind::Date => Date::parse(text).is_some(),
        KeyKind::IpAddress => Address::parse(text).is_some(),
        KeyKind::String | KeyKind::Arn | KeyKind::Binary => true,
    }
}

/// Every border, and a number between each two, below and above.
fn numbers(mut borders: Vec<Number>) -> Vec<Number> {
    borders.sort_unstable();
    borders.dedup();
    let mut found = Vec::new();
    match (borders.first(), borders.last()) {
        (Some(first), Some(last)) => found.extend([first.previous_integer(), last.next_integer()]),
        _ => found.push(Number::integer(1)),
    }
    for (low, high) in borders.iter().zip(borders.iter().skip(1)) {
        let integer = low.next_integer();
        if integer < *high {
            found.push(integer);
        } else {
            found.extend(low.between(*high));
        }
    }
    // Between zero and the least border there may be no integer.
    if let Some(first) = borders.first().filter(|first| !first.is_negative()) {
        found.extend(Number::integer(0).between(*first).filter(|half| half < first));
        found.push(Number::integer(0));
    }
    found.extend(borders);
    found.retain(|number| !number.is_negative());
    if found.is_empty() {
        found.push(Number::integer(0));
    }
    found
}

/// Every border, and the seconds before and after.
fn seconds(borders: &[i64]) -> Vec<i64> {
    // Within the years that ISO 8601 spells with four digits.
    let (least, most) = (-62_167_219_200, 253_402_300_799);
    let mut found = Vec::new();
    for border in borders {
        let around = [border.saturating_sub(1), *border, border.saturating_add(1)];
        found.extend(around.into_iter().filter(|second| (least..=most).contains(second)));
    }
    if found.is_empty() {
        found.push(1_767_225_600);
    }
    found
}
