//! `mqwarden rules`.

use std::io::{self, Write};
use std::process::ExitCode;

use super::CliError;
use super::args::Rules;
use crate::findings::RULES;

pub(super) fn run(arguments: &Rules) -> Result<ExitCode, CliError> {
    let mut out = io::stdout().lock();
    let written = match &arguments.rule {
        Some(name) => {
            let rule = RULES
                .iter()
                .find(|rule| rule.id == name)
                .ok_or_else(|| CliError::UnknownRule { rule: name.clone() })?;
            out.write_all(rule.documentation.as_bytes())
        }
        None => RULES.iter().try_for_each(|rule| {
            writeln!(out, "{:<20} {:<8} {:<8} {}", rule.id, rule.kind, rule.severity, rule.summary)
        }),
    };
    written.map_err(CliError::Output)?;
    Ok(ExitCode::SUCCESS)
}
