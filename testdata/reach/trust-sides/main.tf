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

resource "aws_iam_role" "operator" {
  name = "operator"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = [aws_iam_user.named.arn, aws_iam_user.named_bounded.arn, aws_iam_role.named.arn, aws_iam_role.named_bounded.arn, aws_iam_user.refused.arn] } },
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "123456789012" }, Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } },
      { Effect = "Deny", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_user.refused.arn } }
    ]
  })
}

resource "aws_iam_role_policy" "operator" {
  name = "operator"
  role = aws_iam_role.operator.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }]
  })
}

resource "aws_iam_policy" "fence" {
  name   = "fence"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}

resource "aws_iam_user" "named" {
  name = "named"
}

resource "aws_iam_user" "named_bounded" {
  name                 = "named-bounded"
  permissions_boundary = aws_iam_policy.fence.arn
}

resource "aws_iam_user" "unnamed" {
  name = "unnamed"
}

resource "aws_iam_user" "unnamed_allowed" {
  name = "unnamed-allowed"
}

resource "aws_iam_user" "unnamed_bounded" {
  name                 = "unnamed-bounded"
  permissions_boundary = aws_iam_policy.fence.arn
}

resource "aws_iam_user" "refused" {
  name = "refused"
}

resource "aws_iam_user_policy" "unnamed_allowed" {
  name = "unnamed_allowed"
  user = aws_iam_user.unnamed_allowed.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }]
  })
}

resource "aws_iam_user_policy" "unnamed_bounded" {
  name = "unnamed_bounded"
  user = aws_iam_user.unnamed_bounded.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }]
  })
}

resource "aws_iam_user_policy" "refused" {
  name = "refused"
  user = aws_iam_user.refused.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }]
  })
}

resource "aws_iam_role" "named" {
  name = "named"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role" "named_bounded" {
  name                 = "named_bounded"
  permissions_boundary = aws_iam_policy.fence.arn
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
