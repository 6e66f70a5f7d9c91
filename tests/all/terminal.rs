//! What is special about a terminal: colour, width, and a line that says what the program is at.
//!
//! `script` (util-linux) makes the terminal; without it these tests say that they are skipped.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr)]

use std::path::Path;
use std::process::{Command, Output};

use crate::report::support::root;

const PLAN: &str = "testdata/report/platform/plan.json";

/// Runs a command of the shell in a terminal of so many columns and gives what the terminal shows.
fn in_terminal(columns: usize, command: &str, variables: &[(&str, &str)]) -> Option<String> {
    let is_there = Command::new("script").arg("--version").output();
    if !is_there.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("util-linux")) {
        eprintln!("skipped: there is no script of util-linux to make a terminal");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let shell = format!("stty cols {columns} rows 50; {command}");
    let mut script = Command::new("script");
    script.args(["-q", "-e", "-c", &shell]).arg(&log).current_dir(root());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "CI"] {
        script.env_remove(name);
    }
    script.env("TERM", "xterm-256color").env("MQWARDEN", env!("CARGO_BIN_EXE_mqwarden"));
    script.envs(variables.iter().copied());
    let output = script.stdin(std::process::Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    // Its first and last lines are of script itself.
    let text = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').filter(|line| !line.starts_with("Script ")).collect();
    let shown = lines.concat();
    Some(shown.strip_suffix('\n').map(str::to_owned).unwrap_or(shown))
}

fn check(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mqwarden"))
        .args(["check", PLAN, "--fail-on", "never"])
        .args(arguments)
        .current_dir(root())
        .env_remove("CLICOLOR_FORCE")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn is_coloured(text: &str) -> bool {
    text.contains("\u{1b}[")
}

#[test]
fn colour_is_for_terminals() {
    let to_pipe = check(&[], &[]);
    assert!(!is_coloured(&String::from_utf8(to_pipe.stdout).unwrap()));
    let forced = check(&[], &[("CLICOLOR_FORCE", "1")]);
    assert!(is_coloured(&String::from_utf8(forced.stdout).unwrap()));
    let command = format!("\"$MQWARDEN\" check {PLAN} --fail-on never");
    let Some(text) = in_terminal(100, &command, &[]) else { return };
    assert!(text.contains("\u{1b}[1;31merror[") && text.contains("\u{1b}[38;5;"), "{text}");
    for off in [("NO_COLOR", "1"), ("CLICOLOR", "0"), ("TERM", "dumb")] {
        let text = in_terminal(100, &command, &[off]).unwrap();
        assert!(!is_coloured(&text) && text.contains("error["), "{off:?}: {text}");
    }
}

#[test]
fn files_are_never_coloured() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("table.txt");
    let output = format!("table={}", file.display());
    check(&["--output", &output], &[("CLICOLOR_FORCE", "1")]);
    assert!(!is_coloured(&std::fs::read_to_string(file).unwrap()));
}

#[test]
fn the_table_is_as_wide_as_the_terminal() {
    let command = format!("\"$MQWARDEN\" check {PLAN} --fail-on never");
    for columns in [60, 80, 120] {
        let Some(text) = in_terminal(columns, &command, &[("NO_COLOR", "1")]) else { return };
        let widest = text.lines().map(|line| line.trim_end().chars().count()).max().unwrap();
        assert!(widest <= columns && widest > columns - 15, "{widest} of {columns}");
    }
}

/// A plan that comes late, so that the work takes a while.
const LATE: &str = "(sleep 1.3; cat testdata/report/platform/plan.json)";

#[test]
fn work_that_takes_a_while_says_what_it_is_at() {
    let command = format!("{LATE} | \"$MQWARDEN\" check --fail-on never --format json >/dev/null");
    let Some(text) = in_terminal(80, &command, &[]) else { return };
    assert!(text.contains("mqwarden: reading the plan from standard input (0 s)"), "{text:?}");
    assert!(text.ends_with("\r\u{1b}[K"), "nothing is left on the line: {text:?}");
    assert!(!text.trim_end().contains('\n'), "it stays on one line: {text:?}");
    // An error is not written behind it.
    let command = "(sleep 1.3; echo '{') | \"$MQWARDEN\" check; test $? = 2";
    let text = in_terminal(80, command, &[]).unwrap();
    assert!(text.contains("\r\u{1b}[Kerror: "), "{text:?}");
    // What is printed on the same terminal comes when the line is gone.
    let command = format!("{LATE} | \"$MQWARDEN\" check --fail-on never --format csv");
    let text = in_terminal(80, &command, &[]).unwrap();
    assert!(text.contains("\r\u{1b}[Kprincipal,kind,"), "{text:?}");
}

#[test]
fn nobody_else_is_told() {
    // Done at once; a terminal that cannot clear a line; standard error elsewhere.
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = folder.path().join("stderr");
    let at_once = format!("\"$MQWARDEN\" check {PLAN} --fail-on never --format json >/dev/null");
    let late = format!("{LATE} | \"$MQWARDEN\" check --fail-on never --format json >/dev/null");
    let redirected = format!("{late} 2>'{}'", elsewhere.display());
    for (command, variables) in [(at_once, &[][..]), (late.clone(), &[("TERM", "dumb")]), (redirected, &[])] {
        let Some(text) = in_terminal(80, &command, variables) else { return };
        assert_eq!(text, "", "{command}");
    }
    assert_eq!(std::fs::read_to_string(elsewhere).unwrap(), "");
    let piped = Command::new("sh")
        .args(["-c", &late.replace("\"$MQWARDEN\"", env!("CARGO_BIN_EXE_mqwarden"))])
        .current_dir(Path::new(root()))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(piped.stderr).unwrap(), "");
}
