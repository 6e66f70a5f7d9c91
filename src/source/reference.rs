//! References: `var`, `local`, `each`, `count`, `path`, `terraform`, `module`, and the names that an expression binds.

use std::rc::Rc;

use super::env::{Each, Env, Site};
use super::evaluator::{Evaluator, Item};
use super::fault::{Fault, Outcome};
use super::module::Variable;
use super::operators::{Found, member};
use super::syntax::ast::{Block, Expr, Step};
use super::value::{Form, Kind, Members, Value};
use crate::plan::{Key, Mode, ModuleStep};
use crate::text::{Hole, Shape, Text};

/// The instances that a block has.
#[derive(Clone)]
pub(super) enum Keys {
    /// One, without key.
    Single,
    /// As many as the `count` or `for_each` says, sorted.
    Many(Rc<[Key]>),
    /// It hangs on something unknown.
    Unknown,
}

impl<'s> Evaluator<'s> {
    /// The value of a reference.
    pub(super) fn reference(&self, expression: &Expr, root: &str, steps: &[Step], env: &Env<'_>) -> Outcome {
        if let Some(value) = env.bound(root) {
            return self.steps(value.clone(), steps, expression, env);
        }
        if env.isolated {
            return Err(Fault::invalid(format!("a template knows no `{root}`")));
        }
        let name = |at: usize| match steps.get(at) {
            Some(Step::Attribute(name)) => name.as_known(),
            _ => None,
        };
        let (value, used) = match (root, name(0)) {
            ("var", Some(variable)) => (self.variable(env.instance, variable), 1),
            ("local", Some(local)) => (self.local_value(env.instance, local)?, 1),
            ("each", Some(part)) => (self.each(part, env)?, 1),
            ("count", Some("index")) => match env.each {
                Some(Each { key: Key::Index(index), .. }) => (Value::number(i128::from(*index).into()), 1),
                _ => return Err(Fault::invalid("`count.index` where there is no `count`")),
            },
            ("path", Some(part)) => (self.path(part, env, expression), 1),
            ("terraform", Some("workspace")) if self.source.workspace().is_some() => {
                (Value::string(self.source.workspace().unwrap_or_default()), 1)
            }
            ("terraform", Some(_)) | ("self", _) => (
                Value::string(Text::hole(Hole::new("", self.text_of(expression.span), Shape::ANY))),
                steps.len(),
            ),
            ("module", Some(call)) => {
                return self.module_reference(call, steps.get(1..).unwrap_or_default(), expression, env);
            }
            ("data", Some(kind)) => match name(1) {
                Some(block) => {
                    let rest = steps.get(2..).unwrap_or_default();
                    return self.resource_reference(Mode::Data, kind, block, rest, expression, env);
                }
                None => return Err(Fault::invalid("a data source without name")),
            },
            ("resource" | "ephemeral", Some(kind)) if name(1).is_some() => {
                let rest = steps.get(2..).unwrap_or_default();
                let block = name(1).unwrap_or_default();
                return self.resource_reference(Mode::Managed, kind, block, rest, expression, env);
            }
            (kind, Some(block)) => {
                let rest = steps.get(1..).unwrap_or_default();
                return self.resource_reference(Mode::Managed, kind, block, rest, expression, env);
            }
            (_, None) => return Err(Fault::invalid(format!("`{root}` is no value"))),
        };
        self.steps(value, steps.get(used..).unwrap_or_default(), expression, env)
    }

    /// A variable of a module instance.
    fn variable(&self, instance: usize, name: &str) -> Value {
        let here = self.instance(instance);
        let found = here.module.and_then(|module| module.variables.get_key_value(name));
        let Some((name, variable)) = found else {
            // The source of the module is missing; of the root module the plan knows the values all the same.
            let value = if here.call.is_none() { self.world.variable(name) } else { None };
            return match value {
                Some(value) => Value::from_plan(value),
                None => Value::unknown(Hole::new(format!("{}var", here.prefix), name, Shape::ANY)),
            };
        };
        let site = Site { address: format!("{}var", here.prefix).into(), attribute: name.clone() };
        self.kept(Item::Variable(instance, name), &site, || {
            let given = match here.call {
                None => self.world.variable(name).map(Value::from_plan),
                Some((parent, call)) => self.argument_of_call(parent, call, instance, name),
            };
            self.variable_value(variable, given, instance, &site)
        })
    }

