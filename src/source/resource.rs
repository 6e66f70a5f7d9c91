//! References to resources and data sources: what the plan knows of them, filled up from their own blocks.

use super::env::{Env, Site};
use super::evaluator::{Evaluator, Item, each, is_document};
use super::fault::Outcome;
use super::reference::{Keys, collection, listed};
use super::syntax::ast::{Block, Expr, Step};
use super::value::{Form, Kind, Members, Value};
use crate::plan::{self, Address, Key, Mode};
use crate::text::{Hole, Shape, Text, in_order};

/// Attributes that are strings of every resource of the AWS provider that has them, and never null.
const STRINGS: &[&str] = &["arn", "id", "name", "json", "minified_json"];

impl<'s> Evaluator<'s> {
    pub(super) fn resource_reference(
        &self,
        mode: Mode,
        kind: &str,
        name: &str,
        steps: &[Step],
        expression: &Expr,
        env: &Env<'_>,
    ) -> Outcome {
        let here = self.instance(env.instance);
        let address =
            Address { module: here.path.clone(), mode, kind: kind.into(), name: name.into(), key: None };
        let block = self.block(env.instance, &address.block());
        let place = address.to_string();
        let keys = self.kept_keys(&place, || match (self.world.instance_keys(&address), block) {
            (Some(keys), _) => listed(keys),
            (None, Some(block)) => self.keys_of(env.instance, block, &place),
            (None, None) => Keys::Single,
        });
        match keys {
            Keys::Single => self.resource_steps(&address, block, steps, expression, env),
            Keys::Unknown => {
                let hole = Hole::new(address.to_string(), "*", Shape::ANY);
                self.steps(Value::unknown(hole), steps, expression, env)
            }
            Keys::Many(keys) => {
                if let Some((key, rest)) = self.first_key(steps, &keys, env)? {
                    let address = Address { key: Some(key.clone()), ..address };
                    return self.resource_steps(&address, block, rest, expression, env);
                }
                let site = Site { address: address.to_string().into(), attribute: "*".into() };
                let item = Item::Resource(env.instance, address.block().into());
                let all = self.kept(item, &site, || {
                    collection(&keys, |key| {
                        let address = Address { key: Some(key.clone()), ..address.clone() };
                        self.resource_value(env.instance, &address, block)
                    })
                });
                self.steps(all, steps, expression, env)
            }
        }
    }

    fn resource_steps(
        &self,
        address: &Address,
        block: Option<&'s Block>,
        steps: &[Step],
        expression: &Expr,
        env: &Env<'_>,
    ) -> Outcome {
        if let Some((Step::Attribute(name), rest)) = steps.split_first() {
            let name = name.as_known().unwrap_or_default();
            let value = self.resource_attribute(env.instance, address, block, name);
            self.steps(value, rest, expression, env)
        } else {
            let value = self.resource_value(env.instance, address, block);
            self.steps(value, steps, expression, env)
        }
    }

    /// All attributes of an instance.
    fn resource_value(&self, instance: usize, address: &Address, block: Option<&'s Block>) -> Value {
        let planned = self.planned(address);
        let Some(plan::Value::Object(after)) = planned.as_deref() else {
            // Which attributes there are is not known; steps into the hole name them.
            return match block {
                Some(block) if !block.body.attributes.is_empty() => {
                    self.configured_value(instance, address, block)
                }
                _ => Value::unknown(Hole::new(address.to_string(), "*", Shape::ANY)),
            };
        };
        let mut members = Members::new();
        for name in after.members.keys() {
            members.insert(Text::known(&**name), self.resource_attribute(instance, address, block, name));
        }
        // Attributes that decide nothing, and secrets, are not read.
        Value::object(members).formed(Form::Partial).mark(after.sensitive)
    }

    /// What the block of a resource that the plan does not show sets; `arn` and `id` are there too.
    fn configured_value(&self, instance: usize, address: &Address, block: &'s Block) -> Value {
        let set = block.body.attributes.iter().map(|attribute| &*attribute.name);
        let names = set.filter(|name| !matches!(*name, "count" | "for_each" | "provider" | "depends_on"));
        let names = names.chain(["arn", "id"]);
        let member =
            |name: &str| (Text::known(name), self.resource_attribute(instance, address, Some(block), name));
        Value::object(names.map(member).collect()).formed(Form::Partial)
    }

