# Brokers of both engines, public and private, and principals that may create them.

resource "aws_mq_broker" "private" {
  broker_name        = "private"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  deployment_mode    = "ACTIVE_STANDBY_MULTI_AZ"
  subnet_ids         = ["subnet-0a11111111111111a", "subnet-0b22222222222222b"]
  security_groups    = ["sg-0c33333333333333c"]
  tags               = { team = "orders" }

  user {
    username = "orders"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "public" {
  broker_name         = "public"
  engine_type         = "activemq"
  engine_version      = "5.18"
  host_instance_type  = "mq.m5.large"
  publicly_accessible = true

  logs {
    general = true
  }

  user {
    username = "orders"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "replica" {
  broker_name                         = "replica"
  engine_type                         = "ActiveMQ"
  engine_version                      = "5.18"
  host_instance_type                  = "mq.m5.large"
  deployment_mode                     = "ACTIVE_STANDBY_MULTI_AZ"
  data_replication_mode               = "CRDR"
  data_replication_primary_broker_arn = "arn:aws:mq:eu-central-1:123456789012:broker:main:b-11111111-2222-3333-4444-555555555555"

  user {
    username         = "replication"
    password         = var.mq_password
    replication_user = true
  }
}

resource "aws_mq_broker" "rabbit_private" {
  broker_name        = "rabbit-private"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.m5.large"

  user {
    username = "orders"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "rabbit_public" {
  broker_name         = "rabbit-public"
  engine_type         = "RabbitMQ"
  engine_version      = "3.13"
  host_instance_type  = "mq.m5.large"
  publicly_accessible = true

  user {
    username = "orders"
    password = var.mq_password
  }
}

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "123456789012" } }]
  })

  network = [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DetachNetworkInterface",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
  ]

  permission = [
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeNetworkInterfacePermissions",
  ]

  for_amazon_mq = { StringEquals = { "ec2:AuthorizedService" = "mq.amazonaws.com" } }

  policies = {
    # The custom policy of the Amazon MQ guide.
    guide = [
      { Effect = "Allow", Action = concat(["mq:*"], local.network), Resource = "*" },
      { Effect = "Allow", Action = local.permission, Resource = "*", Condition = local.for_amazon_mq },
    ]

    # Nothing but Amazon MQ.
    bare = [
      { Effect = "Allow", Action = "mq:*", Resource = "*" },
    ]

    # May create, and not tag.
    no_tags = [
      { Effect = "Allow", Action = concat(["mq:CreateBroker"], local.network, local.permission), Resource = "*" },
    ]

    # May set the tag of its team alone.
    own_tags = [
      { Effect = "Allow", Action = concat(["mq:CreateBroker"], local.network, local.permission), Resource = "*" },
      { Effect = "Allow", Action = "mq:CreateTags", Resource = "arn:aws:mq:*:123456789012:broker:private:*", Condition = { StringEquals = { "aws:RequestTag/team" = "orders" } } },
    ]

    # The permission actions for another service.
    other_service = [
      { Effect = "Allow", Action = concat(["mq:*"], local.network), Resource = "*" },
      { Effect = "Allow", Action = local.permission, Resource = "*", Condition = { StringEquals = { "ec2:AuthorizedService" = "rds.amazonaws.com" } } },
    ]

    # The subnets and the security group of one broker, named.
    scoped = [
      { Effect = "Allow", Action = concat(["mq:*"], [for action in local.network : action if action != "ec2:CreateNetworkInterface"]), Resource = "*" },
      { Effect = "Allow", Action = local.permission, Resource = "*", Condition = local.for_amazon_mq },
      {
        Effect = "Allow"
        Action = "ec2:CreateNetworkInterface"
        Resource = [
          "arn:aws:ec2:eu-west-1:123456789012:network-interface/*",
          "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-0a11111111111111a",
          "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-0b22222222222222b",
          "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-0c33333333333333c",
        ]
      },
    ]

    # One of the two subnets is left out.
    half = [
      { Effect = "Allow", Action = concat(["mq:*"], [for action in local.network : action if action != "ec2:CreateNetworkInterface"]), Resource = "*" },
      { Effect = "Allow", Action = local.permission, Resource = "*", Condition = local.for_amazon_mq },
      {
        Effect = "Allow"
        Action = "ec2:CreateNetworkInterface"
        Resource = [
          "arn:aws:ec2:eu-west-1:123456789012:network-interface/*",
          "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-0a11111111111111a",
          "arn:aws:ec2:eu-west-1:123456789012:security-group/*",
        ]
      },
    ]

    # Only in one VPC, which the plan does not tell.
    one_vpc = [
      { Effect = "Allow", Action = concat(["mq:*"], local.network, local.permission), Resource = "*" },
      { Effect = "Deny", Action = "ec2:CreateNetworkInterface", Resource = "*", Condition = { StringNotEquals = { "ec2:Vpc" = "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0d44444444444444d" } } },
    ]

    # EC2 only through services.
    through_services = [
      { Effect = "Allow", Action = "mq:*", Resource = "*" },
      { Effect = "Allow", Action = "ec2:*", Resource = "*", Condition = { "ForAnyValue:StringEquals" = { "aws:CalledVia" = "mq.amazonaws.com" } } },
      { Effect = "Deny", Action = "ec2:*", Resource = "*", Condition = { Bool = { "aws:ViaAWSService" = "false" } } },
    ]

    # EC2 only by hand.
    by_hand = [
      { Effect = "Allow", Action = ["mq:*", "ec2:*"], Resource = "*" },
      { Effect = "Deny", Action = "ec2:*", Resource = "*", Condition = { Bool = { "aws:ViaAWSService" = "true" } } },
    ]

    # Everything with a second factor.
    with_mfa = [
      { Effect = "Allow", Action = ["mq:*", "ec2:*", "iam:CreateServiceLinkedRole"], Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } },
    ]

    # Another region's network, and the service-linked role.
    other_region = [
      { Effect = "Allow", Action = "mq:*", Resource = "*" },
      { Effect = "Allow", Action = "ec2:*", Resource = "*", Condition = { StringEquals = { "aws:RequestedRegion" = "us-east-1" } } },
      { Effect = "Allow", Action = "iam:CreateServiceLinkedRole", Resource = "*", Condition = { StringEquals = { "iam:AWSServiceName" = "mq.amazonaws.com" } } },
    ]

    # The service-linked role is denied.
    no_service_linked_role = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      { Effect = "Deny", Action = "iam:CreateServiceLinkedRole", Resource = "*" },
    ]

    # Everything but creating.
    operator = [
      { Effect = "Allow", Action = ["mq:RebootBroker", "mq:DeleteBroker"], Resource = "*" },
    ]
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

resource "aws_iam_role" "full" {
  name               = "full"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "full" {
  role       = aws_iam_role.full.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}

resource "aws_iam_role" "api" {
  name               = "api"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "api" {
  role       = aws_iam_role.api.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQApiFullAccess"
}

# Bounded: the network is out of bounds.
resource "aws_iam_policy" "bound" {
  name   = "bound"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["mq:*", "ec2:Describe*"], Resource = "*" }] })
}

resource "aws_iam_role" "bounded" {
  name                 = "bounded"
  assume_role_policy   = local.trust
  permissions_boundary = aws_iam_policy.bound.arn
}

resource "aws_iam_role_policy" "bounded" {
  name   = "bounded"
  role   = aws_iam_role.bounded.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.policies.guide })
}
