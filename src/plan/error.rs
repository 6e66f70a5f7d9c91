//! What can be wrong with the input as a whole.

use std::path::PathBuf;

/// Why a plan cannot be read. Every message says what the input is and what to do.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The file cannot be opened.
    #[error("cannot open {}: {source}; give the path of a file that `terraform show -json` wrote", path.display())]
    Open {
        /// The path given.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Reading stopped with an error.
    #[error("cannot read the plan to its end: {0}")]
    Io(#[from] std::io::Error),
    /// Nothing but white space.
    #[error(
        "the input is empty; write the plan's JSON with `terraform show -json TFPLAN > plan.json` and give that file"
    )]
    Empty,
    /// The binary plan that `terraform plan -out` writes.
    #[error(
        "this is a saved binary plan, not its JSON; run `terraform show -json FILE > plan.json` and give plan.json"
    )]
    SavedPlan,
    /// What Terraform stores instead of a plan when a remote backend keeps the plan.
    #[error(
        "this is the bookmark of a plan that a remote backend keeps, not the plan; run `terraform show -json FILE > \
         plan.json` where that backend can be reached and give plan.json"
    )]
    RemotePlan,
    /// The log lines of `terraform plan -json`.
    #[error(
        "these are the log lines of `terraform plan -json`, not the plan; run `terraform plan -out TFPLAN`, then \
         `terraform show -json TFPLAN > plan.json`, and give plan.json"
    )]
    LogLines,
    /// A state as Terraform stores it.
    #[error(
        "this is a stored state, not a plan; run `terraform show -json > state.json` and give state.json"
    )]
    StoredState,
    /// A plan encrypted by OpenTofu.
    #[error(
        "this is an encrypted plan; run `tofu show -json FILE > plan.json` with its key and give plan.json"
    )]
    Encrypted,
    /// JSON that is something else.
    #[error(
        "this is JSON, but not a Terraform plan ({0}); write the plan's JSON with `terraform show -json TFPLAN > \
         plan.json` and give that file"
    )]
    NotAPlan(&'static str),
    /// No JSON at all.
    #[error(
        "this is not JSON; write the plan's JSON with `terraform show -json TFPLAN > plan.json` and give that file"
    )]
    NotJson,
    /// JSON with a mistake in it.
    #[error(
        "the plan is not valid JSON at byte {at}: {what}; write it anew with `terraform show -json TFPLAN > plan.json`"
    )]
    Syntax {
        /// The position in the input, decoded to UTF-8.
        at: u64,
        /// What is wrong there.
        what: &'static str,
    },
    /// JSON that stops in the middle.
    #[error(
        "the plan is cut off after {at} bytes; write it anew with `terraform show -json TFPLAN > plan.json`, and look \
         whether the disk was full or the command was stopped"
    )]
    Truncated {
        /// How many bytes there are.
        at: u64,
    },
    /// A later format.
    #[error(
        "the plan has format version {0}, and versions from 0.1 to below 2 are understood; look for a newer mqwarden"
    )]
    Version(Box<str>),
    /// An element that matters, in a form that Terraform does not write.
    #[error(
        "{place} is not as Terraform writes it: {what}; write the plan anew with `terraform show -json TFPLAN > \
         plan.json`"
    )]
    Element {
        /// The address, or the section where there is none.
        place: Box<str>,
        /// What is wrong. Never quotes values.
        what: Box<str>,
    },
}
