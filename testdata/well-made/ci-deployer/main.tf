# A pipeline that plans and applies brokers, within a boundary.
variable "account" {
  default = "123456789012"
}

resource "aws_iam_openid_connect_provider" "ci" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

data "aws_iam_policy_document" "ci_trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.ci.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:example/brokers:ref:refs/heads/main"]
    }
  }
}

resource "aws_iam_policy" "boundary" {
  name = "ci-boundary"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["mq:*", "ec2:*", "logs:*", "kms:*", "secretsmanager:*"], Resource = "*" },
      { Effect = "Deny", Action = ["iam:*", "organizations:*"], Resource = "*" },
    ]
  })
}

resource "aws_iam_role" "ci" {
  name                 = "ci-brokers"
  assume_role_policy   = data.aws_iam_policy_document.ci_trust.json
  permissions_boundary = aws_iam_policy.boundary.arn
}

data "aws_iam_policy_document" "ci" {
  statement {
    sid = "CreateAndList"
    actions = [
      "mq:CreateBroker", "mq:CreateConfiguration", "mq:ListBrokers", "mq:ListConfigurations",
      "mq:DescribeBrokerEngineTypes", "mq:DescribeBrokerInstanceOptions",
    ]
    resources = ["*"]
  }
  statement {
    sid = "Manage"
    actions = [
      "mq:DescribeBroker", "mq:UpdateBroker", "mq:RebootBroker", "mq:DeleteBroker",
      "mq:CreateUser", "mq:DescribeUser", "mq:UpdateUser", "mq:DeleteUser", "mq:ListUsers",
      "mq:CreateTags", "mq:DeleteTags", "mq:ListTags",
    ]
    resources = ["arn:aws:mq:eu-west-1:${var.account}:broker:orders-*:*"]
  }
  statement {
    sid       = "Configurations"
    actions   = ["mq:DescribeConfiguration", "mq:DescribeConfigurationRevision", "mq:UpdateConfiguration", "mq:CreateTags", "mq:ListTags"]
    resources = ["arn:aws:mq:eu-west-1:${var.account}:configuration:*"]
  }
  statement {
    sid = "Network"
    actions = [
      "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DetachNetworkInterface",
      "ec2:DescribeInternetGateways", "ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
    ]
    resources = ["*"]
  }
  statement {
    sid = "NetworkForAmazonMQ"
    actions = [
      "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterfacePermission",
      "ec2:DescribeNetworkInterfacePermissions",
    ]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "ec2:AuthorizedService"
      values   = ["mq.amazonaws.com"]
    }
  }
  statement {
    sid       = "ServiceLinkedRole"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:aws:iam::*:role/aws-service-role/mq.amazonaws.com/*"]
  }
}

resource "aws_iam_role_policy" "ci" {
  name   = "brokers"
  role   = aws_iam_role.ci.name
  policy = data.aws_iam_policy_document.ci.json
}

resource "aws_mq_broker" "orders" {
  broker_name        = "orders-main"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.m5.large"
  user {
    username = "orders"
    password = "planted-Secret-4711"
  }
}
