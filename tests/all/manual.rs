//! Completions and manual pages know every command and option.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::report::support::mqwarden;

const COMMANDS: &[&str] = &["check", "explain", "graph", "simulate", "rules", "schema", "completions", "man"];

fn printed(arguments: &[&str]) -> String {
    let output = mqwarden(Path::new("."), arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for command in COMMANDS {
            assert!(script.contains(command), "{shell}: {command}");
        }
        assert!(script.contains("fail-on"), "{shell}");
    }
}

#[test]
fn bash_reads_its_completions() {
    let Ok(mut bash) = Command::new("bash").args(["-n"]).stdin(Stdio::piped()).spawn() else {
        eprintln!("skipped: there is no bash");
        return;
    };
    bash.stdin.take().unwrap().write_all(printed(&["completions", "bash"]).as_bytes()).unwrap();
    assert!(bash.wait().unwrap().success());
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let all = printed(&["man"]);
    assert!(all.contains(".TH mqwarden 1"), "{all}");
    for command in COMMANDS {
        assert!(all.contains(&format!("mqwarden\\-{command}(1)")), "{command}: {all}");
        let page = printed(&["man", command]);
        assert!(page.contains(&format!(".TH mqwarden-{command} 1")), "{page}");
    }
    assert!(printed(&["man", "check"]).contains("\\-\\-fail\\-on"));
}
