//! Policy documents put together as the provider does it: against documents that the provider has put together.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cloned_ref_to_slice_refs,
    clippy::print_stderr,
    clippy::print_stdout,
    unreachable_pub,
    dead_code,
    missing_docs,
    reason = "a test"
)]

use std::path::{Path, PathBuf};

use crate::source::support::string;
use mqwarden::plan::{self, Input, Object, Value, policy_document::render};
use mqwarden::text::json::Json;
use mqwarden::text::{Hole, Shape, Text};

fn plans() -> Vec<PathBuf> {
    let named = std::env::var_os("MQWARDEN_SHARED").map(PathBuf::from);
    let shared = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    if !shared.is_dir() {
        eprintln!("the folder of shared test data is absent: nothing was tested");
        return Vec::new();
    }
    let list = |folder: &str| {
        let entries = std::fs::read_dir(shared.join(folder)).expect("folder");
        entries.map(|entry| entry.expect("entry").path()).collect::<Vec<_>>()
    };
    let cases = list("cases").into_iter().map(|case| case.join("plan.json")).filter(|plan| plan.is_file());
    cases
        .chain(list("plans").into_iter().filter(|path| path.extension().is_some_and(|e| e == "json")))
        .collect()
}

#[test]
fn documents_that_the_provider_rendered_are_rendered_alike() {
    let mut count = 0;
    for path in plans() {
        let Ok(plan) = plan::read(Input::File(path.clone())) else { continue };
        let documents =
            plan.resources.iter().filter(|change| &*change.address.kind == "aws_iam_policy_document");
        for change in documents {
            let Some(after) = &change.after else { continue };
            let expected = after.member("json").as_str().filter(|json| !json.is_empty());
            let Some(expected) = expected else { continue };
            // Version 3 of the provider wrote empty names too.
            let expected = expected.replace("      \"Sid\": \"\",\n", "");
            let rendered = render(after);
            assert_eq!(rendered.as_known(), Some(&*expected), "{} {}", path.display(), change.address_text);
            count += 1;
        }
    }
    eprintln!("{count} documents");
}

fn object(members: &[(&str, Value)]) -> Value {
    let members = members.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
    Value::Object(Object { members, sensitive: false })
}

fn list(items: &[Value]) -> Value {
    Value::List(items.to_vec())
}

fn statement(sid: &str, action: &str) -> Value {
    object(&[("sid", string(sid)), ("actions", list(&[string(action)])), ("resources", list(&[string("*")]))])
}

fn source(sid: &str, action: &str) -> Value {
    string(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"{sid}","Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#
    ))
}

/// The `Sid` and `Action` of each statement; `?` where a statement is unknown.
fn summary(text: &Text) -> Vec<String> {
    let Ok(Json::Object(members)) = Json::parse(text) else { return vec![format!("not JSON: {text}")] };
    let statements = members.into_iter().find(|(name, _)| name.as_known() == Some("Statement"));
    let Some((_, Json::Array(statements))) = statements else { return Vec::new() };
    let one = |statement: &Json| {
        let Json::Object(members) = statement else { return "?".to_owned() };
        let text = |name: &str| {
            let found = members.iter().find(|(member, _)| member.as_known() == Some(name));
            found.and_then(|(_, value)| value.as_text()).map(ToString::to_string).unwrap_or_default()
        };
        format!("{} {}", text("Sid"), text("Action"))
    };
    statements.iter().map(one).collect()
}

#[test]
fn statements_of_one_name_take_the_place_of_earlier_ones() {
    let document = object(&[
        ("source_policy_documents", list(&[source("a", "s:1"), source("b", "s:2"), source("", "s:3")])),
        ("statement", list(&[statement("b", "own:1"), statement("c", "own:2"), statement("", "own:3")])),
        (
            "override_policy_documents",
            list(&[source("a", "over:1"), source("c", "over:2"), source("", "over:3")]),
        ),
    ]);
    let expected = ["a over:1", "b own:1", " s:3", "c over:2", " own:3", " over:3"];
    assert_eq!(summary(&render(&document)), expected);
}

fn hole(name: &str) -> Hole {
    Hole::new("aws_x.y", name, Shape::ANY)
}

