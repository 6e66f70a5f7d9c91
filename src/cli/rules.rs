//! `mqwarden rules`.

use std::io::{self, Write};
use std::process::ExitCode;

use super::CliError;
use super::args::Rules;
use crate::findings::RULES;

pub(super) fn run(arguments: &Rules) -> Result<ExitCode, CliError> {
    let mut out = io::stdout().lock();
    let written = if let Some(name) = &arguments.rule {
        let rule = RULES
            .iter()
            .find(|rule| rule.id == name)
            .ok_or_else(|| CliError::UnknownRule { rule: name.clone() })?;
        out.write_all(rule.documentation.as_bytes())
    } else {
        let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
        RULES.iter().try_for_each(|rule| {
            let (kind, severity) = (rule.kind.to_string(), rule.severity.to_string());
            writeln!(out, "{:<width$}  {kind:<7}  {severity:<7}  {}", rule.id, rule.summary)
        })
    };
    written.map_err(CliError::Output)?;
    Ok(ExitCode::SUCCESS)
}
