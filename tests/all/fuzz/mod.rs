//! A bounded run of the fuzz targets on the stable toolchain: seeded, without a guide, from what is known to be valid.
//!
//! `FUZZ_SECONDS` makes it longer.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a test")]

mod entry;
mod mutation;

use std::path::Path;
use std::time::{Duration, Instant};

use mutation::{Random, mutate};

const POLICIES: &[&str] = &[
    r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a","Effect":"Allow","Action":["mq:*","MQ:Reboot?roker"],"Resource":["arn:aws:mq:*:*:broker:*","arn:aws:mq:eu-west-1:⟨ab⟩:broker:orders:⟨abc⟩"],"Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]},"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}}]}"#,
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","NotAction":"iam:*","NotResource":"arn:aws:mq:*:*:broker:${aws:username, 'x'}:*","Condition":{"StringNotLike":{"aws:PrincipalOrgID":["o-*","${*}?"]},"NumericLessThan":{"aws:MultiFactorAuthAge":300},"DateGreaterThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"},"ForAllValues:StringLike":{"aws:VpceOrgPaths":["a*","*b"]},"Null":{"aws:username":true}}}}"#,
    r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":["arn:aws:iam::*:role/a*","arn:aws:iam::1*:*"]},"StringEqualsIgnoreCase":{"aws:ResourceTag/env":"X⟨a⟩"}}},⟨d⟩]}"#,
];

const REQUESTS: &[&str] = &[
    r#"{"Id":1,"PolicyInputList":[{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"mq:*","Resource":"*","Condition":{"StringLike":{"aws:ResourceTag/env":["p*","${aws:username}"]}}}]},"{\"Statement\":[]}"],"ActionNames":["mq:RebootBroker","mq:CreateBroker"],"ResourceArns":["arn:aws:mq:eu-west-1:1:broker:a:b-1"],"CallerArn":"arn:aws:iam::1:user/eve","ContextEntries":[{"ContextKeyName":"aws:ResourceTag/env","ContextKeyValues":["prod"],"ContextKeyType":"string"},{"ContextKeyName":"aws:TagKeys","ContextKeyValues":["a","b"],"ContextKeyType":"stringList"}],"PermissionsBoundaryPolicyInputList":[{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}],"ServiceControlPolicyInputList":[[{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}],[]],"SessionPolicyInputList":[]}"#,
];

const INTENTS: &[&str] = &[
    include_str!("../../../testdata/intent/example/mqwarden.hcl"),
    include_str!("../../../testdata/intent/wrong.hcl"),
    "accept {\n  rule = [\"intent-gap\"]\n  operation = \"delete\"\n  principal = \"external:role/*\"\n  reason = <<-EOT\n  \
     why\n  EOT\n  until = \"2027-01-31\"\n}\nsettings {\n  context = { \"aws:SourceIp\" = [\"10.0.0.1\"], \"aws:SourceVpce\" = \
     null }\n}\n",
];

fn texts(seeds: &[&str]) -> Vec<Vec<u8>> {
    seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect()
}

/// Files of the test data.
fn files(names: &[&str]) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    names.iter().map(|name| std::fs::read(folder.join(name)).unwrap()).collect()
}

fn run(name: &str, seeds: &[Vec<u8>], seed: u64, target: fn(&[u8])) {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let limit = Duration::from_secs(seconds.unwrap_or(2));
    let (start, mut random) = (Instant::now(), Random(seed));
    let (mut runs, mut longest) = (0u64, Duration::ZERO);
    while start.elapsed() < limit {
        let input = mutate(seeds, &mut random);
        let began = Instant::now();
        target(&input);
        let took = began.elapsed();
        if took > longest {
            longest = took;
            if took > Duration::from_secs(2) {
                println!("{name}: {took:?} for {}", String::from_utf8_lossy(&input));
            }
        }
        runs = runs.saturating_add(1);
    }
    println!("{name}: {runs} runs, the longest {longest:?}");
    assert!(longest < Duration::from_secs(20), "a run took {longest:?}");
}

#[test]
fn documents() {
    run("documents", &texts(POLICIES), 0x5eed_0001, entry::document);
}

#[test]
fn requests() {
    run("requests", &texts(REQUESTS), 0x5eed_0002, entry::simulate);
}

/// Found by fuzzing: an `Id` that no type of number holds is given back all the same.
#[test]
fn an_id_that_no_number_holds() {
    entry::simulate(br#"{"Id":4e4444444444444}"#);
    let mut answers = Vec::new();
    let request = br#"{"Id":4e4444444444444,"PolicyInputList":[],"ActionNames":["mq:RebootBroker"]}"#;
    mqwarden::simulate::run(&request[..], &mut answers).unwrap();
    assert!(answers.starts_with(br#"{"Id":4e4444444444444,"EvaluationResults""#));
}

#[test]
fn intents() {
    run("intents", &texts(INTENTS), 0x5eed_0003, entry::intent);
}

#[test]
fn plans() {
    let seeds = files(&[
        "cases/inherited-provider/plan.json",
        "cases/new-beside-existing/plan.json",
        "cases/permission-sets/plan.json",
        "cases/others-objects/plan.json",
        "plans/reader/plan.json",
    ]);
    run("plans", &seeds, 0x5eed_0004, entry::plan);
}

#[test]
fn configurations() {
    let seeds = files(&[
        "cases/conditional-pieces/main.tf",
        "expressions/collections.tf",
        "expressions/encoding.tf",
        "expressions/for.tf",
        "expressions/heredocs.tf",
        "expressions/strings.tf",
        "expressions/syntax.tf",
        "expressions/templates.tf",
    ]);
    run("configurations", &seeds, 0x5eed_0005, entry::configuration);
}

#[test]
fn plan_files() {
    let seeds = files(&["cases/conditional-pieces/tfplan", "cases/functions/tfplan"]);
    run("plan files", &seeds, 0x5eed_0006, entry::plan_file);
}
