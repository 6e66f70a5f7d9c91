//! The graph as JSON: every node and edge, whatever leads to a broker.

use std::io::{self, Write};

use serde::Serialize;

use super::{Line, Party, Picture, What};
use crate::aws::Operation;
use crate::changes::Access;
use crate::graph::PerState;
use crate::report::SCHEMA_VERSION;
use crate::report::visible_json::write_pretty;
use crate::text::Truth;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: &'static str,
    tool: Tool,
    plan: PlanInfo<'a>,
    nodes: Vec<Node<'a>>,
    edges: Vec<Edge<'a>>,
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
struct Node<'a> {
    id: &'a str,
    r#type: &'static str,
    kind: Option<&'a str>,
    name: Option<&'a str>,
    arn: Option<&'a str>,
    change: Option<String>,
    before: bool,
    after: bool,
}

#[derive(Serialize)]
struct Edge<'a> {
    from: &'a str,
    to: &'a str,
    kind: &'static str,
    before: Option<&'static str>,
    after: Option<&'static str>,
    via: Option<&'a str>,
    hangs_on: Option<String>,
    access: Option<Vec<Verdicts>>,
}

#[derive(Serialize)]
struct Verdicts {
    operation: &'static str,
    verdict: Option<&'static str>,
    before: Option<&'static str>,
}

impl Picture<'_> {
    /// Writes the graph as JSON.
    pub fn write_json(self, out: &mut dyn Write) -> io::Result<()> {
        let picture = self.shown();
        let document = Document {
            schema_version: SCHEMA_VERSION,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            plan: PlanInfo {
                format_version: Some(picture.plan.format_version.as_ref()),
                terraform_version: picture.plan.terraform_version.as_deref(),
            },
            nodes: picture.parties.iter().map(node).collect(),
            edges: picture.lines.iter().filter_map(|line| edge(&picture, line)).collect(),
        };
        write_pretty(out, &document)
    }
}

fn node<'a>(party: &'a Party<'_>) -> Node<'a> {
    Node {
        id: party.id,
        r#type: party.role.name(),
        kind: party.kind.as_deref(),
        name: party.name.as_deref(),
        arn: party.arn.as_deref(),
        change: party.change.map(|change| change.to_string()),
        before: party.exists.before,
        after: party.exists.after,
    }
}

fn edge<'a>(picture: &'a Picture<'_>, line: &'a Line<'_>) -> Option<Edge<'a>> {
    let (from, to) = (picture.parties.get(line.from)?.id, picture.parties.get(line.to)?.id);
    Some(match &line.what {
        What::Link { kind, holds, via, hangs_on } => Edge {
            from,
            to,
            kind: kind.name(),
            before: Some(answer(holds.before)),
            after: Some(answer(holds.after)),
            via: Some(via),
            hangs_on: hangs_on.map(ToString::to_string),
            access: None,
        },
        What::Access(access) => Edge {
            from,
            to,
            kind: "access",
            before: None,
            after: None,
            via: None,
            hangs_on: None,
            access: Some(verdicts(access)),
        },
    })
}

fn verdicts(access: &[PerState<Access>; 3]) -> Vec<Verdicts> {
    let of_operation = |(operation, access): (Operation, &PerState<Access>)| Verdicts {
        operation: operation.name(),
        verdict: access.after.verdict(),
        before: access.before.verdict(),
    };
    Operation::ALL.into_iter().zip(access).map(of_operation).collect()
}

fn answer(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "yes",
        Truth::Maybe => "maybe",
        Truth::False => "no",
    }
}
