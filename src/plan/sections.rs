//! The sections of a plan, joined once all of them are read, as they come in any order.

use super::configuration;
use super::model::{Module, Plan};
use super::worker::Built;
use crate::hash::HashSet;

/// All but what the sink takes.
#[derive(Default)]
pub(super) struct Sections {
    pub(super) plan: Plan,
    /// The paths of the configuration's modules, by number.
    pub(super) modules: Vec<Vec<Box<str>>>,
}

impl Sections {
    /// Joins the sections with what was built of them.
    pub(super) fn join(self, built: Built) -> Plan {
        let Self { mut plan, modules } = self;
        let Built { changes, mut state, mut untouched, deposed, blocks, texts, .. } = built;
        configuration::mark_variables(&mut plan.variables, &plan.configuration.root);
        for (number, blocks) in blocks {
            let path = modules.get(number).map(Vec::as_slice).unwrap_or_default();
            if let Some(module) = find_module(&mut plan.configuration.root, path) {
                module.resources.add(blocks);
            }
        }
        if !state.is_empty() || !untouched.is_empty() {
            let addresses = changes.iter().flat_map(|change| {
                [Some(&change.address_text), change.previous_address.as_ref()].into_iter().flatten()
            });
            let changed: HashSet<&str> = addresses.map(|address| &**address).collect();
            state.retain(|resource| !changed.contains(&*resource.address_text));
            untouched.retain(|resource| !changed.contains(&*resource.address_text));
        }
        plan.untouched = untouched;
        plan.deposed = deposed;
        plan.skipped.texts = texts;
        plan.resources = changes;
        plan.resources.append(&mut state);
        plan
    }
}

fn find_module<'m>(root: &'m mut Module, path: &[Box<str>]) -> Option<&'m mut Module> {
    path.iter().try_fold(root, |module, name| module.calls.get_mut(name).map(|call| &mut call.module))
}
