//! Statements of policy documents are found where they are written.

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
use mqwarden::source::{Evaluator, Source, StatementSought};

const MAIN: &str = r#"locals {
  shared = { Effect = "Allow", Action = "mq:*", Note = "one" }
  by_name = {
    a = jsonencode({ Statement = [{ Note = "a" }] })
    b = jsonencode({ Statement = [
      { Note = "b" },
    ] })
  }
  document = {
    Version   = "2012-10-17"
    Statement = concat([local.shared], [
      { Sid = "Two", Effect = "Allow" },
    ], false ? [{}] : [for n in ["x", "y"] : { Effect = "Allow", Resource = n, Note = "for" }])
  }
}

resource "aws_iam_policy" "object" {
  policy = jsonencode(local.document)
}

resource "aws_iam_policy" "heredoc" {
  policy = <<-JSON
    {
      "Statement": [
        {"Sid": "First", "Resource": "${aws_mq_broker.b.arn}"},
        {
          "Effect": "Deny",
          "Resource": ["*"]
        }
      ]
    }
  JSON
}

resource "aws_iam_policy" "file" {
  policy = file("${path.module}/p/plain.json")
}

resource "aws_iam_policy" "template" {
  policy = templatefile("p/template.tftpl", { arn = "x" })
}

resource "aws_iam_policy" "each" {
  for_each = local.by_name
  policy   = each.value
}

data "aws_iam_policy_document" "base" {
  statement {
    sid     = "Kept"
    actions = ["mq:*"]
  }
  statement {
    sid     = "Replaced"
    actions = ["mq:*"]
  }
}

data "aws_iam_policy_document" "all" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json, local.by_name["b"]]
  override_policy_documents = [file("p/plain.json")]
  statement {
    sid       = "Replaced"
    resources = ["own"]
  }
  dynamic "statement" {
    for_each = ["p", "q"]
    content {
      actions = ["dynamic:${statement.value}"]
    }
  }
}

resource "aws_iam_policy" "all" {
  policy = data.aws_iam_policy_document.all.json
}

module "m" {
  source   = "./m"
  for_each = toset(["k"])
  policy   = data.aws_iam_policy_document.base.json
}

resource "aws_iam_policy" "out" {
  policy = module.m["k"].document
}

resource "aws_iam_role" "blocks" {
  inline_policy {
    name   = "first"
    policy = jsonencode({ Statement = [{ Note = "first" }] })
  }
  inline_policy {
    name   = "second"
    policy = jsonencode({ Statement = { Note = "second" } })
  }
}

resource "aws_iam_policy" "unsure" {
  policy = jsonencode(merge(local.document, var.more))
}
"#;

const MODULE: &str = r#"variable "policy" {}
resource "aws_iam_policy" "inner" {
  policy = var.policy
}
data "aws_iam_policy_document" "d" {
  statement {
    actions = ["inside"]
  }
}
output "document" {
  value = data.aws_iam_policy_document.d.json
}
"#;

const PLAIN: &str = r#"{
  "Statement": [
    { "Sid": "Kept", "Action": "plain" },
    { "Effect": "Deny",
      "Action": "deny" }
  ]
}
"#;

const TEMPLATE: &str = r#"{
  "Statement": [
    { "Resource": ["${arn}"] },
    { "Sid": "T", "Resource": [%{ for x in ["a"] }"${x}"%{ endfor }] }
  ]
}
"#;

