//! Every command in the README and in `docs/` runs, and prints what it is said to print.
//!
//! Blocks marked `console` hold commands with their output, which is compared: `TRYCMD=overwrite cargo test --test
//! documentation` writes them anew. Blocks marked `sh` hold commands alone: they run in a folder like the one that they
//! are written for, with a plan, its saved plan and its source, and beside it the test data of the project.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Commands that build or test this project: whoever reads this has run them.
const BUILDS: &[&str] =
    &["cargo test", "cargo bench", "cargo install", "cargo build", "cargo +nightly", "cargo deny"];

/// Programs that the commands use, and what they do here: `cargo run --release --` is the program itself, Terraform and
/// the command line of AWS print what they would.
const PROGRAMS: &[(&str, &str)] = &[
    ("cargo", "while [ \"$1\" != -- ]; do shift || exit 9; done; shift; exec mqwarden \"$@\""),
    ("terraform", "case \"$*\" in *show*) cat \"$KEPT/plan.json\" ;; esac"),
    (
        "aws",
        "case \"$*\" in *get-policy-version*) echo '{\"PolicyVersion\": {\"VersionId\": \"v1\", \"IsDefaultVersion\": true, \
         \"Document\": {\"Version\": \"2012-10-17\", \"Statement\": []}}}' ;; *) echo v1 ;; esac",
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> =
        docs.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.push(root().join("README.md"));
    pages.sort();
    pages
}

/// The blocks marked `sh`, with each command in one line.
fn blocks(page: &str) -> Vec<Vec<String>> {
    let blocks = page.split("\n```sh\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    let command = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    blocks
        .map(|block| {
            block.replace("\\\n", " ").lines().filter(command).map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|block| !block.iter().any(|line| BUILDS.iter().any(|build| line.starts_with(build))))
        .collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn outputs_are_as_they_are_written() {
    let cases = trycmd::TestCases::new();
    for page in pages() {
        cases.env("COLUMNS", "120").case(page.strip_prefix(root()).unwrap());
    }
}

#[cfg(unix)]
#[test]
fn every_command_runs() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    for tool in ["bash", "jq"] {
        if Command::new(tool).arg("--version").output().is_err() {
            eprintln!("skipped: there is no {tool}");
            return;
        }
    }
    let mut ran = 0;
    for page in pages() {
        for block in blocks(&fs::read_to_string(&page).unwrap()) {
            let folder = tempfile::tempdir().unwrap();
            let kept = root().join("testdata/report/platform");
            copy(&kept, folder.path());
            // The intent of that folder is about its own plan.
            if !block.iter().any(|command| command.contains("mqwarden.hcl")) {
                fs::remove_file(folder.path().join("mqwarden.hcl")).unwrap();
            }
            for name in ["testdata", "scripts"] {
                symlink(root().join(name), folder.path().join(name)).unwrap();
            }
            let programs = folder.path().join("bin");
            fs::create_dir(&programs).unwrap();
            symlink(env!("CARGO_BIN_EXE_mqwarden"), programs.join("mqwarden")).unwrap();
            for (name, script) in PROGRAMS {
                fs::write(programs.join(name), format!("#!/usr/bin/env bash\n{script}\n")).unwrap();
                fs::set_permissions(programs.join(name), fs::Permissions::from_mode(0o755)).unwrap();
            }
            // Findings are no failure of a command.
            let checked = block.iter().map(|command| format!("{command}\n[ $? -le 1 ] || exit 9\n"));
            let output = Command::new("bash")
                .args(["-c", &checked.collect::<String>()])
                .current_dir(folder.path())
                .env("PATH", format!("{}:{}", programs.display(), std::env::var("PATH").unwrap()))
                .env("KEPT", &kept)
                .output()
                .unwrap();
            let page = page.strip_prefix(root()).unwrap().display();
            assert!(
                output.status.success(),
                "{page}: {block:#?}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            ran += block.len();
        }
    }
    assert!(ran >= 8, "{ran} commands were found");
}

#[test]
fn the_page_on_formats_knows_them_all() {
    let page = fs::read_to_string(root().join("docs/formats.md")).unwrap();
    let help = Command::new(env!("CARGO_BIN_EXE_mqwarden")).args(["check", "-h"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    let formats = help.split("--format").nth(1).unwrap().split("possible values: ").nth(1).unwrap();
    for format in formats.split(']').next().unwrap().split(',').map(str::trim) {
        assert!(page.contains(&format!("| `{format}` |")), "{format}");
    }
}

#[test]
fn links_lead_somewhere() {
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1) {
            let target = link.split(')').next().unwrap().split('#').next().unwrap();
            if !target.is_empty() && !target.contains("://") {
                let path = page.parent().unwrap().join(target);
                assert!(path.exists(), "{}: {target}", page.strip_prefix(root()).unwrap().display());
            }
        }
    }
}
