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

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = "do-not-print-1"
  }
}

# Three users that come to the same, and a longer way to something else.

resource "aws_iam_user" "idle" {
  for_each = toset(["one", "two", "three"])
  name     = "idle-${each.key}"
}

resource "aws_iam_group" "operators" {
  name = "operators"
}

resource "aws_iam_group_policy" "operators" {
  name  = "mq"
  group = aws_iam_group.operators.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["mq:RebootBroker", "mq:DeleteBroker"], Resource = "*" }]
  })
}

resource "aws_iam_role" "busy" {
  name = "busy"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "busy" {
  name = "busy"
  role = aws_iam_role.busy.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "iam:CreateAccessKey", Resource = "arn:aws:iam::*:user/idle-*" },
      { Effect = "Allow", Action = "iam:AddUserToGroup", Resource = aws_iam_group.operators.arn },
    ]
  })
}

resource "aws_iam_role" "first" {
  name = "first"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_role.busy.arn } }]
  })
}

resource "aws_iam_role" "second" {
  name = "second"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_role.first.arn } }]
  })
}

resource "aws_iam_role_policy" "second" {
  name = "second"
  role = aws_iam_role.second.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:CreateBroker", Resource = "*" }]
  })
}
