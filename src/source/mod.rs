//! Terraform source: finds the block of an address, evaluates expressions to values with holes, gives lines.
//!
//! A plan says `(known after apply)` of every policy that names a broker made in the same plan. The source says how the
//! policy is put together, so everything that is known stays known: `"${aws_mq_broker.main.arn}/*"` becomes a text with
//! a hole where the id of the broker will be.
//!
//! The source comes from the saved plan file, which holds the `.tf` files of all modules as they were at plan time, from
//! a configuration directory, or from both ([`Source::load`]). An [`Evaluator`] then works on it, with a [`World`] that
//! tells what the plan knows.

mod blocks;
mod branches;
mod common;
mod composed;
mod entries;
mod env;
mod equality;
mod evaluator;
mod expression;
mod fault;
mod fuel;
mod functions;
mod load;
mod location;
mod logic;
mod module;
mod number;
mod operators;
mod provider;
mod reference;
mod resource;
mod sequence;
mod spelled;
mod statement;
pub(crate) mod syntax;
mod template;
mod typed;
mod types;
mod value;
mod widened;
mod world;

pub use evaluator::Evaluator;
pub(crate) use load::SourceFile;
pub use load::{Location, Source, SourceError};
pub use statement::StatementSought;
pub use world::{PlanWorld, World};
