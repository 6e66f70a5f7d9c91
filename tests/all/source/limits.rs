//! What is too deep, too large, too long or goes in circles is bounded, and the rest goes on.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cloned_ref_to_slice_refs,
    clippy::print_stderr,
    clippy::print_stdout,
    unreachable_pub,
    dead_code,
    missing_docs,
    reason = "a test"
)]

use std::fmt::Write;
use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::source::support::{Small, folder, locals};
use mqwarden::source::{Source, SourceError};

/// Evaluates `local.bad` of a configuration and a local that has nothing to do with it.
fn bounded(bad: &str) -> (String, Vec<String>) {
    let text = format!("{bad}\nlocals {{\n  good = \"fine\"\n}}\n");
    let start = Instant::now();
    let (values, notes) = locals(&[("main.tf", &text)], &Small::default(), &["bad", "good"]);
    assert!(start.elapsed() < Duration::from_secs(20), "took {:?}", start.elapsed());
    assert_eq!(values[1], "\"fine\"", "{notes:?}");
    (values[0].clone(), notes)
}

fn given_up(bad: &str, because: &str) {
    let (value, notes) = bounded(bad);
    assert!(value.contains("${") || value == "absent", "{}", &value[..value.len().min(300)]);
    assert!(notes.iter().any(|note| note.contains(because)), "{notes:?}");
}

#[test]
fn locals_that_refer_to_themselves() {
    given_up("locals {\n  bad = local.bad\n}", "refers to itself");
    given_up("locals {\n  bad = \"a${local.b}\"\n  b = [local.bad][0]\n}", "refers to itself");
    given_up("locals {\n  bad = { a = local.bad.a }\n}", "refers to itself");
}

#[test]
fn deep_nesting_of_the_source() {
    for (open, close) in
        [("[", "]"), ("(", ")"), ("{ a = ", " }"), ("\"${", "}\""), ("!", ""), ("f(", ")"), ("x ? 1 : ", "")]
    {
        let bad = format!("locals {{\n  bad = {}1{}\n}}", open.repeat(20_000), close.repeat(20_000));
        given_up(&bad, "nesting");
    }
    given_up(&format!("locals {{\n  bad = 1{}\n}}", " + 1".repeat(20_000)), "chained binary operators");
    let blocks = format!("locals {{\n  bad = 1\n{}\n}}", "a {\n".repeat(10_000));
    assert_eq!(bounded(&blocks).0, "absent");
}

#[test]
fn long_chains_of_references() {
    let mut text = String::from("locals {\n  l0 = 1\n");
    for index in 1..5000 {
        writeln!(text, "  l{index} = [local.l{}]", index - 1).expect("text");
    }
    text.push_str("  bad = local.l4999\n}");
    given_up(&text, "too deep");
}

#[test]
fn values_that_double() {
    let doubled = |first: &str, step: &str, last: &str| {
        let mut text = format!("locals {{\n  l0 = {first}\n");
        for index in 1..64 {
            writeln!(text, "  l{index} = {}", step.replace('@', &format!("local.l{}", index - 1)))
                .expect("text");
        }
        writeln!(text, "  bad = {}\n}}", last.replace('@', "local.l63")).expect("text");
        text
    };
    given_up(&doubled("\"xx\"", "\"${@}${@}\"", "@"), "too long");
    given_up(&doubled("[1, 2]", "concat(@, @)", "@"), "too many elements");
    given_up(&doubled("[1]", "[@, @]", "jsonencode(@)"), "");
    given_up(&doubled("[1]", "[@, @]", "flatten(@)"), "");
    given_up(&doubled("[1]", "[@, @]", "@ == local.l63 ? 1 : 2"), "");
    given_up(&doubled("[1]", "{ a = @, b = @ }", "@"), "");
    given_up(&doubled("\"ab\"", "replace(@, \"/./\", \"$0$0\")", "@"), "");
    given_up(&doubled("\"ab\"", "format(\"%s%s\", @, @)", "@"), "too long");
}

#[test]
fn enormous_collections() {
    given_up("locals {\n  bad = range(1000000000)\n}", "range");
    given_up("locals {\n  bad = setproduct(range(1000), range(1000), range(1000))\n}", "too many elements");
    let loops = "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]";
    given_up(&format!("locals {{\n  bad = {loops}\n}}"), "work");
    given_up("locals {\n  bad = format(\"%1000000000d\", 1)\n}", "");
    given_up("locals {\n  bad = 1e1000000\n}", "");
    given_up("locals {\n  bad = pow(10, 1000)\n}", "");
    given_up("locals {\n  bad = [for x in range(10) : x][1e30]\n}", "");
    given_up(
        "locals {\n  bad = \"%{ for a in range(1000) }%{ for b in range(1000) }%{ for c in range(1000) }xxxxxx%{ endfor }%{ endfor }%{ endfor }\"\n}",
        "",
    );
}

