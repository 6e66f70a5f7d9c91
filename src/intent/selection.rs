//! Which brokers a block is about.

use super::pattern::{Pattern, glob};
use crate::graph::{Broker, BrokerFacts, Tags};
use crate::iam::{self, ContextTable, PatternKind, Subject};
use crate::source::Location;
use crate::text::{Text, Truth};

/// Which brokers a block is about: all that every part given holds for.
#[derive(Clone, Debug)]
pub struct Selection {
    /// `brokers`; empty where the block has none such.
    pub(super) patterns: Vec<Pattern>,
    /// `brokers_where`.
    pub(super) filter: Option<Filter>,
}

/// `brokers_where = { … }`.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) location: Location,
    /// By tag key: patterns of its value, one of which must match.
    pub(super) tags: Vec<(Box<str>, Vec<Box<str>>)>,
    pub(super) name: Vec<Box<str>>,
    pub(super) engine: Vec<Box<str>>,
    pub(super) region: Vec<Box<str>>,
    pub(super) account: Vec<Box<str>>,
}

impl Selection {
    /// Whether it is about all brokers, and about none in particular.
    pub fn is_everything(&self) -> bool {
        self.filter.is_none() && self.patterns.iter().any(Pattern::is_everything)
    }

    /// Whether it is about a broker.
    pub(super) fn names(&self, broker: &Broker) -> Truth {
        let by_pattern =
            self.patterns.is_empty() || self.patterns.iter().any(|pattern| pattern.matches(&broker.id));
        if !by_pattern {
            return Truth::False;
        }
        match (&self.filter, broker.facts.after.as_ref().or(broker.facts.before.as_ref())) {
            (None, _) => Truth::True,
            (Some(_), None) => Truth::False,
            (Some(filter), Some(facts)) => filter.holds(facts),
        }
    }
}

impl Filter {
    fn holds(&self, facts: &BrokerFacts) -> Truth {
        let known = |patterns: &[Box<str>], value: &Text| {
            Truth::from(patterns.is_empty())
                .or(Truth::any(patterns.iter().map(|pattern| is_like(pattern, value))))
        };
        let engine = Truth::from(self.engine.is_empty()).or(match facts.engine {
            Some(engine) => Truth::from(self.engine.iter().any(|wanted| wanted.eq_ignore_ascii_case(engine))),
            None => Truth::Maybe,
        });
        let tags = Truth::all(self.tags.iter().map(|(key, patterns)| tag(&facts.tags, key, patterns)));
        engine
            .and(tags)
            .and(known(&self.name, &facts.name))
            .and(known(&self.region, &facts.region))
            .and(known(&self.account, &facts.account))
    }
}

/// Whether the tag `key` is there with a value like one of `patterns`. Keys of tags are compared with their case.
fn tag(tags: &Tags, key: &str, patterns: &[Box<str>]) -> Truth {
    let Tags::Known(tags) = tags else { return Truth::Maybe };
    let key = Text::from(key);
    Truth::any(tags.iter().map(|(name, value)| {
        name.equals(&key).and(Truth::any(patterns.iter().map(|pattern| is_like(pattern, value))))
    }))
}

/// Whether a text matches a pattern; of a text with parts that are not known, what is known tells.
fn is_like(pattern: &str, text: &Text) -> Truth {
    if let Some(known) = text.as_known() {
        return Truth::from(glob(pattern, known));
    }
    if !pattern.contains('*') {
        return text.equals(&Text::from(pattern));
    }
    // To IAM a question mark is any character, and here it is itself.
    let like = if pattern.contains('?') {
        None
    } else {
        iam::Pattern::new(Text::from(pattern), PatternKind::Like, false).ok()
    };
    like.map_or(Truth::Maybe, |like| like.matches(&Subject::new(text.clone()), &ContextTable::new()))
}
