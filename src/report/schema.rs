//! The JSON Schema of the JSON output.

/// The schema (JSON Schema, draft 2020-12). It names every member and allows no other, so that a test which holds it
/// against the output fails as soon as either changes.
pub const SCHEMA: &str = include_str!("check.schema.json");
