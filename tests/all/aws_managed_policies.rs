//! The embedded policies against facts that were counted independently of this crate.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};

use mqwarden::access::{Compiled, Matrix, Overrides, Verdict};
use mqwarden::aws::{Operation, actions, managed_policies};
use mqwarden::graph::{
    Broker, BrokerFacts, Change, Document, Edge, EdgeKind, Graph, Node, PerState, Policy, PolicyOrigin,
    Principal, PrincipalFacts, PrincipalKind, State, Tags,
};
use mqwarden::iam::PolicyDocument;
use mqwarden::text::{Text, Truth};
use serde_json::Value;

fn facts() -> Value {
    serde_json::from_str(include_str!("../../testdata/aws/mq_grants.json")).unwrap()
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

fn same<T: Clone>(value: T) -> PerState<T> {
    PerState { before: value.clone(), after: value }
}

/// One broker, and for each policy of the set a role that has this policy alone.
fn everybody(names: &[&'static str]) -> Graph {
    let mut graph = Graph::default();
    let broker = BrokerFacts {
        name: Text::from("orders"),
        engine: Some("ActiveMQ"),
        arn: Text::from(
            "arn:aws:mq:eu-west-1:123456789012:broker:orders:b-00000000-0000-4000-8000-000000000000",
        ),
        region: Text::from("eu-west-1"),
        account: Text::from("123456789012"),
        tags: Tags::Known(BTreeMap::new()),
        ignored_tags: None,
        settings: Box::default(),
    };
    let id = "aws_mq_broker.orders".into();
    let broker = Broker { id, change: Change::NoOp, facts: same(Some(broker)) };
    graph.brokers.push(graph.links.add_node(Node::from(broker)));
    for name in names {
        let facts = PrincipalFacts {
            name: Text::from(*name),
            arn: Text::from(format!("arn:aws:iam::123456789012:role/{name}")),
            account: Text::from("123456789012"),
            unique_id: Text::from("AROA0000000000000000"),
            tags: Tags::Known(BTreeMap::new()),
            ignored_tags: None,
            session_tags: std::sync::Arc::from([]),
            trust: None,
            boundary: None,
        };
        let principal = graph.links.add_node(Node::from(Principal {
            id: (*name).into(),
            kind: PrincipalKind::Role,
            change: Change::NoOp,
            facts: same(Some(facts)),
        }));
        graph.principals.push(principal);
        let document = managed_policies::by_name(name).unwrap().document;
        let policy = graph.links.add_node(Node::Policy(Policy {
            id: (*name).into(),
            origin: PolicyOrigin::AwsManaged,
            document: same(Some(Document::Text(Text::from(document)))),
        }));
        let holds = same(Truth::True);
        let edge = Edge { kind: EdgeKind::AttachedTo, holds, via: "test".into(), unknown: None };
        graph.links.add_edge(principal, policy, edge);
    }
    graph
}

#[test]
fn six_policies_of_all_create_reboot_or_delete_brokers() {
    let names: Vec<&'static str> = managed_policies::iter_names().collect();
    assert_eq!(names.len(), 1582);
    let graph = everybody(&names);
    let matrix = Matrix::new(&graph, Compiled::default(), &Overrides::default());
    let mut granting: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (number, name) in names.iter().enumerate() {
        for operation in Operation::ALL {
            let verdict = matrix.verdict(State::After, number, 0, operation).unwrap();
            let word = match verdict {
                Verdict::Denied => continue,
                Verdict::Allowed => "allowed",
                Verdict::Conditional { .. } => "conditional",
                Verdict::Unknown { .. } => "unknown",
            };
            granting.entry(name).or_default().insert(word);
        }
    }
    let expected = [
        ("AIDevOpsAgentActionsPolicy", "allowed"),
        ("AWSMcpServiceActionsFullAccess", "conditional"),
        ("AdministratorAccess", "allowed"),
        ("AmazonMQApiFullAccess", "allowed"),
        ("AmazonMQFullAccess", "allowed"),
        ("PowerUserAccess", "allowed"),
    ];
    let expected = expected.map(|(name, word)| (name, BTreeSet::from([word])));
    assert_eq!(granting, BTreeMap::from(expected));
    for (name, through) in [("AIDevOpsAgentActionsPolicy", "NotAction"), ("PowerUserAccess", "NotAction")] {
        assert!(managed_policies::by_name(name).unwrap().document.contains(through), "{name}");
    }
}

#[test]
fn nothing_that_aws_manages_is_refused() {
    for name in managed_policies::iter_names() {
        let document = PolicyDocument::parse(&Text::from(managed_policies::by_name(name).unwrap().document));
        assert_eq!(document.refused(), [], "{name}");
    }
}
