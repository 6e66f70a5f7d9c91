//! SARIF 2.1.0, as GitHub's code scanning takes it.
//!
//! The limits are those of GitHub's documentation ("SARIF support for code scanning"): 25,000 results in a run, of
//! which the 5,000 most severe are shown, 100 locations shown per result, 10 MB after gzip. Findings come most severe
//! first, so that what is left out is what matters least.

mod model;

use std::borrow::Cow;
use std::io::{self, Write};

use miniz_oxide::deflate::compress_to_vec;
use serde::Serialize;

use self::model::{
    Configuration, Driver, Fingerprints, Invocation, LocationObject, Log, Message, Notification,
    ReportingDescriptor, ResultProperties, RuleProperties, Run, SarifResult, Suppression, Tool, UriBase,
    UriBases,
};
use super::Report;
use super::escape::{markdown_block, markdown_sentence, visible, visible_lines};
use super::visible_json::write_pretty;
use crate::findings::{Finding, Kind, Location, RULES, Rule, Severity};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Results that GitHub takes in a run.
const MOST_RESULTS: usize = 25_000;
/// Bytes after compression that the results may come to; GitHub takes 10 MB, rules and all.
const MOST_BYTES: usize = 9_500_000;
/// Locations shown for each result.
const MOST_RELATED: usize = 100;
/// Results that are compressed together to know their size.
const CHUNK: usize = 256;

/// What a SARIF file says besides the findings.
#[derive(Clone, Copy, Debug)]
pub struct SarifOptions<'a> {
    /// The file of the plan: where a finding is shown that no source gives a place.
    pub plan: &'a str,
    /// The folder of the root module, relative to the root of the repository; empty if it is the same.
    pub source_root: &'a str,
    /// The file of the intent, which does not lie in that folder.
    pub intent: &'a str,
}

impl Report<'_> {
    /// Writes the findings as SARIF.
    pub fn write_sarif(&self, out: &mut dyn Write, options: SarifOptions<'_>) -> io::Result<()> {
        let results: Vec<SarifResult<'_>> = self
            .findings
            .iter()
            .take(MOST_RESULTS)
            .map(|finding| SarifResult::new(self, finding, options))
            .collect();
        let fitting = fitting(&results, MOST_BYTES)?;
        let results = results.get(..fitting).unwrap_or_default();
        let left_out = self.findings.len().saturating_sub(results.len());
        let log = Log {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [Run {
                tool: Tool {
                    driver: Driver {
                        name: env!("CARGO_PKG_NAME"),
                        version: env!("CARGO_PKG_VERSION"),
                        semantic_version: env!("CARGO_PKG_VERSION"),
                        rules: RULES.iter().map(ReportingDescriptor::new).collect(),
                    },
                },
                column_kind: "unicodeCodePoints",
                original_uri_base_ids: UriBases {
                    source_root: UriBase { description: Message::plain("The root of the repository.") },
                },
                invocations: [Invocation {
                    execution_successful: true,
                    tool_execution_notifications: notifications(left_out, &self.notes),
                }],
                results,
            }],
        };
        write_pretty(out, &log)
    }
}

/// How many of the results stay within `most` bytes after compression, whatever they hold.
fn fitting<T: Serialize>(results: &[T], most: usize) -> io::Result<usize> {
    let (mut taken, mut bytes) = (0usize, 0usize);
    for chunk in results.chunks(CHUNK) {
        let text = serde_json::to_vec(chunk)?;
        bytes = bytes.saturating_add(compress_to_vec(&text, 1).len());
        if bytes > most {
            break;
        }
        taken = taken.saturating_add(chunk.len());
    }
    Ok(taken)
}

fn notifications(left_out: usize, notes: &[String]) -> Vec<Notification<'_>> {
    let left_out = (left_out > 0).then(|| Notification {
        level: "warning",
        message: Message::plain(format!(
            "{left_out} findings are left out, the least severe, because code scanning takes no more. The JSON \
             output has all of them."
        )),
    });
    let notes =
        notes.iter().map(|note| Notification { level: "note", message: Message::plain(visible(note)) });
    left_out.into_iter().chain(notes).collect()
}

impl ReportingDescriptor {
    fn new(rule: &Rule) -> Self {
        let paragraph = first_paragraph(rule.documentation);
        Self {
            id: rule.id,
            name: pascal_case(rule.id),
            short_description: Message::plain(rule.summary),
            full_description: Message::plain(paragraph.unwrap_or_else(|| rule.summary.into())),
            help: Message { text: rule.documentation.into(), markdown: Some(rule.documentation.into()) },
            default_configuration: Configuration { level: level(rule.severity) },
            properties: RuleProperties {
                precision: if rule.kind == Kind::Unknown { "medium" } else { "very-high" },
                security_severity: security_severity(rule.kind, rule.severity),
                tags: ["security".into(), "amazonmq".into(), rule.kind.to_string()],
            },
        }
    }
}

/// The first paragraph under the title, in one line.
fn first_paragraph(documentation: &str) -> Option<String> {
    let paragraph = documentation.split("\n\n").find(|part| !part.starts_with('#'))?;
    Some(paragraph.lines().collect::<Vec<_>>().join(" "))
}

