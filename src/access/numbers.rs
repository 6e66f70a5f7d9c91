//! The resource elements and conditions of statements, numbered: what is equal is evaluated once.

use crate::hash::{HashMap, HashSet};
use crate::iam::{Condition, Entry, Operator, PolicyDocument, Selection, Statement};
use crate::text::{Hole, Text};

/// The elements of statements, numbered: equal elements have equal numbers, in every state.
pub(super) struct Numbers<'a> {
    /// By document and statement: the number of its resource element, and of its conditions.
    pub(super) of_statement: HashMap<(usize, usize), (usize, usize)>,
    /// A statement with each resource element.
    pub(super) resources: Vec<&'a Statement>,
    /// A statement with each set of conditions.
    pub(super) conditions: Vec<&'a Statement>,
    /// The holes that a document names.
    holes: HashSet<Hole>,
}

impl<'a> Numbers<'a> {
    /// Numbers the elements of all statements.
    pub(super) fn new(documents: &'a [PolicyDocument]) -> Self {
        let mut of_statement = HashMap::default();
        let mut resource_numbers = HashMap::default();
        let mut resources: Vec<&Statement> = Vec::new();
        let mut condition_numbers = HashMap::default();
        let mut conditions: Vec<&Statement> = Vec::new();
        for (number, document) in documents.iter().enumerate() {
            for (index, statement) in document.statements().iter().enumerate() {
                let place = (number, index);
                let resource =
                    *resource_numbers.entry(ResourceKey::new(statement, place)).or_insert_with(|| {
                        resources.push(statement);
                        resources.len().saturating_sub(1)
                    });
                let condition =
                    *condition_numbers.entry(ConditionsKey::new(statement, place)).or_insert_with(|| {
                        conditions.push(statement);
                        conditions.len().saturating_sub(1)
                    });
                of_statement.insert(place, (resource, condition));
            }
        }
        let unknown = documents.iter().flat_map(PolicyDocument::unknown_statements);
        let statements = documents.iter().flat_map(PolicyDocument::statements);
        let holes = statements.flat_map(Statement::holes).chain(unknown).cloned().collect();
        Self { of_statement, resources, conditions, holes }
    }

    /// The holes that a document names.
    pub(super) fn holes(&self) -> &HashSet<Hole> {
        &self.holes
    }
}

/// A resource element: statements with equal elements match the same ARNs.
#[derive(PartialEq, Eq, Hash)]
enum ResourceKey {
    /// The patterns, and whether each is one with variables.
    Patterns { negated: bool, patterns: Vec<(Text, bool)> },
    /// An element with parts that are unknown stands for itself.
    Itself(usize, usize),
}

impl ResourceKey {
    fn new(statement: &Statement, place: (usize, usize)) -> Self {
        let patterns = |selection: &Selection| -> Option<Vec<(Text, bool)>> {
            let pattern = |entry: &Entry| match entry {
                Entry::Pattern(pattern) => {
                    Some((pattern.source().clone(), pattern.variables().next().is_some()))
                }
                Entry::Unknown(_) | Entry::NotUnderstood => None,
            };
            selection.entries().iter().map(pattern).collect()
        };
        let negated = statement.resources().is_some_and(Selection::is_negated);
        match statement.resources().and_then(patterns) {
            Some(patterns) => Self::Patterns { negated, patterns },
            None => Self::Itself(place.0, place.1),
        }
    }
}

/// The conditions of a statement: statements with equal conditions hold for the same requests.
#[derive(PartialEq, Eq, Hash)]
enum ConditionsKey {
    /// Each condition: operator, key, values, whether the values are ones with variables.
    Conditions(Vec<(Operator, String, Vec<Text>, usize)>),
    /// Conditions that are unknown in part stand for themselves.
    Itself(usize, usize),
}

impl ConditionsKey {
    fn new(statement: &Statement, place: (usize, usize)) -> Self {
        let mut conditions = statement.conditions().iter();
        if statement.is_doubtful()
            || statement.has_unknown_conditions()
            || conditions.any(Condition::has_not_understood)
        {
            return Self::Itself(place.0, place.1);
        }
        let conditions = statement.conditions().iter().map(|condition| {
            let key = condition.key().lower().to_owned();
            (condition.operator(), key, condition.values().to_vec(), condition.keys().count())
        });
        Self::Conditions(conditions.collect())
    }
}
