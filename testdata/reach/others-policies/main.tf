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

resource "aws_iam_role" "rewriter" {
  name = "rewriter"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "rewriter" {
  name = "rewriter"
  role = aws_iam_role.rewriter.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:UpdateAssumeRolePolicy", Resource = aws_iam_role.operator.arn }]
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
    Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }]
  })
}

resource "aws_iam_role" "empowers" {
  name = "empowers"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "empowers" {
  name = "empowers"
  role = aws_iam_role.empowers.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:PutRolePolicy", Resource = aws_iam_role.friend.arn }, { Effect = "Allow", Action = "sts:AssumeRole", Resource = aws_iam_role.friend.arn }]
  })
}

resource "aws_iam_role" "friend" {
  name = "friend"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::123456789012:root" } }]
  })
}

resource "aws_iam_role" "in_vain" {
  name = "in_vain"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "in_vain" {
  name = "in_vain"
  role = aws_iam_role.in_vain.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:PutRolePolicy", Resource = aws_iam_role.stranger.arn }]
  })
}

resource "aws_iam_role" "stranger" {
  name = "stranger"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "mediaconvert.amazonaws.com" } }]
  })
}

resource "aws_iam_user" "keys" {
  name = "keys"
}

resource "aws_iam_user_policy" "keys" {
  name = "keys"
  user = aws_iam_user.keys.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:CreateAccessKey", Resource = "arn:aws:iam::123456789012:user/*" }]
  })
}

resource "aws_iam_user" "own_keys" {
  name = "own_keys"
}

resource "aws_iam_user_policy" "own_keys" {
  name = "own_keys"
  user = aws_iam_user.own_keys.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:CreateAccessKey", Resource = "arn:aws:iam::123456789012:user/$${aws:username}" }]
  })
}

resource "aws_iam_user" "powerful" {
  name = "powerful"
}

resource "aws_iam_user_policy" "powerful" {
  name = "powerful"
  user = aws_iam_user.powerful.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = aws_mq_broker.orders.arn }]
  })
}
