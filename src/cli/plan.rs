//! From the arguments that name a plan to its analysis.

use std::path::Path;

use super::CliError;
use super::args::PlanArguments;
use super::progress::Progress;
use crate::access::Overrides;
use crate::analysis::{Analysis, Options};
use crate::aws::given_policies::GivenPolicies;
use crate::aws::service_control::{self, ScpFileError};
use crate::completion::Assumptions;
use crate::findings::rule_ids;
use crate::graph::GivenLevel;
use crate::intent::{Intent, IntentError};
use crate::plan::{self, Input};
use crate::source::Source;

/// The file that says what is meant, unless another is named.
pub(super) const INTENT: &str = "mqwarden.hcl";

/// Reads and analyses the plan.
pub(super) fn analyse(arguments: &PlanArguments, progress: &Progress) -> Result<Analysis, CliError> {
    let intent = intent(arguments)?;
    let overrides = match &intent {
        Some(intent) => intent.settings.overrides(&arguments.context)?,
        None => Overrides::new(&arguments.context)?,
    };
    let mut managed_policies = GivenPolicies::default();
    for file in &arguments.managed_policies {
        managed_policies.read(file)?;
    }
    let levels = arguments.scp.iter().map(|file| {
        let documents = service_control::read(file)?;
        let name = file.display().to_string().into();
        Ok(GivenLevel { name, documents: documents.into_iter().map(String::into_boxed_str).collect() })
    });
    let guard_rails = levels.collect::<Result<_, ScpFileError>>()?;
    let options = Options {
        assumptions: Assumptions {
            account_id: arguments.account_id.clone(),
            region: arguments.region.clone(),
            partition: arguments.partition.clone(),
        },
        overrides,
        managed_policies,
        guard_rails,
    };
    let input = input(&arguments.plan);
    progress.step(match input {
        Input::Stdin => "reading the plan from standard input",
        Input::File(_) => "reading the plan",
    });
    let plan = plan::read(input)?;
    use_threads(plan.resources.len());
    progress.step("reading the configuration");
    let source = match (&arguments.plan_file, &arguments.config_dir) {
        (None, None) => None,
        (plan_file, config_dir) => Some(Source::load(plan_file.as_deref(), config_dir.as_deref())?),
    };
    progress.step("deciding who can do what");
    let mut analysis = Analysis::new(plan, source, &options);
    if let Some(intent) = intent {
        analysis.set_intent(intent)?;
    }
    if let Some(deployer) = &arguments.deployer {
        analysis.set_deployer(deployer)?;
    }
    Ok(analysis)
}

/// Work on fewer resources is done before a second thread has started.
const WORTH_THREADS: usize = 200;

/// Decides how many threads work on the plan; this one is always among them.
fn use_threads(resources: usize) {
    let threads = usize::from(resources < WORTH_THREADS);
    // A pool that is there already works as well.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).use_current_thread().build_global();
}

/// The intent that is named, or the one of the working directory.
fn intent(arguments: &PlanArguments) -> Result<Option<Intent>, CliError> {
    let path = match &arguments.intent {
        Some(path) => path.as_path(),
        None if Path::new(INTENT).is_file() => Path::new(INTENT),
        None => return Ok(None),
    };
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|error| IntentError::Read { path: name.clone(), error })?;
    Ok(Some(Intent::parse(&name, &text, &rule_ids())?))
}

fn input(path: &Path) -> Input {
    if path == Path::new("-") { Input::Stdin } else { Input::File(path.to_owned()) }
}
