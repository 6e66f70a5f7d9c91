//! Fills in what a plan leaves unknown: from the plan itself, from its configuration section, from the source.
//!
//! Sources are tried in this order, each for what the one before left open: attributes that follow from others
//! (ARNs, ids, names with prefixes, `tags_all`), the source where there is one, deferred policy documents and single
//! references of the configuration section.

mod accounts;
mod computed;
mod credentials;
mod documents;
mod links;
mod looked_up;
mod providers;
mod references;
mod removed;
mod seen;
mod steps;
mod tags;

use std::collections::BTreeSet;

use rayon::prelude::*;

pub use links::Wanted;
pub use providers::{Assumptions, Provider, Providers, module, provider_key};
pub use references::{Index, References, Resolved, Unknown};
pub use tags::{DefaultTags, IgnoredTags};

use crate::plan::{Action, Address, Configuration, Expression, Mode, Name, Plan, ResourceChange, Value};
use crate::source::{Evaluator, PlanWorld, Source};
use crate::text::{Hole, Shape};

/// Documents refer to documents; a chain longer than this is left unknown.
const ROUNDS: usize = 12;

/// Data sources look up what refers to data sources; a chain longer than this is left unknown.
const LOOKED_UP_ROUNDS: usize = 3;

/// A value found for an attribute: the index of the change, the attribute, the value.
type Found = (usize, Name, Value);

/// Fills in the values after apply of everything that decides access.
pub fn complete(plan: &mut Plan, source: Option<&Source>, assumptions: &Assumptions) -> Providers {
    clear_noise(plan, source);
    let unknown = Unknown::of(plan);
    let index = Index::new(plan);
    if let Some(source) = source {
        let found = from_source(plan, source, |wanted| wanted == Wanted::Other);
        apply(plan, found);
    }
    let providers = {
        let world = source.map(|_| PlanWorld::new(plan));
        let evaluator = source.zip(world.as_ref()).map(|(source, world)| Evaluator::new(source, world));
        let evaluate = |key: &str, argument: &str| evaluator.as_ref()?.provider_argument(key, argument);
        let named = |address: &str| source?.provider_of(address).map(str::to_owned);
        Providers::new(plan, assumptions, &evaluate, &named)
    };
    compute(plan, &providers);
    if let Some(source) = source {
        // What a data source looks up is told by what refers to it only once that is known itself.
        let rounds = if looked_up::is_any_open(plan) { LOOKED_UP_ROUNDS } else { 1 };
        for _ in 0..rounds {
            let found = from_source(plan, source, |_| true);
            apply(plan, found);
            compute(plan, &providers);
        }
    }
    let mut taken = 0usize;
    for _ in 0..ROUNDS {
        let found = from_plan(plan, &unknown, &index, false);
        if found.is_empty() {
            break;
        }
        let is_link = |(index, ..): &&Found| {
            plan.resources.get(*index).is_some_and(|change| change.address.mode == Mode::Managed)
        };
        taken = taken.saturating_add(found.iter().filter(is_link).count());
        apply(plan, found);
        compute(plan, &providers);
    }
    let found = from_plan(plan, &unknown, &index, true);
    apply(plan, found);
    if source.is_none() {
        note_assumptions(plan, taken);
    }
    providers
}

/// The configuration section does not tell `x.arn` from an expression around `x.arn`; `taken` attributes are taken to be
/// what they refer to.
fn note_assumptions(plan: &mut Plan, taken: usize) {
    let deferred = plan.resources.iter().filter(|change| documents::is_deferred(change)).count();
    let count = |count: usize, one: &str, more: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {more}")),
    };
    let parts = [count(deferred, "policy document", "policy documents"), count(taken, "link", "links")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if !parts.is_empty() {
        plan.notes.push(format!(
            "the plan alone does not show expressions: what refers to one thing that does not exist yet is taken to \
             name it as it is ({}); --plan-file makes sure",
            parts.join(" and ")
        ));
    }
    let open_sets = plan.resources.iter().filter(|change| has_open_set(change)).count();
    if open_sets > 0 {
        plan.notes.push(format!(
            "the plan alone does not show what else stands in a set with things that do not exist yet: {open_sets} \
             lists of policies, principals or groups may hold anything; --plan-file shows them"
        ));
    }
}

