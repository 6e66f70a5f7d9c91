//! `mqwarden check`.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use super::CliError;
use super::args::{Check, Format};
use crate::findings::{Baseline, BaselineError};
use crate::report::{Report, TableOptions};

/// The width of a table that goes to no terminal.
const DEFAULT_WIDTH: u16 = 120;
/// Narrower than this, a table cannot be read.
const LEAST_WIDTH: u16 = 60;

pub(super) fn run(arguments: &Check) -> Result<ExitCode, CliError> {
    // A file that cannot be used is told before a large plan is read.
    let baseline = arguments.baseline.as_deref().map(read_baseline).transpose()?;
    let mut analysis = super::plan::analyse(&arguments.plan)?;
    if let Some((name, baseline)) = baseline {
        analysis.set_baseline(name, baseline);
    }
    if let Some(path) = &arguments.write_baseline {
        let baseline = analysis.new_baseline();
        let name = path.display().to_string();
        let failed = |error| CliError::Write { path: name.clone(), error };
        let mut file = BufWriter::new(File::create(path).map_err(failed)?);
        baseline.write(&mut file).and_then(|()| file.flush()).map_err(failed)?;
        analysis.set_baseline(name, baseline);
    }
    let fails = analysis.with_report(|report| {
        write_all(report, arguments)?;
        Ok::<bool, CliError>(report.fails(|severity| arguments.fail_on.includes(severity)))
    })?;
    // Everything is written: giving back the memory of a large plan piece by piece would only take time.
    std::mem::forget(analysis);
    Ok(if fails { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn read_baseline(path: &Path) -> Result<(String, Baseline), CliError> {
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|error| BaselineError::Read { path: name.clone(), error })?;
    let baseline = Baseline::parse(&name, &text)?;
    Ok((name, baseline))
}

fn write_all(report: &Report<'_>, arguments: &Check) -> Result<(), CliError> {
    for output in &arguments.output {
        let failed = |error| CliError::Write { path: output.file.display().to_string(), error };
        let mut file = BufWriter::new(File::create(&output.file).map_err(failed)?);
        let table =
            TableOptions { width: DEFAULT_WIDTH, colour: false, all: arguments.all, fixes: arguments.fixes };
        write(report, output.format, table, &mut file).and_then(|()| file.flush()).map_err(failed)?;
    }
    let terminal = io::stdout().is_terminal();
    let width = if terminal { terminal_width() } else { DEFAULT_WIDTH };
    let table = TableOptions {
        width,
        colour: terminal && wants_colour(),
        all: arguments.all,
        fixes: arguments.fixes,
    };
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    write(report, arguments.format, table, &mut out).and_then(|()| out.flush()).map_err(CliError::Output)
}

fn write(report: &Report<'_>, format: Format, table: TableOptions, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => report.write_table(out, table),
        Format::Json => report.write_json(out),
    }
}

fn terminal_width() -> u16 {
    comfy_table::Table::new().width().unwrap_or(DEFAULT_WIDTH).max(LEAST_WIDTH)
}

/// <https://no-color.org>: any value that is not empty turns colour off.
fn wants_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
