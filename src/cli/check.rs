//! `mqwarden check`.

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::CliError;
use super::args::Check;
use super::forms::{self, Forms};
use super::outputs;
use super::progress::Progress;
use crate::findings::{Baseline, BaselineError};
use crate::report::Report;

/// Ends the process, unless something fails.
pub(super) fn run(arguments: &Check) -> Result<Infallible, CliError> {
    let files = arguments.output.iter().map(|output| output.file.as_path());
    outputs::check(files.chain(arguments.write_baseline.as_deref()), &arguments.plan)?;
    // A file that cannot be used is told before a large plan is read.
    let baseline = arguments.baseline.as_deref().map(read_baseline).transpose()?;
    let mut progress = Progress::new();
    let mut analysis = super::plan::analyse(&arguments.plan, &progress)?;
    progress.step("looking for findings");
    analysis.changed_only = arguments.changed_only;
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
    analysis.with_report(|report| {
        let fails = report.fails(|severity| arguments.fail_on.includes(severity));
        write_all(report, arguments, fails, &mut progress)?;
        // Everything is written: giving back the memory of a large plan piece by piece would only take time.
        std::process::exit(i32::from(fails))
    })
}

fn read_baseline(path: &Path) -> Result<(String, Baseline), CliError> {
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|error| BaselineError::Read { path: name.clone(), error })?;
    let baseline = Baseline::parse(&name, &text)?;
    Ok((name, baseline))
}

fn write_all(
    report: &Report<'_>,
    arguments: &Check,
    fails: bool,
    progress: &mut Progress,
) -> Result<(), CliError> {
    let names = forms::Names::new(&arguments.plan);
    let forms = Forms::new(arguments, &names, fails);
    for output in &arguments.output {
        let failed = |error| CliError::Write { path: output.file.display().to_string(), error };
        progress.step("writing reports");
        let mut file = BufWriter::new(File::create(&output.file).map_err(failed)?);
        forms.write(report, output.format, &mut file).and_then(|()| file.flush()).map_err(failed)?;
    }
    progress.finish();
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = forms.for_standard_output().write(report, arguments.format, &mut out);
    written.and_then(|()| out.flush()).map_err(CliError::Output)
}
