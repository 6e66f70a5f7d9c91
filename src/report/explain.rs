//! The explanation of one verdict, as text.

use std::io::{self, Write};

use super::table::{count, printable};
use super::verdict_name;
use crate::explain::{ConditionExplained, Explanation, LayerExplained, PolicyExplained, StatementExplained};
use crate::findings::Location;
use crate::iam::Effect;
use crate::text::Truth;

/// Patterns and values listed before the rest is counted.
const MOST_VALUES: usize = 6;
/// The most characters of a line of the source.
const MOST_CHARACTERS: usize = 96;

/// The lines of the source from a location on.
pub type Snippet<'a> = &'a dyn Fn(&Location) -> Vec<String>;

impl Explanation<'_> {
    /// Writes the explanation.
    pub fn write(&self, out: &mut dyn Write, snippet: Snippet<'_>) -> io::Result<()> {
        let verdict = self.verdict.map_or("does not exist after apply", verdict_name);
        writeln!(
            out,
            "{}, {} of {}: {verdict}",
            printable(&self.principal.id),
            self.operation,
            printable(&self.broker.id)
        )?;
        writeln!(out, "  {} on {}", self.operation.action(), printable(&self.resource))?;
        if let Some(before) = self.before.map(verdict_name).filter(|before| *before != verdict) {
            writeln!(out, "  it was {before} before this plan")?;
        }
        for layer in &self.layers {
            writeln!(out)?;
            write_layer(out, layer, snippet)?;
        }
        if !self.hints.is_empty() {
            writeln!(out, "\nWhat would change it:")?;
            for hint in &self.hints {
                writeln!(out, "  {}", printable(hint))?;
            }
        }
        Ok(())
    }
}

fn write_layer(out: &mut dyn Write, layer: &LayerExplained, snippet: Snippet<'_>) -> io::Result<()> {
    let says = match (layer.denies, layer.allows) {
        (Truth::True, _) => "denies it",
        (Truth::Maybe, Truth::True) => "allows it, and perhaps denies it",
        (Truth::Maybe, Truth::Maybe) => "perhaps allows it, and perhaps denies it",
        (Truth::Maybe, Truth::False) => "does not allow it, and perhaps denies it",
        (Truth::False, Truth::True) => "allows it",
        (Truth::False, Truth::Maybe) => "perhaps allows it",
        (Truth::False, Truth::False) => "does not allow it",
    };
    writeln!(out, "{}: {says}", layer.name)?;
    if layer.policies.is_empty() {
        writeln!(out, "  there is none")?;
    }
    for policy in &layer.policies {
        write_policy(out, policy, snippet)?;
    }
    Ok(())
}

fn write_policy(out: &mut dyn Write, policy: &PolicyExplained, snippet: Snippet<'_>) -> io::Result<()> {
    write!(out, "  {}", printable(&policy.id))?;
    if !policy.how.is_empty() {
        write!(out, " ({})", printable(&policy.how))?;
    }
    writeln!(out)?;
    for unknown in &policy.unknown {
        writeln!(out, "    {}", printable(unknown))?;
    }
    for statement in &policy.statements {
        write_statement(out, statement, snippet)?;
    }
    if policy.others > 0 {
        writeln!(out, "    {} about other actions", count(policy.others, "statement"))?;
    }
    Ok(())
}

fn write_statement(
    out: &mut dyn Write,
    statement: &StatementExplained,
    snippet: Snippet<'_>,
) -> io::Result<()> {
    let effect = match statement.effect {
        Some(Effect::Allow) => "Allow",
        Some(Effect::Deny) => "Deny",
        None => "effect unknown",
    };
    let applies = match statement.applies {
        Truth::True => "applies",
        Truth::Maybe => "may apply",
        Truth::False => "does not apply",
    };
    write!(out, "    Statement[{}]", statement.index)?;
    if let Some(sid) = &statement.sid {
        write!(out, " \"{}\"", printable(sid))?;
    }
    writeln!(out, ", {effect}: {applies}")?;
    if let Some(at) = &statement.location {
        writeln!(out, "      at {}:{}:{}", printable(&at.file), at.line, at.column)?;
        let lines = snippet(at);
        let indent =
            lines.iter().map(|line| line.chars().take_while(|c| *c == ' ').count()).min().unwrap_or(0);
        for line in lines {
            let line: String = line.chars().skip(indent).collect();
            writeln!(out, "        | {}", shortened(&printable(&line)))?;
        }
    }
    if statement.is_doubtful {
        writeln!(out, "      a part of it is unknown or cannot be understood")?;
    }
    if statement.action == Truth::Maybe {
        writeln!(out, "      perhaps: whether it is about this action is not known")?;
    }
    let resource = &statement.resource;
    let element = if resource.is_negated { "NotResource" } else { "Resource" };
    writeln!(out, "      {}: {element} {}", answer(resource.matches), listed(&resource.patterns))?;
    for condition in &statement.conditions {
        write_condition(out, condition)?;
    }
    Ok(())
}

fn write_condition(out: &mut dyn Write, condition: &ConditionExplained) -> io::Result<()> {
    writeln!(
        out,
        "      {}: {} {} {}; the request {}",
        answer(condition.holds),
        condition.operator,
        printable(&condition.key),
        listed(&condition.values),
        printable(&condition.request)
    )
}

fn answer(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "yes",
        Truth::Maybe => "perhaps",
        Truth::False => "no",
    }
}

fn listed(texts: &[String]) -> String {
    let mut shown: Vec<String> = texts.iter().take(MOST_VALUES).map(|text| printable(text)).collect();
    if texts.len() > MOST_VALUES {
        shown.push(format!("and {} more", texts.len().saturating_sub(MOST_VALUES)));
    }
    shown.join(", ")
}

fn shortened(line: &str) -> String {
    if line.chars().count() <= MOST_CHARACTERS {
        return line.to_owned();
    }
    line.chars().take(MOST_CHARACTERS).chain(['…']).collect()
}
