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

resource "aws_iam_role" "put" {
  name = "put"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "put" {
  name = "put"
  role = aws_iam_role.put.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:PutRolePolicy", Resource = aws_iam_role.put.arn }]
  })
}

resource "aws_iam_role" "attach" {
  name = "attach"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "attach" {
  name = "attach"
  role = aws_iam_role.attach.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:AttachRolePolicy", Resource = "*" }]
  })
}

resource "aws_iam_role" "attach_reader" {
  name = "attach_reader"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "attach_reader" {
  name = "attach_reader"
  role = aws_iam_role.attach_reader.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:AttachRolePolicy", Resource = "*", Condition = { ArnEquals = { "iam:PolicyARN" = "arn:aws:iam::aws:policy/AmazonMQReadOnlyAccess" } } }]
  })
}

resource "aws_iam_role" "bounded_loosely" {
  name                 = "bounded_loosely"
  permissions_boundary = aws_iam_policy.fence.arn
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "bounded_loosely" {
  name = "bounded_loosely"
  role = aws_iam_role.bounded_loosely.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:PutRolePolicy", Resource = aws_iam_role.bounded_loosely.arn }]
  })
}

resource "aws_iam_role" "bounded" {
  name                 = "bounded"
  permissions_boundary = aws_iam_policy.narrow.arn
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "bounded" {
  name = "bounded"
  role = aws_iam_role.bounded.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["iam:PutRolePolicy", "iam:AttachRolePolicy"], Resource = "*" }]
  })
}

resource "aws_iam_role" "unbound" {
  name                 = "unbound"
  permissions_boundary = aws_iam_policy.fence.arn
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "unbound" {
  name = "unbound"
  role = aws_iam_role.unbound.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary"], Resource = "*" }]
  })
}

resource "aws_iam_role" "denied" {
  name = "denied"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "denied" {
  name = "denied"
  role = aws_iam_role.denied.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:AttachRolePolicy", Resource = "*" }, { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*" }]
  })
}

resource "aws_iam_role" "elsewhere" {
  name = "elsewhere"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "elsewhere" {
  name = "elsewhere"
  role = aws_iam_role.elsewhere.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:PutRolePolicy", Resource = "arn:aws:iam::123456789012:role/app-*" }]
  })
}

resource "aws_iam_role" "ordinary" {
  name = "ordinary"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "ordinary" {
  name = "ordinary"
  role = aws_iam_role.ordinary.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["mq:DescribeBroker", "s3:GetObject"], Resource = "*" }]
  })
}

resource "aws_iam_role" "administrator" {
  name = "administrator"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "administrator" {
  name = "administrator"
  role = aws_iam_role.administrator.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }]
  })
}

resource "aws_iam_role" "operator" {
  name = "operator"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "operator" {
  name = "operator"
  role = aws_iam_role.operator.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["mq:*", "iam:*"], Resource = "*" }]
  })
}

resource "aws_iam_policy" "fence" {
  name   = "fence"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["iam:*", "s3:*", "mq:Describe*"], Resource = "*" }] })
}

resource "aws_iam_policy" "narrow" {
  name   = "narrow"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["iam:PutRolePolicy", "iam:AttachRolePolicy", "mq:Describe*"], Resource = "*" }] })
}

resource "aws_iam_policy" "versioned" {
  name   = "versioned"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Versions", Effect = "Allow", Action = "iam:CreatePolicyVersion", Resource = "arn:aws:iam::123456789012:policy/versioned" }] })
}

resource "aws_iam_group" "staff" {
  name = "staff"
}

resource "aws_iam_group" "operators" {
  name = "operators"
}

resource "aws_iam_group_membership" "staff" {
  name  = "staff"
  group = aws_iam_group.staff.name
  users = [aws_iam_user.ann.name, aws_iam_user.bob.name]
}

resource "aws_iam_user_policy_attachment" "versions" {
  user       = aws_iam_user.versions.name
  policy_arn = aws_iam_policy.versioned.arn
}

resource "aws_iam_user" "ann" {
  name = "ann"
}

resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user" "versions" {
  name = "versions"
}

resource "aws_iam_user" "joins" {
  name = "joins"
}

resource "aws_iam_group_policy" "staff" {
  name  = "staff"
  group = aws_iam_group.staff.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:PutGroupPolicy", Resource = aws_iam_group.staff.arn, Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } }]
  })
}

resource "aws_iam_group_policy" "operators" {
  name  = "operators"
  group = aws_iam_group.operators.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }]
  })
}

resource "aws_iam_user_policy" "joins" {
  name = "joins"
  user = aws_iam_user.joins.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:AddUserToGroup", Resource = aws_iam_group.operators.arn }]
  })
}
