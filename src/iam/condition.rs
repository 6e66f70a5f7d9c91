//! One condition: an operator, a key and values, and whether it holds for a request.

use std::fmt::Debug;

use super::key::{Context, KeyName, KeyState, Question, Role};
use super::operator::{Comparison, Operator, Quantifier, Relation};
use super::pattern::{Pattern, PatternKind};
use super::subject::Subject;
use super::value::{Address, Date, Number, Range, boolean, decode};
use crate::text::{Hole, Text, Truth};

/// A condition of a statement.
#[derive(Clone, Debug)]
pub struct Condition {
    operator: Operator,
    key: KeyName,
    values: Box<[Text]>,
    pub(super) operands: Operands,
}

/// A value of the policy, as its operator reads it.
#[derive(Clone, Debug)]
pub(super) enum Operand<T> {
    Known(T),
    /// A value with holes.
    Holed(Text),
    /// Any number of values.
    Unknown(Hole),
    /// A value that the operator cannot read.
    NotUnderstood,
}

/// The values of the policy, as the operator reads them.
#[derive(Clone, Debug)]
pub(super) enum Operands {
    Patterns(Box<[Operand<Pattern>]>),
    Numbers(Relation, Box<[Operand<Number>]>),
    Dates(Relation, Box<[Operand<Date>]>),
    Bools(Box<[Operand<Pattern>]>),
    Ranges(Box<[Operand<Range>]>),
    Binaries(Box<[Operand<Vec<u8>>]>),
    Presence(Box<[Operand<bool>]>),
}

/// A value of a condition in the document: a text, or any number of unknown ones.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(Text),
    Unknown(Hole),
}

impl Condition {
    /// Compiles a condition. Gives the values that the operator cannot read beside it, each with what is wrong.
    pub(super) fn new(
        operator: Operator,
        key: KeyName,
        values: &[Value],
        variables: bool,
    ) -> (Self, Vec<String>) {
        let mut problems = Vec::new();
        let name = operator.comparison;
        let operands = match operator.comparison {
            Comparison::StringEquals => patterns(values, PatternKind::Equal, variables, &mut problems),
            Comparison::StringEqualsIgnoreCase => {
                patterns(values, PatternKind::EqualIgnoringCase, variables, &mut problems)
            }
            Comparison::StringLike => patterns(values, PatternKind::Like, variables, &mut problems),
            Comparison::Arn => patterns(values, PatternKind::Arn, variables, &mut problems),
            Comparison::Numeric(relation) => {
                Operands::Numbers(relation, read(values, name, Number::parse, &mut problems))
            }
            Comparison::Date(relation) => {
                Operands::Dates(relation, read(values, name, Date::parse, &mut problems))
            }
            Comparison::Bool => Operands::Bools(bools(values, variables, &mut problems)),
            Comparison::Binary => Operands::Binaries(read(values, name, decode, &mut problems)),
            Comparison::IpAddress => Operands::Ranges(read(values, name, Range::parse, &mut problems)),
            Comparison::Null => Operands::Presence(read(values, name, boolean, &mut problems)),
        };
        let texts = values.iter().filter_map(|value| match value {
            Value::Text(text) => Some(text.clone()),
            Value::Unknown(_) => None,
        });
        (Self { operator, key, values: texts.collect(), operands }, problems)
    }

    /// The operator.
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The key.
    pub fn key(&self) -> &KeyName {
        &self.key
    }

    /// The values as they are written. Values that are unknown as a whole are not among them.
    pub fn values(&self) -> &[Text] {
        &self.values
    }

    /// The keys that the condition looks at: its own, and those of policy variables in its values.
    pub fn keys(&self) -> impl Iterator<Item = &KeyName> {
        std::iter::once(&self.key).chain(self.patterns().flat_map(Pattern::variables))
    }

    /// Whether some value cannot be understood.
    pub fn has_not_understood(&self) -> bool {
        !self.not_understood().is_empty()
    }

    /// The places, as questions name them, of the values that cannot be understood.
    pub(super) fn not_understood(&self) -> Vec<usize> {
        fn of<T>(list: &[Operand<T>]) -> Vec<usize> {
            let broken = list.iter().filter(|operand| matches!(operand, Operand::NotUnderstood));
            broken.map(|operand| std::ptr::from_ref(operand).addr()).collect()
        }
        match &self.operands {
            Operands::Patterns(list) | Operands::Bools(list) => of(list),
            Operands::Numbers(_, list) => of(list),
            Operands::Dates(_, list) => of(list),
            Operands::Ranges(list) => of(list),
            Operands::Binaries(list) => of(list),
            Operands::Presence(list) => of(list),
        }
    }

