//! The command line: arguments, progress, exit status.

mod args;
mod check;
mod explain;
mod forms;
mod graph;
mod manual;
mod outputs;
mod plan;
mod progress;
mod rules;
mod simulate;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};

/// What `--version` says: the date of the embedded AWS managed policies is part of what a verdict rests on.
const LONG_VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\nAWS managed policies of 2026-09-30");

/// Why a run ends without a result. Shown on standard error; the exit status is 2.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Plan(#[from] crate::plan::PlanError),
    #[error(transparent)]
    Source(#[from] crate::source::SourceError),
    #[error(transparent)]
    Context(#[from] crate::access::ContextError),
    #[error(transparent)]
    Policies(#[from] crate::aws::given_policies::PolicyFileError),
    #[error(transparent)]
    ServiceControl(#[from] crate::aws::service_control::ScpFileError),
    #[error(transparent)]
    Baseline(#[from] crate::findings::BaselineError),
    #[error(transparent)]
    Intent(#[from] crate::intent::IntentError),
    #[error(transparent)]
    NotFound(#[from] crate::graph::NotFound),
    #[error("`{rule}` is not a rule: `mqwarden rules` lists them all")]
    UnknownRule { rule: String },
    #[error("`{command}` is not a command: `mqwarden --help` lists them all")]
    UnknownCommand { command: String },
    #[error("cannot read {path}: {error}; give a file, or `-` for standard input")]
    Read { path: String, error: io::Error },
    #[error("{path} is read, and an output would take its place; name another file for the output")]
    OutputIsInput { path: String },
    #[error("two outputs go to {path}; name a file for each")]
    OutputTwice { path: String },
    #[error("cannot write {path}: {error}")]
    Write { path: String, error: io::Error },
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
}

/// Runs the command line and gives the exit status: 0, 1 for findings, 2 for unusable input. A check that comes to its end
/// ends the process itself.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Check(arguments) => check::run(&arguments).map(|never| match never {}),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Graph(arguments) => graph::run(&arguments),
        Command::Schema(arguments) => manual::schema(&arguments),
        Command::Completions(arguments) => manual::completions(&arguments),
        Command::Man(arguments) => manual::man(&arguments),
    };
    match outcome {
        Ok(status) => status,
        // The reader has seen enough: that is no failure of ours.
        Err(CliError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_names_the_date_of_the_managed_policies() {
        assert!(super::LONG_VERSION.contains(crate::aws::managed_policies::DATE));
    }
}