#[test]
fn statements_are_found_where_they_are_written() {
    let files =
        [("main.tf", MAIN), ("m/main.tf", MODULE), ("p/plain.json", PLAIN), ("p/template.tftpl", TEMPLATE)];
    let folder = folder(&files);
    let source = Source::load(None, Some(folder.path())).expect("source");
    let world = Small::default();
    let evaluator = Evaluator::new(&source, &world);
    let line = |address: &str, block: Option<(&str, &str)>, sought: StatementSought<'_>| {
        let address = Address::parse(address).expect("address");
        let found = evaluator.statement_location(&address, block, "policy", &sought);
        found.map_or("none".into(), |place| {
            let (_, text) = files.iter().find(|(name, _)| *name == &*place.file).expect("file");
            let line = text.lines().nth(place.line as usize - 1).unwrap();
            format!("{}: {}", place.file, &line[place.column as usize - 1..])
        })
    };
    for (address, index, count, sid, element, expected) in [
        ("aws_iam_policy.object", 0, 4, None, None, r#"main.tf: { Effect = "Allow", Action = "mq:*", Note"#),
        ("aws_iam_policy.object", 0, 4, None, Some("Action"), r#"main.tf: Action = "mq:*", Note"#),
        ("aws_iam_policy.object", 1, 4, Some("Two"), None, "main.tf: { Sid = \"Two\""),
        ("aws_iam_policy.object", 3, 4, None, Some("Resource"), "main.tf: Resource = n"),
        // A number that the source does not bear out gives the argument; an id is found all the same.
        ("aws_iam_policy.object", 3, 5, None, None, "main.tf: policy = jsonencode(local.document)"),
        ("aws_iam_policy.object", 3, 5, Some("Two"), None, "main.tf: { Sid = \"Two\""),
        ("aws_iam_policy.object", 1, 4, Some("Other"), None, "main.tf: policy = jsonencode(local.document)"),
        ("aws_iam_policy.heredoc", 0, 2, Some("First"), Some("Resource"), "main.tf: \"Resource\": \"${aws"),
        ("aws_iam_policy.heredoc", 1, 2, None, None, "main.tf: {"),
        ("aws_iam_policy.heredoc", 1, 2, None, Some("Effect"), "main.tf: \"Effect\": \"Deny\""),
        ("aws_iam_policy.file", 1, 2, None, Some("Action"), "p/plain.json: \"Action\": \"deny\""),
        ("aws_iam_policy.template", 0, 2, None, None, "p/template.tftpl: { \"Resource\": [\"${arn}"),
        ("aws_iam_policy.template", 1, 2, Some("T"), None, "p/template.tftpl: { \"Sid\": \"T\""),
        ("aws_iam_policy.each[\"b\"]", 0, 1, None, None, "main.tf: { Note = \"b\" }"),
        ("aws_iam_policy.each[\"a\"]", 0, 1, None, None, "main.tf: { Note = \"a\" }"),
        // The override takes the place of the first source's statement, the own one that of the second.
        ("aws_iam_policy.all", 0, 6, Some("Kept"), None, "p/plain.json: { \"Sid\": \"Kept\""),
        ("aws_iam_policy.all", 1, 6, Some("Replaced"), Some("Resource"), "main.tf: resources = [\"own\"]"),
        ("aws_iam_policy.all", 2, 6, None, None, "main.tf: { Note = \"b\" }"),
        ("aws_iam_policy.all", 4, 6, None, Some("Action"), "main.tf: actions = [\"dynamic:"),
        ("aws_iam_policy.all", 5, 6, None, None, "p/plain.json: { \"Effect\": \"Deny\","),
        (
            "module.m[\"k\"].aws_iam_policy.inner",
            1,
            2,
            Some("Replaced"),
            Some("Sid"),
            "main.tf: sid     = \"Re",
        ),
        ("aws_iam_policy.out", 0, 1, None, None, "m/main.tf: statement {"),
        ("aws_iam_policy.unsure", 0, 4, None, None, "main.tf: policy = jsonencode(merge("),
        ("aws_iam_policy.none", 0, 1, None, None, "none"),
    ] {
        let found = line(address, None, StatementSought { index, count: Some(count), sid, element });
        assert!(found.starts_with(expected), "{address} {index} {sid:?} {element:?}:\n{found}\n{expected}");
    }
    let sought = StatementSought { index: 0, count: Some(1), sid: None, element: None };
    let inline = line("aws_iam_role.blocks", Some(("inline_policy", "second")), sought);
    assert!(inline.starts_with("main.tf: { Note = \"second\""), "{inline}");
}
