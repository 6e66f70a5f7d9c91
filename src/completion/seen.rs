//! What the configuration section does not show: it lists what an expression refers to, and neither what it makes of
//! that nor what stands in locals.

use super::references::References;
use super::steps::maximal;
use crate::plan::{Address, Expression, Members, ModuleStep, is_kept};

/// Variables and outputs may lead through as many modules.
const DEPTH: usize = 16;

/// Whether an expression refers to one thing alone, what tells instances apart aside.
pub(super) fn is_single(expression: &Expression) -> bool {
    let is_key = |reference: &str| matches!(reference, "each.key" | "count.index");
    match expression {
        Expression::References(references) => {
            maximal(references).filter(|reference| !is_key(reference)).count() == 1
        }
        _ => false,
    }
}

impl References<'_> {
    /// Whether everything that an argument of the instance at `address` is made of is shown: no local is among it.
    pub(super) fn sees_all(&self, address: &Address, expression: &Expression) -> bool {
        let for_each = self.config(address).and_then(|config| config.for_each.as_ref());
        self.sees(&address.module, for_each, expression, DEPTH)
    }

    fn sees(
        &self,
        module: &[ModuleStep],
        for_each: Option<&Expression>,
        expression: &Expression,
        depth: usize,
    ) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        match expression {
            Expression::Constant(_) => true,
            Expression::Blocks(blocks) => {
                blocks.iter().flat_map(Members::values).all(|inner| self.sees(module, for_each, inner, depth))
            }
            Expression::References(references) => {
                maximal(references).all(|reference| self.sees_one(module, for_each, reference, depth))
            }
        }
    }

    fn sees_one(
        &self,
        module: &[ModuleStep],
        for_each: Option<&Expression>,
        reference: &str,
        depth: usize,
    ) -> bool {
        let is_end = |c: char| matches!(c, '.' | '[');
        let mut steps = reference.split(is_end);
        match (steps.next(), steps.next()) {
            (Some("local"), _) => false,
            (Some("each"), Some("value")) => {
                for_each.is_none_or(|for_each| self.sees(module, None, for_each, depth))
            }
            (Some("var"), Some(name)) => {
                let Some((step, parent)) = module.split_last() else { return true };
                let call = self.module(parent).and_then(|module| module.calls.get(&*step.name));
                let argument = call.and_then(|call| Some((call, call.expressions.get(name)?)));
                argument
                    .is_none_or(|(call, argument)| self.sees(parent, call.for_each.as_ref(), argument, depth))
            }
            (Some("module"), Some(name)) => {
                let Some(call) = self.module(module).and_then(|module| module.calls.get(name)) else {
                    return false;
                };
                let wanted =
                    reference.split('.').nth(2).map(|output| output.split('[').next().unwrap_or(output));
                let mut inner = module.to_vec();
                inner.push(ModuleStep { name: name.into(), key: None });
                let outputs = call.module.outputs.iter();
                let mut of_reference =
                    outputs.filter(|(output, _)| wanted.is_none_or(|wanted| ***output == *wanted));
                of_reference.all(|(_, expression)| self.sees(&inner, None, expression, depth))
            }
            (Some("each" | "count" | "path" | "terraform" | "self") | None, _) => true,
            // What the plan's reader leaves out may be what is meant.
            (Some("data"), Some(kind)) | (Some(kind), _) => is_kept(kind),
        }
    }
}
