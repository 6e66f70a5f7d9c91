//! Compiling the policies and deciding every cell: 10,000 principals × 1,000 brokers × 3 operations, before and after.
//!
//! `cargo bench --bench matrix`. The input is made here, from a seed.

#![allow(missing_docs, clippy::indexing_slicing, reason = "a benchmark")]

use std::collections::BTreeMap;

use mqwarden::access::{Compiled, Matrix, Overrides};
use mqwarden::graph::{
    Broker, BrokerFacts, Change, Document, Edge, EdgeKind, Graph, Node, PerState, Policy, PolicyOrigin,
    Principal, PrincipalFacts, PrincipalKind, Tags,
};
use mqwarden::text::{Text, Truth};

const BROKERS: usize = 1_000;
const PRINCIPALS: usize = 10_000;
const ACCOUNT: &str = "123456789012";
const TEAMS: [&str; 8] =
    ["payments", "orders", "search", "identity", "ledger", "shipping", "data", "platform"];

fn main() {
    divan::main();
}

/// A linear congruential generator: the same graph on every run.
struct Seed(u64);

impl Seed {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }
}

fn tags(team: &str) -> Tags {
    Tags::Known(BTreeMap::from([(Text::from("team"), Text::from(team))]))
}

fn same<T: Clone>(value: T) -> PerState<T> {
    PerState { before: value.clone(), after: value }
}

/// A document with one statement about a broker of its own, and one of eight common ones.
fn document(seed: &mut Seed) -> String {
    let broker = seed.below(BROKERS);
    let common = match seed.below(8) {
        0 => {
            r#"{"Effect":"Allow","Action":"mq:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#
        }
        1 => r#"{"Effect":"Deny","Action":"mq:DeleteBroker","Resource":"*"}"#,
        2 => {
            r#"{"Effect":"Allow","Action":"mq:Reboot*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}}"#
        }
        3 => r#"{"Effect":"Allow","Action":["mq:Describe*","mq:List*"],"Resource":"*"}"#,
        4 => r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"arn:aws:mq:*:*:broker:b-1*:*"}"#,
        5 => {
            r#"{"Effect":"Deny","Action":"mq:*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}"#
        }
        6 => {
            r#"{"Effect":"Allow","Action":"mq:CreateBroker","Resource":"*","Condition":{"StringLike":{"aws:RequestTag/team":"p*"}}}"#
        }
        _ => r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
    };
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["mq:RebootBroker","mq:DeleteBroker"],"Resource":"arn:aws:mq:eu-west-1:{ACCOUNT}:broker:b-{broker}:*"}},{common}]}}"#
    )
}

fn graph() -> Graph {
    let mut seed = Seed(4711);
    let mut graph = Graph::default();
    for number in 0..BROKERS {
        let facts = BrokerFacts {
            name: Text::from(format!("b-{number}")),
            engine: Some("ActiveMQ"),
            arn: Text::from(format!(
                "arn:aws:mq:eu-west-1:{ACCOUNT}:broker:b-{number}:b-{number:08x}-0000-0000-0000-000000000000"
            )),
            region: Text::from("eu-west-1"),
            account: Text::from(ACCOUNT),
            tags: tags(TEAMS[number % TEAMS.len()]),
            ignored_tags: None,
            settings: Box::default(),
        };
        let id = format!("aws_mq_broker.b[{number}]").into();
        let node =
            graph.links.add_node(Node::from(Broker { id, change: Change::NoOp, facts: same(Some(facts)) }));
        graph.brokers.push(node);
    }
    for number in 0..PRINCIPALS {
        let facts = PrincipalFacts {
            name: Text::from(format!("role-{number}")),
            arn: Text::from(format!("arn:aws:iam::{ACCOUNT}:role/role-{number}")),
            account: Text::from(ACCOUNT),
            unique_id: Text::from(format!("AROA{number:016}")),
            tags: tags(TEAMS[seed.below(TEAMS.len())]),
            ignored_tags: None,
            session_tags: std::sync::Arc::from([]),
            trust: None,
            boundary: None,
        };
        let id = format!("aws_iam_role.r[{number}]").into();
        let (kind, change) = (PrincipalKind::Role, Change::NoOp);
        let principal =
            graph.links.add_node(Node::from(Principal { id, kind, change, facts: same(Some(facts)) }));
        graph.principals.push(principal);
        for policy in 0..2 {
            let document = Document::Text(Text::from(document(&mut seed)));
            let policy = graph.links.add_node(Node::Policy(Policy {
                id: format!("aws_iam_role_policy.p[{number}][{policy}]").into(),
                origin: PolicyOrigin::Inline,
                document: same(Some(document)),
            }));
            let edge = Edge {
                kind: EdgeKind::AttachedTo,
                holds: same(Truth::True),
                via: "bench".into(),
                unknown: None,
            };
            graph.links.add_edge(principal, policy, edge);
        }
    }
    graph
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn decide_30_million_cells_twice(bencher: divan::Bencher<'_, '_>) {
    let graph = graph();
    bencher.bench_local(|| Matrix::new(&graph, Compiled::default(), &Overrides::default()));
}
