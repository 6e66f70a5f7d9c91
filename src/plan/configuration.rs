//! The configuration section: providers, modules, their calls, and the blocks whose types matter.

use std::collections::BTreeMap;

use super::build::{self, Texts};
use super::cursor::{Cursor, Misshapen};
use super::error::PlanError;
use super::expression::{Expressions, expression, expressions};
use super::kept;
use super::model::{Expression, Module, ModuleCall, ProviderConfig, ResourceConfig};
use super::resource::failure;
use super::value::Value;

/// Reads `provider_config`.
pub(super) fn providers(
    json: &[u8],
    texts: &mut Texts,
) -> Result<BTreeMap<Box<str>, ProviderConfig>, Misshapen> {
    let mut providers = BTreeMap::new();
    each_member(json, |key, cursor| {
        let mut provider = ProviderConfig::default();
        each_member_of(cursor, |key, cursor| {
            match key {
                "name" => provider.name = text(cursor)?.unwrap_or_default(),
                "alias" => provider.alias = text(cursor)?,
                "module_address" => provider.module_address = text(cursor)?,
                "expressions" => provider.expressions = expressions(cursor, texts, true)?,
                _ => drop(cursor.skip()?),
            }
            Ok(())
        })?;
        provider.is_implied =
            provider.module_address.is_some() && provider.alias.is_none() && provider.expressions.is_empty();
        provider.expressions.retain(|name, _| kept::PROVIDER_ARGUMENTS.binary_search(&&**name).is_ok());
        providers.insert(key.into(), provider);
        Ok(())
    })?;
    Ok(providers)
}

/// Reads a module's `outputs`.
pub(super) fn outputs(json: &[u8], texts: &mut Texts) -> Result<Expressions, Misshapen> {
    let mut outputs = Expressions::new();
    each_member(json, |name, cursor| {
        let mut value = Expression::References(Vec::new());
        let mut is_sensitive = kept::may_be_secret(name);
        each_member_of(cursor, |key, cursor| {
            match key {
                "expression" => value = expression(cursor, texts)?,
                "sensitive" => is_sensitive |= cursor.skip()? == b"true",
                _ => drop(cursor.skip()?),
            }
            Ok(())
        })?;
        if is_sensitive {
            value.mark_sensitive();
        }
        outputs.insert(name.into(), value);
        Ok(())
    })?;
    Ok(outputs)
}

/// Reads a module's `variables`.
pub(super) fn variables(json: &[u8], module: &mut Module, texts: &mut Texts) -> Result<(), Misshapen> {
    each_member(json, |name, cursor| {
        let mut default = None;
        let mut is_sensitive = kept::may_be_secret(name);
        each_member_of(cursor, |key, cursor| {
            match key {
                "default" => default = Some(build::value(cursor, texts, false)?),
                "sensitive" => is_sensitive |= cursor.skip()? == b"true",
                _ => drop(cursor.skip()?),
            }
            Ok(())
        })?;
        if is_sensitive {
            module.sensitive_variables.insert(name.into());
            default.iter_mut().for_each(Value::mark_sensitive);
        }
        if let Some(default) = default {
            module.variable_defaults.insert(name.into(), default);
        }
        Ok(())
    })
}

/// Reads the plan's own `variables`: the values of the root module's.
pub(super) fn variable_values(
    json: &[u8],
    texts: &mut Texts,
) -> Result<BTreeMap<Box<str>, Value>, Misshapen> {
    let mut values = BTreeMap::new();
    each_member(json, |name, cursor| {
        let mut value = Value::Null;
        each_member_of(cursor, |key, cursor| {
            match key {
                "value" => value = build::value(cursor, texts, false)?,
                _ => drop(cursor.skip()?),
            }
            Ok(())
        })?;
        values.insert(name.into(), value);
        Ok(())
    })?;
    Ok(values)
}

/// Marks the values of sensitive variables, which the plan's own section shows in clear.
pub(super) fn mark_variables(values: &mut BTreeMap<Box<str>, Value>, root: &Module) {
    for (name, value) in values {
        if root.sensitive_variables.contains(name) || kept::may_be_secret(name) {
            value.mark_sensitive();
        }
    }
}

/// Marks the inputs of a call that are sensitive within the module.
pub(super) fn mark_inputs(call: &mut ModuleCall) {
    for (name, expression) in &mut call.expressions {
        if call.module.sensitive_variables.contains(&**name) || kept::may_be_secret(name) {
            expression.mark_sensitive();
        }
    }
}

/// Reads a block of a type that matters, with its address within its module.
pub(super) fn block(json: &[u8], texts: &mut Texts) -> Result<(Box<str>, ResourceConfig), PlanError> {
    read_block(json, texts).map_err(|Misshapen| {
        failure(json, "a block of the configuration", "one of its members is of another form")
    })
}

fn read_block(json: &[u8], texts: &mut Texts) -> Result<(Box<str>, ResourceConfig), Misshapen> {
    let mut address = None;
    let mut kind = None;
    let mut config = ResourceConfig::default();
    each_member(json, |key, cursor| {
        match key {
            "address" => address = text(cursor)?,
            "type" => kind = text(cursor)?,
            "provider_config_key" => config.provider_config_key = text(cursor)?.unwrap_or_default(),
            "expressions" => config.expressions = expressions(cursor, texts, true)?,
            "for_each_expression" => config.for_each = Some(expression(cursor, texts)?),
            "count_expression" => config.count = Some(expression(cursor, texts)?),
            _ => drop(cursor.skip()?),
        }
        Ok(())
    })?;
    for attribute in kept::sensitive_attributes(kind.as_deref().unwrap_or_default()) {
        if let Some(expression) = config.expressions.get_mut(attribute) {
            expression.mark_sensitive();
        }
    }
    Ok((address.ok_or(Misshapen)?, config))
}

fn text(cursor: &mut Cursor<'_>) -> Result<Option<Box<str>>, Misshapen> {
    Ok(cursor.optional_string()?.map(Into::into))
}

/// Calls `visit` for each member of the object that `json` is; `null`, which Go writes for an empty map, has none.
fn each_member<'a>(
    json: &'a [u8],
    visit: impl FnMut(&str, &mut Cursor<'a>) -> Result<(), Misshapen>,
) -> Result<(), Misshapen> {
    each_member_of(&mut Cursor::new(json), visit)
}

fn each_member_of<'a>(
    cursor: &mut Cursor<'a>,
    mut visit: impl FnMut(&str, &mut Cursor<'a>) -> Result<(), Misshapen>,
) -> Result<(), Misshapen> {
    if cursor.peek() == Some(b'n') {
        return cursor.skip().map(drop);
    }
    let mut items = cursor.object()?;
    while let Some(key) = cursor.next_key(&mut items)? {
        visit(&key.decode()?, cursor)?;
    }
    Ok(())
}