    /// The patterns among the values.
    pub(super) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        let patterns = match &self.operands {
            Operands::Patterns(patterns) | Operands::Bools(patterns) => &**patterns,
            _ => &[],
        };
        patterns.iter().filter_map(Operand::known)
    }

    /// The holes among the values.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        let written = self.values.iter().flat_map(Text::holes);
        written.chain(self.operands.unknown())
    }

    /// Whether the condition holds for a request with this context.
    pub fn holds<C: Context + ?Sized>(&self, context: &C) -> Truth {
        let state = context.key(&self.key);
        if let Operands::Presence(wanted) = &self.operands {
            return presence(wanted, state, context);
        }
        match state {
            KeyState::Absent => Truth::from(self.operator.without_key()),
            KeyState::Present { values, .. } => self.holds_for(values, context),
            KeyState::Free(_) | KeyState::Unknown(_) => Truth::Maybe,
        }
    }

    fn holds_for<C: Context + ?Sized>(&self, values: &[Subject], context: &C) -> Truth {
        let matches = |value| self.value_matches(value, context);
        match (self.operator.quantifier, self.operator.negated) {
            (None | Some(Quantifier::Any), false) => any(values, matches),
            (None | Some(Quantifier::All), true) => !any(values, matches),
            (Some(Quantifier::Any), true) => any(values, |value| !matches(value)),
            (Some(Quantifier::All), false) => !any(values, |value| !matches(value)),
        }
    }

    /// Whether a value of the request matches a value of the policy, by the positive form of the operator.
    pub(super) fn value_matches<C: Context + ?Sized>(&self, value: &Subject, context: &C) -> Truth {
        match &self.operands {
            Operands::Patterns(patterns) => any(patterns, |operand| match operand {
                Operand::Known(pattern) => pattern.matches(value, context),
                open => open.ask("String", value, context),
            }),
            Operands::Numbers(relation, numbers) => {
                compare(*relation, "Numeric", numbers, value, Number::of_any_length, context)
            }
            Operands::Dates(relation, dates) => {
                compare(*relation, "Date", dates, value, Date::parse, context)
            }
            Operands::Bools(patterns) => any(patterns, |operand| match operand {
                Operand::Known(pattern) => match value.as_known() {
                    Some(text) if boolean(text).is_none() => Truth::False,
                    _ => pattern.matches(value, context),
                },
                open => open.ask("Bool", value, context),
            }),
            Operands::Ranges(ranges) => {
                each(ranges, "IpAddress", value, Address::parse, context, |range, at| range.contains(*at))
            }
            Operands::Binaries(list) => {
                each(list, "BinaryEquals", value, decode, context, |policy, request| policy == request)
            }
            Operands::Presence(_) => Truth::Maybe,
        }
    }
}

impl<T> Operand<T> {
    pub(super) fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    fn unknown(&self) -> Option<&Hole> {
        match self {
            Self::Unknown(hole) => Some(hole),
            _ => None,
        }
    }

    /// Asks what cannot be told from the policy; the answer is for this operand and this value.
    #[cold]
    fn ask<C: Context + ?Sized>(&self, operator: &'static str, value: &Subject, context: &C) -> Truth {
        let part = std::ptr::from_ref(self).addr();
        match self {
            Self::Holed(policy) => {
                context.settle(&Question::Compare { operator, policy, request: value.text() })
            }
            Self::Unknown(hole) => context.settle(&Question::Unknown { hole, role: Role::Conditions, part }),
            Self::Known(_) | Self::NotUnderstood => {
                context.settle(&Question::NotUnderstood { part, role: Role::Conditions })
            }
        }
    }
}

impl Operands {
    fn unknown(&self) -> impl Iterator<Item = &Hole> {
        fn of<T>(list: &[Operand<T>]) -> Vec<&Hole> {
            list.iter().filter_map(Operand::unknown).collect()
        }
        match self {
            Self::Patterns(list) | Self::Bools(list) => of(list),
            Self::Numbers(_, list) => of(list),
            Self::Dates(_, list) => of(list),
            Self::Ranges(list) => of(list),
            Self::Binaries(list) => of(list),
            Self::Presence(list) => of(list),
        }
        .into_iter()
    }
}

/// Disjunction over a list, of all its elements unless one is certain.
#[inline]
fn any<'a, T>(list: &'a [T], mut answer: impl FnMut(&'a T) -> Truth) -> Truth {
    let mut result = Truth::False;
    for item in list {
        result = result.or(answer(item));
        if result.is_true() {
            break;
        }
    }
    result
}

