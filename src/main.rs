//! The command line of `mqwarden`.

use std::process::ExitCode;

fn main() -> ExitCode {
    mqwarden::cli::run()
}
