//! Markdown: what a parser of `CommonMark` with GitHub's tables makes of it, whatever the plan says.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;

use crate::report::support::{check, check_text, large_plan, plans};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The HTML that the report itself writes.
const OURS: &[&str] =
    &["<br>", "<code>", "</code>", "<sub>", "</sub>", "<details>", "</details>", "<summary>", "</summary>"];

/// Nothing in the report is markup but what is ours.
fn assert_is_safe(markdown: &str, what: &str) {
    let hidden = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
    };
    assert!(!markdown.contains(hidden), "{what}: something is hidden");
    assert!(markdown.len() <= 65_000, "{what}: {} bytes", markdown.len());
    let (mut in_code, mut opened) = (false, 0i32);
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                for tag in tags(&html) {
                    assert!(OURS.contains(&&*tag), "{what}: {tag} in {html}");
                    opened += i32::from(tag == "<details>") - i32::from(tag == "</details>");
                }
                in_code = (in_code || &*html == "<code>") && &*html != "</code>";
            }
            Event::Text(text) if !in_code => {
                for sign in ["@", "#", "://", "www.", "<", "`", "|", "GH-"] {
                    assert!(!text.contains(sign), "{what}: {sign} in {text}");
                }
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Strikethrough | Tag::Emphasis) => {
                panic!("{what}: {event:?}");
            }
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            _ => {}
        }
    }
    assert_eq!(opened, 0, "{what}: what is folded is closed");
    for row in markdown.lines().filter(|line| line.starts_with("| ")) {
        assert!(matches!(row.matches('|').count(), 6 | 7), "{what}: {row}");
    }
}

fn tags(html: &str) -> impl Iterator<Item = String> {
    html.split('<').skip(1).map(|tag| format!("<{}", tag.split_inclusive('>').next().unwrap_or_default()))
}

#[test]
fn the_check_finds_what_is_not_safe() {
    for bad in ["<script>", "see @octocat", "![x](y)", "a http://b.c", "*x*", "\u{202e}", "<details>"] {
        let outcome = std::panic::catch_unwind(|| assert_is_safe(&format!("text {bad} text\n"), "bad"));
        assert!(outcome.is_err(), "{bad} passes");
    }
}

#[test]
fn every_markdown_output_is_safe() {
    for plan in plans() {
        for with_source in [false, true] {
            assert_is_safe(&check(&plan, "markdown", with_source), &plan.display().to_string());
        }
    }
}

#[test]
fn a_large_plan_fits_and_says_what_is_left_out() {
    let markdown =
        String::from_utf8(check_text(&large_plan(600, 40, true), &["--format", "markdown"])).unwrap();
    assert_is_safe(&markdown, "large");
    assert!(markdown.contains("findings not shown here"), "{markdown}");
    assert!(markdown.contains("rows not shown here"), "{markdown}");
}

#[test]
fn the_verdict_is_in_the_first_line() {
    let first = |folder: &str| check(Path::new(folder), "markdown", true).lines().next().unwrap().to_owned();
    assert_eq!(first("testdata/well-made/platform-environments"), "## ✅ mqwarden: passed – no findings");
    assert!(first("testdata/report/platform").starts_with("## ✅ mqwarden: passed – "), "--fail-on never");
    let output = crate::report::support::mqwarden(
        Path::new("testdata/report/platform"),
        &["check", "plan.json", "--format", "markdown"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.starts_with("## ❌ mqwarden: failed – ".as_bytes()));
}

#[test]
fn the_fields_are_where_they_belong() {
    let markdown = check(Path::new("testdata/report/platform"), "markdown", true);
    let order = ["### Access changes", "### Findings", "<details><summary>Access matrix"];
    let places: Vec<usize> = order.iter().map(|part| markdown.find(part).expect(part)).collect();
    assert!(places.is_sorted());
}
