//! Tags that a provider configuration adds to what it makes, and tags that it ignores.

use std::sync::Arc;

use super::providers::constant;
use crate::plan::{Expression, Members, Value};

/// The `default_tags` of a provider configuration.
#[derive(Clone, Debug, PartialEq)]
pub enum DefaultTags {
    /// There are none.
    None,
    /// An object of tags.
    Known(Value),
    /// There are some, but nothing tells which.
    Unknown,
}

/// The `ignore_tags` of a provider configuration: tags that others manage, and that the provider does not show of what is
/// there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IgnoredTags {
    /// Their keys.
    keys: Vec<Box<str>>,
    /// What their keys begin with.
    prefixes: Vec<Box<str>>,
    /// Whether there are others, of which nothing tells the keys.
    has_others: bool,
}

impl IgnoredTags {
    /// Whether a tag may be there that is not shown; `key` in any case.
    pub fn hides(&self, key: &str) -> bool {
        let begins =
            |prefix: &str| key.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        self.has_others
            || self.keys.iter().any(|own| own.eq_ignore_ascii_case(key))
            || self.prefixes.iter().any(|prefix| begins(prefix))
    }
}

pub(super) fn default_tags(
    expressions: &Members<Expression>,
    evaluate: impl Fn() -> Option<Value>,
) -> DefaultTags {
    let Some(expression) = expressions.get("default_tags") else { return DefaultTags::None };
    let shown = match expression {
        Expression::Blocks(blocks) => match blocks.as_slice() {
            [] => return DefaultTags::None,
            [block] => match block.get("tags") {
                None => return DefaultTags::None,
                Some(tags) => constant(tags),
            },
            _ => None,
        },
        other => constant(other),
    };
    let evaluated = || match evaluate()? {
        Value::List(blocks) => blocks.first().and_then(|block| block.get("tags")).cloned(),
        block => block.get("tags").cloned(),
    };
    shown.or_else(evaluated).map_or(DefaultTags::Unknown, |tags| match tags {
        Value::Null => DefaultTags::None,
        tags => DefaultTags::Known(tags),
    })
}

pub(super) fn ignored_tags(
    expressions: &Members<Expression>,
    evaluate: impl Fn() -> Option<Value>,
) -> Option<Arc<IgnoredTags>> {
    let mut ignored = IgnoredTags::default();
    let mut take = |name: &str, value: Option<Value>| {
        let Some(Value::List(listed)) = value else { return false };
        let texts = listed.iter().map(|value| value.to_text()?.as_known().map(Box::from));
        let texts: Option<Vec<Box<str>>> = texts.collect();
        let slot = if name == "keys" { &mut ignored.keys } else { &mut ignored.prefixes };
        texts.is_some_and(|texts| {
            slot.extend(texts);
            true
        })
    };
    let arguments = ["keys", "key_prefixes"];
    let is_told = match expressions.get("ignore_tags")? {
        Expression::Blocks(blocks) if blocks.is_empty() => return None,
        Expression::Blocks(blocks) => blocks.iter().all(|block| {
            arguments
                .iter()
                .all(|name| block.get(name).is_none_or(|expression| take(name, constant(expression))))
        }),
        _ => false,
    };
    let is_told = is_told || {
        let blocks = match evaluate() {
            Some(Value::List(blocks)) => blocks,
            Some(block @ Value::Object(_)) => vec![block],
            _ => Vec::new(),
        };
        !blocks.is_empty()
            && blocks.iter().all(|block| {
                arguments.iter().all(|name| match block.get(name) {
                    None | Some(Value::Null) => true,
                    Some(listed) => take(name, Some(listed.clone())),
                })
            })
    };
    ignored.has_others = !is_told;
    Some(Arc::new(ignored))
}
