//! The output is the same bytes for any number of threads.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::path::Path;
use std::process::Command;

fn output(threads: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_mqwarden"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("RAYON_NUM_THREADS", threads)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn one_thread_and_eight_write_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases");
    let mut cases: Vec<_> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    for case in cases.iter().filter(|case| case.join("plan.json").exists()).take(6) {
        let (plan, saved) = (case.join("plan.json"), case.join("tfplan"));
        for format in ["json", "table"] {
            let arguments = [
                "check",
                plan.to_str().unwrap(),
                "--plan-file",
                saved.to_str().unwrap(),
                "--format",
                format,
                "--fail-on",
                "never",
            ];
            let one = output("1", &arguments);
            assert!(!one.is_empty());
            assert_eq!(one, output("8", &arguments), "{}", case.display());
        }
    }
}
