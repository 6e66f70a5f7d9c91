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

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

# A broker that an output gives, and one that none does.
module "queue" {
  source   = "./queue"
  for_each = toset(["orders", "mail"])
  name     = each.key
}

module "team" {
  source = "./team"
  trust  = local.trust
}

resource "aws_mq_broker" "audit" {
  broker_name        = "audit"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.m5.large"
  tags               = { team = "audit" }

  user {
    username = "app"
    password = "not-a-real-secret-1"
  }
}

# Reboots what it may, and deletes what it may not.
resource "aws_iam_policy" "operate" {
  name = "operate"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Operate"
        Effect   = "Allow"
        Action   = ["mq:RebootBroker", "mq:DeleteBroker", "mq:DescribeBroker"]
        Resource = [aws_mq_broker.audit.arn, "arn:aws:mq:eu-west-1:*:broker:orders:*"]
      },
    ]
  })
}

resource "aws_iam_role" "operator" {
  name               = "operator"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "operator" {
  role       = aws_iam_role.operator.name
  policy_arn = aws_iam_policy.operate.arn
}

# Names every broker, and no MFA.
data "aws_iam_policy_document" "admin" {
  statement {
    sid       = "All"
    actions   = ["mq:RebootBroker", "mq:DeleteBroker"]
    resources = ["*"]
  }
}

resource "aws_iam_user" "admin" {
  name = "admin"
  path = "/people/"
}

resource "aws_iam_user_policy" "admin" {
  name   = "admin"
  user   = aws_iam_user.admin.name
  policy = data.aws_iam_policy_document.admin.json
}

resource "aws_iam_group" "developers" {
  name = "developers"
}

resource "aws_iam_user_group_membership" "admin" {
  user   = aws_iam_user.admin.name
  groups = [aws_iam_group.developers.name]
}

resource "aws_iam_role_policy_attachment" "elsewhere" {
  role       = "made-by-hand"
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}
