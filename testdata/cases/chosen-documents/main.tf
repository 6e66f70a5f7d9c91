# Policies that are more than the one document that is read during apply, and keys that hang on the kind of caller.
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
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

variable "full" {
  type    = bool
  default = true
}

resource "aws_mq_broker" "a" {
  broker_name        = "a"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = "do-not-print-1"
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["mq:RebootBroker"]
    resources = [aws_mq_broker.a.arn]
  }
}

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
  admin = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = aws_mq_broker.a.arn }]
  })
  conditions = {
    instance  = { ArnLike = { "ec2:SourceInstanceArn" = "arn:aws:ec2:*:*:instance/*" } }
    lambda    = { ArnLike = { "lambda:SourceFunctionArn" = "arn:aws:lambda:*:*:function:*" } }
    federated = { Null = { "aws:FederatedProvider" = "false" } }
    saml      = { StringEquals = { "saml:aud" = "https://signin.aws.amazon.com/saml" } }
  }
}

resource "aws_iam_role" "r" {
  for_each           = toset(["plain", "chosen", "coalesced", "merged", "fresh"])
  name               = each.key
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "plain" {
  name   = "p"
  role   = aws_iam_role.r["plain"].name
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role_policy" "chosen" {
  name   = "p"
  role   = aws_iam_role.r["chosen"].name
  policy = var.full ? local.admin : data.aws_iam_policy_document.read.json
}

resource "aws_iam_role_policy" "coalesced" {
  name   = "p"
  role   = aws_iam_role.r["coalesced"].name
  policy = coalesce(local.admin, data.aws_iam_policy_document.read.json)
}

resource "aws_iam_role_policy" "merged" {
  name   = "p"
  role   = aws_iam_role.r["merged"].name
  policy = merge({ x = data.aws_iam_policy_document.read.json }, { x = local.admin })["x"]
}

# A role always calls with temporary credentials.
resource "aws_iam_role_policy" "fresh" {
  name = "p"
  role = aws_iam_role.r["fresh"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:*", Resource = "*" },
      { Effect = "Deny", Action = "mq:*", Resource = "*", Condition = { Null = { "aws:TokenIssueTime" = "true" } } },
    ]
  })
}

# Instances, functions and federated people call as roles, never as a user.
resource "aws_iam_user" "u" {
  for_each = local.conditions
  name     = each.key
}

resource "aws_iam_user_policy" "u" {
  for_each = local.conditions
  name     = "p"
  user     = aws_iam_user.u[each.key].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = each.value }]
  })
}
