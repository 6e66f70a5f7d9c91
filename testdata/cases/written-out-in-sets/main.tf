terraform { 
  required_providers { 
    aws = { 
      source = "hashicorp/aws" 
      version = "5.100.0" 
    } 
  } 
}
provider "aws" {
  region = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id = true
  skip_metadata_api_check = true
}
locals {
  trust = jsonencode({Version="2012-10-17",Statement=[{Effect="Allow",Action="sts:AssumeRole",Principal={Service="ec2.amazonaws.com"}}]})
  levels = { root = "a" }
}
resource "aws_mq_broker" "a" {
  broker_name = "a"
  engine_type = "ActiveMQ"
  engine_version = "5.18"
  host_instance_type = "mq.m5.large"
  user { 
    username = "shipping" 
    password = "Mock-Passw0rd-12" 
  }
}
data "aws_iam_policy_document" "reboot" {
  statement {
    actions = ["mq:RebootBroker"]
    resources = [aws_mq_broker.a.arn]
  }
}
data "aws_iam_policy_document" "deny_delete" {
  statement {
    effect = "Deny"
    actions = ["mq:DeleteBroker"]
    resources = [aws_mq_broker.a.arn]
  }
}
data "aws_iam_policy_document" "del" {
  statement {
    actions = ["mq:DeleteBroker"]
    resources = [aws_mq_broker.a.arn]
  }
}
# inline blocks, order z, a
resource "aws_iam_role" "i1" {
  name = "i1"
  assume_role_policy = local.trust
  inline_policy {
    name = "z"
    policy = data.aws_iam_policy_document.reboot.json
  }
  inline_policy {
    name = "a"
    policy = data.aws_iam_policy_document.del.json
  }
}
resource "aws_iam_role" "i2" {
  name = "i2"
  assume_role_policy = local.trust
  inline_policy {
    name = "z"
    policy = data.aws_iam_policy_document.reboot.json
  }
  inline_policy {
    name = "a"
    policy = jsonencode({Version="2012-10-17",Statement=[{Effect="Allow",Action="mq:DeleteBroker",Resource="*"}]})
  }
}
resource "aws_iam_role" "i3" {
  name = "i3"
  assume_role_policy = local.trust
  dynamic "inline_policy" {
    for_each = { x = data.aws_iam_policy_document.reboot.json }
    content {
      name = inline_policy.key
      policy = inline_policy.value
    }
  }
}
resource "aws_iam_role" "i4" {
  name = "i4"
  assume_role_policy = local.trust
  inline_policy {
    name = aws_mq_broker.a.id
    policy = data.aws_iam_policy_document.reboot.json
  }
  inline_policy {
    name = "all"
    policy = jsonencode({Version="2012-10-17",Statement=[{Effect="Allow",Action="mq:*",Resource="*"}]})
  }
}
# group membership users with literal + unknown
resource "aws_iam_user" "known" { name = "known" }
resource "aws_iam_user" "idref" { name = "idref" }
resource "aws_iam_group" "g" { name = "g" }
resource "aws_iam_group_policy" "g" {
  group = aws_iam_group.g.name
  policy = jsonencode({Version="2012-10-17",Statement=[{Effect="Allow",Action="mq:*",Resource="*"}]})
}
resource "aws_iam_group_membership" "g" {
  name = "g"
  group = aws_iam_group.g.name
  users = ["known", aws_iam_user.idref.id]
}
# policy attachment users/groups/roles literal + unknown
resource "aws_iam_policy" "p" {
  name = "p"
  policy = jsonencode({Version="2012-10-17",Statement=[{Effect="Deny",Action="mq:DeleteBroker",Resource="*"}]})
}
resource "aws_iam_user" "victim" { name = "victim" }
resource "aws_iam_user_policy" "victim" {
  user = aws_iam_user.victim.name
  policy = jsonencode({Version="2012-10-17",Statement=[{Effect="Allow",Action="mq:*",Resource="*"}]})
}
resource "aws_iam_policy_attachment" "p" {
  name = "p"
  policy_arn = aws_iam_policy.p.arn
  users = ["victim", aws_iam_user.idref.id]
}
resource "aws_iam_role" "victim" {
  name = "victim"
  assume_role_policy = local.trust
  managed_policy_arns = ["arn:aws:iam::aws:policy/AWSDenyAll", aws_iam_policy.full.arn]
}
resource "aws_iam_policy" "full" {
  name = "full"
  policy = jsonencode({Version="2012-10-17",Statement=[{Effect="Allow",Action="mq:*",Resource="*"}]})
}
# module/local reference
resource "aws_iam_role" "lst" {
  name = "lst"
  assume_role_policy = local.trust
  managed_policy_arns = concat([for p in [aws_iam_policy.full] : p.arn], ["arn:aws:iam::aws:policy/AWSDenyAll"])
}
