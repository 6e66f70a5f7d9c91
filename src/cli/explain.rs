//! `mqwarden explain`.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use super::CliError;
use super::args::Explain;
use super::progress::Progress;

pub(super) fn run(arguments: &Explain) -> Result<ExitCode, CliError> {
    let mut progress = Progress::new();
    let analysis = super::plan::analyse(&arguments.plan, &progress)?;
    progress.finish();
    let principal = analysis.graph.find_principal(&arguments.principal)?;
    let broker = analysis.graph.find_broker(&arguments.broker)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let written =
        analysis.with_explanation(principal, broker, arguments.operation, |explanation, snippet| {
            explanation.write(&mut out, snippet)
        });
    written.unwrap_or(Ok(())).and_then(|()| out.flush()).map_err(CliError::Output)?;
    std::mem::forget(analysis);
    Ok(ExitCode::SUCCESS)
}
