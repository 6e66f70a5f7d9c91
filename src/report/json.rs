//! The JSON of the interface contract: streamed row by row, the same bytes from run to run.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::escape::json_escaped;
use super::visible_json::write_pretty;
use super::{Report, Row, SCHEMA_VERSION, verdict_name};
use crate::access::{KeyAnswer, Reason, RequestContext, Verdict};
use crate::changes::{AccessChange, Cause};
use crate::findings::{Finding, Location};
use crate::graph::{Broker, Principal, Tags};
use crate::requirements::ActionSet;
use crate::text::SENSITIVE;

impl Report<'_> {
    /// Writes the report as JSON.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        self.changes.find_causes(&self.changes.list.iter().collect::<Vec<_>>());
        let document = Document {
            schema_version: SCHEMA_VERSION,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            plan: PlanInfo {
                format_version: Some(&self.plan.format_version)
                    .filter(|version| !version.is_empty())
                    .map(|v| &**v),
                terraform_version: self.plan.terraform_version.as_deref(),
            },
            brokers: Sequence(|| self.brokers().map(BrokerRow::new)),
            principals: Sequence(|| self.principals().map(PrincipalRow::new)),
            access: Sequence(|| self.shown_rows().map(|row| AccessRow::new(self, &row))),
            changes: Sequence(|| self.changes.list.iter().map(|change| ChangeRow::new(self, change))),
            findings: Sequence(|| self.findings.iter().map(FindingRow::new)),
            summary: SummaryRow {
                verdicts: &self.summary.verdicts,
                changed: self.summary.changed,
                findings: &self.summary.findings,
                notes: &self.notes,
            },
        };
        write_pretty(out, &document)
    }
}

/// A list that is written element by element and never held as a whole.
struct Sequence<F>(F);

impl<F: Fn() -> I, I: Iterator<Item: Serialize>> Serialize for Sequence<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

#[derive(Serialize)]
struct Document<'a, B, P, A, C, F> {
    schema_version: &'static str,
    tool: Tool,
    plan: PlanInfo<'a>,
    brokers: B,
    principals: P,
    access: A,
    changes: C,
    findings: F,
    summary: SummaryRow<'a>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct PlanInfo<'a> {
    format_version: Option<&'a str>,
    terraform_version: Option<&'a str>,
}

#[derive(Serialize)]
struct BrokerRow<'a> {
    id: &'a str,
    name: String,
    engine: Option<&'static str>,
    arn: String,
    change: String,
    tags: Option<BTreeMap<String, String>>,
}

impl<'a> BrokerRow<'a> {
    fn new(broker: &'a Broker) -> Self {
        let facts = broker.facts.after.as_ref().or(broker.facts.before.as_ref());
        Self {
            id: &broker.id,
            name: facts.map(|facts| facts.name.to_string()).unwrap_or_default(),
            engine: facts.and_then(|facts| facts.engine),
            arn: facts.map(|facts| facts.arn.to_string()).unwrap_or_default(),
            change: broker.change.to_string(),
            tags: facts.and_then(|facts| shown(&facts.tags)),
        }
    }
}

/// Tags as they are shown; `None` where it is not known which there are.
fn shown(tags: &Tags) -> Option<BTreeMap<String, String>> {
    match tags {
        Tags::Unknown(_) => None,
        Tags::Known(tags) if tags.keys().any(crate::text::Text::is_sensitive) => {
            Some(BTreeMap::from([(SENSITIVE.to_owned(), SENSITIVE.to_owned())]))
        }
        Tags::Known(tags) => {
            Some(tags.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect())
        }
    }
}

#[derive(Serialize)]
struct PrincipalRow<'a> {
    id: &'a str,
    kind: String,
    name: String,
    arn: String,
    change: String,
}

impl<'a> PrincipalRow<'a> {
    fn new(principal: &'a Principal) -> Self {
        let facts = principal.facts.after.as_ref().or(principal.facts.before.as_ref());
        Self {
            id: &principal.id,
            kind: principal.kind.to_string(),
            name: facts.map(|facts| facts.name.to_string()).unwrap_or_default(),
            arn: facts.map(|facts| facts.arn.to_string()).unwrap_or_default(),
            change: principal.change.to_string(),
        }
    }
}

#[derive(Serialize)]
struct AccessRow<'a> {
    principal: &'a str,
    broker: &'a str,
    operation: &'static str,
    verdict: Option<&'static str>,
    before: Option<&'static str>,
    missing: Names,
    unresolved: Names,
    allowed_when: Option<ContextObject<'a>>,
    denied_when: Option<ContextObject<'a>>,
    unknown_because: Vec<Because>,
}

impl<'a> AccessRow<'a> {
    fn new(report: &Report<'_>, row: &Row<'a>) -> Self {
        let (allowed_when, denied_when) = match row.after {
            Some(Verdict::Conditional { allowed_when, denied_when }) => {
                (Some(ContextObject(allowed_when)), Some(ContextObject(denied_when)))
            }
            _ => (None, None),
        };
        let unknown_because = match row.after {
            Some(Verdict::Unknown { because, .. }) => {
                because.iter().map(|reason| Because::new(report, reason)).collect()
            }
            _ => Vec::new(),
        };
        Self {
            principal: &row.principal.id,
            broker: &row.broker.id,
            operation: row.operation.name(),
            verdict: row.after.map(verdict_name),
            before: row.before.map(verdict_name),
            missing: Names(row.lacking.missing),
            unresolved: Names(row.lacking.unresolved),
            allowed_when,
            denied_when,
            unknown_because,
        }
    }
}

