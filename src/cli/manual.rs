//! What the command line says of itself: the schema of its JSON, completions, manual pages.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::CommandFactory;

use super::CliError;
use super::args::{Arguments, Completions, Described, Man, Schema};
use crate::report::{GRAPH_SCHEMA, SCHEMA};

/// `mqwarden schema`.
pub(super) fn schema(arguments: &Schema) -> Result<ExitCode, CliError> {
    let schema = match arguments.of {
        Described::Check => SCHEMA,
        Described::Graph => GRAPH_SCHEMA,
    };
    print(schema.as_bytes())
}

/// `mqwarden completions`.
pub(super) fn completions(arguments: &Completions) -> Result<ExitCode, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), env!("CARGO_PKG_NAME"), &mut script);
    print(&script)
}

/// `mqwarden man`.
pub(super) fn man(arguments: &Man) -> Result<ExitCode, CliError> {
    let mut all = Arguments::command();
    all.build();
    let command = match &arguments.command {
        None => all,
        Some(name) => {
            let unknown = || CliError::UnknownCommand { command: name.clone() };
            all.find_subcommand(name).ok_or_else(unknown)?.clone()
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(CliError::Output)?;
    print(&page)
}

fn print(text: &[u8]) -> Result<ExitCode, CliError> {
    let mut out = io::stdout().lock();
    out.write_all(text).and_then(|()| out.flush()).map_err(CliError::Output)?;
    Ok(ExitCode::SUCCESS)
}
