//! `mqwarden simulate`.

use std::process::ExitCode;

use super::CliError;
use super::args::Simulate;

pub(super) fn run(_: &Simulate) -> Result<ExitCode, CliError> {
    Ok(ExitCode::SUCCESS)
}
