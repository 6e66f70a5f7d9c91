//! What is fuzzed: shared by the fuzz targets and by the bounded run among the tests.

#![allow(dead_code, reason = "each target uses one")]

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use mqwarden::analysis::{Analysis, Options};
use mqwarden::iam::{
    ContextTable, KeyFacts, KeyKind, KeyValue, PolicyDocument, PolicyLayers, Request, Verdict, decide,
    explore,
};
use mqwarden::intent::{Intent, IntentError};
use mqwarden::plan::{Plan, read_from};
use mqwarden::report::TableOptions;
use mqwarden::source::{Evaluator, PlanWorld, Source};
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

/// A reader that yields few bytes at a time.
struct InPieces<'b>(&'b [u8]);

impl Read for InPieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = 7.min(buffer.len());
        self.0.read(buffer.get_mut(..most).unwrap_or_default())
    }
}

/// The whole way of a plan, with its source if there is one: the report is JSON.
fn report(plan: Plan, source: Option<Source>) {
    let (mut written, mut others) = (Vec::new(), Vec::new());
    let analysis = Analysis::new(plan, source, &Options::default());
    let table = TableOptions { width: 80, colour: true, all: true, fixes: true, group_by: None };
    let outcome = analysis.with_report(|report| {
        report.write_json(&mut written)?;
        report.write_table(&mut others, table)?;
        report.write_csv(&mut others)
    });
    assert!(outcome.is_ok());
    let report: Result<BTreeMap<String, Box<RawValue>>, _> = serde_json::from_slice(&written);
    assert!(report.is_ok());
}

/// A plan: read in one piece and in many it is the same, and whatever is read is reported.
pub(crate) fn plan(bytes: &[u8]) {
    let (whole, pieces) = (read_from(bytes), read_from(InPieces(bytes)));
    let image = |outcome: &Result<Plan, _>| match outcome {
        Ok(plan) => format!("{:?}{:?}", plan.resources, plan.configuration),
        Err(error) => format!("{error}"),
    };
    assert_eq!(image(&whole), image(&pieces));
    if let Ok(plan) = whole {
        report(plan, None);
    }
}

/// A plan whose documents are known after apply, made from a configuration as the fuzzer changes it.
const PLAN: &[u8] = include_bytes!("../../../testdata/cases/conditional-pieces/plan.json");

thread_local! {
    static FOLDER: OnceCell<Option<tempfile::TempDir>> = const { OnceCell::new() };
}

/// A file of the thread's own folder with these bytes.
fn file(name: &str, bytes: &[u8]) -> Option<PathBuf> {
    FOLDER.with(|folder| {
        let path = folder.get_or_init(|| tempfile::tempdir().ok()).as_ref()?.path().join(name);
        std::fs::write(&path, bytes).ok()?;
        Some(path)
    })
}

/// A configuration: all that it names is evaluated, and what a plan leaves open is filled from it.
pub(crate) fn configuration(bytes: &[u8]) {
    let Some(path) = file("main.tf", bytes) else { return };
    let Ok(source) = Source::load(None, path.parent()) else { return };
    let Ok(plan) = read_from(PLAN) else { return };
    let text = String::from_utf8_lossy(bytes);
    let names = text.lines().filter_map(|line| Some(line.split_once('=')?.0.trim())).take(100);
    {
        let world = PlanWorld::new(&plan);
        let evaluator = Evaluator::new(&source, &world);
        for name in names {
            let _ = format!("{:?}", evaluator.local(&[], name));
        }
    }
    report(plan, Some(source));
}

/// A saved plan file.
pub(crate) fn plan_file(bytes: &[u8]) {
    let Some(path) = file("tfplan", bytes) else { return };
    let (Ok(source), Ok(plan)) = (Source::load(Some(&path), None), read_from(PLAN)) else { return };
    report(plan, Some(source));
}
