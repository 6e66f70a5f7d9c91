//! With which credentials a provider configuration works: equal ones work in one account.

use super::providers::constant;
use crate::plan::{Expression, Name, ProviderConfig, Value};
use crate::text::SENSITIVE;

/// Arguments of a provider that decide whose account it works in.
const CREDENTIALS: &[&str] = &[
    "access_key",
    "allowed_account_ids",
    "assume_role",
    "assume_role_with_web_identity",
    "forbidden_account_ids",
    "profile",
    "secret_key",
    "shared_config_files",
    "shared_credentials_files",
    "token",
];

/// What stands before credentials whose values are known.
const TOLD: &str = "values ";

/// What tells one set of credentials from another, as far as the configuration shows it.
pub(super) fn credentials(config: &ProviderConfig, evaluate: impl Fn(&str) -> Option<Value>) -> String {
    let relevant: Vec<_> =
        config.expressions.iter().filter(|(name, _)| CREDENTIALS.contains(&&***name)).collect();
    if relevant.is_empty() {
        return String::new();
    }
    let value = |(name, expression): &(&Name, &Expression)| {
        let value = constant(expression).or_else(|| evaluate(name));
        value.filter(|value| !value.has_holes()).map(|value| (Name::clone(name), value))
    };
    let values = relevant.iter().map(value).collect::<Option<Vec<_>>>();
    // What is sensitive is not written, and so not told apart.
    if let Some(told) = values.map(|values| format!("{TOLD}{values:?}")).filter(|it| !it.contains(SENSITIVE))
    {
        return told;
    }
    // What an expression of a module refers to is its own.
    let is_constant = relevant.iter().all(|(_, expression)| matches!(expression, Expression::Constant(_)));
    let module = config.module_address.as_deref().filter(|_| !is_constant).unwrap_or_default();
    format!("{module}{relevant:?}")
}

/// Whether credentials are known values, of which equal ones are the same.
pub(super) fn is_told(credentials: &str) -> bool {
    credentials.starts_with(TOLD)
}
