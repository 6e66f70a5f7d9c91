//! The plan reader.

mod corpus;
mod dress;
mod reader;