/// Whether a list of links is known in part at most.
fn has_open_set(change: &ResourceChange) -> bool {
    let Some(after) = change.after.as_ref().filter(|_| change.address.mode == Mode::Managed) else {
        return false;
    };
    let lists = links::attributes(&change.address.kind).iter().filter(|(name, _)| links::is_list(name));
    lists
        .map(|(name, _)| after.member(name))
        .any(|value| matches!(value, Value::Unknown(_)) || has_others(value))
}

fn apply(plan: &mut Plan, found: Vec<Found>) {
    for (index, name, value) in found {
        if let Some(Value::Object(after)) =
            plan.resources.get_mut(index).and_then(|change| change.after.as_mut())
        {
            after.members.insert(name, value);
        }
    }
}

fn compute(plan: &mut Plan, providers: &Providers) {
    let configuration = &plan.configuration;
    plan.resources.par_iter_mut().for_each(|change| {
        let open = |value: &Value| matches!(value, Value::Unknown(_) | Value::Object(_)) && value.has_holes();
        let is_open =
            |after: &Value| matches!(after, Value::Object(object) if object.members.values().any(open));
        if change.after.as_ref().is_some_and(is_open) {
            let config = module(configuration, &change.address)
                .and_then(|module| module.resources.of(&change.address));
            computed::complete(change, config, providers.of(configuration, &change.address));
        }
    });
    let shown = looked_up::shown(plan, providers);
    apply(plan, shown);
}

/// Optional and computed blocks of a new role that nobody configures are "unknown" in a plan, and empty after apply.
fn clear_noise(plan: &mut Plan, source: Option<&Source>) {
    let noise: Vec<Found> = {
        let world = source.map(|_| PlanWorld::new(plan));
        let evaluator = source.zip(world.as_ref()).map(|(source, world)| Evaluator::new(source, world));
        let configured = |address: &Address, name: &str| {
            let told = evaluator.as_ref().and_then(|evaluator| evaluator.is_configured(address, name));
            told.unwrap_or_else(|| is_configured(&plan.configuration, address, name))
        };
        let mut noise = Vec::new();
        for (index, change) in plan.resources.iter().enumerate() {
            let Some(after) = change.after.as_ref().filter(|_| &*change.address.kind == "aws_iam_role")
            else {
                continue;
            };
            for name in ["inline_policy", "managed_policy_arns"] {
                if matches!(after.member(name), Value::Unknown(_)) && !configured(&change.address, name) {
                    noise.push((index, name.into(), Value::Null));
                }
            }
        }
        noise
    };
    apply(plan, noise);
}

/// Evaluates the source of every attribute that is unknown, wholly or in part.
fn from_source(plan: &Plan, source: &Source, which: impl Fn(Wanted) -> bool + Sync) -> Vec<Found> {
    let world = PlanWorld::new(plan);
    let evaluator = Evaluator::new(source, &world);
    let mut found = Vec::new();
    for (index, change) in plan.resources.iter().enumerate() {
        for name in looked_up::open_arguments(change).filter(|_| which(Wanted::Document)) {
            let value = evaluator.attribute(&change.address, name);
            found.extend(value.map(|value| (index, name.into(), value)));
        }
        let (Some(after), Mode::Managed) = (&change.after, change.address.mode) else { continue };
        for &(name, wanted) in links::attributes(&change.address.kind) {
            if which(wanted)
                && after.member(name).has_holes()
                && let Some(value) = evaluator.attribute(&change.address, name)
            {
                let value = match value {
                    Value::Null => computed::without(change, name, &evaluator),
                    told => Some(told),
                };
                found.extend(value.map(|value| (index, name.into(), value)));
            }
        }
        for &(name, ..) in links::blocks(&change.address.kind) {
            if which(Wanted::Document)
                && after.member(name).has_holes()
                && let Some(blocks) = evaluator.blocks(&change.address, name)
            {
                found.push((index, name.into(), Value::List(blocks)));
            }
        }
    }
    found
}

