locals {
  trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
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
resource "aws_iam_user" "u" { name = "u" }
resource "aws_iam_group" "g" { name = "g" }
resource "aws_iam_group" "gold" { name = "gold" }
resource "aws_iam_group_policy" "gold" {
  group  = aws_iam_group.gold.name
  policy = aws_iam_policy.all.policy
}
resource "aws_iam_policy" "all" {
  name   = "all"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
}
resource "aws_iam_policy" "boot" {
  name   = "boot"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }] })
}
resource "aws_iam_role_policy_attachment" "p" {
  role       = aws_iam_role.r.name
  policy_arn = aws_iam_policy.boot.arn
}
resource "aws_iam_user_policy_attachment" "p" {
  user       = aws_iam_user.u.name
  policy_arn = aws_iam_policy.boot.arn
}
resource "aws_iam_user_policy" "p" {
  user   = aws_iam_user.u.name
  name   = "new"
  policy = aws_iam_policy.boot.policy
}
resource "aws_iam_group_membership" "m" {
  name  = "m"
  group = aws_iam_group.g.name
  users = [aws_iam_user.u.name]
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
