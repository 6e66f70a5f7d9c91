//! The finished report, and one file per output format.
//!
//! All formats are written from the same sorted [`Report`]; none computes anything that another would lack.

mod classes;
mod csv;
mod escape;
mod explain;
mod html;
mod json;
mod markdown;
mod picture;
mod sarif;
mod schema;
mod table;
mod uri;
mod visible_json;

use std::collections::BTreeMap;

use crate::access::{Matrix, Verdict};
use crate::aws::Operation;
use crate::changes::{Access, Changes, Effect};
use crate::explain::Explanation;
use crate::findings::{Finding, Location, Severity};
use crate::graph::{Broker, Graph, Principal, State};
use crate::plan::Plan;
use crate::requirements::{Cell, Requirements};
use crate::text::Hole;

pub use explain::Snippet;
pub use html::HtmlOptions;
pub use markdown::MarkdownOptions;
pub use picture::{Picture, PictureOptions};
pub use sarif::SarifOptions;
pub use schema::{GRAPH_SCHEMA, SCHEMA};
pub use table::{GroupBy, TableOptions};

/// The version of the JSON's form.
pub const SCHEMA_VERSION: &str = "1";

/// Where an attribute of a resource stands in the source: by address and attribute.
pub type Locate<'a> = &'a dyn Fn(&str, &str) -> Option<Location>;

/// Why a verdict after apply is what it is: by the positions of principal and broker in the graph.
pub type Explain<'a> = &'a dyn Fn(usize, usize, Operation) -> Option<Explanation<'a>>;

/// Everything that a format shows.
pub struct Report<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The graph.
    pub graph: &'a Graph,
    /// The decisions.
    pub matrix: &'a Matrix,
    /// What this plan changes.
    pub changes: &'a Changes<'a>,
    /// What the operations need beside their own calls, and whether it is allowed.
    pub requirements: &'a Requirements<'a>,
    /// The findings, sorted.
    pub findings: Vec<Finding>,
    /// What was noticed on the way and is worth a word.
    pub notes: Vec<String>,
    /// Where attributes stand.
    pub locate: Locate<'a>,
    /// Why verdicts are what they are.
    pub explain: Explain<'a>,
    /// The counts.
    pub summary: Summary,
    /// Whether only what this plan changes is shown.
    pub changed_only: bool,
}

/// How many verdicts of each kind there are after apply, and how many findings of each severity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Verdicts after apply, by their name.
    pub verdicts: BTreeMap<&'static str, usize>,
    /// Verdicts that differ from the ones before.
    pub changed: usize,
    /// Findings, by severity.
    pub findings: BTreeMap<&'static str, usize>,
}

/// One row of the access matrix.
pub struct Row<'a> {
    /// The principal.
    pub principal: &'a Principal,
    /// The broker.
    pub broker: &'a Broker,
    /// The operation.
    pub operation: Operation,
    /// The verdict after apply; `None` where principal or broker does not exist.
    pub after: Option<&'a Verdict>,
    /// The verdict before.
    pub before: Option<&'a Verdict>,
    /// What the operation needs and is not allowed; nothing where it is not allowed itself.
    pub lacking: Cell,
}

/// The name of a verdict, as in every format.
pub fn verdict_name(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::Denied => "denied",
        Verdict::Conditional { .. } => "conditional",
        Verdict::Unknown { .. } => "unknown",
    }
}

impl<'a> Report<'a> {
    /// The brokers, by the bytes of their id.
    pub fn brokers(&self) -> impl Iterator<Item = &'a Broker> + use<'a> {
        let graph = self.graph;
        graph.brokers.iter().filter_map(move |&node| graph.broker(node))
    }

    /// The principals, by the bytes of their id.
    pub fn principals(&self) -> impl Iterator<Item = &'a Principal> + use<'a> {
        let graph = self.graph;
        graph.principals.iter().filter_map(move |&node| graph.principal(node))
    }

    /// The rows of the matrix: by principal, broker, then create, reboot, delete.
    pub fn rows(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        let (graph, matrix, requirements) = (self.graph, self.matrix, self.requirements);
        let principals = graph.principals.iter().enumerate();
        principals.filter_map(move |(position, &node)| Some((position, graph.principal(node)?))).flat_map(
            move |(p, principal)| {
                let brokers = graph.brokers.iter().enumerate();
                brokers.filter_map(move |(position, &node)| Some((position, graph.broker(node)?))).flat_map(
                    move |(b, broker)| {
                        Operation::ALL.into_iter().map(move |operation| Row {
                            principal,
                            broker,
                            operation,
                            after: matrix.verdict(State::After, p, b, operation),
                            before: matrix.verdict(State::Before, p, b, operation),
                            lacking: requirements.cell(p, b, operation),
                        })
                    },
                )
            },
        )
    }

    /// The rows that are shown: all, or those that this plan changes.
    pub fn shown_rows(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        let changed_only = self.changed_only;
        self.rows().filter(move |row| {
            !changed_only || Effect::between(Access::of(row.before), Access::of(row.after)).is_some()
        })
    }

    /// Whether a finding that nobody has accepted is of a severity that makes the run fail.
    pub fn fails(&self, includes: impl Fn(Severity) -> bool) -> bool {
        self.findings.iter().any(|finding| finding.accepted.is_none() && includes(finding.severity))
    }

    /// Where the value of a hole comes from, if the source tells.
    pub fn location_of(&self, hole: &Hole) -> Option<Location> {
        (self.locate)(hole.address(), hole.attribute())
    }
}
