//! Data sources that are read during apply and look up what the same apply changes: nothing tells which is done first.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test")]

use mqwarden::access::Verdict;
use mqwarden::analysis::{Analysis, Options};
use mqwarden::aws::Operation;
use mqwarden::graph::State;
use mqwarden::plan;
use serde_json::{Value, json};

fn document(action: &str) -> String {
    let statement = json!({"Effect": "Allow", "Action": action, "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

fn change(mode: &str, kind: &str, name: &str, change: &Value) -> Value {
    let data = if mode == "data" { "data." } else { "" };
    json!({"address": format!("{data}{kind}.{name}"), "mode": mode, "type": kind, "name": name, "change": change})
}

/// The verdict on deleting a broker by the policy that a data source shows, which had and gets these actions;
/// `refers` tells whether the data source names the policy by a reference.
fn verdict(before: Option<&str>, after: &str, refers: bool) -> &'static str {
    let arn = "arn:aws:iam::123456789012:policy/p";
    let policy =
        |action: &str| json!({"arn": arn, "id": arn, "name": "p", "path": "/", "policy": document(action)});
    let action = match before {
        None => "create",
        Some(before) if before == after => "no-op",
        Some(_) => "update",
    };
    let role =
        json!({"arn": "arn:aws:iam::123456789012:role/r", "name": "r", "path": "/", "unique_id": "AROA1"});
    let broker =
        json!({"arn": "arn:aws:mq:eu-west-1:123456789012:broker:b:b-1", "id": "b-1", "broker_name": "b"});
    let same = |values: &Value| json!({"actions": ["no-op"], "before": values, "after": values, "after_unknown": {}});
    let name = if refers {
        json!({"references": ["aws_iam_policy.p.name", "aws_iam_policy.p"]})
    } else {
        json!({"constant_value": "p"})
    };
    let plan = json!({
        "format_version": "1.2", "terraform_version": "1.11.4",
        "resource_changes": [
            change("managed", "aws_mq_broker", "b", &same(&broker)),
            change("managed", "aws_iam_role", "r", &same(&role)),
            change("managed", "aws_iam_policy", "p", &json!({
                "actions": [action], "before": before.map(policy), "after": policy(after), "after_unknown": {},
            })),
            change("data", "aws_iam_policy", "d", &json!({
                "actions": ["read"], "before": null, "after": {"name": "p"},
                "after_unknown": {"arn": true, "id": true, "path": true, "policy": true},
            })),
            change("managed", "aws_iam_role_policy", "x", &json!({
                "actions": ["create"], "before": null, "after": {"name": "x", "role": "r"},
                "after_unknown": {"policy": true},
            })),
        ],
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws"}},
            "root_module": {"resources": [
                {"address": "data.aws_iam_policy.d", "mode": "data", "type": "aws_iam_policy", "name": "d",
                 "provider_config_key": "aws", "expressions": {"name": name}},
                {"address": "aws_iam_policy.p", "mode": "managed", "type": "aws_iam_policy", "name": "p",
                 "provider_config_key": "aws", "expressions": {}},
                {"address": "aws_iam_role_policy.x", "mode": "managed", "type": "aws_iam_role_policy", "name": "x",
                 "provider_config_key": "aws", "expressions": {"policy":
                    {"references": ["data.aws_iam_policy.d.policy", "data.aws_iam_policy.d"]}}},
            ]},
        },
    });
    let plan = plan::read_from(plan.to_string().as_bytes()).unwrap();
    let analysis = Analysis::new(plan, None, &Options::default());
    match analysis.matrix.verdict(State::After, 0, 0, Operation::Delete) {
        Some(Verdict::Allowed) => "allowed",
        Some(Verdict::Denied) => "denied",
        Some(Verdict::Unknown { .. }) => "unknown",
        _ => "other",
    }
}

#[test]
fn what_changes_is_shown_only_where_the_order_is_told() {
    assert_eq!(verdict(None, "mq:DeleteBroker", false), "allowed");
    assert_eq!(verdict(Some("mq:*"), "mq:*", false), "allowed");
    assert_eq!(verdict(Some("mq:RebootBroker"), "mq:RebootBroker", false), "denied");
    assert_eq!(verdict(Some("mq:DeleteBroker"), "mq:RebootBroker", false), "unknown");
    assert_eq!(verdict(Some("mq:RebootBroker"), "mq:DeleteBroker", false), "unknown");
    assert_eq!(verdict(Some("mq:RebootBroker"), "mq:DeleteBroker", true), "allowed");
}
