//! The configuration beside a plan: expressions, documents, locations, limits.

mod applied;
mod cases;
mod configuration;
mod documents;
mod expressions;
mod holes;
mod limits;
mod locations;
mod marks;
mod statements;
mod support;
mod types;
mod versions;
