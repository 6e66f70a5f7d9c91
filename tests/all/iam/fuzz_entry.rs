//! What is fuzzed: shared by the fuzz targets and by the bounded run among the tests.

#![allow(dead_code, reason = "each target uses one")]

use std::collections::BTreeMap;

use mqwarden::iam::{
    ContextTable, KeyFacts, KeyKind, KeyValue, PolicyDocument, PolicyLayers, Request, Verdict, decide,
    explore,
};
use mqwarden::intent::{Intent, IntentError};
use mqwarden::text::{Hole, Shape, Text, Truth};
use serde_json::value::RawValue;

/// Bytes as a text: the characters `⟨` and `⟩` around a letter make a hole.
fn text(bytes: &[u8]) -> Text {
    let written = String::from_utf8_lossy(bytes);
    let mut builder = Text::builder();
    let mut rest: &str = &written;
    while let Some((before, after)) = rest.split_once('⟨') {
        builder.push_str(before);
        let (name, tail) = after.split_once('⟩').unwrap_or((after, ""));
        let shape = match name.len() {
            1 => Shape::ANY,
            2 => Shape::ACCOUNT_ID,
            3 => Shape::NEW_BROKER_ID,
            _ => Shape::IAM_NAME,
        };
        builder.push_hole(&Hole::new("fuzz", name, shape));
        rest = tail;
    }
    builder.push_str(rest).finish()
}

fn context() -> ContextTable {
    let mut table = ContextTable::new();
    let free = [
        ("aws:SourceIp", KeyKind::IpAddress, false),
        ("aws:MultiFactorAuthPresent", KeyKind::Bool, false),
        ("aws:MultiFactorAuthAge", KeyKind::Numeric, false),
        ("aws:CurrentTime", KeyKind::Date, false),
        ("aws:username", KeyKind::String, false),
        ("aws:PrincipalArn", KeyKind::Arn, false),
        ("aws:VpceOrgPaths", KeyKind::String, true),
    ];
    for (name, kind, multivalued) in free {
        let facts = KeyFacts { name: name.into(), kind, multivalued, may_be_absent: true, form: None };
        table.insert(name, KeyValue::Free(facts));
    }
    table.insert("aws:PrincipalOrgID", KeyValue::Unknown(Hole::new("", "organization", Shape::ANY)));
    table.insert("aws:ResourceTag/env", KeyValue::one(text("x⟨a⟩".as_bytes())));
    table
}

/// A policy document, on its own and as the boundary of another.
pub(crate) fn document(bytes: &[u8]) {
    let document = PolicyDocument::parse(&text(bytes));
    let allow = PolicyDocument::parse(&Text::known(
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
    ));
    let resource = text("arn:aws:mq:eu-west-1:⟨ab⟩:broker:orders:⟨abc⟩".as_bytes());
    let (context, request) = (context(), Request::new("mq:RebootBroker", resource));
    for layers in [
        PolicyLayers { identity: vec![&document], ..PolicyLayers::default() },
        PolicyLayers { identity: vec![&allow], boundaries: vec![vec![&document]], ..PolicyLayers::default() },
    ] {
        let decision = decide(&layers, &request, &context);
        let verdict = explore(&layers, &request, &context);
        match decision.allowed {
            Truth::True => assert_eq!(verdict, Verdict::Allowed),
            Truth::False => assert_eq!(verdict, Verdict::Denied),
            Truth::Maybe => {}
        }
    }
}

/// Requests for `simulate`.
pub(crate) fn simulate(bytes: &[u8]) {
    let mut answers = Vec::new();
    let outcome = mqwarden::simulate::run(bytes, &mut answers).unwrap_or_default();
    let lines: Vec<&[u8]> = answers.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), outcome.requests);
    for line in lines {
        // The `Id` is given back as it came, and may be a number that no type holds.
        let answer: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(line).unwrap_or_default();
        assert!(answer.contains_key("Error") != answer.contains_key("EvaluationResults"));
    }
}

/// An intent: what is wrong with it is told with lines that it has.
pub(crate) fn intent(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.matches('\n').count().saturating_add(1);
    if let Err(IntentError::Invalid(problems)) = Intent::parse("intent.hcl", &text, &["intent-gap"]) {
        assert!(!problems.is_empty());
        for problem in problems {
            assert!((1..=lines).contains(&usize::try_from(problem.location.line).unwrap_or_default()));
        }
    }
}