/// Deferred documents, and attributes whose configuration refers to exactly one unknown thing that fits.
fn from_plan(plan: &Plan, unknown: &Unknown, index: &Index, anyway: bool) -> Vec<Found> {
    let references = References::new(plan, unknown, index);
    plan.resources
        .par_iter()
        .enumerate()
        .flat_map_iter(|(index, change)| {
            let mut found = Vec::new();
            if documents::is_deferred(change) {
                document(&references, index, change, anyway, &mut found);
            } else if change.address.mode == Mode::Managed && change.action != Action::Delete {
                attributes(&references, index, change, &mut found);
            } else {
                looked_up::linked(&references, index, change, &mut found);
            }
            found
        })
        .collect()
}

fn document(
    references: &References<'_>,
    index: usize,
    change: &ResourceChange,
    anyway: bool,
    found: &mut Vec<Found>,
) {
    let Some(Value::Object(after)) = documents::complete(references, change, anyway) else { return };
    let shown = change.after.as_ref();
    for (name, value) in &after.members {
        if shown.is_some_and(|shown| shown.get(name) != Some(value)) {
            found.push((index, name.clone(), value.clone()));
        }
    }
}

fn attributes(references: &References<'_>, index: usize, change: &ResourceChange, found: &mut Vec<Found>) {
    let Some(after) = &change.after else { return };
    let open = |name: &str| is_open(after.member(name));
    let is_attribute_open = links::attributes(&change.address.kind).iter().any(|&(name, _)| open(name));
    if !is_attribute_open
        && !links::blocks(&change.address.kind).iter().any(|(name, ..)| after.member(name).has_holes())
    {
        return;
    }
    let Some(config) = references.config(&change.address) else { return };
    for &(name, wanted) in links::attributes(&change.address.kind) {
        if let Some(expression) = config.expressions.get(name)
            && let Some(value) = linked(references, change, expression, (name, wanted), after.member(name))
        {
            found.push((index, name.into(), value));
        }
    }
    for &(name, argument, wanted) in links::blocks(&change.address.kind) {
        let (Value::List(shown), Some(Expression::Blocks(blocks))) =
            (after.member(name), config.expressions.get(name))
        else {
            continue;
        };
        let mut filled = shown.clone();
        let mut any = false;
        for (shown, block) in filled.iter_mut().zip(blocks).filter(|_| shown.len() == blocks.len()) {
            let (Value::Object(shown), Some(expression)) = (shown, block.get(argument)) else { continue };
            let Some(slot) = shown.members.get_mut(argument) else { continue };
            if let Some(value) = linked(references, change, expression, (argument, wanted), slot) {
                *slot = value;
                any = true;
            }
        }
        if any {
            found.push((index, name.into(), Value::List(filled)));
        }
    }
}

/// Whether a value is unknown, or a list with an unknown element.
fn is_open(value: &Value) -> bool {
    let unknown = |value: &Value| matches!(value, Value::Unknown(_));
    unknown(value) || value.elements().iter().any(unknown)
}

