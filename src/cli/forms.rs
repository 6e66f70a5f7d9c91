//! The output formats, and what each needs to know besides the report.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};

use super::args::{self, Check, Format, PlanArguments};
use crate::report::{GroupBy, HtmlOptions, MarkdownOptions, Report, SarifOptions, TableOptions};

/// The width of a table that goes to no terminal.
const DEFAULT_WIDTH: u16 = 120;
/// Narrower than this, a table cannot be read.
const LEAST_WIDTH: u16 = 60;

/// What each format needs to know besides the report.
#[derive(Clone, Copy)]
pub(super) struct Forms<'a> {
    table: TableOptions,
    sarif: SarifOptions<'a>,
    markdown: MarkdownOptions,
    html: HtmlOptions,
}

/// The names under which files of the repository are shown.
pub(super) struct Names {
    plan: String,
    source_root: String,
    intent: String,
}

impl Names {
    /// The names that the arguments give.
    pub(super) fn new(arguments: &PlanArguments) -> Self {
        let plan = match &arguments.plan_file {
            Some(plan_file) if arguments.plan.as_os_str() == "-" => from_here(plan_file),
            None if arguments.plan.as_os_str() == "-" => "plan.json".into(),
            _ => from_here(&arguments.plan),
        };
        let source_root = arguments.config_dir.as_deref().map(from_here).unwrap_or_default();
        let intent = arguments.intent.as_deref().unwrap_or(Path::new(super::plan::INTENT));
        Self { plan, source_root, intent: intent.display().to_string() }
    }
}

impl<'a> Forms<'a> {
    /// The formats as they go to files.
    pub(super) fn new(arguments: &Check, names: &'a Names, fails: bool) -> Self {
        Self {
            table: TableOptions {
                width: DEFAULT_WIDTH,
                colour: false,
                all: arguments.all,
                fixes: arguments.fixes,
                group_by: arguments.group_by.map(|by| match by {
                    args::GroupBy::Principal => GroupBy::Principal,
                    args::GroupBy::Broker => GroupBy::Broker,
                }),
            },
            sarif: SarifOptions { plan: &names.plan, source_root: &names.source_root, intent: &names.intent },
            markdown: MarkdownOptions { fails },
            html: HtmlOptions { fails },
        }
    }

    /// The formats as they go to standard output, which may be a terminal.
    pub(super) fn for_standard_output(self) -> Self {
        let table = TableOptions { width: width(), colour: wants_colour(), ..self.table };
        Self { table, ..self }
    }

    /// Writes the report in one format.
    pub(super) fn write(&self, report: &Report<'_>, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Table => report.write_table(out, self.table),
            Format::Json => report.write_json(out),
            Format::Sarif => report.write_sarif(out, self.sarif),
            Format::Markdown => report.write_markdown(out, self.markdown),
            Format::Html => report.write_html(out, self.html),
            Format::Csv => report.write_csv(out),
        }
    }
}

/// A path as it is from the working directory, where it lies in it.
fn from_here(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let inside = here.as_deref().and_then(|here| path.strip_prefix(here).ok());
    inside.unwrap_or(path).display().to_string()
}

/// The width of the terminal; where there is none, what `COLUMNS` says.
fn width() -> u16 {
    let width = if io::stdout().is_terminal() {
        comfy_table::Table::new().width()
    } else {
        std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok())
    };
    width.unwrap_or(DEFAULT_WIDTH).max(LEAST_WIDTH)
}

/// A terminal is coloured unless `NO_COLOR`, `CLICOLOR=0` or `TERM=dumb` say otherwise; `CLICOLOR_FORCE` colours
/// anything.
fn wants_colour() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}
