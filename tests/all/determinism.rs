//! The output is the same bytes for any number of threads.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test"
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Whatever takes longer waits for itself.
const PATIENCE: Duration = Duration::from_mins(2);

fn output(threads: &str, arguments: &[&str]) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_mqwarden"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("RAYON_NUM_THREADS", threads)
        .stdout(file.reopen().unwrap())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{threads} threads: no end after {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(status.success(), "{threads} threads: {status}");
    std::fs::read(file.path()).unwrap()
}

#[test]
fn one_thread_and_eight_write_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases");
    let mut cases: Vec<_> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    for case in cases.iter().filter(|case| case.join("plan.json").exists()).take(6) {
        let (plan, saved) = (case.join("plan.json"), case.join("tfplan"));
        for format in ["json", "table"] {
            let arguments = [
                "check",
                plan.to_str().unwrap(),
                "--plan-file",
                saved.to_str().unwrap(),
                "--format",
                format,
                "--fail-on",
                "never",
            ];
            let one = output("1", &arguments);
            assert!(!one.is_empty());
            assert_eq!(one, output("8", &arguments), "{}", case.display());
        }
    }
}

/// Principals of different kinds share a document, and with it what has been explored: each has examples of its own, which
/// name no tag that the plan knows.
#[test]
fn no_example_is_somebody_elses() {
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases/shared-documents/plan.json");
    let arguments = ["check", plan.to_str().unwrap(), "--format", "json", "--fail-on", "never"];
    let report: Value = serde_json::from_slice(&output("8", &arguments)).unwrap();
    let rows = report["access"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["verdict"] == "conditional"));
    for row in rows {
        for example in ["allowed_when", "denied_when"] {
            assert_eq!(row[example]["aws:PrincipalTag/team"], Value::Null, "{row}");
        }
    }
}

fn change(kind: &str, name: &str, actions: &[&str], before: &Value, after: &Value) -> Value {
    json!({
        "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {"actions": actions, "before": before, "after": after, "after_unknown": {}},
    })
}

fn document(statements: &Value) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

/// A plan that is large enough for several threads: brokers, roles that lack what creating needs, roles that assume each
/// other, users who change policies, and changes of all of these.
fn large_plan() -> Value {
    let mut changes = Vec::new();
    for broker in 0..6 {
        let name = format!("b{broker}");
        let values = json!({
            "arn": format!("arn:aws:mq:eu-west-1:123456789012:broker:{name}:b-{broker}"), "id": format!("b-{broker}"),
            "broker_name": name, "engine_type": "ActiveMQ", "deployment_mode": "SINGLE_INSTANCE",
            "host_instance_type": "mq.t3.micro", "tags": {"team": format!("t{}", broker % 3)},
            "tags_all": {"team": format!("t{}", broker % 3)},
        });
        changes.push(change("aws_mq_broker", &name, &["no-op"], &values, &values));
    }
    for role in 0..90 {
        let name = format!("r{role}");
        let trusted = format!("arn:aws:iam::123456789012:role/r{}", (role + 1) % 90);
        let values = json!({
            "arn": format!("arn:aws:iam::123456789012:role/{name}"), "name": name, "path": "/",
            "unique_id": format!("AROA{role}"), "tags_all": {"team": format!("t{}", role % 3)},
            "assume_role_policy":
                document(&json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": trusted}}])),
        });
        changes.push(change("aws_iam_role", &name, &["no-op"], &values, &values));
        let resource = format!("arn:aws:mq:*:*:broker:b{}:*", role % 6);
        let policy = |extended: bool| {
            let mut statements =
                vec![json!({"Effect": "Allow", "Action": "mq:RebootBroker", "Resource": resource})];
            match role % 5 {
                0 => statements.push(json!({"Effect": "Allow", "Action": "mq:Create*", "Resource": "*"})),
                1 => statements.push(json!({
                    "Effect": "Allow", "Action": "mq:DeleteBroker", "Resource": "*",
                    "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
                })),
                2 => statements.push(
                    json!({"Effect": "Allow", "Action": ["iam:PassRole", "lambda:*"], "Resource": "*"}),
                ),
                _ => {}
            }
            if extended {
                statements
                    .push(json!({"Effect": "Allow", "Action": "mq:DeleteBroker", "Resource": resource}));
            }
            json!({"name": "mq", "role": name, "policy": document(&json!(statements))})
        };
        let (actions, after): (&[&str], _) =
            if role % 4 == 0 { (&["update"], policy(true)) } else { (&["no-op"], policy(false)) };
        changes.push(change("aws_iam_role_policy", &name, actions, &policy(false), &after));
    }
    for user in 0..40 {
        let name = format!("u{user}");
        let values = json!({
            "arn": format!("arn:aws:iam::123456789012:user/{name}"), "name": name, "path": "/",
            "unique_id": format!("AIDA{user}"),
        });
        changes.push(change("aws_iam_user", &name, &["no-op"], &values, &values));
        let target = format!("arn:aws:iam::123456789012:user/u{}", (user * 7 + 1) % 40);
        let actions = ["iam:CreateAccessKey", "iam:PutUserPolicy", "iam:AttachUserPolicy", "s3:*"];
        let statement = json!({"Effect": "Allow", "Action": actions[user % 4], "Resource": target});
        let values = json!({"name": "own", "user": name, "policy": document(&json!([statement]))});
        changes.push(change("aws_iam_user_policy", &name, &["no-op"], &values, &values));
    }
    json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes})
}

/// Two threads are the fewest with which one may wait for the other.
#[test]
fn large_plans_are_the_same_with_any_number_of_threads() {
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    serde_json::to_writer(&file, &large_plan()).unwrap();
    for format in ["json", "table"] {
        let plan = file.path().to_str().unwrap();
        let arguments =
            ["check", plan, "--account-id", "123456789012", "--format", format, "--fail-on", "never"];
        let one = output("1", &arguments);
        let text = String::from_utf8(one.clone()).unwrap();
        // The table shows the first few.
        for rule in ["missing-dependent-permission", "indirect-power", "gains-delete"] {
            assert!(format == "table" || text.contains(rule), "{rule}");
        }
        for threads in ["2", "8", "2", "8"] {
            assert!(one == output(threads, &arguments), "{format}: {threads} threads");
        }
    }
}