/// What stands in place of `shown`, an unknown value or a list with unknown elements.
fn linked(
    references: &References<'_>,
    change: &ResourceChange,
    expression: &Expression,
    (name, wanted): (&str, Wanted),
    shown: &Value,
) -> Option<Value> {
    if !is_open(shown) {
        return None;
    }
    let open = |value: &Value| matches!(value, Value::Unknown(_));
    let is_list = matches!(shown, Value::List(_));
    if has_others(shown) {
        return None;
    }
    // A set with an unknown element is shown as unknown as a whole.
    let is_open_set = !is_list && links::is_list(name);
    let referred = references.unknown_values(&change.address, expression);
    if referred.iter().any(|resolved| resolved.is_one_of) {
        return None;
    }
    let names_attributes = referred.iter().all(|resolved| !resolved.attribute.is_empty());
    let fitting: Vec<Value> = referred
        .into_iter()
        .map(|resolved| {
            let attribute = wanted.accepts(&resolved.kind, &resolved.attribute)?;
            let value = match (resolved.attribute.as_str(), attribute) {
                ("", _) => resolved.value.member(attribute),
                // The roots of an organization that does not exist yet: whatever is named of them is unknown.
                (_, "roots") => references.attribute(resolved.instance, attribute)?,
                _ => &resolved.value,
            };
            // A document that is still to be rendered is no document yet.
            let told = if wanted == Wanted::Document { value.as_text().cloned() } else { value.to_text() };
            told.map(Value::String)
        })
        .collect::<Option<_>>()?;
    if is_open_set {
        // Of several things that are referred to, some may be left out. What is written out beside one is in no reference.
        let is_one = names_attributes
            && fitting.len() == 1
            && seen::is_single(expression)
            && references.sees_all(&change.address, expression);
        let others = Hole::of_expression(change.address_text.clone(), name, OTHERS, Shape::ANY);
        return is_one.then(|| Value::List(fitting.into_iter().chain([Value::Unknown(others)]).collect()));
    }
    if !is_list {
        // A text that is put together of a document and something else is another document.
        let is_plain = match wanted {
            Wanted::Document => seen::is_single(expression),
            _ => references.sees_all(&change.address, expression),
        };
        if !is_plain {
            return None;
        }
        return match <[Value; 1]>::try_from(fitting) {
            Ok([value]) => Some(value),
            Err(_) => None,
        };
    }
    let unknown = shown.elements().iter().filter(|value| open(value)).count();
    if fitting.len() != unknown || !references.sees_all(&change.address, expression) {
        return None;
    }
    let mut fitting = fitting.into_iter();
    let filled =
        shown.elements().iter().map(|value| if open(value) { fitting.next() } else { Some(value.clone()) });
    filled.collect::<Option<_>>().map(Value::List)
}

/// The elements of a set that no reference tells.
const OTHERS: &str = "what else stands in the set";

/// Whether a list is a set of which a reference tells one element.
fn has_others(shown: &Value) -> bool {
    let is_rest = |value: &Value| matches!(value, Value::Unknown(hole) if hole.expression() == Some(OTHERS));
    shown.elements().iter().any(is_rest)
}

/// Whether the configuration section sets an argument or block of the resource at `address`. A dynamic block leaves
/// no trace there.
pub fn is_configured(configuration: &Configuration, address: &Address, name: &str) -> bool {
    module(configuration, address)
        .and_then(|module| module.resources.of(address))
        .is_some_and(|resource| resource.expressions.contains_key(name))
}

/// The lists of their own that roles have in this plan otherwise than before: what changes is configured, also where
/// dynamic blocks leave no trace in the configuration section.
pub fn changing_lists(plan: &Plan) -> BTreeSet<(&Address, &'static str)> {
    let roles = plan
        .resources
        .iter()
        .filter(|change| change.action == Action::Update && *change.address.kind == *"aws_iam_role");
    roles
        .flat_map(|change| {
            let sides = change.before.as_ref().zip(change.after.as_ref());
            let changes = move |name: &&'static str| {
                sides.is_some_and(|(before, after)| {
                    matches!(after.member(name), Value::List(_)) && before.member(name) != after.member(name)
                })
            };
            ["inline_policy", "managed_policy_arns"]
                .into_iter()
                .filter(changes)
                .map(|name| (&change.address, name))
        })
        .collect()
}

/// Whether a block refers to another one of its module, and so comes after it in an apply.
pub fn refers(configuration: &Configuration, later: &Address, earlier: &Address) -> bool {
    let config = module(configuration, later).and_then(|module| module.resources.of(later));
    let block = earlier.block();
    config.filter(|_| later.module == earlier.module).is_some_and(|config| {
        config.expressions.values().any(|expression| match expression {
            Expression::References(references) => references.iter().any(|reference| **reference == *block),
            _ => false,
        })
    })
}
