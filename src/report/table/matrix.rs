//! The matrix: a row for each class of principals and class of brokers that share their verdicts.

use std::collections::BTreeMap;
use std::io::{self, Write};

use fixedbitset::FixedBitSet;
use rayon::prelude::*;

use super::layout::{self, Section};
use super::text::{count, paragraph, printable};
use super::{GroupBy, TableOptions};
use crate::access::Matrix;
use crate::aws::Operation;
use crate::graph::State;
use crate::hash::HashMap;
use crate::report::{Report, verdict_name};

/// Rows shown without `--all`.
const MOST_ROWS: usize = 100;
/// Names listed in a cell before the rest is counted.
const MOST_NAMES: usize = 3;

/// A verdict after apply, and the one before; nothing where principal or broker does not exist.
pub(super) type Pair = (Option<&'static str>, Option<&'static str>);
/// The verdicts of one principal on one broker: create, reboot, delete.
pub(super) type Signature = [Pair; 3];

/// The verdicts of one principal: signatures with the brokers, by position, that have them.
type Row = Vec<(Signature, FixedBitSet)>;

/// Principals and brokers that share their verdicts, by position.
struct Block {
    principals: Vec<usize>,
    brokers: FixedBitSet,
    signature: Signature,
}

/// What one party sees on the others, under a heading.
struct Group {
    heading: Vec<usize>,
    rows: Vec<(FixedBitSet, Signature)>,
}

impl Report<'_> {
    /// Writes the matrix.
    pub(super) fn write_matrix(&self, out: &mut dyn Write, options: TableOptions) -> io::Result<()> {
        let by = options.group_by.unwrap_or(GroupBy::Principal);
        let mut groups = match by {
            GroupBy::Principal => by_principal(self.blocks()),
            GroupBy::Broker => by_broker(&self.blocks()),
        };
        let rows = groups.iter().map(|group| group.rows.len()).sum::<usize>();
        if !options.all {
            for group in &mut groups {
                group.rows.retain(|(_, signature)| says_something(signature));
            }
            groups.retain(|group| !group.rows.is_empty());
        }
        let with_something = groups.iter().map(|group| group.rows.len()).sum::<usize>();
        if with_something == 0 {
            let text = "Nobody in this plan can create, reboot or delete any of these brokers: everything is denied.";
            out.write_all(paragraph(text, 0, 0, options.prose()).as_bytes())?;
            return writeln!(out);
        }
        let shown = if options.all { rows } else { with_something.min(MOST_ROWS) };
        let (sections, signatures) = self.sections(&groups, shown, by, options);
        layout::write(out, &sections, by, options)?;
        let left = |number: usize, which: &str| {
            let text = format!("{} not shown{which}: --all shows every row.", count(number, "row"));
            paragraph(&text, 0, 2, options.prose())
        };
        if shown < with_something {
            out.write_all(left(with_something.saturating_sub(shown), "").as_bytes())?;
        }
        if with_something < rows {
            let text = left(rows.saturating_sub(with_something), " where everything is denied");
            out.write_all(text.as_bytes())?;
        }
        writeln!(out)?;
        write_legend(out, &signatures, options)
    }

    /// The groups as they are laid out, up to a number of rows; and the verdicts in them.
    fn sections(
        &self,
        groups: &[Group],
        most: usize,
        by: GroupBy,
        options: TableOptions,
    ) -> (Vec<Section>, Vec<Signature>) {
        let principals = |positions: &mut dyn Iterator<Item = usize>, count| {
            names(positions, count, options, |it| self.principal_name(it))
        };
        let brokers = |positions: &mut dyn Iterator<Item = usize>, count| {
            names(positions, count, options, |it| self.broker_name(it))
        };
        let (mut sections, mut signatures) = (Vec::new(), Vec::new());
        let mut left = most;
        for group in groups {
            let rows: Vec<(Vec<String>, Signature)> = group
                .rows
                .iter()
                .take(left)
                .map(|(others, signature)| {
                    let (mut positions, count) = (others.ones(), others.count_ones(..));
                    let names = match by {
                        GroupBy::Principal => brokers(&mut positions, count),
                        GroupBy::Broker => principals(&mut positions, count),
                    };
                    (names, *signature)
                })
                .collect();
            if rows.is_empty() {
                break;
            }
            left = left.saturating_sub(rows.len());
            signatures.extend(rows.iter().map(|(_, signature)| *signature));
            let (mut positions, count) = (group.heading.iter().copied(), group.heading.len());
            let heading = match by {
                GroupBy::Principal => principals(&mut positions, count),
                GroupBy::Broker => brokers(&mut positions, count),
            };
            sections.push(Section { heading, rows });
        }
        (sections, signatures)
    }

    pub(super) fn principal_name(&self, position: usize) -> Option<String> {
        let node = self.graph.principals.get(position)?;
        Some(printable(&self.graph.principal(*node)?.id))
    }

    pub(super) fn broker_name(&self, position: usize) -> Option<String> {
        let node = self.graph.brokers.get(position)?;
        Some(printable(&self.graph.broker(*node)?.id))
    }

    /// Principals with the same verdicts on every broker are one class, and so are brokers within it.
    fn blocks(&self) -> Vec<Block> {
        let mut positions: HashMap<_, usize> = HashMap::default();
        let mut members: Vec<Vec<usize>> = Vec::new();
        for principal in 0..self.graph.principals.len() {
            let position = *positions.entry(self.matrix.class_key(principal)).or_insert_with(|| {
                members.push(Vec::new());
                members.len().saturating_sub(1)
            });
            if let Some(members) = members.get_mut(position) {
                members.push(principal);
            }
        }
        let matrix = self.matrix;
        let rows: Vec<Row> = members.par_iter().map(|members| row(matrix, members)).collect();
        let mut classes: BTreeMap<usize, (Vec<usize>, Row)> = BTreeMap::new();
        let mut class_of_row: HashMap<Row, usize> = HashMap::default();
        for (members, row) in members.into_iter().zip(rows) {
            let Some(&first) = members.first() else { continue };
            let class = *class_of_row.entry(row.clone()).or_insert(first);
            classes.entry(class).or_insert_with(|| (Vec::new(), row)).0.extend(members);
        }
        let block = |(mut principals, row): (Vec<usize>, Row)| {
            principals.sort_unstable();
            row.into_iter().map(move |(signature, brokers)| Block {
                principals: principals.clone(),
                brokers,
                signature,
            })
        };
        classes.into_values().flat_map(block).collect()
    }
}

