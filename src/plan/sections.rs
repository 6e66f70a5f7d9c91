//! The sections of a plan, joined once all of them are read, as they come in any order.

use super::configuration;
use super::model::{Action, Module, Plan, ResourceChange};
use super::value::Value;
use super::worker::Built;
use crate::hash::{HashMap, HashSet};

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
        let Built { mut changes, mut state, mut untouched, deposed, drift, blocks, texts, .. } = built;
        refresh(&mut changes, drift);
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

/// What is destroyed and no longer configured is shown as the state had it; what it was found to be is in the drift.
fn refresh(changes: &mut [ResourceChange], drift: Vec<ResourceChange>) {
    if drift.is_empty() {
        return;
    }
    let mut found: HashMap<Box<str>, Value> =
        drift.into_iter().filter_map(|change| Some((change.address_text, change.after?))).collect();
    for change in changes.iter_mut().filter(|change| change.action == Action::Delete) {
        let before = found.remove(&change.address_text);
        let before = before.or_else(|| found.remove(change.previous_address.as_ref()?));
        change.before = before.or_else(|| change.before.take());
    }
}

fn find_module<'m>(root: &'m mut Module, path: &[Box<str>]) -> Option<&'m mut Module> {
    path.iter().try_fold(root, |module, name| module.calls.get_mut(name).map(|call| &mut call.module))
}
