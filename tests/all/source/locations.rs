//! Blocks, arguments and parts of documents are found where they are written.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cloned_ref_to_slice_refs,
    clippy::print_stderr,
    clippy::print_stdout,
    unreachable_pub,
    dead_code,
    missing_docs,
    reason = "a test"
)]

use crate::source::support::{Small, folder};
use mqwarden::plan::Address;
use mqwarden::source::{Evaluator, Source};

const MAIN: &str = r#"resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:*", Resource = "*" },
      {
        Effect   = "Deny"
        Action   = ["mq:DeleteBroker", "mq:RebootBroker"]
        Resource = local.arn
      },
    ]
  })
}

data "aws_iam_policy_document" "d" {
  statement {
    actions = ["mq:*"]
  }
  statement {
    é       = 1
    actions = ["a:b",
      "mq:*"]
    condition {
      test = "x"
    }
  }
  dynamic "statement" {
    for_each = [1, 2]
    content {
      actions = [statement.value]
    }
  }
}

module "m" {
  source = "./m"
}
"#;

#[test]
fn places_are_as_deep_as_the_source_is_written_out() {
    let folder = folder(&[
        ("main.tf", MAIN),
        ("m/x.tf", "\n\n  resource \"aws_iam_role\" \"r\" {\n    name = \"r\"\n  }\n"),
        ("j.tf.json", "{\"resource\": {\"aws_iam_role\": {\"j\": {\n  \"name\": \"j\"\n}}}}\n"),
    ]);
    let source = Source::load(None, Some(folder.path())).expect("source");
    let world = Small::default();
    let evaluator = Evaluator::new(&source, &world);
    let place = |address: &str, path: Option<&str>| {
        let address = Address::parse(address).expect("address");
        let found = evaluator.location(&address, path);
        found.map_or("none".into(), |place| format!("{}:{}:{}", place.file, place.line, place.column))
    };
    let policy = "aws_iam_policy.p";
    for (path, expected) in [
        (None, "main.tf:1:1"),
        (Some("policy"), "main.tf:3:3"),
        (Some("policy.Statement"), "main.tf:5:5"),
        (Some("policy.Statement[0]"), "main.tf:6:7"),
        (Some("policy.Statement[1]"), "main.tf:7:7"),
        (Some("policy.Statement[1].Action"), "main.tf:9:9"),
        (Some("policy.Statement[1].Action[1]"), "main.tf:9:40"),
        (Some("policy.Statement[1].Resource"), "main.tf:10:9"),
        (Some("policy.Statement[1].Sid"), "main.tf:7:7"),
        (Some("absent"), "none"),
    ] {
        assert_eq!(place(policy, path), expected, "{path:?}");
    }
    let document = "data.aws_iam_policy_document.d";
    for (path, expected) in [
        (None, "main.tf:16:1"),
        (Some("statement[0]"), "main.tf:17:3"),
        (Some("statement[1].actions"), "main.tf:22:5"),
        (Some("statement[1].actions[1]"), "main.tf:23:7"),
        (Some("statement[1].condition[0].test"), "main.tf:25:7"),
        (Some("statement[1].resources"), "main.tf:20:3"),
        (Some("statement[2]"), "main.tf:28:3"),
        (Some("statement[3].actions"), "main.tf:31:7"),
    ] {
        assert_eq!(place(document, path), expected, "{path:?}");
    }
    assert_eq!(place("module.m.aws_iam_role.r", Some("name")), "m/x.tf:4:5");
    assert_eq!(place("aws_iam_role.j", Some("name")), "j.tf.json:2:3");
    assert_eq!(place("aws_iam_role.none", None), "none");
}
