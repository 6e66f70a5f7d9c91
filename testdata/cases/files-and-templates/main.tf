resource "aws_mq_broker" "ledger" {
  broker_name        = "ledger-${terraform.workspace}"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { team = "payments" }
  user {
    username = "admin"
    password = var.mq_password
  }
}

data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "aws_partition" "here" {}

locals {
  config  = yamldecode(file("${path.module}/access.yaml"))
  parts   = split(":", aws_mq_broker.ledger.arn)
  account = element(local.parts, 4)
  arn     = join(":", ["arn", data.aws_partition.here.partition, "mq", data.aws_region.here.name, data.aws_caller_identity.me.account_id, "broker", aws_mq_broker.ledger.broker_name, aws_mq_broker.ledger.id])
}

resource "aws_iam_role" "this" {
  for_each           = local.config.roles
  name               = replace(lower(each.key), "_", "-")
  path               = try(each.value.path, "/")
  assume_role_policy = templatefile("${path.module}/templates/trust.json.tftpl", { services = try(each.value.services, ["ec2"]) })
}

resource "aws_iam_role_policy" "this" {
  for_each = local.config.roles
  name     = "access"
  role     = aws_iam_role.this[each.key].id
  policy = templatefile("${path.module}/templates/access.json.tftpl", {
    rules   = each.value.rules
    targets = { broker = local.arn, all = "*", account = "arn:aws:mq:*:${local.account}:broker:*" }
    mfa     = try(each.value.mfa, false)
  })
}

resource "aws_iam_user" "static" {
  name = trimspace(file("${path.module}/operator.txt"))
}

resource "aws_iam_user_policy" "static" {
  user   = aws_iam_user.static.name
  name   = "static"
  policy = file("${path.module}/policies/static.json")
}

resource "aws_iam_user_policy" "merged" {
  user = aws_iam_user.static.name
  name = "merged"
  policy = jsonencode(merge(jsondecode(file("${path.module}/policies/base.json")), {
    Statement = concat(jsondecode(file("${path.module}/policies/base.json")).Statement, [
      { Effect = "Allow", Action = "mq:RebootBroker", Resource = format("%s", local.arn) }
    ])
  }))
}

resource "aws_iam_group" "heredoc" {
  name = "heredoc"
}

resource "aws_iam_group_policy" "heredoc" {
  group  = aws_iam_group.heredoc.name
  policy = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [
        %{~for i, action in ["RebootBroker", "DeleteBroker"]~}
        %{if i > 0},%{endif}
        {
          "Effect": "Allow",
          "Action": "mq:${action}",
          "Resource": "${i == 0 ? aws_mq_broker.ledger.arn : replace(aws_mq_broker.ledger.arn, "ledger", "other")}"
        }
        %{~endfor~}
      ]
    }
  POLICY
}
