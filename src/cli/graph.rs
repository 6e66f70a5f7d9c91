//! `mqwarden graph`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use super::CliError;
use super::args::{Graph, GraphFormat};
use super::outputs;
use super::progress::Progress;
use crate::analysis::Analysis;
use crate::report::{Picture, PictureOptions};

pub(super) fn run(arguments: &Graph) -> Result<ExitCode, CliError> {
    outputs::check(arguments.output.iter().map(|output| output.file.as_path()), &arguments.plan)?;
    let mut progress = Progress::new();
    let analysis = super::plan::analyse(&arguments.plan, &progress)?;
    progress.step("drawing the graph");
    for output in &arguments.output {
        let failed = |error| CliError::Write { path: output.file.display().to_string(), error };
        let mut file = BufWriter::new(File::create(&output.file).map_err(failed)?);
        write(&analysis, arguments, output.format, &mut file).and_then(|()| file.flush()).map_err(failed)?;
    }
    progress.finish();
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = write(&analysis, arguments, arguments.format, &mut out);
    written.and_then(|()| out.flush()).map_err(CliError::Output)?;
    std::mem::forget(analysis);
    Ok(ExitCode::SUCCESS)
}

fn write(analysis: &Analysis, arguments: &Graph, format: GraphFormat, out: &mut dyn Write) -> io::Result<()> {
    let options = PictureOptions { all: arguments.all, changed_only: arguments.changed_only };
    let picture = Picture::new(&analysis.plan, &analysis.graph, &analysis.matrix, options);
    match format {
        GraphFormat::Dot => picture.write_dot(out),
        GraphFormat::Mermaid => picture.write_mermaid(out),
        GraphFormat::Json => picture.write_json(out),
    }
}
