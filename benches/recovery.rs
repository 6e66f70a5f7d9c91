//! Recovering policies known only after apply: a configuration of brokers, roles, policies and attachments, a quarter of
//! each, where every policy names its broker.

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

use std::fmt::Write;

use mqwarden::plan::{Action, Address, Key, Object, Plan, ResourceChange, Value};
use mqwarden::source::{Evaluator, PlanWorld, Source};
use mqwarden::text::{Hole, Shape, Text};

fn main() {
    divan::main();
}

/// A configuration in a folder, and its plan.
struct Case {
    folder: tempfile::TempDir,
    plan: Plan,
    policies: Vec<Address>,
}

fn resource(plan: &mut Plan, address: &str, attributes: Vec<(&str, Value)>) {
    let members = attributes.into_iter().map(|(name, value)| (name.into(), value)).collect();
    plan.resources.push(ResourceChange {
        address: Address::parse(address).expect("address"),
        address_text: address.into(),
        previous_address: None,
        action: Action::Create,
        creates_first: false,
        action_reason: None,
        depends_on: Box::default(),
        before: None,
        after: Some(Value::Object(Object { members, sensitive: false })),
    });
}

fn string(text: &str) -> Value {
    Value::String(Text::known(text))
}

fn unknown(address: &str, attribute: &str) -> Value {
    Value::Unknown(Hole::new(address, attribute, Shape::ANY))
}

const JSONENCODE: &str = r#"jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.common, [for a in ["Reboot", "Delete"] : {
      Effect    = "Allow"
      Action    = "mq:${a}Broker"
      Resource  = [@ARN@, "${@ARN@}/*"]
      Condition = { StringEquals = { "aws:ResourceTag/env" = var.environment } }
    }])
  })"#;
const HEREDOC: &str = r#"<<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [{"Effect": "Allow", "Action": ${jsonencode(local.actions)}, "Resource": "${@ARN@}"}]
    }
  EOT"#;
const FUNCTIONS: &str =
    r#"replace(local.template, "@@ARN@@", format("%s:*", join(":", slice(split(":", @ARN@), 0, 6))))"#;
const DOCUMENT: &str = r#"data.aws_iam_policy_document.d["@KEY@"].json"#;

const HEAD: &str = r#"
variable "environment" {
  type    = string
  default = "production"
}

locals {
  actions  = ["mq:RebootBroker", "mq:DescribeBroker"]
  common   = [{ Effect = "Allow", Action = "mq:List*", Resource = "*" }]
  template = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "mq:Delete*", Resource = "@@ARN@@" }] })
}

resource "aws_mq_broker" "b" {
  for_each    = local.names
  broker_name = each.key
}

data "aws_iam_policy_document" "d" {
  for_each = aws_mq_broker.b
  statement {
    actions   = local.actions
    resources = [each.value.arn]
    dynamic "condition" {
      for_each = { env = var.environment }
      content {
        test     = "StringEquals"
        variable = "aws:ResourceTag/${condition.key}"
        values   = [condition.value]
      }
    }
  }
}
"#;

const BLOCKS: &str = r#"
resource "aws_iam_role" "r@INDEX@" {
  name = "role-@INDEX@"
}

resource "aws_iam_policy" "p@INDEX@" {
  @EACH@
  name   = "p@INDEX@"
  policy = @POLICY@
}

resource "aws_iam_role_policy_attachment" "a@INDEX@" {
  role       = aws_iam_role.r@INDEX@.name
  policy_arn = aws_iam_policy.p@INDEX@@WHICH@.arn
}
"#;

/// A configuration of `count` resources.
fn case(count: usize) -> Case {
    let (mut text, mut names) = (String::from(HEAD), String::from("locals {\n  names = toset([\n"));
    let mut plan = Plan::default();
    let mut policies = Vec::new();
    for index in 0..count / 4 {
        let key = format!("k{index}");
        writeln!(names, "    \"{key}\",").expect("text");
        let broker = format!("aws_mq_broker.b[\"{key}\"]");
        let id = Hole::new(broker.as_str(), "id", Shape::NEW_BROKER_ID);
        let mut arn = Text::builder();
        arn.push_str("arn:aws:mq:eu-west-1:").push_hole(&Hole::account());
        arn.push_str(":broker:").push_str(&key).push_str(":").push_hole(&id);
        let (arn, id) = (Value::String(arn.finish()), Value::String(Text::hole(id)));
        resource(&mut plan, &broker, vec![("arn", arn), ("id", id), ("broker_name", string(&key))]);
        let document = format!("data.aws_iam_policy_document.d[\"{key}\"]");
        resource(&mut plan, &document, vec![("json", unknown(&document, "json"))]);
        resource(&mut plan, &format!("aws_iam_role.r{index}"), vec![("name", string(&key))]);

        let policy = [JSONENCODE, HEREDOC, FUNCTIONS, DOCUMENT][index % 4];
        let looped = index % 5 == 4;
        let arn = if looped { "each.value.arn".to_owned() } else { format!("{broker}.arn") };
        let each = if looped { format!("for_each = {{ {key} = {broker} }}") } else { String::new() };
        let block = BLOCKS
            .replace("@POLICY@", policy)
            .replace("@EACH@", &each)
            .replace("@WHICH@", &if looped { format!("[\"{key}\"]") } else { String::new() })
            .replace("@INDEX@", &index.to_string())
            .replace("@KEY@", &key)
            .replace("@ARN@", &arn);
        // The marker of the template looks like the one for the ARN.
        text.push_str(&block.replace(&format!("\"@{arn}@\""), "\"@@ARN@@\""));
        let mut address = Address::parse(&format!("aws_iam_policy.p{index}")).expect("address");
        address.key = looped.then(|| Key::Name(key.as_str().into()));
        let policy = address.to_string();
        resource(&mut plan, &policy, vec![("policy", unknown(&policy, "policy"))]);
        policies.push(address);
    }
    names.push_str("  ])\n}\n");
    let folder = tempfile::tempdir().expect("folder");
    std::fs::write(folder.path().join("main.tf"), text).expect("file");
    std::fs::write(folder.path().join("names.tf"), names).expect("file");
    Case { folder, plan, policies }
}

/// All of it: reading the source and evaluating every unknown policy, a quarter of the resources.
#[divan::bench(args = [1000, 4000, 16000], sample_count = 10)]
fn recovery(bencher: divan::Bencher<'_, '_>, count: usize) {
    let case = case(count);
    bencher.counter(divan::counter::ItemsCount::new(count)).bench(|| {
        let world = PlanWorld::new(&case.plan);
        let source = Source::load(None, Some(case.folder.path())).expect("source");
        let evaluator = Evaluator::new(&source, &world);
        let mut known = 0usize;
        for address in &case.policies {
            let value = evaluator.attribute(address, "policy").expect("policy");
            known += usize::from(value.as_text().is_some_and(|text| text.pieces().count() > 2));
        }
        assert_eq!(known, case.policies.len(), "{:?}", evaluator.notes());
        known
    });
}

/// Reading and parsing alone.
#[divan::bench(args = [4000])]
fn parsing(bencher: divan::Bencher<'_, '_>, count: usize) {
    let case = case(count);
    bencher.bench(|| Source::load(None, Some(case.folder.path())).expect("source"));
}
