//! The table of actions against the collected facts, where those lie beside the checkout.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mqwarden::aws::actions::{ACTIONS, AccessLevel, Resource};
use mqwarden::aws::requirements::Requirements;
use serde_json::Value;

fn facts(name: &str) -> Option<Value> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let root = std::env::var_os("MQWARDEN_SHARED").map_or_else(default, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(root.join("facts").join(name)) else {
        println!("skipped: there is no {name} beside the checkout");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

#[test]
fn all_actions_are_as_the_facts_say() {
    let Some(facts) = facts("mq.json") else { return };
    let facts = facts["actions"].as_array().unwrap();
    assert_eq!(facts.len(), ACTIONS.len());
    for (known, fact) in ACTIONS.iter().zip(facts) {
        assert_eq!(known.name, fact["name"]);
        let levels: Vec<String> =
            known.levels.iter().map(|level: &AccessLevel| format!("{level:?}")).collect();
        assert_eq!(levels, strings(&fact["access_level"]), "{}", known.name);
        let resources: Vec<&str> = known
            .resources
            .iter()
            .map(|resource| match resource {
                Resource::Broker => "brokers",
                Resource::Configuration => "configurations",
            })
            .collect();
        let types: Vec<&str> = fact["resource_types"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["type"].as_str().unwrap())
            .collect();
        assert_eq!(resources, types, "{}", known.name);
        assert_eq!(known.condition_keys, strings(&fact["condition_keys"]), "{}", known.name);
        assert_eq!(known.permission_only, fact["permission_only"], "{}", known.name);
    }
}

/// Every action that the facts name for a task is a requirement with the same level; none is left out.
#[test]
fn all_requirements_of_the_facts_are_there() {
    let Some(facts) = facts("mq_requirements.json") else { return };
    let all = Requirements::shipped();
    let levels_of = |operation: &str, action: &str| -> BTreeSet<String> {
        let tasks = all.tasks().filter(|(task, _)| match operation {
            "CreateUser/UpdateUser/DeleteUser" => format!("{task:?}").ends_with("User"),
            other => other.strip_suffix("Broker").unwrap_or(other) == format!("{task:?}"),
        });
        tasks
            .flat_map(|(_, list)| list)
            .filter(|one| one.needs.iter().any(|name| name == action))
            .map(|one| format!("{:?}", one.level).to_lowercase())
            .collect()
    };
    for (operation, rules) in facts["operations"].as_object().unwrap() {
        // No Terraform resource calls it.
        if operation == "Promote" {
            continue;
        }
        for rule in rules.as_array().unwrap() {
            for action in strings(&rule["actions"]) {
                let levels = levels_of(operation, &action);
                assert!(levels.contains(rule["level"].as_str().unwrap()), "{operation} {action}: {levels:?}");
            }
        }
    }
    for (action, places) in facts["checked_on"].as_object().unwrap() {
        if let (Some(check), Some(places)) = (all.check(action), places.as_array()) {
            assert_eq!(check.checked_on.len(), places.len(), "{action}");
        }
    }
}
