//! Plans that nobody here wrote: every one is read, or refused for a reason.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test")]

use std::path::{Path, PathBuf};

use mqwarden::plan::{Input, PlanError, read};

/// The folder of shared plans and cases, where there is one.
fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("MQWARDEN_SHARED").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no folder of shared plans");
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_public_plan_is_read() {
    let Some(shared) = shared() else { return };
    let mut count = 0;
    for path in files(&shared.join("plans")) {
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let result = read(Input::File(path));
        if name.contains("__invalid__") {
            assert!(matches!(result, Err(PlanError::Syntax { .. })), "{name}: {result:?}");
        } else {
            let plan = result.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(!plan.notes.is_empty(), name.contains("wrapper"), "{name}: {:?}", plan.notes);
            assert!(!plan.is_state, "{name}");
            count += 1;
        }
    }
    assert!(count > 20);
}

#[test]
fn every_case_is_read_and_holds_its_brokers() {
    let Some(shared) = shared() else { return };
    for folder in files(&shared.join("cases")) {
        if !folder.is_dir() {
            continue;
        }
        let plan = read(Input::File(folder.join("plan.json"))).unwrap();
        let brokers = plan.resources.iter().filter(|change| &*change.address.kind == "aws_mq_broker").count();
        assert!(brokers > 0, "{}", folder.display());
        assert!(!plan.configuration.root.resources.is_empty() || !plan.configuration.root.calls.is_empty());
    }
}