/// The names of actions, sorted.
struct Names(ActionSet);

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.names())
    }
}

#[derive(Serialize)]
struct Because {
    address: Option<String>,
    attribute: String,
    file: Option<String>,
    line: Option<u32>,
}

impl Because {
    fn new(report: &Report<'_>, reason: &Reason) -> Self {
        match reason {
            Reason::Hole(hole) => {
                let location = report.location_of(hole);
                Self {
                    address: Some(hole.address()).filter(|address| !address.is_empty()).map(str::to_owned),
                    attribute: hole.attribute().to_owned(),
                    file: location.as_ref().map(|location| location.file.to_string()),
                    line: location.as_ref().map(|location| location.line),
                }
            }
            Reason::NotUnderstood(problem) => {
                Self { address: None, attribute: problem.to_string(), file: None, line: None }
            }
        }
    }
}

struct ContextObject<'a>(&'a RequestContext);

impl Serialize for ContextObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, answer)| (key, AnswerValue(answer))))
    }
}

/// A request's context as the JSON of the contract, in one line, with what could hide something as JSON escapes it.
pub(super) fn context_json(context: &RequestContext) -> serde_json::Result<String> {
    Ok(json_escaped(&serde_json::to_string(&ContextObject(context))?))
}

/// A string, a list for a multivalued key, `null` for a key that is absent.
struct AnswerValue<'a>(&'a KeyAnswer);

impl Serialize for AnswerValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            KeyAnswer::Absent => serializer.serialize_none(),
            KeyAnswer::One(value) => serializer.serialize_str(value),
            KeyAnswer::List(values) => values.serialize(serializer),
        }
    }
}

#[derive(Serialize)]
struct ChangeRow<'a> {
    effect: &'static str,
    principal: &'a str,
    brokers: Vec<&'a str>,
    operations: Vec<&'static str>,
    before: Option<&'static str>,
    after: Option<&'static str>,
    because: Vec<CauseRow>,
}

#[derive(Serialize)]
struct CauseRow {
    address: Box<str>,
    what: &'static str,
}

impl<'a> ChangeRow<'a> {
    fn new(report: &Report<'a>, change: &AccessChange) -> Self {
        let cause = |cause: Cause| CauseRow { address: cause.address, what: cause.what.name() };
        Self {
            effect: change.effect.name(),
            principal: report.changes.principal_id(change).unwrap_or_default(),
            brokers: report.changes.broker_ids(change),
            operations: change.operations.iter().map(|operation| operation.name()).collect(),
            before: change.before.verdict(),
            after: change.after.verdict(),
            because: report.changes.causes(change).into_iter().map(cause).collect(),
        }
    }
}

#[derive(Serialize)]
struct FindingRow<'a> {
    rule: &'static str,
    kind: String,
    severity: String,
    principal: Option<&'a str>,
    broker: Option<&'a str>,
    operation: Option<&'static str>,
    message: &'a str,
    help: &'a str,
    location: Option<LocationRow<'a>>,
    related: Vec<RelatedRow<'a>>,
    fix: Option<FixRow<'a>>,
    accepted: Option<AcceptanceRow<'a>>,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct RelatedRow<'a> {
    message: &'a str,
    location: Option<LocationRow<'a>>,
}

#[derive(Serialize)]
struct FixRow<'a> {
    title: &'a str,
    policy_document: &'a str,
    jsonencode: &'a str,
}

#[derive(Serialize)]
struct AcceptanceRow<'a> {
    reason: &'a str,
    until: Option<&'a str>,
}

#[derive(Serialize)]
struct LocationRow<'a> {
    file: &'a str,
    line: u32,
    column: u32,
}

impl<'a> LocationRow<'a> {
    fn new(location: &'a Location) -> Self {
        Self { file: &location.file, line: location.line, column: location.column }
    }
}

impl<'a> FindingRow<'a> {
    fn new(finding: &'a Finding) -> Self {
        Self {
            rule: finding.rule,
            kind: finding.kind.to_string(),
            severity: finding.severity.to_string(),
            principal: finding.principal.as_deref(),
            broker: finding.broker.as_deref(),
            operation: finding.operation,
            message: &finding.message,
            help: &finding.help,
            location: finding.location.as_ref().map(LocationRow::new),
            related: finding
                .related
                .iter()
                .map(|related| RelatedRow {
                    message: &related.message,
                    location: related.location.as_ref().map(LocationRow::new),
                })
                .collect(),
            fix: finding.fix.as_ref().map(|fix| FixRow {
                title: &fix.title,
                policy_document: &fix.policy_document,
                jsonencode: &fix.jsonencode,
            }),
            accepted: finding
                .accepted
                .as_ref()
                .map(|accepted| AcceptanceRow { reason: &accepted.reason, until: accepted.until.as_deref() }),
            fingerprint: &finding.fingerprint,
        }
    }
}

#[derive(Serialize)]
struct SummaryRow<'a> {
    verdicts: &'a BTreeMap<&'static str, usize>,
    changed: usize,
    findings: &'a BTreeMap<&'static str, usize>,
    notes: &'a [String],
}
