//! Files that are written: none of them is one that is read, and none is written twice.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::CliError;
use super::args::PlanArguments;

/// Refuses outputs that would take the place of an input, or of one another.
pub(super) fn check<'p>(
    outputs: impl IntoIterator<Item = &'p Path>,
    plan: &'p PlanArguments,
) -> Result<(), CliError> {
    let given = [Some(&plan.plan), plan.plan_file.as_ref(), plan.intent.as_ref()];
    let given = given.into_iter().flatten().chain(&plan.managed_policies).chain(&plan.scp);
    let inputs: BTreeSet<PathBuf> = given.map(|path| identity(path)).collect();
    let mut written = BTreeSet::new();
    for output in outputs {
        let name = || output.display().to_string();
        let identity = identity(output);
        if inputs.contains(&identity) {
            return Err(CliError::OutputIsInput { path: name() });
        }
        // Several outputs may well go to a terminal or a pipe.
        let is_device = output.exists() && !output.is_file();
        if !is_device && !written.insert(identity) {
            return Err(CliError::OutputTwice { path: name() });
        }
    }
    Ok(())
}

/// The file that a path leads to, whatever the way.
fn identity(path: &Path) -> PathBuf {
    let parent = || {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(parent.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(parent).unwrap_or_else(|| path.to_owned())
}
