data "aws_mq_broker" "legacy" {
  broker_name = "legacy"
}

data "aws_iam_role" "ci" {
  name = "ci"
}

data "aws_iam_policy" "restart" {
  name = "legacy-restart"
}

locals {
  people = ["ann", "bob"]
}

resource "aws_iam_role_policy" "ci" {
  name   = "brokers"
  role   = data.aws_iam_role.ci.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = [data.aws_mq_broker.legacy.arn, aws_mq_broker.fresh.arn] }] })
}

resource "aws_iam_user_policy_attachment" "people" {
  count      = length(local.people)
  user       = local.people[count.index]
  policy_arn = data.aws_iam_policy.restart.arn
}

resource "aws_iam_group_policy" "staff" {
  name   = "staff"
  group  = "staff"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = "arn:aws:mq:*:*:broker:legacy:*" }] })
}

resource "aws_iam_role" "pinned" {
  name                = "pinned"
  assume_role_policy  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = data.aws_iam_role.ci.arn } }] })
  managed_policy_arns = [data.aws_iam_policy.restart.arn, "arn:aws:iam::aws:policy/AmazonMQReadOnlyAccess"]
}

resource "aws_mq_broker" "fresh" {
  broker_name        = "fresh"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { copy_of = data.aws_mq_broker.legacy.broker_id }
  user {
    username = "admin"
    password = var.mq_password
  }
}
