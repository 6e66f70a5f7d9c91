//! Arguments of provider configurations.

use super::env::{Env, Site};
use super::evaluator::Evaluator;
use crate::plan::{self, ModuleStep};
use crate::text::{Hole, Shape};

impl Evaluator<'_> {
    /// The value of an argument of a provider configuration, or the list of its nested blocks of that name; `key` is
    /// that of the plan's configuration section (`aws`, `aws.dr`, `module.a:aws`). `None` if the source has none.
    pub fn provider_argument(&self, key: &str, name: &str) -> Option<plan::Value> {
        let (path, provider) = key.rsplit_once(':').unwrap_or(("", key));
        let steps: Vec<ModuleStep> = path
            .split("module.")
            .map(|step| step.trim_end_matches('.'))
            .filter(|step| !step.is_empty())
            .map(|step| ModuleStep { name: step.into(), key: None })
            .collect();
        let instance = self.instance_of(&steps)?;
        let block = self.instance(instance).module?.providers.get(provider)?;
        let site = Site { address: format!("provider.{key}").into(), attribute: name.into() };
        let env = Env::new(instance, &site);
        let hole = Hole::new(site.address.clone(), site.attribute.clone(), Shape::ANY);
        if let Some(argument) = block.body.attribute(name).filter(|argument| !argument.json) {
            return Some(self.evaluate(&argument.value, &env).to_plan(&self.fuel, &hole).0);
        }
        let blocks = self.nested_blocks(&block.body, name, &env);
        if blocks.is_empty() {
            let argument = block.body.attribute(name)?;
            return Some(self.evaluate(&argument.value, &env).to_plan(&self.fuel, &hole).0);
        }
        Some(plan::Value::List(blocks.iter().map(|value| value.to_plan(&self.fuel, &hole).0).collect()))
    }
}
