//! Secrets keep their marks through expressions, and stand in no name of what is unknown.

#![allow(clippy::expect_used, reason = "a test")]

use crate::source::support::{Small, locals, string};
use mqwarden::plan::Value;
use mqwarden::text::{Hole, Shape};

const SECRETS: &str = r#"
variable "value" {}
locals {
  secret     = sensitive(var.value)
  flat       = flatten([sensitive([var.value]), ["b"]])[0]
  deep       = flatten([[sensitive([var.value])], ["b"]])
  either     = aws_x.t.on ? var.value : local.secret
  other      = aws_x.t.on ? local.secret : var.value
  member     = aws_x.t.map[local.secret]
  element    = aws_x.t.list[sensitive(41)]
  replaced   = replace(aws_x.t.name, local.secret, "x")
  with       = replace(aws_x.t.name, "x", local.secret)
  looked_up  = lookup({ (local.secret) = "v" }, var.value, "none")
  names      = keys({ (local.secret) = "v" })
  product    = setproduct([local.secret], ["b"])
  distinct   = distinct([local.secret, var.value])
  encoded    = jsonencode({ a = local.secret })
  joined     = join(",", ["a", local.secret])
  formatted  = format("%s-%s", "a", local.secret)
  beside     = tolist([sensitive(424242), aws_x.t.name])
  chosen     = jsonencode(true ? sensitive(424242) : aws_x.t.name)
  written    = jsonencode(tolist([sensitive(424242), aws_x.t.name]))
  whole      = jsonencode(true ? sensitive([424242, 1]) : aws_x.t.list)
  whole_in   = jsonencode(true ? { a = sensitive([424242]) } : aws_x.t.map)
}
"#;

#[test]
fn no_secret_is_printed() {
    let unknown = |name: &str| Value::Unknown(Hole::new("aws_x.t", name, Shape::ANY));
    let attributes = ["on", "map", "list", "name"].map(|name| (name, unknown(name)));
    let mut world = Small::default().with("aws_x.t", &attributes);
    world.variables.insert("value".into(), string("pl41n"));
    let names: Vec<&str> =
        SECRETS.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.trim()).collect();
    let (values, notes) = locals(&[("main.tf", SECRETS)], &world, &names);
    for (name, value) in names.iter().zip(&values) {
        assert!(
            !value.contains("pl41n") && !value.contains("424242") && value != "absent",
            "{name} is {value}"
        );
    }
    assert!(!notes.iter().any(|note| note.contains("pl41n")), "{notes:?}");
}
