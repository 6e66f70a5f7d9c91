//! The matrix of the page: rows of principals and brokers that show the same, and why each cell is what it is.

use std::collections::BTreeMap;

use serde::Serialize;

use super::data::{place, shown};
use crate::access::{KeyAnswer, Reason, RequestContext, Verdict};
use crate::aws::Operation;
use crate::changes::Effect;
use crate::graph::PrincipalKind;
use crate::hash::HashMap;
use crate::report::Report;
use crate::report::classes::{Cell, Class};
use crate::report::escape::visible;
use crate::requirements::{ActionSet, Cell as Lacking};

/// Verdicts that are explained; more would make the page heavy, and `mqwarden explain` explains the rest.
const MOST_EXPLAINED: usize = 40_000;
/// Principals of a row whose verdicts are explained by themselves.
const MOST_PARTS: usize = 50;

/// A cell: the verdicts, and what belongs to them.
#[derive(Serialize, PartialEq, Eq, Hash, Clone)]
pub(super) struct CellData {
    after: Option<&'static str>,
    before: Option<&'static str>,
    change: Option<&'static str>,
    allowed_when: Option<Vec<(String, Option<Vec<String>>)>>,
    denied_when: Option<Vec<(String, Option<Vec<String>>)>>,
    because: Vec<(String, Option<String>)>,
    missing: Vec<&'static str>,
    unresolved: Vec<&'static str>,
}

/// Brokers for which the cells of a row are the same.
#[derive(Serialize)]
pub(super) struct GroupData {
    brokers: Vec<usize>,
    cells: [usize; 3],
    /// By part of the class: why, for the first principal of the part and the first broker; create, reboot, delete.
    why: Vec<[Option<usize>; 3]>,
}

/// Principals that show the same on every broker.
#[derive(Serialize)]
pub(super) struct ClassData {
    principals: Vec<usize>,
    /// The principals again, by what decides their verdicts.
    parts: Vec<Vec<usize>>,
    groups: Vec<GroupData>,
}

/// The matrix.
#[derive(Default)]
pub(super) struct Matrix {
    /// Cells that differ.
    pub cells: Vec<CellData>,
    pub classes: Vec<ClassData>,
    /// Explanations that differ, each a list of lines.
    pub explanations: Vec<Vec<usize>>,
    /// Lines that differ.
    pub lines: Vec<String>,
}

/// The brokers of a principal, by the numbers of its cells on them.
type Groups = BTreeMap<[usize; 3], Vec<usize>>;

/// The matrix as the page shows it.
pub(super) fn matrix(report: &Report<'_>) -> Matrix {
    let mut cells = Cells::default();
    let mut known: HashMap<Groups, usize> = HashMap::default();
    let mut rows: Vec<(Groups, Vec<Vec<usize>>)> = Vec::new();
    for class in report.classes() {
        // A group and its members have the same verdicts by other ways.
        let mut part_of: BTreeMap<(usize, Option<PrincipalKind>), Vec<usize>> = BTreeMap::new();
        for &principal in &class.principals {
            let groups = groups(report, &class, principal, &mut cells);
            let number = known.get(&groups).copied().unwrap_or_else(|| {
                known.insert(groups.clone(), rows.len());
                rows.push((groups, Vec::new()));
                rows.len().saturating_sub(1)
            });
            let node = report.graph.principals.get(principal);
            let kind = node.and_then(|&node| report.graph.principal(node)).map(|principal| principal.kind);
            part_of.entry((number, kind)).or_default().push(principal);
        }
        for ((number, _), part) in part_of {
            if let Some((_, parts)) = rows.get_mut(number) {
                parts.push(part);
            }
        }
    }
    let mut texts = Texts::default();
    let classes = rows.into_iter().map(|(groups, parts)| class(report, groups, parts, &mut texts)).collect();
    Matrix { cells: cells.all, classes, explanations: texts.explanations, lines: texts.lines }
}

/// The brokers, by what the cells of a principal on them show.
fn groups(report: &Report<'_>, class: &Class<'_>, principal: usize, cells: &mut Cells) -> Groups {
    let mut groups = Groups::new();
    for group in &class.groups {
        // What is asked for beside a call matters only where the call itself may be allowed.
        let matters = group
            .cells
            .map(|cell| matches!(cell.after, Some(Verdict::Allowed | Verdict::Conditional { .. })));
        let mut of_lacking: HashMap<[(ActionSet, ActionSet); 3], [usize; 3]> = HashMap::default();
        for &broker in &group.brokers {
            let lacking = Operation::ALL.map(|operation| {
                let matters = matters.get(operation.index()).copied().unwrap_or_default();
                let lacking = if matters {
                    report.requirements.cell(principal, broker, operation)
                } else {
                    Lacking::default()
                };
                (lacking.missing, lacking.unresolved)
            });
            let numbers = *of_lacking.entry(lacking).or_insert_with(|| {
                let mut lacking = lacking.into_iter();
                group.cells.map(|cell| cells.number(report, &cell, lacking.next().unwrap_or_default()))
            });
            groups.entry(numbers).or_default().push(broker);
        }
    }
    for brokers in groups.values_mut() {
        brokers.sort_unstable();
    }
    groups
}

