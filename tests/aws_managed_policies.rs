//! The embedded policies against facts that were counted independently of this crate.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use mqwarden::aws::{actions, managed_policies};
use serde_json::Value;
use std::collections::BTreeMap;

fn facts() -> Value {
    serde_json::from_str(include_str!("../testdata/aws/mq_grants.json")).unwrap()
}

fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [b'*', rest @ ..] => (0..=text.len()).any(|skip| matches(rest, &text[skip..])),
        [c, rest @ ..] => text
            .split_first()
            .is_some_and(|(d, tail)| (*c == b'?' || c.eq_ignore_ascii_case(d)) && matches(rest, tail)),
    }
}

fn names(element: &Value, action: &str) -> bool {
    list(element).iter().any(|pattern| matches(pattern.as_str().unwrap().as_bytes(), action.as_bytes()))
}

/// The actions of Amazon MQ that statements of this effect name, whatever their resources and conditions.
fn named(document: &str, effect: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(document).unwrap();
    let statements: Vec<_> =
        list(&document["Statement"]).into_iter().filter(|statement| statement["Effect"] == effect).collect();
    let applies = |statement: &Value, action: &str| {
        names(&statement["Action"], action)
            || (!statement["NotAction"].is_null() && !names(&statement["NotAction"], action))
    };
    actions::ACTIONS
        .iter()
        .map(|action| format!("{}:{}", actions::SERVICE, action.name))
        .filter(|action| statements.iter().any(|statement| applies(statement, action)))
        .collect()
}

#[test]
fn policies_grant_as_many_actions_as_were_counted() {
    let mut granted: BTreeMap<String, u64> = BTreeMap::new();
    for name in managed_policies::iter_names() {
        let allowed = named(&managed_policies::by_name(name).unwrap().document, "Allow");
        let arn = format!("arn:aws:iam::aws:policy/{name}");
        let facts = facts();
        let fact = facts["grants"].as_array().unwrap().iter().find(|fact| fact["arn"] == arn.as_str());
        let expected = fact.map_or(0, |fact| fact["mq_actions"].as_u64().unwrap());
        assert_eq!(u64::try_from(allowed.len()).unwrap(), expected, "{arn}");
        for action in allowed {
            *granted.entry(action.trim_start_matches("mq:").to_owned()).or_default() += 1;
        }
    }
    for (action, count) in facts()["allowed_by"].as_object().unwrap() {
        assert_eq!(granted.get(action).copied(), count.as_u64(), "{action}");
    }
}

#[test]
fn policies_that_deny_are_there_and_deny() {
    for arn in facts()["denies"].as_array().unwrap() {
        let policy = managed_policies::get(arn.as_str().unwrap()).unwrap();
        assert!(!named(&policy.document, "Deny").is_empty(), "{arn}");
    }
}
