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

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

# Keys of a user who may do nothing yet, and a group that may.

resource "aws_iam_user" "idle" {
  name = "idle"
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

resource "aws_iam_role" "helpdesk" {
  name               = "helpdesk"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "helpdesk" {
  name = "helpdesk"
  role = aws_iam_role.helpdesk.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "iam:CreateAccessKey", Resource = aws_iam_user.idle.arn },
      { Effect = "Allow", Action = "iam:AddUserToGroup", Resource = aws_iam_group.operators.arn },
    ]
  })
}

# The same keys, and no group that may anything.

resource "aws_iam_group" "readers" {
  name = "readers"
}

resource "aws_iam_role" "reception" {
  name               = "reception"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "reception" {
  name = "reception"
  role = aws_iam_role.reception.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "iam:CreateAccessKey", Resource = aws_iam_user.idle.arn },
      { Effect = "Allow", Action = "iam:AddUserToGroup", Resource = aws_iam_group.readers.arn },
    ]
  })
}

# A user whom a boundary holds back, and who may take that away.

resource "aws_iam_policy" "boundary" {
  name = "boundary"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:*", "sqs:*"], Resource = "*" }]
  })
}

resource "aws_iam_user" "bounded" {
  name                 = "bounded"
  permissions_boundary = aws_iam_policy.boundary.arn
}

resource "aws_iam_user_policy" "bounded" {
  name = "mq"
  user = aws_iam_user.bounded.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = aws_mq_broker.orders.arn }]
  })
}

resource "aws_iam_user" "keeper" {
  name = "keeper"
}

resource "aws_iam_user_policy" "keeper" {
  name = "keeper"
  user = aws_iam_user.keeper.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["iam:CreateLoginProfile", "iam:DeleteUserPermissionsBoundary"]
      Resource = aws_iam_user.bounded.arn
    }]
  })
}

# A role that a policy of its own denies everything, and who may delete that policy.

resource "aws_iam_role" "parked" {
  name = "parked"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_role.ci.arn } }]
  })
}

resource "aws_iam_role_policy_attachment" "parked" {
  role       = aws_iam_role.parked.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}

resource "aws_iam_role_policy" "parked" {
  name = "parked"
  role = aws_iam_role.parked.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "mq:*", Resource = "*" }]
  })
}

resource "aws_iam_role" "ci" {
  name               = "ci"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "ci" {
  name = "ci"
  role = aws_iam_role.ci.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:DeleteRolePolicy", Resource = aws_iam_role.parked.arn }]
  })
}

# A member of a group without policies, and who may write one.

resource "aws_iam_group" "staff" {
  name = "staff"
}

resource "aws_iam_user" "member" {
  name = "member"
}

resource "aws_iam_user_group_membership" "member" {
  user   = aws_iam_user.member.name
  groups = [aws_iam_group.staff.name]
}

resource "aws_iam_role" "lead" {
  name               = "lead"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "lead" {
  name = "lead"
  role = aws_iam_role.lead.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "iam:CreateAccessKey", Resource = aws_iam_user.member.arn },
      { Effect = "Allow", Action = "iam:PutGroupPolicy", Resource = aws_iam_group.staff.arn },
    ]
  })
}