    /// An attribute of an instance.
    fn resource_attribute(
        &self,
        instance: usize,
        address: &Address,
        block: Option<&'s Block>,
        name: &str,
    ) -> Value {
        let after = self.planned(address);
        let known = after.as_deref().and_then(|after| after.get(name));
        if let Some(known) = known
            && !known.has_holes()
        {
            return Value::from_plan(known);
        }
        let missing = || {
            let hole = Hole::new(address.to_string(), name, Shape::ANY);
            let string = STRINGS.contains(&name);
            if string { Value::string(Text::hole(hole)) } else { Value::unknown(hole) }
        };
        let planned = match known {
            Some(plan::Value::Unknown(hole)) if *hole.shape() == Shape::ANY => None,
            Some(known) => Some(Value::from_plan(known)),
            None => None,
        };
        let Some(block) = block else { return planned.unwrap_or_else(missing) };
        // What `terraform_data` gives out is what it was given.
        let output = &*address.kind == "terraform_data" && name == "output";
        let argument = block.body.attribute(if output { "input" } else { name });
        let document = is_document(address, name);
        if argument.is_none() && !document {
            return planned.unwrap_or_else(missing);
        }
        let item = Item::Attribute(instance, address.block().into(), address.key.clone(), name.into());
        let site = Site { address: address.to_string().into(), attribute: name.into() };
        let recovered = self.kept(item, &site, || {
            if document {
                return self.document(instance, address, block, &site);
            }
            let Some(argument) = argument else { return missing() };
            let env = Env { each: each(address, block), ..Env::new(instance, &site) };
            self.evaluate(&argument.value, &env)
        });
        match planned {
            // What the plan has of it is in the types of the schema; the source fills its holes.
            Some(planned) => filled(planned, recovered),
            None => recovered,
        }
    }

    /// The JSON of an `aws_iam_policy_document`, from its block.
    pub(super) fn document(
        &self,
        instance: usize,
        address: &Address,
        block: &'s Block,
        site: &Site,
    ) -> Value {
        let key: Option<&Key> = address.key.as_ref();
        let site = Site { attribute: "statement".into(), ..site.clone() };
        let env = Env { each: key.and_then(|_| each(address, block)), ..Env::new(instance, &site) };
        let body = self.body_value(&block.body, &env);
        let text = plan::policy_document::render(&self.plan_value(&body, &site));
        Value::written(text, hangs_on_order(&body), || Hole::new(address.to_string(), "json", Shape::ANY))
    }
}

/// Whether the provider, which sorts what stands in a document, sorts something by values that are not known, or
/// something may be absent.
fn hangs_on_order(value: &Value) -> bool {
    match &value.kind {
        Kind::Sequence(sequence) => {
            let texts: Vec<Text> = sequence.items.iter().filter_map(Value::to_text).collect();
            sequence.shuffled
                || sequence.open
                || !in_order(texts).1
                || sequence.items.iter().any(hangs_on_order)
        }
        Kind::Object(members) => members.values().any(hangs_on_order),
        Kind::Shuffled(_) => true,
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Unknown(_) => false,
    }
}

/// A value of the plan, its unknown parts filled from the value that the source gives.
fn filled(planned: Value, recovered: Value) -> Value {
    let sensitive = planned.sensitive;
    match (planned.kind, recovered.kind) {
        (Kind::Unknown(_), kind) => Value { sensitive: recovered.sensitive, ..kind.into() }.mark(sensitive),
        (Kind::Object(planned), Kind::Object(recovered)) => {
            let member = |(name, value): (&Text, &Value)| {
                let value = match recovered.get(name) {
                    Some(other) => filled(value.clone(), other.clone()),
                    None => value.clone(),
                };
                (name.clone(), value)
            };
            Value::object(planned.iter().map(member).collect()).mark(sensitive)
        }
        (Kind::Sequence(planned), Kind::Sequence(recovered)) if planned.open => {
            Value::from(Kind::Sequence(recovered)).mark(sensitive)
        }
        (kind, _) => Value { sensitive, ..kind.into() },
    }
}
