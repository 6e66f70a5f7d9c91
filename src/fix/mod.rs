//! Suggested policies, as HCL in the two forms that people write, with references to what the plan manages.
//!
//! A [`Statement`] is what a policy says; a [`Place`] is where it is to stand and how the configuration there names
//! principals, brokers and values; [`attach`] and [`replace`] write both. Nothing here decides whether a suggestion
//! mends anything.

mod attach;
mod hcl;
mod place;
mod statement;

pub use attach::{attach, replace};
pub use place::Place;
pub use statement::{Condition, Statement};

/// A suggestion, written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What to do with it, as a sentence without its end.
    pub title: String,
    /// With a `data "aws_iam_policy_document"`, or a `statement` block of one.
    pub policy_document: String,
    /// With `jsonencode({…})`, or a statement in one.
    pub jsonencode: String,
}