#[test]
fn what_is_unknown_stays_a_hole_in_its_place() {
    let unknown = Value::Unknown(hole("document"));
    let document = |name: &'static str, others: &[Value]| {
        object(&[
            (name, list(&[std::slice::from_ref(&unknown), others].concat())),
            ("statement", list(&[statement("a", "own:1"), statement("", "own:2")])),
        ])
    };
    // A source document comes first and is replaced where names are the same.
    assert_eq!(summary(&render(&document("source_policy_documents", &[]))), ["?", "a own:1", " own:2"]);
    // An override document may take the place of every statement that has a name.
    assert_eq!(summary(&render(&document("override_policy_documents", &[]))), ["?", " own:2", "?"]);
    assert_eq!(
        summary(&render(&document("override_policy_documents", &[source("b", "over:1")]))),
        ["?", " own:2", "?", "b over:1"]
    );
    // A name that is not known may be that of a statement before it.
    let named = |sid: Value| {
        object(&[("sid", sid), ("actions", list(&[string("x:1")])), ("resources", list(&[string("*")]))])
    };
    let statements = list(&[statement("a", "own:1"), named(Value::Unknown(hole("sid")))]);
    assert_eq!(summary(&render(&object(&[("statement", statements)]))), ["?", "${aws_x.y.sid} x:1"]);
    // An unknown element of a set may stand for several.
    let actions = list(&[string("b:1"), Value::Unknown(hole("action")), string("a:1")]);
    let statements =
        list(&[object(&[("actions", actions), ("resources", Value::Unknown(hole("resources")))])]);
    let text = render(&object(&[("statement", statements)])).to_string();
    let text: String = text.split_whitespace().collect();
    assert!(
        text.contains(r#""Action":["b:1","a:1",${aws_x.y.action}],"Resource":${aws_x.y.resources}"#),
        "{text}"
    );
    assert_eq!(render(&Value::Unknown(hole("json"))).as_hole(), Some(&hole("json")));
}

#[test]
fn defaults_variables_principals_and_conditions() {
    let condition = |value: &str| {
        object(&[
            ("test", string("StringEquals")),
            ("variable", string("aws:PrincipalTag/&{x}")),
            ("values", list(&[string(value)])),
        ])
    };
    let principal =
        |kind: &str, id: &str| object(&[("type", string(kind)), ("identifiers", list(&[string(id)]))]);
    let document = object(&[
        ("version", Value::Null),
        ("policy_id", string("id")),
        (
            "statement",
            list(&[
                object(&[
                    ("effect", Value::Null),
                    ("actions", list(&[string("a:&{x}")])),
                    ("resources", list(&[string("&{aws:username}"), string("z")])),
                    (
                        "principals",
                        list(&[principal("AWS", "one"), principal("AWS", "two"), principal("Service", "s")]),
                    ),
                    ("condition", list(&[condition("1"), condition("&{y}")])),
                ]),
                object(&[("effect", string("Deny")), ("principals", list(&[principal("*", "*")]))]),
            ]),
        ),
    ]);
    let text: String = render(&document).to_string().split_whitespace().collect();
    assert_eq!(
        text,
        concat!(
            r#"{"Version":"2012-10-17","Id":"id","Statement":[{"Effect":"Allow","Action":"a:&{x}","#,
            r#""Resource":["z","${aws:username}"],"Principal":{"AWS":["one","two"],"Service":"s"},"#,
            r#""Condition":{"StringEquals":{"aws:PrincipalTag/${x}":["1","${y}"]}}},"#,
            r#"{"Effect":"Deny","Principal":"*"}]}"#
        )
        .replace('&', "\\u0026")
    );
}

#[test]
fn conditions_of_sources_lose_their_numbers() {
    let source = r#"{"statement":{"effect":"Allow","action":"a:b","resource":"*","condition":
        {"NumericLessThan":{"aws:MultiFactorAuthAge":3600},"Bool":{"aws:SecureTransport":true}}}}"#;
    let text: String = render(&object(&[("source_policy_documents", list(&[string(source)]))]))
        .to_string()
        .split_whitespace()
        .collect();
    assert!(text.contains(r#""Condition":{"Bool":{"aws:SecureTransport":"true"}}"#), "{text}");
    assert!(!text.contains("3600"), "{text}");
}