    fn variable_value(
        &self,
        variable: &Variable,
        given: Option<Value>,
        instance: usize,
        site: &Site,
    ) -> Value {
        let env = Env::new(instance, site);
        let given = given.filter(|value| variable.nullable || !value.is_null() || variable.default.is_none());
        let value = match (given, &variable.default) {
            (Some(value), _) => value,
            (None, Some(default)) => self.evaluate(default, &env),
            (None, None) => {
                Value::unknown(Hole::new(site.address.clone(), site.attribute.clone(), Shape::ANY))
            }
        };
        let converted = variable.constraint.convert(&value, &self.fuel).unwrap_or_else(|fault| {
            self.note(format!(
                "{}.{}: {}; the value is taken as it is",
                site.address,
                site.attribute,
                fault.message()
            ));
            value
        });
        converted.mark(variable.sensitive)
    }

    fn argument_of_call(&self, parent: usize, call: &'s Block, instance: usize, name: &str) -> Option<Value> {
        let argument = call.body.attribute(name)?;
        let above = self.instance(parent);
        let here = self.instance(instance);
        let key = here.path.last().and_then(|step| step.key.as_ref());
        let for_each = call.body.attribute("for_each").map(|attribute| &*attribute.value);
        let shown = key.map(ToString::to_string).unwrap_or_default();
        let label = call.labels.first().map(|label| &**label).unwrap_or_default();
        let address = format!("{}module.{label}{shown}", above.prefix);
        let site = Site { address: address.into(), attribute: name.into() };
        let each = key.map(|key| Each { key, for_each });
        Some(self.evaluate(&argument.value, &Env { each, ..Env::new(parent, &site) }))
    }

    pub(super) fn local_value(&self, instance: usize, name: &str) -> Outcome {
        let here = self.instance(instance);
        let Some((name, local)) = here.module.and_then(|module| module.locals.get_key_value(name)) else {
            return Err(Fault::invalid(format!("there is no `local.{name}`")));
        };
        let site = Site { address: format!("{}local", here.prefix).into(), attribute: name.clone() };
        Ok(self.kept(Item::Local(instance, name), &site, || {
            self.evaluate(&local.value, &Env::new(instance, &site))
        }))
    }

    fn each(&self, part: &str, env: &Env<'_>) -> Outcome {
        let Some(each) = env.each else { return Err(Fault::invalid("`each` where there is no `for_each`")) };
        let Key::Name(key) = each.key else {
            return Err(Fault::invalid("`each` where there is no `for_each`"));
        };
        let name = Text::known(&**key);
        match (part, each.for_each) {
            ("key", _) => Ok(Value::string(name)),
            ("value", Some(for_each)) => {
                let collection = self.for_each(for_each, env);
                let value = match &collection.kind {
                    Kind::Object(members) => match member(members, &name) {
                        Found::Yes(value) => value.clone(),
                        Found::Maybe | Found::No => each_value(env),
                    },
                    Kind::Sequence(_) => Value::string(name),
                    _ => each_value(env),
                };
                Ok(value.mark(collection.sensitive))
            }
            _ => Ok(each_value(env)),
        }
    }

    /// The collection of a `for_each`.
    fn for_each(&self, expression: &Expr, env: &Env<'_>) -> Value {
        let site = Site { address: env.site.address.clone(), attribute: "for_each".into() };
        self.kept(Item::ForEach(env.instance, expression.span), &site, || {
            self.evaluate(expression, &Env::new(env.instance, &site))
        })
    }

