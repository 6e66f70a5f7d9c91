locals {
  trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  all   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
}
resource "aws_mq_broker" "a" {
  broker_name        = "one"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = "secretpassword123"
  }
}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = local.trust
}
resource "aws_iam_role" "ghost" {
  name               = "ghost"
  assume_role_policy = local.trust
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = local.all
}
resource "aws_iam_policy_attachment" "x" {
  name       = "x"
  policy_arn = aws_iam_policy.p.arn
  roles      = [aws_iam_role.ghost.name]
}
resource "aws_iam_role_policy_attachment" "y" {
  role       = aws_iam_role.r.name
  policy_arn = aws_iam_policy.p.arn
}
# exclusive list made first, policy after
resource "aws_iam_role" "e" {
  name               = "e"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policies_exclusive" "e" {
  role_name    = aws_iam_role.e.name
  policy_names = []
}
resource "aws_iam_role_policy" "e" {
  role       = aws_iam_role.e.name
  name       = "late"
  policy     = local.all
  depends_on = [aws_iam_role_policies_exclusive.e]
}
resource "aws_iam_group" "g" { name = "g" }
resource "aws_iam_user" "u1" { name = "u1" }
resource "aws_iam_user" "u2" { name = "u2" }
resource "aws_iam_group_policy" "g" {
  group  = aws_iam_group.g.name
  policy = local.all
}
resource "aws_iam_group_membership" "m" {
  name  = "m"
  group = aws_iam_group.g.name
  users = [aws_iam_user.u1.name]
}
resource "aws_iam_user_group_membership" "u2" {
  user       = aws_iam_user.u2.name
  groups     = [aws_iam_group.g.name]
  depends_on = [aws_iam_group_membership.m]
}
resource "aws_iam_role" "mp" {
  name                = "mp"
  assume_role_policy  = local.trust
  managed_policy_arns = []
}
resource "aws_iam_role_policy_attachment" "mp" {
  role       = aws_iam_role.mp.name
  policy_arn = aws_iam_policy.p.arn
}
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "eu-west-1"
}
provider "aws" {
  alias  = "b"
  region = "eu-west-1"
  assume_role { role_arn = "arn:aws:iam::222222222222:role/deploy" }
}
