//! How the matrix is laid out: principals and brokers side by side where there is room, else one under the other.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell, Color, ColumnConstraint, ContentArrangement, Table, Width, presets};

use super::matrix::{Pair, Signature, is_change};
use super::text::{columns, hanging};
use super::{GroupBy, TableOptions};

/// Columns between two cells.
const BETWEEN: usize = 2;
/// A column of verdicts is as wide as `conditional`, at least.
const LEAST_VERDICT: usize = 11;
/// A column of names is at least as wide.
const LEAST_NAMES: usize = 16;
/// Narrower than this, a verdict of before goes below the word `was`.
const ROOMY: usize = 100;

/// Some rows under a heading.
pub(super) struct Section {
    /// The names of the heading.
    pub heading: Vec<String>,
    /// The names on the other side, with the verdicts.
    pub rows: Vec<(Vec<String>, Signature)>,
}

/// Writes the matrix.
pub(super) fn write(
    out: &mut dyn Write,
    sections: &[Section],
    by: GroupBy,
    options: TableOptions,
) -> io::Result<()> {
    let width = usize::from(options.width);
    let verdicts = sections.iter().flat_map(|section| &section.rows).flat_map(|(_, signature)| signature);
    let widest =
        |pair: &Pair| verdict(*pair, width).iter().map(|line| columns(line)).max().unwrap_or_default();
    let verdict_width = verdicts.map(widest).max().unwrap_or_default().max(LEAST_VERDICT);
    let of_verdicts = verdict_width.saturating_add(BETWEEN).saturating_mul(3);
    let longest = |names: &[String]| names.iter().map(|name| columns(name)).max().unwrap_or_default();
    let headings = sections.iter().map(|section| longest(&section.heading)).max().unwrap_or_default();
    let names = sections.iter().flat_map(|section| &section.rows).map(|(names, _)| longest(names)).max();
    let names = names.unwrap_or_default().max(LEAST_NAMES);
    let titles = match by {
        GroupBy::Principal => ["Principals", "Brokers"],
        GroupBy::Broker => ["Brokers", "Principals"],
    };
    let side_by_side = headings.max(LEAST_NAMES).saturating_add(names).saturating_add(BETWEEN);
    let fits = side_by_side.saturating_add(of_verdicts) <= width;
    if options.group_by.is_none() && fits {
        let widths = [headings.max(LEAST_NAMES), names, verdict_width];
        write_side_by_side(out, sections, titles, widths, options)
    } else {
        let left = width.saturating_sub(of_verdicts).saturating_sub(BETWEEN);
        let widths = [names.min(left.max(LEAST_NAMES)), verdict_width];
        write_under_headings(out, sections, titles, widths, options)
    }
}

fn write_side_by_side(
    out: &mut dyn Write,
    sections: &[Section],
    titles: [&str; 2],
    [headings, names, verdicts]: [usize; 3],
    options: TableOptions,
) -> io::Result<()> {
    let widths = [headings, names, verdicts, verdicts, verdicts];
    let [left, right] = titles;
    let header = [left, right, "create", "reboot", "delete"].map(bold);
    let rule = rule(&widths);
    print(out, vec![header.into()], &widths, options)?;
    for section in sections {
        writeln!(out, "{rule}")?;
        let mut lines = Vec::new();
        for (number, (others, signature)) in section.rows.iter().enumerate() {
            // The names of the heading stand beside its first row.
            let heading = if number == 0 { section.heading.clone() } else { Vec::new() };
            lines.push(line(&[heading, broken(others, names)], signature, options));
        }
        print(out, lines, &widths, options)?;
    }
    writeln!(out, "{rule}")
}

fn write_under_headings(
    out: &mut dyn Write,
    sections: &[Section],
    titles: [&str; 2],
    [names, verdicts]: [usize; 2],
    options: TableOptions,
) -> io::Result<()> {
    // The names are indented below their heading.
    let widths = [names.saturating_add(BETWEEN), verdicts, verdicts, verdicts];
    let indent = " ".repeat(BETWEEN);
    let [above, below] = titles;
    let header = [&format!("{above}\n{indent}{below}"), "create", "reboot", "delete"].map(bold);
    let rule = rule(&widths);
    print(out, vec![header.into()], &widths, options)?;
    for section in sections {
        writeln!(out, "{rule}")?;
        for line in broken(&section.heading, usize::from(options.width)) {
            if options.colour {
                writeln!(out, "\u{1b}[1m{line}\u{1b}[0m")?;
            } else {
                writeln!(out, "{line}")?;
            }
        }
        let row = |(others, signature): &(Vec<String>, Signature)| {
            let names = broken(others, names).iter().map(|name| format!("{indent}{name}")).collect();
            line(&[names], signature, options)
        };
        print(out, section.rows.iter().map(row).collect(), &widths, options)?;
    }
    writeln!(out, "{rule}")
}

/// The names in lines of at most `width` columns; what does not fit in one goes on further in.
fn broken(names: &[String], width: usize) -> Vec<String> {
    let indent = " ".repeat(BETWEEN);
    let lines = |name: &String| {
        let lines = hanging(name, width, width.saturating_sub(BETWEEN)).into_iter().enumerate();
        lines.map(|(at, line)| if at == 0 { line } else { format!("{indent}{line}") }).collect::<Vec<_>>()
    };
    names.iter().flat_map(lines).collect()
}

fn line(names: &[Vec<String>], signature: &Signature, options: TableOptions) -> Vec<Cell> {
    let verdicts = signature.iter().map(|&pair| {
        let cell = Cell::new(verdict(pair, usize::from(options.width)).join("\n"));
        match pair.0 {
            Some("allowed") => cell.fg(Color::Green),
            Some("conditional") => cell.fg(Color::Yellow),
            Some("unknown") => cell.fg(Color::Magenta),
            _ => cell.fg(Color::DarkGrey),
        }
    });
    names.iter().map(|names| Cell::new(names.join("\n"))).chain(verdicts).collect()
}

/// A verdict, and the one before where it differs.
fn verdict((after, before): Pair, width: usize) -> Vec<String> {
    let mut lines = vec![after.unwrap_or("-").to_owned()];
    if let Some(before) = before.filter(|_| is_change(after, before)) {
        let was = format!("was {before}");
        if width < ROOMY && columns(&was) > LEAST_VERDICT {
            lines.extend(["was".to_owned(), before.to_owned()]);
        } else {
            lines.push(was);
        }
    }
    lines
}

fn bold(title: &str) -> Cell {
    Cell::new(title).add_attribute(Attribute::Bold)
}

/// A line across the whole table.
fn rule(widths: &[usize]) -> String {
    let between = widths.len().saturating_sub(1).saturating_mul(BETWEEN);
    "─".repeat(widths.iter().sum::<usize>().saturating_add(between))
}

/// Prints rows whose cells are broken into lines already, in columns of these widths.
fn print(
    out: &mut dyn Write,
    rows: Vec<Vec<Cell>>,
    widths: &[usize],
    options: TableOptions,
) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    if options.colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.add_rows(rows);
    let between = u16::try_from(BETWEEN).unwrap_or_default();
    for (column, width) in table.column_iter_mut().zip(widths) {
        let width = u16::try_from(width.saturating_add(BETWEEN)).unwrap_or(u16::MAX);
        column.set_padding((0, between)).set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
