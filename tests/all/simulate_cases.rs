//! The shared IAM requests with the decisions on which two independent evaluators agree.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::similar_names,
    clippy::print_stdout,
    clippy::print_stderr
)]

use std::io::BufReader;
use std::path::PathBuf;

fn shared() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("MQWARDEN_SHARED").map_or_else(beside, PathBuf::from).join("iam-cases");
    folder.is_dir().then_some(folder)
}

#[test]
fn every_decision_is_the_expected_one() {
    let Some(folder) = shared() else {
        eprintln!("skipped: no shared folder beside the checkout (set MQWARDEN_SHARED)");
        return;
    };
    let requests = BufReader::new(std::fs::File::open(folder.join("requests.jsonl")).unwrap());
    let mut answers = Vec::new();
    let outcome = mqwarden::simulate::run(requests, &mut answers).unwrap();
    let expected = std::fs::read_to_string(folder.join("expected.jsonl")).unwrap();
    let answers = String::from_utf8(answers).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0usize;
    for (answer, expected) in answers.lines().zip(expected.lines()) {
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        count += 1;
        if answer["Id"] != expected["Id"]
            || answer["EvaluationResults"][0]["EvalDecision"] != expected["EvalDecision"]
        {
            wrong.push(format!("{answer} instead of {expected}"));
        }
    }
    assert_eq!(count, outcome.requests);
    assert_eq!(answers.lines().count(), expected.lines().count());
    assert!(
        wrong.is_empty(),
        "{} of {count} are wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(10)].join("\n")
    );
}
