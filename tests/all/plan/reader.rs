//! The plan reader on a plan that Terraform wrote, and on what is none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

use std::path::{Path, PathBuf};

use mqwarden::plan::{Action, Expression, Input, Plan, PlanError, ResourceChange, Value, read, read_from};
use mqwarden::text::Shape;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/plans/reader/plan.json")
}

fn text() -> String {
    std::fs::read_to_string(path()).unwrap().trim_end().to_owned()
}

fn plan() -> Plan {
    read(Input::File(path())).unwrap()
}

fn read_text(text: &str) -> Result<Plan, PlanError> {
    read_from(text.as_bytes())
}

/// All that a plan says, to compare plans by.
fn image(plan: &Plan) -> String {
    format!("{plan:#?}")
}

fn resource<'p>(plan: &'p Plan, address: &str) -> &'p ResourceChange {
    let found = plan.resources.iter().find(|resource| &*resource.address_text == address);
    found.unwrap_or_else(|| panic!("no {address}"))
}

fn after<'p>(plan: &'p Plan, address: &str) -> &'p Value {
    resource(plan, address).after.as_ref().unwrap()
}

fn show(value: &Value) -> String {
    format!("{value:?}")
}

#[test]
fn unknown_values_are_holes_named_by_where_they_come_from() {
    let plan = plan();
    let broker = after(&plan, "aws_mq_broker.main");
    let Value::Unknown(id) = broker.member("id") else { panic!() };
    assert_eq!((id.to_string().as_str(), id.shape()), ("${aws_mq_broker.main.id}", &Shape::NEW_BROKER_ID));
    assert_eq!(show(broker.member("subnet_ids")), "${aws_mq_broker.main.subnet_ids}");
    let configuration = &broker.member("configuration").elements()[0];
    assert_eq!(show(configuration.member("id")), "${aws_mq_broker.main.configuration[0].id}");
    assert_eq!(broker.member("broker_name").as_str(), Some("orders"));

    let role = after(&plan, "aws_iam_role.ops[\"night.shift\"]");
    let Value::Unknown(unique) = role.member("unique_id") else { panic!() };
    assert_eq!(unique.shape(), &Shape::NEW_ROLE_ID);
    assert_eq!(
        show(role.member("inline_policy").elements()[0].member("policy")),
        "${aws_iam_role.ops[\"night.shift\"].inline_policy[0].policy}"
    );

    let document = resource(&plan, "data.aws_iam_policy_document.unknown");
    assert_eq!(document.action, Action::Read);
    assert_eq!(document.action_reason.as_deref(), Some("read_because_config_unknown"));
    let statement = &document.after.as_ref().unwrap().member("statement").elements()[0];
    let resources: Vec<String> = statement.member("resources").elements().iter().map(show).collect();
    assert!(
        resources.contains(&"${data.aws_iam_policy_document.unknown.statement[0].resources[1]}".into()),
        "{resources:?}"
    );
    assert!(resources.contains(&"\"arn:aws:mq:*:*:broker:other:*\"".into()));
}

#[test]
fn data_sources_that_were_read_stand_among_the_resources() {
    let plan = plan();
    let document = resource(&plan, "data.aws_iam_policy_document.known");
    assert_eq!(document.action, Action::NoOp);
    assert!(document.after.as_ref().unwrap().member("json").as_str().unwrap().contains("mq:Describe*"));
    assert_eq!(document.before, document.after);
}

#[test]
fn secrets_never_show() {
    let plan = plan();
    let shown = image(&plan);
    assert!(text().contains("PLANTED"));
    assert!(!shown.contains("PLANTED"));
    let broker = after(&plan, "aws_mq_broker.main");
    for user in broker.member("user").elements() {
        assert_eq!(user.get("password"), None);
        assert!(user.member("username").as_text().unwrap().is_sensitive());
    }
    assert_eq!(broker.member("ldap_server_metadata").elements()[0].get("service_account_password"), None);
    // A tag may be called password, and decides like any other; a secret tag is secret among all tags too.
    for tags in ["tags", "tags_all"] {
        assert_eq!(broker.member(tags).member("password").as_str(), Some("tag"));
        let note = broker.member(tags).member("note").as_text().unwrap();
        assert!(note.is_sensitive() && note.as_known() == Some("PLANTED-team-secret"));
    }
    assert_eq!(plan.variables["engine"].as_str(), Some("ActiveMQ"));
    // They must not show when something is wrong with the plan, either.
    for (from, to) in [
        ("\"user\":[{", "\"user\":[7,{"),
        ("\"actions\":[\"create\"]", "\"actions\":\"PLANTED\""),
        ("{\"value\":\"PLANTED-password-1\"}", "[\"PLANTED-password-1\"]"),
    ] {
        let wrong = text().replace(from, to);
        assert_ne!(wrong, text(), "{from}");
        if let Err(error) = read_text(&wrong) {
            assert!(!format!("{error} {error:?}").contains("PLANTED"));
        }
    }
}

