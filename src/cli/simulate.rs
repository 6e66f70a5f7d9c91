//! `mqwarden simulate`.

use std::fs::File;
use std::io;
use std::process::ExitCode;

use super::CliError;
use super::args::Simulate;
use crate::simulate::{self, Error};

/// Answers the requests; the exit status is 2 if one of them could not be answered.
pub(super) fn run(arguments: &Simulate) -> Result<ExitCode, CliError> {
    let path = || arguments.file.display().to_string();
    let output = io::stdout().lock();
    let outcome = if arguments.file.as_os_str() == "-" {
        simulate::run(io::stdin().lock(), output)
    } else {
        let file = File::open(&arguments.file).map_err(|error| CliError::Read { path: path(), error })?;
        simulate::run(file, output)
    };
    match outcome {
        Ok(outcome) if outcome.errors == 0 => Ok(ExitCode::SUCCESS),
        Ok(_) => Ok(ExitCode::from(2)),
        Err(Error::Read(error)) => Err(CliError::Read { path: path(), error }),
        Err(Error::Write(error)) => Err(CliError::Output(error)),
    }
}
