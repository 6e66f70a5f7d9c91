locals {
  all = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
  guarded = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "mq:*", Resource = "*" },
    { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::*:user/staff/*" } } },
    { Effect = "Deny", Action = "mq:RebootBroker", Resource = "*", Condition = { StringEquals = { "aws:username" = "old-name" } } },
    { Effect = "Deny", Action = "mq:CreateBroker", Resource = "*", Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::*:user/*new-name" } } },
  ] })
}
resource "aws_iam_user" "pathed" {
  name = "pathed"
  path = "/guests/"
}
resource "aws_iam_user_policy" "pathed" {
  name   = "p"
  user   = aws_iam_user.pathed.name
  policy = local.guarded
}
resource "aws_iam_user" "named" {
  name = "new-name"
}
resource "aws_iam_user_policy" "named" {
  name   = "p"
  user   = aws_iam_user.named.name
  policy = local.guarded
}
resource "aws_mq_broker" "cbd" {
  broker_name        = "green"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
  lifecycle {
    create_before_destroy = true
  }
}
resource "aws_iam_role" "follows" {
  name               = "follows"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "follows" {
  name   = "p"
  role   = aws_iam_role.follows.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "mq:DeleteBroker", Resource = aws_mq_broker.cbd.arn },
    { Effect = "Allow", Action = "mq:RebootBroker", Resource = "arn:aws:mq:eu-west-1:123456789012:broker:blue:*" },
  ] })
}
resource "aws_iam_policy" "team" {
  name   = "team"
  policy = local.all
}
module "team" {
  source   = "./mod"
  for_each = toset(["a"])
  trust    = local.trust
}
moved {
  from = aws_iam_role.refactored
  to   = module.team["a"].aws_iam_role.this
}
moved {
  from = aws_iam_role_policy.refactored
  to   = module.team["a"].aws_iam_role_policy.this
}
import {
  to = aws_iam_role.imported
  id = "imported"
}
resource "aws_iam_role" "imported" {
  name               = "imported"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
import {
  to = aws_iam_user_policy_attachment.imported
  id = "zoe/arn:aws:iam::123456789012:policy/hand"
}
resource "aws_iam_user_policy_attachment" "imported" {
  user       = "zoe"
  policy_arn = "arn:aws:iam::123456789012:policy/hand"
}
data "aws_iam_policy" "hand" {
  name = "hand"
}