#[test]
fn the_configuration_keeps_references_through_modules() {
    let plan = plan();
    let root = &plan.configuration.root;
    let call = &root.calls["access"];
    let references = |references: &[&str]| {
        Some(Expression::References(references.iter().map(|&reference| reference.into()).collect()))
    };
    assert_eq!(
        call.expressions.get("policy").cloned(),
        references(&["data.aws_iam_policy_document.known.json", "data.aws_iam_policy_document.known"])
    );
    assert_eq!(
        call.module.resources.get("aws_iam_role_policy.this").unwrap().expressions.get("policy").cloned(),
        references(&["var.policy"])
    );
    assert_eq!(
        call.module.outputs.get("policy_id").cloned(),
        references(&["aws_iam_role_policy.this.id", "aws_iam_role_policy.this"])
    );
    let role = root.resources.get("aws_iam_role.ops").unwrap();
    assert_eq!(&*role.provider_config_key, "aws");
    assert_eq!(role.for_each, None, "a set of constants leaves no trace");
    assert_eq!(call.count, Some(Expression::Constant(Value::Number("1".into()))));
    let Some(Expression::Blocks(blocks)) = role.expressions.get("inline_policy") else { panic!() };
    assert_eq!(
        blocks[0].get("policy").cloned(),
        references(&["data.aws_iam_policy_document.unknown.json", "data.aws_iam_policy_document.unknown"])
    );
    assert!(root.resources.get("aws_vpc.main").is_none());
    let provider = &plan.configuration.providers["aws"];
    assert!(provider.expressions.contains_key("region") && provider.expressions.contains_key("default_tags"));
    assert!(!provider.expressions.contains_key("access_key"));
}

#[test]
fn a_state_is_a_plan_that_changes_nothing() {
    let plan: serde_json::Value = serde_json::from_str(&text()).unwrap();
    let state = serde_json::json!({
        "format_version": "1.0", "terraform_version": "1.11.4", "values": plan["planned_values"],
    });
    let state = read_text(&state.to_string()).unwrap();
    assert!(state.is_state);
    assert!(state.resources.iter().all(|resource| resource.action == Action::NoOp));
    assert_eq!(
        after(&state, "module.access[0].aws_iam_user.robot").member("name").as_str(),
        Some("robot"),
        "resources of child modules are there"
    );
    assert!(!image(&state).contains("PLANTED"));
    let empty = read_text("{\"format_version\":\"1.0\"}").unwrap();
    assert!(empty.is_state && empty.resources.is_empty());
}

#[test]
fn each_wrong_input_is_named() {
    let message = |text: &str| read_text(text).unwrap_err().to_string();
    for (text, part) in [
        (" \n\t", "empty"),
        ("PK\u{3}\u{4}and so on", "saved binary plan"),
        ("PK\u{3}\u{4}and so on", "terraform show -json FILE > plan.json"),
        ("Terraform used the selected providers", "not JSON"),
        ("resource \"aws_mq_broker\" \"b\" {\n}\n", "not JSON"),
        ("\u{1}\u{2}", "not JSON"),
        ("[1, 2]", "a list"),
        ("[\n  {\"format_version\": \"1.2\"}\n]", "a list"),
        ("\"text\"", "a text"),
        ("{}", "no format_version"),
        ("{\"name\": \"x\", \"version\": \"1\"}", "no format_version"),
        ("{\"format_version\": \"1.0\", \"provider_schemas\": {}}", "neither resource changes nor values"),
        ("{\"format_version\": \"1.0\", \"valid\": true}", "neither resource changes nor values"),
        ("{\"format_version\": \"2.0\"}", "format version 2.0"),
        ("{\"format_version\": \"0.0\"}", "no version"),
        ("{\"format_version\": \"x\"}", "no version"),
        ("{\"format_version\": 1.2}", "no text"),
        ("{\"@level\":\"info\",\"@message\":\"Terraform 1.11.4\"}\n{\"@level\":\"info\"}", "log lines"),
        ("{\"remote_plan_format\":1,\"run_id\":\"run-1\",\"hostname\":\"h\"}", "remote backend"),
        ("{\"version\":4,\"terraform_version\":\"1.11.4\",\"serial\":1,\"lineage\":\"x\"}", "stored state"),
        ("{\"meta\":{},\"encrypted_data\":\"x\"}", "encrypted"),
        ("{\"format_version\": \"1.2\", \"resource_changes\": {}}", "resource_changes"),
        ("{\"format_version\": \"1.2\", \"planned_values\": {\"a\": 01}}", "not valid JSON at byte 51"),
        ("{\"format_version\": \"1.2\", \"errored\": true, \"errored\": true}", "twice"),
    ] {
        assert!(message(text).contains(part), "{text}: {}", message(text));
    }
    let missing = read(Input::File("no/such/file".into())).unwrap_err().to_string();
    assert!(missing.contains("no/such/file"), "{missing}");
    let folder = read(Input::File(env!("CARGO_MANIFEST_DIR").into())).unwrap_err().to_string();
    assert!(folder.contains("directory"), "{folder}");
}

