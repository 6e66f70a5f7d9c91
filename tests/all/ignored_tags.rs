//! Tags that the provider ignores: what it does not show may still be there.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test")]

use mqwarden::access::Verdict;
use mqwarden::analysis::{Analysis, Options};
use mqwarden::aws::Operation;
use mqwarden::graph::State;
use mqwarden::plan;
use serde_json::{Value, json};

fn change(kind: &str, name: &str, action: &str, values: &Value) -> Value {
    let before = if action == "create" { Value::Null } else { values.clone() };
    json!({
        "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
        "change": {"actions": [action], "before": before, "after": values, "after_unknown": {}},
    })
}

fn broker(name: &str, action: &str) -> Value {
    let arn = format!("arn:aws:mq:eu-west-1:123456789012:broker:{name}:b-{name}");
    let values =
        json!({"arn": arn, "id": format!("b-{name}"), "broker_name": name, "tags_all": {"Env": "prod"}});
    change("aws_mq_broker", name, action, &values)
}

/// The verdicts on deleting a broker that is there and one that is new, where a tag forbids it.
fn verdicts(ignore_tags: &Value, tag: &str) -> [&'static str; 2] {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "mq:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "mq:DeleteBroker", "Resource": "*",
         "Condition": {"StringEquals": {format!("aws:ResourceTag/{tag}"): "true"}}},
    ]});
    let role =
        json!({"arn": "arn:aws:iam::123456789012:role/r", "name": "r", "path": "/", "unique_id": "AROA1"});
    let attached = json!({"name": "p", "role": "r", "policy": policy.to_string()});
    let plan = json!({
        "format_version": "1.2", "terraform_version": "1.11.4",
        "resource_changes": [
            broker("new", "create"), broker("old", "no-op"), change("aws_iam_role", "r", "no-op", &role),
            change("aws_iam_role_policy", "p", "no-op", &attached),
        ],
        "configuration": {"provider_config": {"aws": {
            "name": "aws", "full_name": "registry.terraform.io/hashicorp/aws",
            "expressions": {"ignore_tags": ignore_tags},
        }}},
    });
    let plan = plan::read_from(plan.to_string().as_bytes()).unwrap();
    let analysis = Analysis::new(plan, None, &Options::default());
    [1, 0].map(|broker| match analysis.matrix.verdict(State::After, 0, broker, Operation::Delete) {
        Some(Verdict::Allowed) => "allowed",
        Some(Verdict::Unknown { .. }) => "unknown",
        _ => "other",
    })
}

#[test]
fn what_is_ignored_may_be_there() {
    let keys = json!([{"keys": {"constant_value": ["Locked"]}}]);
    assert_eq!(verdicts(&keys, "Locked"), ["unknown", "allowed"]);
    assert_eq!(verdicts(&keys, "locked"), ["unknown", "allowed"]);
    assert_eq!(verdicts(&keys, "Closed"), ["allowed", "allowed"]);
    let prefixes = json!([{"key_prefixes": {"constant_value": ["auto:"]}}]);
    assert_eq!(verdicts(&prefixes, "auto:lock"), ["unknown", "allowed"]);
    assert_eq!(verdicts(&prefixes, "auto"), ["allowed", "allowed"]);
    // Which tags, only the source tells.
    let referred = json!([{"keys": {"references": ["local.ignored"]}}]);
    assert_eq!(verdicts(&referred, "Locked"), ["unknown", "allowed"]);
    assert_eq!(verdicts(&json!([]), "Locked"), ["allowed", "allowed"]);
}
