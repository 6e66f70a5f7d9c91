//! How many decisions a second: 25 statements with patterns and a tag condition, one request after the other.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    clippy::similar_names,
    clippy::items_after_statements,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test"
)]

use divan::{Bencher, black_box};
use mqwarden::iam::{
    ContextTable, KeyFacts, KeyKind, KeyValue, PolicyDocument, PolicyLayers, Request, decide, explore,
};
use mqwarden::text::{Hole, Shape, Text};

fn main() {
    divan::main();
}

/// 25 statements with patterns, every fifth with a tag condition; the last but one is a Deny that does not apply.
fn policy() -> String {
    let statements: Vec<String> = (0..25)
        .map(|n| {
            let effect = if n % 8 == 7 { "Deny" } else { "Allow" };
            let condition = if n % 5 == 4 {
                format!(r#","Condition":{{"StringEquals":{{"aws:ResourceTag/team":["team-{n}","team-x"]}}}}"#)
            } else {
                String::new()
            };
            format!(
                r#"{{"Effect":"{effect}","Action":["mq:Describe*","mq:Update*Broker","mq:Reboot{n}*","mq:Reboot*"],
                "Resource":["arn:aws:mq:*:123456789012:broker:team-{n}-*:*","arn:aws:mq:eu-*-{n}:*:broker:*:b-{n}*"]{condition}}}"#
            )
        })
        .collect();
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn context() -> ContextTable {
    let mut table = ContextTable::new();
    for (key, value) in [
        ("aws:PrincipalArn", "arn:aws:iam::123456789012:role/ops"),
        ("aws:PrincipalAccount", "123456789012"),
        ("aws:RequestedRegion", "eu-west-1"),
        ("aws:ResourceTag/team", "team-24"),
        ("aws:ResourceTag/env", "production"),
        ("aws:PrincipalTag/team", "team-24"),
        ("aws:SecureTransport", "true"),
        ("aws:SourceIp", "203.0.113.7"),
        ("aws:MultiFactorAuthPresent", "true"),
    ] {
        table.insert(key, KeyValue::one(value));
    }
    table
}

fn requests() -> Vec<Request> {
    let actions = ["mq:RebootBroker", "mq:DescribeBroker", "mq:UpdateBroker", "mq:DeleteBroker"];
    (0..64usize)
        .map(|n| {
            let arn = format!(
                "arn:aws:mq:eu-west-1:123456789012:broker:team-{}-orders:b-1234abcd-12ab-34cd-56ef-1234567890{:02x}",
                n % 30,
                n
            );
            Request::new(actions.get(n % 4).copied().unwrap_or_default(), Text::known(arn))
        })
        .collect()
}

/// 64 decisions.
#[divan::bench]
fn concrete(bencher: Bencher<'_, '_>) {
    let document = PolicyDocument::parse(&Text::known(policy()));
    let layers = PolicyLayers { identity: vec![&document], ..PolicyLayers::default() };
    let (context, requests) = (context(), requests());
    bencher.counter(requests.len()).bench_local(|| {
        let mut allowed = 0u32;
        for request in &requests {
            allowed += u32::from(decide(black_box(&layers), request, &context).allowed.is_true());
        }
        allowed
    });
}

/// A verdict over the contexts that a request can bring, on a broker that does not exist yet.
#[divan::bench]
fn verdict(bencher: Bencher<'_, '_>) {
    let document = PolicyDocument::parse(&Text::known(
        r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"mq:*","Resource":"arn:aws:mq:*:*:broker:*",
         "Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]}}},
        {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}"#,
    ));
    let layers = PolicyLayers { identity: vec![&document], ..PolicyLayers::default() };
    let mut context = context();
    for (name, kind) in [("aws:SourceIp", KeyKind::IpAddress), ("aws:MultiFactorAuthPresent", KeyKind::Bool)]
    {
        let facts = KeyFacts { name: name.into(), kind, multivalued: false, may_be_absent: true, form: None };
        context.insert(name, KeyValue::Free(facts));
    }
    let broker = Text::builder()
        .push_str("arn:aws:mq:eu-west-1:123456789012:broker:orders:")
        .push_hole(&Hole::new("aws_mq_broker.a", "id", Shape::NEW_BROKER_ID))
        .finish();
    let request = Request::new("mq:RebootBroker", broker);
    bencher.bench_local(|| explore(black_box(&layers), &request, &context));
}

/// Compiles the 25 statements.
#[divan::bench]
fn compile(bencher: Bencher<'_, '_>) {
    let text = Text::known(policy());
    bencher.bench_local(|| PolicyDocument::parse(black_box(&text)));
}