#[test]
fn an_element_that_matters_never_vanishes_silently() {
    let with = |element: &str| {
        read_text(&format!("{{\"format_version\":\"1.2\",\"resource_changes\":[{element}]}}"))
            .map(|plan| plan.resources.len())
            .map_err(|error| error.to_string())
    };
    let role = |rest: &str| {
        with(&format!(
            "{{\"address\":\"aws_iam_role.r\",\"mode\":\"managed\",\"type\":\"aws_iam_role\",\"name\":\"r\"{rest}}}"
        ))
    };
    assert_eq!(role(",\"change\":{\"actions\":[\"create\"],\"after\":{}}"), Ok(1));
    assert_eq!(role(",\"deposed\":\"1234\",\"change\":{\"actions\":[\"delete\"]}"), Ok(0));
    for rest in [
        "",
        ",\"change\":null",
        ",\"change\":[]",
        ",\"change\":{}",
        ",\"change\":{\"actions\":[\"explode\"]}",
        ",\"change\":{\"actions\":[\"create\"],\"after_unknown\":\"x\"}",
        ",\"change\":{\"actions\":[\"create\"]}",
        ",\"change\":{\"actions\":[\"create\"],\"after\":\"x\"}",
        ",\"change\":{\"actions\":[\"create\"],\"after\":null,\"after_unknown\":true}",
        ",\"change\":{\"actions\":[\"update\"],\"after\":{}}",
        ",\"change\":{\"actions\":[\"no-op\"],\"before\":{},\"after\":[]}",
        ",\"change\":{\"actions\":[\"delete\"],\"after\":null}",
        ",\"index\":{},\"change\":{\"actions\":[\"create\"],\"after\":{}},\"address\":7",
    ] {
        let message = role(rest).unwrap_err();
        assert!(message.contains("aws_iam_role.r") || message.contains("resource_changes"), "{message}");
    }
    assert!(with("7").is_err());
    assert!(with("{\"type\":7}").is_err());
    assert!(with("{\"address\":\"aws_iam_role.r\",\"change\":{}}").is_err());
    // What does not matter may have any form.
    assert_eq!(with("{\"address\":\"x.y\",\"type\":\"x\",\"change\":7}"), Ok(0));
}

/// A small plan in forms that old versions wrote.
const OLD_PLAN: &str = r#"{"format_version":"0.1","resource_changes":[
            {"address":"aws_iam_role.r","module_address":"module.a","mode":"managed","type":"aws_iam_role",
             "name":"r","index":"k","change":{"actions":["create","forget"],"before":{"name":"x"},"after":{"name":"y"}}},
            {"mode":"managed","type":"aws_iam_user","name":"u","index":0,"previous_address":"aws_iam_user.old",
             "change":{"actions":["forget"],"before":{"name":"u"},"after":null}}]}"#;

#[test]
fn forms_of_old_versions_are_made_whole() {
    let plan = read_text(OLD_PLAN).unwrap();
    let [role, user] = plan.resources.as_slice() else { panic!() };
    assert_eq!(&*role.address_text, "module.a.aws_iam_role.r[\"k\"]");
    assert_eq!(role.action, Action::Replace);
    assert_eq!(&*user.address_text, "aws_iam_user.u[0]");
    assert_eq!(user.previous_address.as_deref(), Some("aws_iam_user.old"));
    assert_eq!((user.action, &user.after), (Action::Forget, &user.before));
}

#[test]
fn what_the_changes_do_not_name_is_untouched_whatever_comes_first() {
    let changes = r#""resource_changes":[
        {"address":"aws_iam_role.a","mode":"managed","type":"aws_iam_role","name":"a","change":{"actions":["no-op"],"before":{},"after":{}}},
        {"address":"aws_iam_role.b","previous_address":"aws_iam_role.old","mode":"managed","type":"aws_iam_role",
         "name":"b","change":{"actions":["update"],"before":{},"after":{}}}]"#;
    let state = r#""prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[
        {"address":"aws_iam_role.a","mode":"managed","type":"aws_iam_role","name":"a","values":{}},
        {"address":"aws_iam_role.old","mode":"managed","type":"aws_iam_role","name":"old","values":{}}],
        "child_modules":[{"address":"module.m","resources":[
        {"address":"module.m.aws_iam_role.c","mode":"managed","type":"aws_iam_role","name":"c","values":{}},
        {"address":"module.m.aws_vpc.v","mode":"managed","type":"aws_vpc","name":"v","values":{}}]}]}}}"#;
    for (first, second) in [(changes, state), (state, changes)] {
        let plan = read_text(&format!("{{\"format_version\":\"1.2\",{first},{second}}}")).unwrap();
        let addresses = |resources: &[ResourceChange]| -> Vec<String> {
            resources.iter().map(|resource| resource.address_text.to_string()).collect()
        };
        assert_eq!(addresses(&plan.resources), ["aws_iam_role.a", "aws_iam_role.b"]);
        assert_eq!(addresses(&plan.untouched), ["module.m.aws_iam_role.c"]);
        assert_eq!(plan.fetch(&["module.m.aws_vpc.v"]).unwrap().len(), 1);
    }
}
