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
resource "aws_mq_broker" "c" {
  broker_name                = "billing"
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
  own   = "arn:aws:mq:eu-west-1:*:broker:$${aws:ResourceTag/team}:*"
  all   = { Effect = "Allow", Action = "mq:*", Resource = "*" }
  docs = {
    allow_tag      = [{ Effect = "Allow", Action = "mq:*", Resource = local.own }]
    deny_tag       = [local.all, { Effect = "Deny", Action = "mq:*", Resource = local.own }]
    deny_nottag    = [local.all, { Effect = "Deny", Action = "mq:*", NotResource = local.own }]
    default_wrong  = [{ Effect = "Allow", Action = "mq:*", Resource = "arn:aws:mq:eu-west-1:*:broker:$${aws:ResourceTag/team, 'zzz'}:*" }]
    account_region = [{ Effect = "Allow", Action = "mq:*", Resource = "arn:aws:mq:*:*:broker:*$${aws:RequestedRegion, ''}*" }]
    create_region  = [{ Effect = "Allow", Action = "mq:*", NotResource = "arn:aws:mq:*:*:broker:*$${aws:RequestTag/team}*" }]
  }
}
resource "aws_iam_role" "r" {
  for_each           = local.docs
  name               = each.key
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "p" {
  for_each = local.docs
  role     = aws_iam_role.r[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}
resource "aws_iam_group" "g" {
  name = "g"
}
resource "aws_iam_group_policy" "g" {
  group  = aws_iam_group.g.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "arn:aws:mq:*:*:broker:$${aws:username}-*" }] })
}
resource "aws_iam_group" "h" {
  name = "h"
}
resource "aws_iam_group_policy" "h" {
  group  = aws_iam_group.h.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { StringLike = { "aws:username" = "team/*" } } }] })
}
