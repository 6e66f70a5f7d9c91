# RabbitMQ brokers whose configuration names a role.

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "mq.amazonaws.com" } }]
  })
}

resource "aws_iam_role" "ldap" {
  name               = "mq-ldap"
  assume_role_policy = local.trust
}

resource "aws_mq_configuration" "written" {
  name           = "written"
  engine_type    = "RabbitMQ"
  engine_version = "3.13"
  data           = <<-EOT
    consumer_timeout = 1800000
    aws.arns.assume_role_arn = arn:aws:iam::123456789012:role/mq-ldap
  EOT
}

resource "aws_mq_configuration" "referred" {
  name           = "referred"
  engine_type    = "RabbitMQ"
  engine_version = "3.13"
  data           = <<-EOT
    consumer_timeout = 1800000
    aws.arns.assume_role_arn = ${aws_iam_role.ldap.arn}
  EOT
}

resource "aws_mq_configuration" "plain" {
  name           = "plain"
  engine_type    = "RabbitMQ"
  engine_version = "3.13"
  data           = "consumer_timeout = 1800000\n"
}

resource "aws_mq_broker" "by_configuration" {
  for_each = {
    written  = aws_mq_configuration.written
    referred = aws_mq_configuration.referred
    plain    = aws_mq_configuration.plain
  }

  broker_name         = each.key
  engine_type         = "RabbitMQ"
  engine_version      = "3.13"
  host_instance_type  = "mq.m5.large"
  publicly_accessible = true

  configuration {
    id       = each.value.id
    revision = each.value.latest_revision
  }

  user {
    username = "orders"
    password = var.mq_password
  }
}

# A configuration of another plan.
resource "aws_mq_broker" "not_shown" {
  broker_name         = "not-shown"
  engine_type         = "RabbitMQ"
  engine_version      = "3.13"
  host_instance_type  = "mq.m5.large"
  publicly_accessible = true

  configuration {
    id       = "c-11111111-2222-3333-4444-555555555555"
    revision = 2
  }

  user {
    username = "orders"
    password = var.mq_password
  }
}

locals {
  create = { Effect = "Allow", Action = ["mq:*", "iam:CreateServiceLinkedRole"], Resource = "*" }

  policies = {
    plain  = [local.create]
    passes = [local.create, { Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::123456789012:role/mq-ldap", Condition = { StringEquals = { "iam:PassedToService" = "mq.amazonaws.com" } } }]
    other  = [local.create, { Effect = "Allow", Action = "iam:PassRole", Resource = "*", Condition = { StringEquals = { "iam:PassedToService" = "ec2.amazonaws.com" } } }]
    any    = [local.create, { Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::123456789012:role/*" }]
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
