//! The configuration section: modules, their calls, and the blocks whose types matter.

use std::collections::BTreeMap;
use std::io::Read;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::build::{self, Texts};
use super::error::PlanError;
use super::expression::{Expressions, parse_expression, parse_expressions};
use super::kept;
use super::model::{Configuration, Expression, Module, ModuleCall, ProviderConfig, ResourceConfig};
use super::resource::head;
use super::stream::Stream;
use super::value::Value;

/// Modules nested deeper than this are an error; real ones stay below ten.
pub(super) const MAX_MODULE_DEPTH: usize = 64;

/// Reads the configuration section, which comes next.
pub(super) fn read<R: Read>(stream: &mut Stream<R>, texts: &mut Texts) -> Result<Configuration, PlanError> {
    let mut configuration = Configuration::default();
    if !stream.enter_object()? {
        stream.skip()?;
        return Ok(configuration);
    }
    let mut first = true;
    while let Some(key) = stream.next_key(&mut first)? {
        match key.as_str() {
            "provider_config" => configuration.providers = providers(stream.cut_text()?, texts)?,
            "root_module" => configuration.root = module(stream, texts, 0)?,
            _ => stream.skip()?,
        }
    }
    Ok(configuration)
}

#[derive(Deserialize)]
struct Provider<'a> {
    #[serde(default)]
    name: Box<str>,
    #[serde(default)]
    alias: Option<Box<str>>,
    #[serde(default)]
    module_address: Option<Box<str>>,
    #[serde(borrow, default)]
    expressions: Option<&'a RawValue>,
}

fn providers(json: &str, texts: &mut Texts) -> Result<BTreeMap<Box<str>, ProviderConfig>, PlanError> {
    let parsed: BTreeMap<Box<str>, Provider<'_>> = parse(json, "configuration.provider_config")?;
    let mut providers = BTreeMap::new();
    for (key, provider) in parsed {
        let mut expressions = arguments(provider.expressions, texts, "configuration.provider_config")?;
        expressions.retain(|name, _| kept::PROVIDER_ARGUMENTS.binary_search(&&**name).is_ok());
        let Provider { name, alias, module_address, .. } = provider;
        providers.insert(key, ProviderConfig { name, alias, module_address, expressions });
    }
    Ok(providers)
}

#[derive(Deserialize)]
struct Output<'a> {
    #[serde(borrow, default)]
    expression: Option<&'a RawValue>,
    #[serde(default)]
    sensitive: Option<bool>,
}

#[derive(Deserialize)]
struct Variable<'a> {
    #[serde(borrow, default)]
    default: Option<&'a RawValue>,
    #[serde(default)]
    sensitive: Option<bool>,
}

fn module<R: Read>(stream: &mut Stream<R>, texts: &mut Texts, depth: usize) -> Result<Module, PlanError> {
    let mut module = Module::default();
    if depth > MAX_MODULE_DEPTH {
        return Err(stream.unexpected("the modules are nested too deeply"));
    }
    if !stream.enter_object()? {
        stream.skip()?;
        return Ok(module);
    }
    let mut first = true;
    while let Some(key) = stream.next_key(&mut first)? {
        match key.as_str() {
            "resources" if stream.enter_array()? => {
                let mut first = true;
                while stream.next_element(&mut first)? {
                    if let Some((address, resource)) = resource(stream.cut_text()?, texts)? {
                        module.resources.insert(address, resource);
                    }
                }
            }
            "outputs" => module.outputs = outputs(stream.cut_text()?, texts)?,
            "variables" => variables(stream.cut_text()?, &mut module, texts)?,
            "module_calls" if stream.enter_object()? => {
                let mut first = true;
                while let Some(name) = stream.next_key(&mut first)? {
                    module.calls.insert(name.into(), call(stream, texts, depth)?);
                }
            }
            _ => stream.skip()?,
        }
    }
    Ok(module)
}

fn outputs(json: &str, texts: &mut Texts) -> Result<Expressions, PlanError> {
    let parsed: BTreeMap<Box<str>, Output<'_>> = parse(json, "the configuration's outputs")?;
    let mut outputs = Expressions::new();
    for (name, output) in parsed {
        let mut expression = match output.expression {
            Some(json) => parse_expression(json.get(), texts).ok_or_else(|| misshapen("an output"))?,
            None => Expression::References(Vec::new()),
        };
        if output.sensitive == Some(true) || kept::may_be_secret(&name) {
            expression.mark_sensitive();
        }
        outputs.insert(name, expression);
    }
    Ok(outputs)
}