/// Whether anything is or was possible.
fn says_something(signature: &Signature) -> bool {
    let is_something = |verdict: Option<&str>| verdict.is_some_and(|verdict| verdict != "denied");
    signature.iter().any(|&(after, before)| is_something(after) || is_something(before))
}

/// The verdicts that these principals share.
fn row(matrix: &Matrix, principals: &[usize]) -> Row {
    let mut row = Row::new();
    let Some(&principal) = principals.first() else { return row };
    for group in matrix.groups(principal) {
        let Some(broker) = group.minimum() else { continue };
        let name = |state, operation| matrix.verdict(state, principal, broker, operation).map(verdict_name);
        let signature =
            Operation::ALL.map(|operation| (name(State::After, operation), name(State::Before, operation)));
        match row.iter_mut().find(|(known, _)| *known == signature) {
            Some((_, members)) => members.union_with(&group),
            None => row.push((signature, group)),
        }
    }
    row
}

fn by_principal(blocks: Vec<Block>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for Block { principals, brokers, signature } in blocks {
        match groups.last_mut() {
            Some(group) if group.heading == principals => group.rows.push((brokers, signature)),
            _ => groups.push(Group { heading: principals, rows: vec![(brokers, signature)] }),
        }
    }
    groups
}

/// Brokers on which every principal has the same verdicts are one group.
fn by_broker(blocks: &[Block]) -> Vec<Group> {
    let mut of_broker: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, block) in blocks.iter().enumerate() {
        for broker in block.brokers.ones() {
            of_broker.entry(broker).or_default().push(number);
        }
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut known: HashMap<Vec<usize>, usize> = HashMap::default();
    for (broker, numbers) in of_broker {
        if let Some(group) = known.get(&numbers).and_then(|&group| groups.get_mut(group)) {
            group.heading.push(broker);
            continue;
        }
        let mut by_signature: BTreeMap<Signature, FixedBitSet> = BTreeMap::new();
        for block in numbers.iter().filter_map(|&number| blocks.get(number)) {
            let principals = by_signature.entry(block.signature).or_default();
            block.principals.iter().for_each(|&principal| principals.grow_and_insert(principal));
        }
        let mut rows: Vec<(FixedBitSet, Signature)> =
            by_signature.into_iter().map(|(signature, principals)| (principals, signature)).collect();
        rows.sort_by_key(|(principals, _)| principals.minimum());
        known.insert(numbers, groups.len());
        groups.push(Group { heading: vec![broker], rows });
    }
    groups
}

/// The first names, and how many there are beside them.
fn names(
    positions: &mut dyn Iterator<Item = usize>,
    count: usize,
    options: TableOptions,
    name: impl Fn(usize) -> Option<String>,
) -> Vec<String> {
    let most = if options.all || count == MOST_NAMES.saturating_add(1) { count } else { MOST_NAMES };
    let mut names: Vec<String> = positions.take(most).filter_map(name).collect();
    if count > most {
        names.push(format!("and {} more", count.saturating_sub(most)));
    }
    names
}

fn write_legend(out: &mut dyn Write, signatures: &[Signature], options: TableOptions) -> io::Result<()> {
    let cells = || signatures.iter().flatten();
    let has = |name: &str| cells().any(|(after, _)| *after == Some(name));
    let mut line = |name: &str, meaning: &str| {
        out.write_all(paragraph(&format!("{name:<12} {meaning}"), 2, 15, options.prose()).as_bytes())
    };
    for (name, meaning) in [
        ("allowed", "whatever the request's context"),
        ("denied", "whatever the request's context"),
        ("conditional", "depends on what only the request brings (MFA, source address, time, …)"),
        ("unknown", "depends on a value that is known only after apply"),
    ] {
        if has(name) {
            line(name, meaning)?;
        }
    }
    if cells().any(|(after, _)| after.is_none()) {
        line("-", "the principal or the broker does not exist after apply")?;
    }
    if cells().any(|&(after, before)| is_change(after, before)) {
        line("was …", "what it was before this plan")?;
    }
    writeln!(out)
}

/// Whether a verdict differs from the one before.
pub(super) fn is_change(after: Option<&str>, before: Option<&str>) -> bool {
    before.is_some() && after != before
}
