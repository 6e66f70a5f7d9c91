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

resource "aws_mq_broker" "main" {
  broker_name        = "main"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.m5.large"
  tags               = { environment = "production" }

  user {
    username = "app"
    password = "not-a-real-secret-1"
  }
}

# Nothing tells its environment before apply.
resource "aws_mq_broker" "perhaps" {
  broker_name        = "perhaps"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  tags               = { environment = uuid() }

  user {
    username = "app"
    password = "not-a-real-secret-1"
  }
}

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })

  with_mfa = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }

  # By role: the conditions of an Allow, and those of a Deny.
  guards = {
    allow_bool = {
      allow = local.with_mfa
      deny  = null
    }
    # A key that is absent passes.
    allow_bool_if_exists = {
      allow = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "true" } }
      deny  = null
    }
    # A key that is absent is not false.
    deny_bool = {
      allow = {}
      deny  = { Bool = { "aws:MultiFactorAuthPresent" = "false" } }
    }
    deny_bool_if_exists = {
      allow = {}
      deny  = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    }
    # Without MFA it has no age.
    age = {
      allow = { NumericLessThan = { "aws:MultiFactorAuthAge" = "3600" } }
      deny  = null
    }
    age_if_exists = {
      allow = { NumericLessThanIfExists = { "aws:MultiFactorAuthAge" = "3600" } }
      deny  = null
    }
    unguarded = {
      allow = {}
      deny  = null
    }
  }
}

resource "aws_iam_role" "guard" {
  for_each           = local.guards
  name               = each.key
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "guard" {
  for_each = local.guards
  name     = "reboot"
  role     = aws_iam_role.guard[each.key].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*", Condition = each.value.allow }],
      each.value.deny == null ? [] : [
        { Effect = "Deny", Action = "mq:RebootBroker", Resource = "*", Condition = each.value.deny }
      ],
    )
  })
}

# Nothing but the plan's configuration tells what it says.
resource "aws_iam_role" "later" {
  name               = "later"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "later" {
  name = "later"
  role = aws_iam_role.later.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = aws_mq_broker.main.arn }]
  })
}

resource "aws_iam_role" "updates" {
  name               = "updates"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "updates" {
  name = "updates"
  role = aws_iam_role.updates.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "mq:Update*"
      Resource  = "arn:aws:mq:*:*:broker:*"
      Condition = { StringEquals = { "aws:ResourceTag/environment" = "production" } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "elsewhere" {
  role       = "made-by-hand"
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}