fn variables(json: &str, module: &mut Module, texts: &mut Texts) -> Result<(), PlanError> {
    let parsed: BTreeMap<Box<str>, Variable<'_>> = parse(json, "the configuration's variables")?;
    for (name, variable) in parsed {
        let sensitive = variable.sensitive == Some(true) || kept::may_be_secret(&name);
        if sensitive {
            module.sensitive_variables.insert(name.clone());
        }
        let Some(default) = variable.default else { continue };
        let mut value = build::value(default.get(), texts, false).ok_or_else(|| misshapen("a variable"))?;
        if sensitive {
            value.mark_sensitive();
        }
        module.variable_defaults.insert(name, value);
    }
    Ok(())
}

fn call<R: Read>(stream: &mut Stream<R>, texts: &mut Texts, depth: usize) -> Result<ModuleCall, PlanError> {
    let mut call = ModuleCall::default();
    if !stream.enter_object()? {
        stream.skip()?;
        return Ok(call);
    }
    let mut first = true;
    while let Some(key) = stream.next_key(&mut first)? {
        match key.as_str() {
            "source" => call.source = serde_json::from_str(stream.cut_text()?).unwrap_or_default(),
            "expressions" => {
                call.expressions = parse_expressions(stream.cut_text()?, texts, false)
                    .ok_or_else(|| misshapen("a module call"))?;
            }
            "for_each_expression" => call.for_each = parse_expression(stream.cut_text()?, texts),
            "count_expression" => call.count = parse_expression(stream.cut_text()?, texts),
            "module" => call.module = module(stream, texts, depth.saturating_add(1))?,
            _ => stream.skip()?,
        }
    }
    for (name, expression) in &mut call.expressions {
        if call.module.sensitive_variables.contains(name) || kept::may_be_secret(name) {
            expression.mark_sensitive();
        }
    }
    Ok(call)
}

#[derive(Default, Deserialize)]
struct Resource<'a> {
    #[serde(default)]
    address: Box<str>,
    #[serde(default)]
    provider_config_key: Option<Box<str>>,
    #[serde(borrow, default)]
    expressions: Option<&'a RawValue>,
    #[serde(borrow, default)]
    for_each_expression: Option<&'a RawValue>,
    #[serde(borrow, default)]
    count_expression: Option<&'a RawValue>,
}

/// Reads a block; `None` if its type does not matter.
fn resource(json: &str, texts: &mut Texts) -> Result<Option<(Box<str>, ResourceConfig)>, PlanError> {
    let kind = head(json).and_then(|head| head.kind);
    let Some(kind) = kind.filter(|kind| kept::is_kept(kind)) else { return Ok(None) };
    let Resource { address, provider_config_key, expressions, for_each_expression, count_expression } =
        parse(json, "a resource of the configuration")?;
    let mut expressions = arguments(expressions, texts, &address)?;
    for (name, expression) in &mut expressions {
        if kept::is_sensitive(&kind, name) {
            expression.mark_sensitive();
        }
    }
    let mut own = |json: Option<&RawValue>| json.and_then(|json| parse_expression(json.get(), texts));
    let config = ResourceConfig {
        provider_config_key: provider_config_key.unwrap_or_default(),
        expressions,
        for_each: own(for_each_expression),
        count: own(count_expression),
    };
    Ok(Some((address, config)))
}

/// The arguments of a block, those dropped that hold secrets.
fn arguments(json: Option<&RawValue>, texts: &mut Texts, place: &str) -> Result<Expressions, PlanError> {
    let Some(json) = json else { return Ok(Expressions::new()) };
    parse_expressions(json.get(), texts, true).ok_or_else(|| misshapen(place))
}

fn parse<'a, T: Deserialize<'a> + Default>(json: &'a str, place: &str) -> Result<T, PlanError> {
    // `null` is what Go writes for an empty map. The parser's own words can quote values.
    let parsed: Result<Option<T>, _> = serde_json::from_str(json);
    parsed.map(Option::unwrap_or_default).map_err(|_| misshapen(place))
}

fn misshapen(place: &str) -> PlanError {
    PlanError::Element { place: place.into(), what: "one of its members is of another form".into() }
}

/// Marks the values of sensitive variables, which the plan's own section shows in clear.
pub(super) fn mark_variables(values: &mut BTreeMap<Box<str>, Value>, root: &Module) {
    for (name, value) in values {
        if root.sensitive_variables.contains(name) || kept::may_be_secret(name) {
            value.mark_sensitive();
        }
    }
}
