# What had been applied before.

resource "aws_mq_broker" "same" {
  broker_name         = "same"
  engine_type         = "ActiveMQ"
  engine_version      = "5.18"
  publicly_accessible = true
  host_instance_type  = "mq.m5.large"

  user {
    username = "orders"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "resized" {
  broker_name         = "resized"
  engine_type         = "ActiveMQ"
  engine_version      = "5.18"
  publicly_accessible = true
  host_instance_type  = "mq.m5.large"
  apply_immediately   = true
  tags = {
    environment = "production"
    owner       = "ada"
    team        = "orders"
  }

  user {
    username = "orders"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "gone" {
  broker_name         = "gone"
  engine_type         = "ActiveMQ"
  engine_version      = "5.18"
  publicly_accessible = true
  host_instance_type  = "mq.m5.large"
  tags                = { environment = "production" }

  user {
    username = "orders"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "renamed" {
  broker_name         = "old-name"
  engine_type         = "ActiveMQ"
  engine_version      = "5.18"
  publicly_accessible = true
  host_instance_type  = "mq.m5.large"

  user {
    username = "orders"
    password = var.mq_password
  }
}

resource "aws_mq_configuration" "main" {
  name           = "main"
  engine_type    = "ActiveMQ"
  engine_version = "5.18"
  data           = "<broker></broker>"
}

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "123456789012" } }]
  })

  network = [
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNetworkInterfacePermissions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ec2:DetachNetworkInterface",
  ]

  # Every call that this plan makes, and no other.
  calls = [
    "mq:CreateBroker",
    "mq:CreateConfiguration",
    "mq:CreateTags",
    "mq:CreateUser",
    "mq:DeleteBroker",
    "mq:DeleteTags",
    "mq:DescribeBroker",
    "mq:DescribeConfiguration",
    "mq:DescribeConfigurationRevision",
    "mq:DescribeUser",
    "mq:RebootBroker",
    "mq:UpdateBroker",
    "mq:UpdateConfiguration",
  ]

  policies = {
    everything = [{ Effect = "Allow", Action = "*", Resource = "*" }]
    exact      = [{ Effect = "Allow", Action = concat(local.calls, local.network), Resource = "*" }]

    # The provider takes the refusal for a broker that is gone.
    blind = [
      { Effect = "Allow", Action = concat(local.calls, local.network), Resource = "*" },
      { Effect = "Deny", Action = "mq:DescribeBroker", Resource = "*" },
    ]

    # May not touch what belongs to production.
    careful = [
      { Effect = "Allow", Action = concat(local.calls, local.network), Resource = "*" },
      { Effect = "Deny", Action = ["mq:DeleteBroker", "mq:RebootBroker"], Resource = "*", Condition = { StringEquals = { "aws:ResourceTag/environment" = "production" } } },
    ]

    # May only set and remove the tag of its team.
    team = [
      { Effect = "Allow", Action = concat([for call in local.calls : call if call != "mq:CreateTags" && call != "mq:DeleteTags"], local.network), Resource = "*" },
      { Effect = "Allow", Action = ["mq:CreateTags", "mq:DeleteTags"], Resource = "*", Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["team"] } } },
    ]

    # Reads alone.
    reader = [{ Effect = "Allow", Action = ["mq:Describe*", "mq:List*"], Resource = "*" }]

    # Was read only.
    changing = [{ Effect = "Allow", Action = ["mq:Describe*"], Resource = "*" }]

    # With a second factor.
    with_mfa = [{ Effect = "Allow", Action = "*", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } }]
  }
}

resource "aws_iam_role" "by_policy" {
  for_each           = local.policies
  name               = each.key
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "by_policy" {
  for_each = local.policies
  name     = each.key
  role     = aws_iam_role.by_policy[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}
