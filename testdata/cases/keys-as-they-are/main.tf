# Keys that do not exist, keys that are always there, and addresses and ages that are compared as texts.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"

  user {
    username = "admin"
    password = "not-a-real-password-1"
  }
}

locals {
  everything = { Effect = "Allow", Action = "mq:*", Resource = "*" }

  statements = {
    # There is no such key: a request does not have it.
    mistyped_allow = [merge(local.everything, { Condition = { Bool = { "aws:MFAPresent" = "true" } } })]
    mistyped_guard = [
      local.everything,
      { Effect = "Deny", Action = "mq:*", Resource = "*", Condition = { BoolIfExists = { "aws:MFAPresent" = "false" } } },
    ]
    mistyped_denial = [
      local.everything,
      { Effect = "Deny", Action = "mq:*", Resource = "*", Condition = { Bool = { "aws:MFAPresent" = "false" } } },
    ]
    mistyped_tag = [
      local.everything,
      { Effect = "Deny", Action = "mq:*", Resource = "*", Condition = { StringNotEquals = { "aws:PrincipleTag/team" = "mq" } } },
    ]

    # An address compared as text: a pattern can match it, a network never does.
    address_like    = [merge(local.everything, { Condition = { StringLike = { "aws:SourceIp" = "10.*" } } })]
    address_unlike  = [merge(local.everything, { Condition = { StringNotLike = { "aws:SourceIp" = ["*.*", "*:*"] }, Null = { "aws:SourceIp" = "false" } } })]
    address_short   = [merge(local.everything, { Condition = { StringLike = { "aws:SourceIp" = "2001:db8::*" } } })]
    network_as_text = [merge(local.everything, { Condition = { StringLike = { "aws:SourceIp" = "10.0.0.0/8*" } } })]
    age_like        = [merge(local.everything, { Condition = { StringLike = { "aws:MultiFactorAuthAge" = "3*" } } })]
    age_unlike      = [merge(local.everything, { Condition = { StringLike = { "aws:MultiFactorAuthAge" = "*x*" } } })]
  }

  of_users = {
    # Everybody has an id, and that of a user begins with AIDA.
    id_is_there  = [local.everything, { Effect = "Deny", Action = "mq:*", Resource = "*", Condition = { Null = { "aws:userid" = "true" } } }]
    id_of_user   = [merge(local.everything, { Condition = { StringLike = { "aws:userid" = "AIDA*" } } })]
    id_of_role   = [merge(local.everything, { Condition = { StringLike = { "aws:userid" = "AROA*:*" } } })]
    id_of_either = [local.everything, { Effect = "Deny", Action = "mq:*", Resource = "*", Condition = { StringNotLike = { "aws:userid" = ["AROA*:*", "AIDA*"] } } }]
  }
}

resource "aws_iam_role" "of" {
  for_each = local.statements
  name     = each.key

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "of" {
  for_each = local.statements
  role     = aws_iam_role.of[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_user" "of" {
  for_each = local.of_users
  name     = each.key
}

resource "aws_iam_user_policy" "of" {
  for_each = local.of_users
  user     = aws_iam_user.of[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_group" "of" {
  for_each = local.of_users
  name     = each.key
}

resource "aws_iam_group_policy" "of" {
  for_each = local.of_users
  group    = aws_iam_group.of[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}
