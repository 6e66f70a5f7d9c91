//! A bounded run of the fuzz targets on the stable toolchain: seeded, without a guide, from what is known to be valid.
//!
//! `FUZZ_SECONDS` makes it longer.

#![allow(clippy::print_stdout, reason = "a test")]

use std::time::{Duration, Instant};

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

/// Pieces that turn up in policies.
const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "null",
    "true",
    "-1",
    "1e9",
    "*",
    "?",
    "${",
    "}",
    "${aws:username}",
    "⟨a⟩",
    "⟨ab⟩",
    "⟨abc⟩",
    "⟨",
    "IfExists",
    "ForAnyValue:",
    "ForAllValues:",
    "StringLike",
    "NotIpAddress",
    "DateEquals",
    "Null",
    "Bool",
    "NumericEquals",
    "ArnLike",
    "BinaryEquals",
    "Effect",
    "Deny",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
    "Principal",
    "Version",
    "2012-10-17",
    "arn:aws:mq:",
    "aws:SourceIp",
    "aws:CurrentTime",
    "::",
    "/",
    "'",
    "\u{fffd}",
    "\n",
    "************?",
    "*a*a*a*a*a*a*a*a*b",
    "0.0.0.0/0",
    "\\ud83d",
    "é",
    "[[[[[[[[",
];

struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(count.max(1)).unwrap_or(1)).unwrap_or_default()
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list.get(self.below(list.len())).copied().unwrap_or_default()
    }
}

fn mutate(seeds: &[&str], random: &mut Random) -> Vec<u8> {
    let mut bytes = random.pick(seeds).as_bytes().to_vec();
    for _ in 0..=random.below(12) {
        let at = random.below(bytes.len().saturating_add(1));
        match random.below(6) {
            0 => drop(bytes.splice(at..at, random.pick(WORDS).bytes())),
            1 => {
                let end = at.saturating_add(random.below(24)).min(bytes.len());
                bytes.drain(at..end);
            }
            2 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            3 => {
                let end = at.saturating_add(random.below(200)).min(bytes.len());
                let copied: Vec<u8> = bytes.get(at..end).unwrap_or_default().to_vec();
                let to = random.below(bytes.len().saturating_add(1));
                bytes.splice(to..to, copied);
            }
            4 => {
                let end = at.saturating_add(random.below(12)).min(bytes.len());
                bytes.splice(at..end, random.pick(WORDS).bytes());
            }
            _ => {
                let other = random.pick(seeds).as_bytes();
                let from = random.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(other.get(from..).unwrap_or_default());
            }
        }
    }
    bytes
}

fn run(name: &str, seeds: &[&str], seed: u64, target: fn(&[u8])) {
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
    run("documents", POLICIES, 0x5eed_0001, super::fuzz_entry::document);
}

#[test]
fn requests() {
    run("requests", REQUESTS, 0x5eed_0002, super::fuzz_entry::simulate);
}

/// Found by fuzzing: an `Id` that no type of number holds is given back all the same.
#[test]
fn an_id_that_no_number_holds() {
    super::fuzz_entry::simulate(br#"{"Id":4e4444444444444}"#);
    let mut answers = Vec::new();
    let request = br#"{"Id":4e4444444444444,"PolicyInputList":[],"ActionNames":["mq:RebootBroker"]}"#;
    mqwarden::simulate::run(&request[..], &mut answers).unwrap();
    assert!(answers.starts_with(br#"{"Id":4e4444444444444,"EvaluationResults""#));
}

#[test]
fn intents() {
    run("intents", INTENTS, 0x5eed_0003, super::fuzz_entry::intent);
}
