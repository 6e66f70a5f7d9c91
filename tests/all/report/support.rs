//! What the tests of the output formats share.

#![allow(clippy::expect_used)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program in `folder`, which is relative to the project.
pub(crate) fn mqwarden(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mqwarden"))
        .args(arguments)
        .current_dir(root().join(folder))
        .env_remove("COLUMNS")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .expect("it runs")
}

/// What `check` prints of the plan of `folder` in one format.
pub(crate) fn check(folder: &Path, format: &str, with_source: bool) -> String {
    let mut arguments = vec!["check", "plan.json", "--format", format, "--fail-on", "never"];
    if with_source {
        arguments.extend(["--plan-file", "tfplan", "--config-dir", "."]);
    }
    let output = mqwarden(folder, &arguments);
    assert!(output.status.success(), "{}: {}", folder.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Every folder of test data with a plan and its saved plan.
pub(crate) fn plans() -> Vec<PathBuf> {
    let mut plans = Vec::new();
    let mut folders = vec![root().join("testdata")];
    while let Some(folder) = folders.pop() {
        if folder.join("plan.json").exists() && folder.join("tfplan").exists() {
            plans.push(folder.strip_prefix(root()).expect("it is inside").to_owned());
        }
        for entry in std::fs::read_dir(&folder).expect("it reads") {
            let path = entry.expect("it reads").path();
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    plans.sort();
    assert!(plans.len() > 20, "the test data is there");
    plans
}

/// A plan with many roles and brokers whose rights all differ, and with names that are made to break out of a report.
pub(crate) fn large_plan(roles: usize, brokers: usize, is_hostile: bool) -> String {
    let decoration = if is_hostile { "</script><b>@octocat</b> `|` *x* \u{202e}" } else { "unit" };
    let mut resources = Vec::new();
    for broker in 0..brokers {
        resources.push(serde_json::json!({
            "address": format!("aws_mq_broker.all[\"{decoration} {broker}\"]"),
            "mode": "managed", "type": "aws_mq_broker", "name": "all", "index": format!("{decoration} {broker}"),
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {
                "actions": ["create"], "before": null, "after_unknown": {"id": true}, "after_sensitive": {},
                "after": {
                    "broker_name": format!("broker-{broker}"), "engine_type": "RabbitMQ",
                    "arn": format!("arn:aws:mq:eu-west-1:123456789012:broker:broker-{broker}:b-{broker}"),
                    "tags": {}, "tags_all": {"number": broker.to_string()},
                },
            },
        }));
    }
    for role in 0..roles {
        let index = format!("{decoration} {role}");
        let change = |after: serde_json::Value| {
            serde_json::json!({
                "actions": ["create"], "before": null, "after": after, "after_unknown": {}, "after_sensitive": {},
            })
        };
        let first = role % brokers.max(1);
        let mut policy = String::new();
        let _ = write!(
            policy,
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":[\"mq:RebootBroker\"],\
             \"Resource\":\"arn:aws:mq:*:*:broker:broker-{first}:*\",\"Condition\":{{\"IpAddress\":\
             {{\"aws:SourceIp\":\"10.{}.{}.0/24\"}}}}}},{{\"Effect\":\"Allow\",\"Action\":\"mq:DeleteBroker\",\
             \"Resource\":\"*\",\"Condition\":{{\"NoSuchOperator{role}\":{{\"a:b\":\"c\"}}}}}}]}}",
            role / 256 % 256,
            role % 256
        );
        let provider = "registry.terraform.io/hashicorp/aws";
        resources.push(serde_json::json!({
            "address": format!("aws_iam_role.all[\"{index}\"]"),
            "mode": "managed", "type": "aws_iam_role", "name": "all", "index": index, "provider_name": provider,
            "change": change(serde_json::json!({
                "name": format!("role-{role}"), "path": "/", "tags": {}, "tags_all": {},
                "arn": format!("arn:aws:iam::123456789012:role/role-{role}"),
            })),
        }));
        resources.push(serde_json::json!({
            "address": format!("aws_iam_role_policy.all[\"{index}\"]"),
            "mode": "managed", "type": "aws_iam_role_policy", "name": "all", "index": index, "provider_name": provider,
            "change": change(serde_json::json!({
                "name": "p", "role": format!("role-{role}"), "policy": policy,
            })),
        }));
    }
    serde_json::json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": resources,
        "configuration": {},
    })
    .to_string()
}

/// A plan with as many policies that are not valid, and so with as many findings.
pub(crate) fn many_invalid_policies(number: usize) -> String {
    let policy = |number: usize| {
        let document = format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"mq:*\",\
             \"Resource\":\"*\",\"Condition\":{{\"NoSuch{number}\":{{\"a:b\":\"c\"}}}}}}]}}"
        );
        serde_json::json!({
            "address": format!("aws_iam_policy.all[{number}]"),
            "mode": "managed", "type": "aws_iam_policy", "name": "all", "index": number,
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {
                "actions": ["create"], "before": null, "after_unknown": {"arn": true}, "after_sensitive": {},
                "after": {"name": format!("p{number}"), "path": "/", "policy": document},
            },
        })
    };
    serde_json::json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "configuration": {},
        "resource_changes": (0..number).map(policy).collect::<Vec<_>>(),
    })
    .to_string()
}

/// Writes a plan to a new folder and gives what `check` prints of it.
pub(crate) fn check_text(plan: &str, arguments: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("plan.json"), plan).expect("it is written");
    let output = Command::new(env!("CARGO_BIN_EXE_mqwarden"))
        .args(["check", "plan.json", "--fail-on", "never"])
        .args(arguments)
        .current_dir(folder.path())
        .env_remove("COLUMNS")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