fn presence<C: Context + ?Sized>(wanted: &[Operand<bool>], state: KeyState<'_>, context: &C) -> Truth {
    let there = match state {
        KeyState::Present { .. } => Truth::True,
        KeyState::Absent => Truth::False,
        KeyState::Free(facts) if !facts.may_be_absent => Truth::True,
        KeyState::Free(_) | KeyState::Unknown(_) => Truth::Maybe,
    };
    any(wanted, |operand| match operand {
        Operand::Known(absent) => {
            if *absent {
                !there
            } else {
                there
            }
        }
        open => {
            let present = Subject::from(if there.is_true() { "present" } else { "absent" });
            if there.is_maybe() { Truth::Maybe } else { open.ask("Null", &present, context) }
        }
    })
}

/// Compares a value of the request with each of the policy.
fn each<T: Debug, V, C: Context + ?Sized>(
    operands: &[Operand<T>],
    operator: &'static str,
    value: &Subject,
    parse: fn(&str) -> Option<V>,
    context: &C,
    holds: impl Fn(&T, &V) -> bool,
) -> Truth {
    let parsed = match value.as_known() {
        // What is not of the operator's type matches nothing.
        Some(text) => match parse(text) {
            Some(parsed) => Some(parsed),
            None => return Truth::False,
        },
        None => None,
    };
    any(operands, |operand| match (operand, &parsed) {
        (Operand::Known(policy), Some(request)) => Truth::from(holds(policy, request)),
        (Operand::Known(policy), None) => {
            let policy = Text::known(format!("{policy:?}"));
            context.settle(&Question::Compare { operator, policy: &policy, request: value.text() })
        }
        (open, _) => open.ask(operator, value, context),
    })
}

fn compare<T: Ord + Debug, C: Context + ?Sized>(
    relation: Relation,
    kind: &'static str,
    operands: &[Operand<T>],
    value: &Subject,
    parse: fn(&str) -> Option<T>,
    context: &C,
) -> Truth {
    let name = match (kind, relation) {
        ("Date", Relation::Equal) => "DateEquals",
        ("Date", Relation::Less) => "DateLessThan",
        ("Date", Relation::LessOrEqual) => "DateLessThanEquals",
        ("Date", Relation::Greater) => "DateGreaterThan",
        ("Date", Relation::GreaterOrEqual) => "DateGreaterThanEquals",
        (_, Relation::Equal) => "NumericEquals",
        (_, Relation::Less) => "NumericLessThan",
        (_, Relation::LessOrEqual) => "NumericLessThanEquals",
        (_, Relation::Greater) => "NumericGreaterThan",
        (_, Relation::GreaterOrEqual) => "NumericGreaterThanEquals",
    };
    each(operands, name, value, parse, context, |policy, request| relation.holds(request, policy))
}

fn patterns(values: &[Value], kind: PatternKind, variables: bool, problems: &mut Vec<String>) -> Operands {
    let compiled = values.iter().map(|value| match value {
        Value::Unknown(hole) => Operand::Unknown(hole.clone()),
        Value::Text(text) => match Pattern::new(text.clone(), kind, variables) {
            Ok(pattern) => Operand::Known(pattern),
            Err(problem) => {
                problems.push(problem);
                Operand::NotUnderstood
            }
        },
    });
    Operands::Patterns(compiled.collect())
}

/// The values of `Bool`, as patterns, because they may be policy variables.
fn bools(values: &[Value], variables: bool, problems: &mut Vec<String>) -> Box<[Operand<Pattern>]> {
    let compiled = values.iter().map(|value| match value {
        Value::Unknown(hole) => Operand::Unknown(hole.clone()),
        Value::Text(text) => match Pattern::new(text.clone(), PatternKind::EqualIgnoringCase, variables) {
            Ok(pattern)
                if text.as_known().is_none_or(|text| boolean(text).is_some() || pattern.has_variables()) =>
            {
                Operand::Known(pattern)
            }
            _ => {
                problems.push(format!("{} is neither true nor false", shown(text)));
                Operand::NotUnderstood
            }
        },
    });
    compiled.collect()
}

fn read<T>(
    values: &[Value],
    comparison: Comparison,
    parse: fn(&str) -> Option<T>,
    problems: &mut Vec<String>,
) -> Box<[Operand<T>]> {
    let expected = match comparison {
        Comparison::Numeric(_) => "a number",
        Comparison::Date(_) => "a date",
        Comparison::IpAddress => "an IP address or a range of them",
        Comparison::Binary => "base64",
        _ => "true or false",
    };
    let compiled = values.iter().map(|value| match value {
        Value::Unknown(hole) => Operand::Unknown(hole.clone()),
        Value::Text(text) => match text.as_known().map(parse) {
            Some(Some(value)) => Operand::Known(value),
            Some(None) => {
                problems.push(format!("{} is not {expected}", shown(text)));
                Operand::NotUnderstood
            }
            None => Operand::Holed(text.clone()),
        },
    });
    compiled.collect()
}

fn shown(text: &Text) -> String {
    format!("`{text}`")
}
