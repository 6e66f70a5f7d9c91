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

variable "environments" {
  type    = set(string)
  default = ["production", "staging"]
}

resource "aws_mq_broker" "orders" {
  for_each           = var.environments
  broker_name        = "orders-${each.key}"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  tags               = { environment = each.key }

  user {
    username = "app"
    password = "not-a-real-secret-1"
  }
}

locals {
  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role" "deploy" {
  name               = "deploy"
  assume_role_policy = local.trust
}

# May update nothing, and deletes production too.
resource "aws_iam_role_policy" "deploy" {
  name = "deploy"
  role = aws_iam_role.deploy.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["mq:CreateBroker", "mq:DeleteBroker"]
      Resource = "*"
    }]
  })
}

module "team" {
  source   = "./team"
  for_each = toset(["payments"])
  name     = each.key
  brokers  = values(aws_mq_broker.orders)[*].arn
  staging  = aws_mq_broker.orders["staging"].arn
  trust    = local.trust
}

resource "aws_iam_group" "ops" {
  name = "ops"
}

# The guard does not reach long-term access keys.
resource "aws_iam_group_policy" "ops" {
  name  = "reboot"
  group = aws_iam_group.ops.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "mq:RebootBroker"
        Resource = aws_mq_broker.orders["production"].arn
      },
      {
        Effect    = "Deny"
        Action    = "mq:RebootBroker"
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

resource "aws_iam_role" "break_glass" {
  name               = "break-glass"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "break_glass" {
  role       = aws_iam_role.break_glass.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
