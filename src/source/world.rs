//! What the evaluator is told about the plan.

use std::collections::HashMap;

use crate::plan::{self, Address, Key, ModuleStep, Plan};

/// The values that expressions refer to and that only the plan knows.
pub trait World {
    /// The value of a variable of the root module.
    fn variable(&self, name: &str) -> Option<&plan::Value>;

    /// The attributes, after apply, of a resource or data source instance, with holes where they are unknown; `None`
    /// if the plan does not have it.
    fn resource(&self, address: &Address) -> Option<&plan::Value>;

    /// The same of what is not at hand and must be looked up: asked once per address, after [`World::resource`].
    fn fetch(&self, _address: &Address) -> Option<plan::Value> {
        None
    }

    /// The version of what made the plan, as the plan says it; `None` where nothing tells.
    fn terraform_version(&self) -> Option<&str> {
        None
    }

    /// When the plan was made (RFC 3339), as the plan says it.
    fn timestamp(&self) -> Option<&str> {
        None
    }

    /// The keys of the instances of a resource or data block in a module instance, sorted; `block` has no key. `None`
    /// if the plan has none.
    fn instance_keys(&self, block: &Address) -> Option<&[Option<Key>]>;

    /// The keys of the instances of the module call `name` within the module instance `parent`, sorted; `None` if the
    /// plan shows none.
    fn module_keys(&self, parent: &[ModuleStep], name: &str) -> Option<&[Option<Key>]>;
}

/// The world that a plan describes.
#[derive(Debug)]
pub struct PlanWorld<'p> {
    plan: &'p Plan,
    resources: HashMap<&'p Address, &'p plan::Value>,
    instances: HashMap<Address, Vec<Option<Key>>>,
    modules: HashMap<Vec<ModuleStep>, Vec<Option<Key>>>,
}

impl<'p> PlanWorld<'p> {
    /// Indexes what exists after apply.
    pub fn new(plan: &'p Plan) -> Self {
        let mut world = Self {
            plan,
            resources: HashMap::with_capacity(plan.resources.len()),
            instances: HashMap::new(),
            modules: HashMap::new(),
        };
        for change in &plan.resources {
            if let Some(after) = &change.after {
                world.add(&change.address, after);
            }
        }
        for keys in world.instances.values_mut().chain(world.modules.values_mut()) {
            keys.sort();
            keys.dedup();
        }
        world
    }

    fn add(&mut self, address: &'p Address, after: &'p plan::Value) {
        self.resources.insert(address, after);
        let block = Address { key: None, ..address.clone() };
        self.instances.entry(block).or_default().push(address.key.clone());
        for depth in 1..=address.module.len() {
            let Some(mut path) = address.module.get(..depth).map(<[ModuleStep]>::to_vec) else { continue };
            let key = path.last_mut().and_then(|step| step.key.take());
            let keys = self.modules.entry(path).or_default();
            if keys.last() != Some(&key) {
                keys.push(key);
            }
        }
    }
}

impl World for PlanWorld<'_> {
    fn variable(&self, name: &str) -> Option<&plan::Value> {
        self.plan.variables.get(name)
    }

    fn resource(&self, address: &Address) -> Option<&plan::Value> {
        self.resources.get(address).copied()
    }

    fn fetch(&self, address: &Address) -> Option<plan::Value> {
        let text = address.to_string();
        self.plan.fetch(&[&text]).ok()?.pop()?.after
    }

    fn terraform_version(&self) -> Option<&str> {
        self.plan.terraform_version.as_deref()
    }

    fn timestamp(&self) -> Option<&str> {
        self.plan.timestamp.as_deref()
    }

    fn instance_keys(&self, block: &Address) -> Option<&[Option<Key>]> {
        self.instances.get(block).map(Vec::as_slice)
    }

    fn module_keys(&self, parent: &[ModuleStep], name: &str) -> Option<&[Option<Key>]> {
        let mut path = parent.to_vec();
        path.push(ModuleStep { name: name.into(), key: None });
        self.modules.get(&path).map(Vec::as_slice)
    }
}
