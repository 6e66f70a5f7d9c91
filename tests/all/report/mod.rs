//! The output formats.

mod csv;
mod formats;
mod graph;
mod html;
mod json;
mod markdown;
mod sarif;
pub(crate) mod support;
mod table;
