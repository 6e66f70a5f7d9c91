terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { owner = "platform" }
  }
}
provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}
provider "aws" {
  alias  = "other"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::222222222222:role/terraform"
  }
}
variable "mq_password" {
  type      = string
  sensitive = true
  default   = "Mock-Passw0rd-12"
}
locals {
  trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_mq_broker" "ireland" {
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}
resource "aws_mq_broker" "frankfurt" {
  provider           = aws.frankfurt
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}
resource "aws_mq_broker" "other" {
  provider           = aws.other
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}
data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "frankfurt" { provider = aws.frankfurt }

# by RequestedRegion deny exceptions; create outside Ireland is denied
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Broad"
    actions   = ["mq:*"]
    resources = ["*"]
  }
  statement {
    sid       = "Region"
    effect    = "Deny"
    actions   = ["mq:CreateBroker", "mq:DeleteBroker"]
    resources = ["*"]
    condition {
      test     = "StringNotEquals"
      variable = "aws:RequestedRegion"
      values   = ["eu-west-1"]
    }
  }
}
data "aws_iam_policy_document" "override" {
  statement {
    sid       = "Broad"
    actions   = ["mq:RebootBroker", "mq:DeleteBroker"]
    resources = ["arn:${data.aws_partition.this.partition}:mq:${data.aws_region.frankfurt.name}:${data.aws_caller_identity.this.account_id}:broker:*"]
  }
}
data "aws_iam_policy_document" "merged" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [data.aws_iam_policy_document.override.json]
}
resource "aws_iam_role" "base" {
  name               = "Base"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "base" {
  name   = "base"
  role   = aws_iam_role.base.name
  policy = data.aws_iam_policy_document.base.json
}
resource "aws_iam_role" "merged" {
  name               = "merged"
  path               = "/Apps/MQ/"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "merged" {
  name   = "merged"
  role   = aws_iam_role.merged.id
  policy = data.aws_iam_policy_document.merged.json
}
# default tag on principal and brokers
resource "aws_iam_role" "tagged" {
  name_prefix        = "tagged-"
  assume_role_policy = local.trust
  tags               = { Team = "x" }
}
resource "aws_iam_role_policy" "tagged" {
  name_prefix = "p-"
  role        = aws_iam_role.tagged.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "mq:RebootBroker", Resource = "*", Condition = { StringEquals = { "aws:PrincipalTag/OWNER" = "platform", "aws:ResourceTag/owner" = "$${aws:PrincipalTag/Owner}" } } },
    { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*", Condition = { StringEquals = { "aws:PrincipalTag/team" = "X" } } },
    { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*", Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["owner"] }, "Null" = { "aws:RequestTag/owner" = "false" } } },
  ] })
}
# case of the role's ARN in PrincipalArn and names
resource "aws_iam_role" "case" {
  name               = "CaseMatters"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "case" {
  name = "c"
  role = "CaseMatters"
  depends_on = [aws_iam_role.case]
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "MQ:rebootbroker", Resource = "*" },
    { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "arn:aws:mq:*:*:BROKER:*" },
    { Effect = "Deny", Action = "mq:Reboot*", Resource = "*", Condition = { ArnEquals = { "aws:PrincipalArn" = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:role/casematters" } } },
    { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*", Condition = { StringEqualsIgnoreCase = { "aws:PrincipalArn" = "arn:aws:iam::123456789012:role/casematters" } } },
  ] })
}
# a role of the other account with the same name as one here
resource "aws_iam_role" "other" {
  provider           = aws.other
  name               = "Base"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachment" "other" {
  provider   = aws.other
  role       = aws_iam_role.other.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}
# partially unknown for_each? count from keys known, values unknown
resource "aws_iam_user" "u" {
  for_each = toset(["ann", "bob"])
  name     = each.key
  path     = "/people/"
}
resource "aws_iam_user_policy" "u" {
  for_each = aws_iam_user.u
  name     = "p"
  user     = each.value.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "mq:RebootBroker", Resource = each.key == "ann" ? aws_mq_broker.ireland.arn : aws_mq_broker.frankfurt.arn },
    { Effect = "Allow", Action = "mq:DeleteBroker", Resource = replace(aws_mq_broker.ireland.arn, "eu-west-1", "eu-central-1") },
  ] })
}
