//! Laws of service control policies: a guard rail never widens, and what binds nobody changes nothing.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use mqwarden::access::{Compiled, Matrix, Overrides, Verdict};
use mqwarden::aws::Operation;
use mqwarden::graph::{
    Broker, BrokerFacts, Change, Document, Edge, EdgeKind, FullAccess, Graph, Level, LevelPolicy, Node,
    PerState, Policy, PolicyOrigin, Principal, PrincipalFacts, PrincipalKind, State, Tags,
};
use mqwarden::text::{Hole, Shape, Text, Truth};
use proptest::prelude::*;
use proptest::sample::select;

const ACCOUNT: &str = "123456789012";

fn same<T: Clone>(value: T) -> PerState<T> {
    PerState { before: value.clone(), after: value }
}

fn statement() -> impl Strategy<Value = String> {
    let effect = select(vec!["Allow", "Deny"]);
    let action = select(vec![
        r#""Action":"*""#,
        r#""Action":"mq:*""#,
        r#""Action":["mq:RebootBroker","mq:DeleteBroker"]"#,
        r#""NotAction":"mq:DeleteBroker""#,
        r#""Action":"s3:*""#,
    ]);
    let resource = select(vec![
        r#""Resource":"*""#,
        r#""Resource":"arn:aws:mq:*:*:broker:a:*""#,
        r#""NotResource":"arn:aws:mq:*:*:broker:a:*""#,
    ]);
    let condition = select(vec![
        "",
        r#","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
        r#","Condition":{"StringEquals":{"aws:ResourceTag/team":"orders"}}"#,
        r#","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/r1"}}"#,
    ]);
    (effect, action, resource, condition).prop_map(|(effect, action, resource, condition)| {
        format!(r#"{{"Effect":"{effect}",{action},{resource}{condition}}}"#)
    })
}

fn document() -> impl Strategy<Value = String> {
    proptest::collection::vec(statement(), 1..3).prop_map(|statements| {
        format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
    })
}

fn full_access() -> impl Strategy<Value = FullAccess> {
    let hole = || Hole::new("", "something", Shape::ANY);
    select(vec![
        FullAccess::Present,
        FullAccess::Absent,
        FullAccess::Perhaps(hole()),
        FullAccess::IfOthersOnlyDeny { otherwise: None },
        FullAccess::IfOthersOnlyDeny { otherwise: Some(hole()) },
    ])
}

fn add_policy(graph: &mut Graph, id: String, json: &str) -> petgraph::graph::NodeIndex {
    graph.links.add_node(Node::Policy(Policy {
        id: id.into(),
        origin: PolicyOrigin::Inline,
        document: same(Some(Document::Text(Text::from(json)))),
    }))
}

/// Two brokers, and a role for each identity policy, in `account`.
fn graph(identity: &[String], account: &str) -> Graph {
    let mut graph = Graph::default();
    for (name, team) in [("a", "orders"), ("b", "search")] {
        let facts = BrokerFacts {
            name: Text::from(name),
            engine: Some("ActiveMQ"),
            arn: Text::from(format!(
                "arn:aws:mq:eu-west-1:{account}:broker:{name}:b-00000000-0000-4000-8000-000000000000"
            )),
            region: Text::from("eu-west-1"),
            account: Text::from(account),
            tags: Tags::Known(BTreeMap::from([(Text::from("team"), Text::from(team))])),
            ignored_tags: None,
            settings: Box::default(),
        };
        let broker = Broker { id: name.into(), change: Change::NoOp, facts: same(Some(facts)) };
        graph.brokers.push(graph.links.add_node(Node::from(broker)));
    }
    for (number, json) in identity.iter().enumerate() {
        let facts = PrincipalFacts {
            name: Text::from(format!("r{number}")),
            arn: Text::from(format!("arn:aws:iam::{account}:role/r{number}")),
            account: Text::from(account),
            unique_id: Text::from(format!("AROA{number:016}")),
            tags: Tags::Known(BTreeMap::new()),
            ignored_tags: None,
            session_tags: std::sync::Arc::from([]),
            trust: None,
            boundary: None,
        };
        let principal = graph.links.add_node(Node::from(Principal {
            id: format!("r{number}").into(),
            kind: PrincipalKind::Role,
            change: Change::NoOp,
            facts: same(Some(facts)),
        }));
        graph.principals.push(principal);
        let policy = add_policy(&mut graph, format!("identity {number}"), json);
        let holds = same(Truth::True);
        let edge = Edge { kind: EdgeKind::AttachedTo, holds, via: "test".into(), unknown: None };
        graph.links.add_edge(principal, policy, edge);
    }
    graph
}

type Rail = Vec<(Vec<(String, bool)>, FullAccess)>;

fn add_rail(graph: &mut Graph, rail: &Rail, account: &str) {
    let mut levels = Vec::new();
    for (number, (documents, full_access)) in rail.iter().enumerate() {
        let mut policies = Vec::new();
        for (json, is_certain) in documents {
            let policy = add_policy(graph, format!("level {number}"), json);
            let unless = (!is_certain).then(|| Hole::new("", "whether it binds", Shape::ANY));
            policies.push(LevelPolicy { policy, via: "test".into(), unless });
        }
        levels.push(Level { target: "r-1".into(), policies, full_access: full_access.clone() });
    }
    graph.guard_rails.after.insert(Text::from(account), levels);
    let full = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    graph.full_access = Some(add_policy(graph, "p-FullAWSAccess".into(), full));
}

fn verdicts(graph: &Graph) -> Vec<Verdict> {
    let matrix = Matrix::new(graph, Compiled::default(), &Overrides::default());
    let mut verdicts = Vec::new();
    for principal in 0..graph.principals.len() {
        for broker in 0..graph.brokers.len() {
            for operation in Operation::ALL {
                verdicts.push(matrix.verdict(State::After, principal, broker, operation).unwrap().clone());
            }
        }
    }
    verdicts
}

fn rail() -> impl Strategy<Value = Rail> {
    let level = (proptest::collection::vec((document(), prop::bool::weighted(0.8)), 0..3), full_access());
    proptest::collection::vec(level, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_guard_rail_never_widens(identity in proptest::collection::vec(document(), 1..3), rail in rail()) {
        let free = verdicts(&graph(&identity, ACCOUNT));
        let mut bound = graph(&identity, ACCOUNT);
        add_rail(&mut bound, &rail, ACCOUNT);
        for (without, with) in free.iter().zip(verdicts(&bound)) {
            let is_narrower = match with {
                Verdict::Allowed => *without == Verdict::Allowed,
                Verdict::Conditional { .. } => !matches!(without, Verdict::Denied | Verdict::Unknown { .. }),
                Verdict::Unknown { .. } => *without != Verdict::Denied,
                Verdict::Denied => true,
            };
            prop_assert!(is_narrower, "{without:?} became {with:?}");
        }
    }

    #[test]
    fn a_further_level_never_widens(identity in proptest::collection::vec(document(), 1..2), rail in rail()) {
        let mut all = graph(&identity, ACCOUNT);
        add_rail(&mut all, &rail, ACCOUNT);
        let mut fewer = graph(&identity, ACCOUNT);
        add_rail(&mut fewer, &rail.get(1..).unwrap_or_default().to_vec(), ACCOUNT);
        for (with_fewer, with_all) in verdicts(&fewer).iter().zip(verdicts(&all)) {
            if *with_fewer == Verdict::Denied {
                prop_assert_eq!(with_all, Verdict::Denied);
            } else if with_all == Verdict::Allowed {
                prop_assert_eq!(with_fewer, &Verdict::Allowed);
            }
        }
    }

    #[test]
    fn the_rail_of_another_account_changes_nothing(
        identity in proptest::collection::vec(document(), 1..2),
        rail in rail(),
    ) {
        let free = verdicts(&graph(&identity, ACCOUNT));
        let mut other = graph(&identity, ACCOUNT);
        add_rail(&mut other, &rail, "210987654321");
        prop_assert_eq!(free, verdicts(&other));
    }
}

/// A level is what its policies allow together, and all levels have to allow: against a reading that counts by hand.
#[test]
fn levels_intersect_and_policies_of_a_level_join() {
    let allow = |action: &str| {
        format!(r#"{{"Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#)
    };
    let deny =
        |action: &str| format!(r#"{{"Statement":[{{"Effect":"Deny","Action":"{action}","Resource":"*"}}]}}"#);
    let identity = [allow("mq:*")];
    let actions = ["mq:CreateBroker", "mq:RebootBroker", "mq:DeleteBroker"];
    for allowed in 0..64usize {
        for denied in 0..8usize {
            let documents = |level: usize| -> Vec<(String, bool)> {
                let bits = (allowed >> (3 * level)) & 7;
                let named = (0..3).filter(|bit| bits >> bit & 1 == 1).map(|bit| (allow(actions[bit]), true));
                named.collect()
            };
            let mut first = documents(0);
            first.extend((0..3).filter(|bit| denied >> bit & 1 == 1).map(|bit| (deny(actions[bit]), true)));
            let rail = vec![(first, FullAccess::Absent), (documents(1), FullAccess::Absent)];
            let mut graph = graph(&identity, ACCOUNT);
            add_rail(&mut graph, &rail, ACCOUNT);
            let found = verdicts(&graph);
            for (operation, verdict) in found.iter().take(3).enumerate() {
                let in_both = (allowed >> operation & 1 == 1) && (allowed >> (3 + operation) & 1 == 1);
                let expected = in_both && denied >> operation & 1 == 0;
                assert_eq!(*verdict == Verdict::Allowed, expected, "{allowed} {denied} {operation}");
                assert_eq!(*verdict == Verdict::Denied, !expected, "{allowed} {denied} {operation}");
            }
        }
    }
}