    fn path(&self, part: &str, env: &Env<'_>, expression: &Expr) -> Value {
        let path = match part {
            "module" => self.instance(env.instance).module.map(|module| module.dir.to_string()),
            "root" => Some(".".into()),
            "cwd" => self.source.working_directory(),
            _ => None,
        };
        path.map_or_else(|| Value::string(Text::hole(self.hole(expression, env))), Value::string)
    }

    /// The instances that the `count` or `for_each` of a block gives.
    pub(super) fn keys_of(&self, instance: usize, block: &Block, address: &str) -> Keys {
        let meta = |name: &str| block.body.attribute(name).map(|attribute| &*attribute.value);
        let site = |name: &str| Site { address: address.into(), attribute: name.into() };
        if let Some(count) = meta("count") {
            let site = site("count");
            let value = self.kept(Item::ForEach(instance, count.span), &site, || {
                self.evaluate(count, &Env::new(instance, &site))
            });
            return match super::types::to_number(&value).map(|value| value.kind) {
                Ok(Kind::Number(number)) => match number.as_index() {
                    Some(count) if count <= super::expression::MAX_ELEMENTS => Keys::Many(
                        (0..count).filter_map(|index| u64::try_from(index).ok()).map(Key::Index).collect(),
                    ),
                    _ => Keys::Unknown,
                },
                _ => Keys::Unknown,
            };
        }
        let Some(for_each) = meta("for_each") else { return Keys::Single };
        let site = site("for_each");
        let collection = self.for_each(for_each, &Env::new(instance, &site));
        let names: Option<Vec<Key>> = match &collection.kind {
            Kind::Object(_) if collection.is_partial() => None,
            Kind::Object(members) => {
                members.keys().map(|name| Some(Key::Name(name.as_known()?.into()))).collect()
            }
            Kind::Sequence(sequence) if !sequence.open => {
                sequence.items.iter().map(|item| Some(Key::Name(item.as_known_str()?.into()))).collect()
            }
            _ => None,
        };
        names.map_or(Keys::Unknown, |names| Keys::Many(names.into()))
    }

    fn module_reference(&self, call: &str, steps: &[Step], expression: &Expr, env: &Env<'_>) -> Outcome {
        let here = self.instance(env.instance);
        let Some(block) = here.module.and_then(|module| module.calls.get(call)) else {
            let hole = Hole::new(format!("{}module", here.prefix), call, Shape::ANY);
            return self.steps(Value::unknown(hole), steps, expression, env);
        };
        let address = format!("{}module.{call}", here.prefix);
        let step = |key: Option<Key>| ModuleStep { name: call.into(), key };
        let keys = self.kept_keys(&address, || match self.keys_of(env.instance, block, &address) {
            Keys::Unknown => self.world.module_keys(&here.path, call).map_or(Keys::Unknown, listed),
            keys => keys,
        });
        match keys {
            Keys::Single => {
                let child = self.child(env.instance, &step(None));
                self.module_value(child, &address, steps, expression, env)
            }
            Keys::Unknown => {
                self.steps(Value::unknown(Hole::new(address, "*", Shape::ANY)), steps, expression, env)
            }
            Keys::Many(keys) => {
                if let Some((key, rest)) = self.first_key(steps, &keys, env)? {
                    let child = self.child(env.instance, &step(Some(key.clone())));
                    return self.module_value(child, &format!("{address}{key}"), rest, expression, env);
                }
                let site = Site { address: address.clone().into(), attribute: "*".into() };
                let all = self.kept(Item::Call(env.instance, call.into()), &site, || {
                    let value = |key: &Key| {
                        let child = self.child(env.instance, &step(Some(key.clone())));
                        self.module_value(child, &format!("{address}{key}"), &[], expression, env)
                            .unwrap_or_else(|fault| self.given_up(expression, env, &fault))
                    };
                    collection(&keys, value)
                });
                self.steps(all, steps, expression, env)
            }
        }
    }