#[test]
fn exploding_regular_expressions() {
    given_up("locals {\n  bad = regex(\"((a{1000}){1000}){1000}\", \"a\")\n}", "regular expression");
    let (value, _) = bounded(
        "locals {\n  bad = can(regex(\"^(a+)+$\", \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"))\n}",
    );
    assert_eq!(value, "false");
}

#[test]
fn templates_that_include_themselves() {
    let files = [
        ("main.tf", "locals {\n  bad = templatefile(\"t.tftpl\", {})\n  good = 1\n}\n"),
        ("t.tftpl", "${templatefile(\"t.tftpl\", {})}"),
    ];
    let (values, notes) = locals(&files, &Small::default(), &["bad", "good"]);
    assert!(values[0].contains("${"), "{values:?}");
    assert_eq!(values[1], "1");
    assert!(!notes.is_empty());
}

#[test]
fn module_calls_that_go_in_circles() {
    let files = [
        ("main.tf", "module \"a\" {\n  source = \"./a\"\n}\nlocals {\n  good = 1\n  bad = module.a.x\n}\n"),
        ("a/main.tf", "module \"a\" {\n  source = \"../a\"\n}\noutput \"x\" {\n  value = module.a.x\n}\n"),
    ];
    let (values, _) = locals(&files, &Small::default(), &["bad", "good"]);
    assert!(values[0].contains("${"), "{values:?}");
    assert_eq!(values[1], "1");
}

/// A plan file with these entries.
fn archive(entries: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("file");
    let mut zip = zip::ZipWriter::new(file.reopen().expect("file"));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in entries {
        zip.start_file(*name, options).expect("entry");
        zip.write_all(bytes).expect("entry");
    }
    zip.finish().expect("archive");
    file
}

#[test]
fn entries_of_a_plan_file_that_are_too_large_are_left_out() {
    let bomb = vec![b' '; 17 << 20];
    let manifest = br#"[{"Key":"","Dir":"."}]"#;
    let file = archive(&[
        ("tfconfig/modules.json", manifest),
        ("tfconfig/m-/bomb.tf", &bomb),
        ("tfconfig/m-/main.tf", b"locals {\n  good = 1\n}\n"),
        ("tfconfig/m-/latin.tf", b"\xff\xfe"),
    ]);
    let source = Source::load(Some(file.path()), None).expect("source");
    assert!(!source.is_empty());
    let notes = source.notes().join("\n");
    assert!(notes.contains("bomb.tf is left out: it is too large"), "{notes}");
    assert!(notes.contains("latin.tf is left out: it is not UTF-8"), "{notes}");
}

#[test]
fn plan_files_without_configuration_are_said_so() {
    let texts = [
        (r#"{"remote_plan_format":1,"run_id":"run-1","hostname":"app.terraform.io"}"#, "remote backend"),
        (r#"{"meta":{},"encrypted_data":"AAAA","encryption_version":"v0"}"#, "encrypted"),
    ];
    for (text, because) in texts {
        let folder = folder(&[("tfplan", text), ("main.tf", "locals {\n  a = 1\n}\n")]);
        let plan = folder.path().join("tfplan");
        let alone = Source::load(Some(&plan), None).expect("source");
        assert!(alone.is_empty());
        assert!(alone.notes()[0].contains(because), "{:?}", alone.notes());
        let both = Source::load(Some(&plan), Some(folder.path())).expect("source");
        assert!(!both.is_empty());
    }
    let other = folder(&[("tfplan", "{\"format_version\":\"1.2\"}")]);
    let error = Source::load(Some(&other.path().join("tfplan")), None).expect_err("no plan file");
    assert!(matches!(error, SourceError::NotAPlanFile { .. }));
    let error = Source::load(None, Some(other.path())).expect_err("no configuration");
    assert!(matches!(error, SourceError::NoConfiguration { .. }));
    let error = Source::load(Some(&other.path().join("absent")), None).expect_err("no file");
    assert!(matches!(error, SourceError::Read { .. }));
}
