terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}
provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
resource "aws_mq_broker" "b" {
  broker_name                = "orders"
  engine_type                = "RabbitMQ"
  engine_version             = "3.13"
  host_instance_type         = "mq.t3.micro"
  auto_minor_version_upgrade = true
  user {
    username = "abc"
    password = "abcdefghijklmnop"
  }
  tags = { team = "orders" }
}
locals {
  trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "123456789012" } }] })
  # No call of a caller's own comes through another service: the first statement applies whatever the tag is.
  document = [for n in range(8) : jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { "ForAllValues:StringNotLike" = { "aws:CalledVia" = "$${aws:PrincipalTag/team}Ab" } } },
      { Effect = "Deny", Action = "mq:*", Resource = "*", Condition = { StringEquals = { "aws:SourceVpc" = "vpc-${n}" } } },
    ]
  })]
}
resource "aws_iam_group" "g" {
  count = 8
  name  = "g${count.index}"
}
resource "aws_iam_group_policy" "g" {
  count  = 8
  group  = aws_iam_group.g[count.index].name
  policy = local.document[count.index]
}
resource "aws_iam_role" "r" {
  count              = 8
  name               = "r${count.index}"
  assume_role_policy = local.trust
  tags               = { team = "orders" }
}
resource "aws_iam_role_policy" "r" {
  count  = 8
  role   = aws_iam_role.r[count.index].name
  policy = local.document[count.index]
}
resource "aws_iam_user" "u" {
  count = 8
  name  = "u${count.index}"
}
resource "aws_iam_user_policy" "u" {
  count  = 8
  user   = aws_iam_user.u[count.index].name
  policy = local.document[count.index]
}