fn pascal_case(id: &str) -> String {
    id.split('-')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
                .collect::<String>()
        })
        .collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// GitHub's scale: critical over 9.0, high from 7.0, medium from 4.0, low below. Access that must not be there is
/// worse than access that is missing.
fn security_severity(kind: Kind, severity: Severity) -> &'static str {
    match (kind, severity) {
        (Kind::Excess, Severity::Error) => "9.1",
        (Kind::Mistake | Kind::Unknown, Severity::Error) => "8.0",
        (Kind::Gap, Severity::Error) => "7.0",
        (Kind::Excess, Severity::Warning) => "6.5",
        (_, Severity::Warning) => "5.0",
        (_, Severity::Note) => "2.0",
    }
}

impl<'a> SarifResult<'a> {
    fn new(report: &Report<'_>, finding: &'a Finding, options: SarifOptions<'_>) -> Self {
        let primary = place(report, finding).map_or_else(
            || LocationObject::of_plan(options),
            |location| LocationObject::new(&location, options),
        );
        let related = finding.related.iter().filter_map(|related| {
            let place = LocationObject::new(related.location.as_ref()?, options);
            Some(LocationObject { message: Some(Message::text(&related.message)), ..place })
        });
        Self {
            rule_id: finding.rule,
            rule_index: RULES.iter().position(|rule| rule.id == finding.rule),
            level: level(finding.severity),
            message: message(finding),
            locations: [primary],
            related_locations: related
                .take(MOST_RELATED)
                .enumerate()
                .map(|(index, place)| LocationObject { id: Some(index.saturating_add(1)), ..place })
                .collect(),
            partial_fingerprints: Fingerprints {
                primary: format!("{}:1", finding.fingerprint),
                own: &finding.fingerprint,
            },
            suppressions: finding
                .accepted
                .iter()
                .map(|accepted| Suppression {
                    kind: "external",
                    status: "accepted",
                    justification: match &accepted.until {
                        Some(until) => format!("{} (until {until})", visible(&accepted.reason)).into(),
                        None => visible(&accepted.reason),
                    },
                })
                .collect(),
            properties: ResultProperties {
                kind: finding.kind.to_string(),
                principal: finding.principal.as_deref(),
                broker: finding.broker.as_deref(),
                operation: finding.operation,
            },
        }
    }
}

/// Where a finding is shown: at its own place, else where what belongs to it stands, else at the block of what it is
/// about.
fn place(report: &Report<'_>, finding: &Finding) -> Option<Location> {
    let block = |address: &Option<String>| (report.locate)(address.as_deref()?, "");
    let related = || finding.related.iter().find_map(|related| related.location.clone());
    finding
        .location
        .clone()
        .or_else(related)
        .or_else(|| block(&finding.principal))
        .or_else(|| block(&finding.broker))
}

/// What is the matter, what to do, and what would mend it: code scanning shows the text alone, other viewers the
/// Markdown.
fn message(finding: &Finding) -> Message<'static> {
    let mut text = format!("{}\n\n{}", unlinked(&finding.message), unlinked(&finding.help));
    let mut markdown =
        format!("{}\n\n{}", markdown_sentence(&finding.message), markdown_sentence(&finding.help));
    for related in finding.related.iter().filter(|related| related.location.is_none()) {
        text.push_str("\n- ");
        text.push_str(&unlinked(&related.message));
        markdown.push_str("\n- ");
        markdown.push_str(&markdown_sentence(&related.message));
    }
    if let Some(fix) = &finding.fix {
        text.push_str("\n\n");
        text.push_str(&unlinked(&fix.title));
        text.push_str("\n\n");
        text.push_str(&unlinked_lines(&fix.jsonencode));
        markdown.push_str("\n\n");
        markdown.push_str(&markdown_sentence(&fix.title));
        markdown.push_str("\n\n");
        markdown.push_str(&markdown_block("hcl", &fix.jsonencode, ""));
        markdown.push_str("\nor\n\n");
        markdown.push_str(&markdown_block("hcl", &fix.policy_document, ""));
    }
    Message { text: text.into(), markdown: Some(markdown.into()) }
}

/// The text without what a viewer would take for a link into the file: `[text](1)`.
fn unlinked(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    if text.contains("](") { Cow::Owned(text.replace("](", "] (")) } else { text }
}

fn unlinked_lines(text: &str) -> String {
    visible_lines(text).replace("](", "] (")
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, fitting, pascal_case, unlinked};

    #[test]
    fn rules_have_a_name() {
        assert_eq!(pascal_case("missing-dependent-permission"), "MissingDependentPermission");
    }

    #[test]
    fn what_does_not_compress_is_cut_earlier() {
        let alike = vec!["the same again and again"; 4 * CHUNK];
        assert_eq!(fitting(&alike, 10_000).expect("it is written"), alike.len());
        let number = |n: usize| format!("{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let different: Vec<String> = (1..=4 * CHUNK).map(number).collect();
        assert_eq!(fitting(&different, 10_000).expect("it is written"), 3 * CHUNK);
    }

    #[test]
    fn text_makes_no_links() {
        assert_eq!(unlinked("see [this](1)"), "see [this] (1)");
    }
}