fn class(report: &Report<'_>, groups: Groups, mut parts: Vec<Vec<usize>>, texts: &mut Texts) -> ClassData {
    parts.sort();
    let mut principals: Vec<usize> = parts.iter().flatten().copied().collect();
    principals.sort_unstable();
    let mut groups: Vec<([usize; 3], Vec<usize>)> = groups.into_iter().collect();
    groups.sort_by(|a, b| a.1.cmp(&b.1));
    let firsts: Vec<usize> = parts.iter().take(MOST_PARTS).filter_map(|part| part.first()).copied().collect();
    let groups = groups.into_iter().map(|(cells, brokers)| {
        let first = brokers.first().copied().unwrap_or_default();
        let why = firsts.iter().map(|&principal| {
            Operation::ALL.map(|operation| texts.number(report, principal, first, operation))
        });
        GroupData { why: why.collect(), brokers, cells }
    });
    let groups = groups.collect();
    ClassData { principals, parts, groups }
}

/// The cells that differ, each once.
#[derive(Default)]
struct Cells {
    all: Vec<CellData>,
    numbers: HashMap<CellData, usize>,
}

impl Cells {
    fn number(&mut self, report: &Report<'_>, cell: &Cell<'_>, lacking: (ActionSet, ActionSet)) -> usize {
        let data = cell_data(report, cell, lacking);
        *self.numbers.entry(data.clone()).or_insert_with(|| {
            self.all.push(data);
            self.all.len().saturating_sub(1)
        })
    }
}

/// The explanations that differ, in lines that differ.
#[derive(Default)]
struct Texts {
    explained: usize,
    explanations: Vec<Vec<usize>>,
    numbers: HashMap<Vec<usize>, usize>,
    lines: Vec<String>,
    line_numbers: HashMap<String, usize>,
}

impl Texts {
    fn number(
        &mut self,
        report: &Report<'_>,
        principal: usize,
        broker: usize,
        operation: Operation,
    ) -> Option<usize> {
        if self.explained >= MOST_EXPLAINED {
            return None;
        }
        self.explained = self.explained.saturating_add(1);
        let explanation = (report.explain)(principal, broker, operation)?;
        let mut text = Vec::new();
        // The source is where the places say; the page is no copy of it.
        explanation.write(&mut text, &|_| Vec::new()).ok()?;
        let text = String::from_utf8(text).ok()?;
        let lines: Vec<usize> = text.lines().map(|line| self.line(line)).collect();
        Some(*self.numbers.entry(lines.clone()).or_insert_with(|| {
            self.explanations.push(lines);
            self.explanations.len().saturating_sub(1)
        }))
    }

    fn line(&mut self, line: &str) -> usize {
        let line = visible(line);
        if let Some(&number) = self.line_numbers.get(&*line) {
            return number;
        }
        let number = self.lines.len();
        self.lines.push(line.clone().into_owned());
        self.line_numbers.insert(line.into_owned(), number);
        number
    }
}

fn cell_data(
    report: &Report<'_>,
    cell: &Cell<'_>,
    (missing, unresolved): (ActionSet, ActionSet),
) -> CellData {
    let (allowed_when, denied_when) = match cell.after {
        Some(Verdict::Conditional { allowed_when, denied_when }) => {
            (Some(context(allowed_when)), Some(context(denied_when)))
        }
        _ => (None, None),
    };
    let because = match cell.after {
        Some(Verdict::Unknown { because, .. }) => {
            because.iter().map(|reason| reason_data(report, reason)).collect()
        }
        _ => Vec::new(),
    };
    CellData {
        after: cell.after(),
        before: cell.before(),
        change: cell.change().map(Effect::name),
        allowed_when,
        denied_when,
        because,
        missing: missing.names().collect(),
        unresolved: unresolved.names().collect(),
    }
}

fn context(context: &RequestContext) -> Vec<(String, Option<Vec<String>>)> {
    let answer = |answer: &KeyAnswer| match answer {
        KeyAnswer::Absent => None,
        KeyAnswer::One(value) => Some(vec![shown(value)]),
        KeyAnswer::List(values) => Some(values.iter().map(|value| shown(value)).collect()),
    };
    context.iter().map(|(key, value)| (shown(key), answer(value))).collect()
}

fn reason_data(report: &Report<'_>, reason: &Reason) -> (String, Option<String>) {
    match reason {
        Reason::Hole(hole) => (shown(&hole.to_string()), report.location_of(hole).as_ref().map(place)),
        Reason::NotUnderstood(problem) => (shown(&format!("a policy that is not valid: {problem}")), None),
    }
}
