//! What hangs on the version of Terraform or OpenTofu that made the plan.

#![allow(clippy::expect_used)]

use crate::source::support::{Small, folder, printed};
use mqwarden::source::{Evaluator, Source};

/// The values of some expressions in which one side of an operator settles the whole and the other one fails, in a plan
/// of a version with a lock file that names a registry.
fn values(version: Option<&'static str>, registry: Option<&str>) -> Vec<String> {
    let source = "locals {
  or    = try(true || [][0], \"failed\")
  and   = try(false && [][0], \"failed\")
  left  = try([][0] || true, \"failed\")
  unfit = try(true || [], \"failed\")
  both  = try(true && [][0], \"failed\")
}
";
    let lock = registry.map(|registry| format!("provider \"{registry}/hashicorp/aws\" {{\n}}\n"));
    let mut files = vec![("main.tf", source)];
    if let Some(lock) = &lock {
        files.push((".terraform.lock.hcl", lock));
    }
    let folder = folder(&files);
    let source = Source::load(None, Some(folder.path())).expect("source");
    let world = Small { version, ..Small::default() };
    let evaluator = Evaluator::new(&source, &world);
    let value = |name: &str| {
        let value = printed(&evaluator.local(&[], name).expect("local"));
        if value.starts_with("${") { "unknown".to_owned() } else { value.replace('"', "") }
    };
    ["or", "and", "left", "unfit", "both"].map(value).to_vec()
}

#[test]
fn one_side_hides_errors_of_the_other_from_some_version_on() {
    let (terraform, opentofu) = (Some("registry.terraform.io"), Some("registry.opentofu.org"));
    let complete = ["failed", "failed", "failed", "failed", "failed"];
    let short = ["true", "false", "true", "failed", "failed"];
    let unknown = ["unknown", "unknown", "unknown", "failed", "failed"];
    for (version, registry, expected) in [
        (Some("1.9.8"), None, complete),
        (Some("1.11.4"), terraform, complete),
        (Some("1.11.4"), opentofu, short),
        (Some("1.11.4"), None, unknown),
        (Some("1.12.0"), terraform, short),
        (Some("2.0.0"), None, short),
        (None, None, unknown),
    ] {
        assert_eq!(values(version, registry), expected, "{version:?} {registry:?}");
    }
}
