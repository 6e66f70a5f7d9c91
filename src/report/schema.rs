//! The JSON Schemas of the JSON outputs.

/// The schema of `check --format json` (JSON Schema, draft 2020-12). It names every member and allows no other, so that
/// a test which holds it against the output fails as soon as either changes.
pub const SCHEMA: &str = include_str!("check.schema.json");

/// The schema of `graph --format json`, likewise.
pub const GRAPH_SCHEMA: &str = include_str!("graph.schema.json");
