//! From the arguments that name a plan to its analysis.

use std::path::Path;

use super::CliError;
use super::args::PlanArguments;
use crate::access::Overrides;
use crate::analysis::{Analysis, Options};
use crate::completion::Assumptions;
use crate::plan::{self, Input};
use crate::source::Source;

/// Reads and analyses the plan.
pub(super) fn analyse(arguments: &PlanArguments) -> Result<Analysis, CliError> {
    let options = Options {
        assumptions: Assumptions {
            account_id: arguments.account_id.clone(),
            region: arguments.region.clone(),
            partition: arguments.partition.clone(),
        },
        overrides: Overrides::new(&arguments.context)?,
    };
    let plan = plan::read(input(&arguments.plan))?;
    let source = match (&arguments.plan_file, &arguments.config_dir) {
        (None, None) => None,
        (plan_file, config_dir) => Some(Source::load(plan_file.as_deref(), config_dir.as_deref())?),
    };
    Ok(Analysis::new(plan, source, &options))
}

fn input(path: &Path) -> Input {
    if path == Path::new("-") { Input::Stdin } else { Input::File(path.to_owned()) }
}