    /// The instance that the first step of a reference picks, if it is known.
    pub(super) fn first_key<'k, 't>(
        &self,
        steps: &'t [Step],
        keys: &'k [Key],
        env: &Env<'_>,
    ) -> Outcome<Option<(&'k Key, &'t [Step])>> {
        let Some((first, rest)) = steps.split_first() else { return Ok(None) };
        let index = match first {
            Step::Attribute(name) => Value::string(name.clone()),
            Step::Index(index) => self.eval(index, env)?,
        };
        let Some(text) = index.to_text() else { return Ok(None) };
        let Some(text) = text.as_known() else { return Ok(None) };
        let found = keys.binary_search(&Key::Name(text.into())).ok().or_else(|| {
            let number = text.parse().ok().map(Key::Index)?;
            keys.binary_search(&number).ok()
        });
        Ok(found.and_then(|at| keys.get(at)).map(|key| (key, rest)))
    }

    /// The instances of the block at `address`, found out once.
    pub(super) fn kept_keys(&self, address: &str, find: impl FnOnce() -> Keys) -> Keys {
        if let Some(known) = self.keys.borrow().get(address) {
            return known.clone();
        }
        let keys = find();
        self.keys.borrow_mut().insert(address.into(), keys.clone());
        keys
    }

    /// A module instance as a value, or what the steps pick of it.
    fn module_value(
        &self,
        child: Option<usize>,
        address: &str,
        steps: &[Step],
        expression: &Expr,
        env: &Env<'_>,
    ) -> Outcome {
        let module = child.and_then(|child| Some((child, self.instance(child).module?)));
        let Some((child, module)) = module else {
            let Some((Step::Attribute(name), rest)) = steps.split_first() else {
                return Ok(Value::unknown(Hole::new(address, "*", Shape::ANY)));
            };
            let hole = Hole::new(address, name.as_known().unwrap_or_default(), Shape::ANY);
            return self.steps(Value::unknown(hole), rest, expression, env);
        };
        if let Some((Step::Attribute(name), rest)) = steps.split_first() {
            let name = name.as_known().unwrap_or_default();
            let value = self.output(child, address, name)?;
            return self.steps(value, rest, expression, env);
        }
        let mut members = Members::new();
        for name in module.outputs.keys() {
            members.insert(Text::known(&**name), self.output(child, address, name)?);
        }
        self.steps(Value::object(members), steps, expression, env)
    }

    fn output(&self, instance: usize, address: &str, name: &str) -> Outcome {
        let module = self.instance(instance).module;
        let Some((name, output)) = module.and_then(|module| module.outputs.get_key_value(name)) else {
            return Err(Fault::invalid(format!("{address} has no output {name}")));
        };
        let site = Site { address: address.into(), attribute: name.clone() };
        Ok(self.kept(Item::Output(instance, name), &site, || {
            self.evaluate(&output.value, &Env::new(instance, &site)).mark(output.sensitive)
        }))
    }
}

fn each_value(env: &Env<'_>) -> Value {
    let site = env.site;
    Value::unknown(Hole::of_expression(
        site.address.clone(),
        site.attribute.clone(),
        "each.value",
        Shape::ANY,
    ))
}

/// Keys that the world lists, as the instances of a block.
pub(super) fn listed(keys: &[Option<Key>]) -> Keys {
    if let [None] = keys {
        return Keys::Single;
    }
    let mut sorted: Vec<Key> = keys.iter().flatten().cloned().collect();
    sorted.sort();
    Keys::Many(sorted.into())
}

/// All instances of a block as one value: a list by index, or a map by name.
pub(super) fn collection(keys: &[Key], value: impl Fn(&Key) -> Value) -> Value {
    let named = keys.iter().any(|key| matches!(key, Key::Name(_)));
    if !named {
        return Value::tuple(keys.iter().map(value).collect::<Vec<_>>());
    }
    let member = |key: &Key| match key {
        Key::Name(name) => (Text::known(&**name), value(key)),
        Key::Index(index) => (Text::known(index.to_string()), value(key)),
    };
    Value::object(keys.iter().map(member).collect()).formed(Form::Structural)
}
