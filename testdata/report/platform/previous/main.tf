locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  tags               = { environment = "production", team = "orders" }

  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "legacy" {
  broker_name        = "legacy"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { environment = "production" }

  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_group" "operators" {
  name = "mq-operators"
}

resource "aws_iam_group_policy" "operators" {
  name  = "operate"
  group = aws_iam_group.operators.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow", Action = ["mq:RebootBroker", "mq:DeleteBroker"],
      Resource = [aws_mq_broker.orders.arn, aws_mq_broker.legacy.arn]
    }]
  })
}

resource "aws_iam_user" "people" {
  for_each = toset(["ada", "grace", "linus"])
  name     = each.key
}

resource "aws_iam_user_group_membership" "people" {
  for_each = toset(["ada", "grace"])
  user     = aws_iam_user.people[each.key].name
  groups   = [aws_iam_group.operators.name]
}

resource "aws_iam_role" "pipeline" {
  name               = "mq-pipeline"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "pipeline" {
  name = "brokers"
  role = aws_iam_role.pipeline.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["mq:CreateBroker", "mq:RebootBroker"], Resource = "*" }]
  })
}

resource "aws_iam_role" "break_glass" {
  name               = "mq-break-glass"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "break_glass" {
  role       = aws_iam_role.break_glass.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}

resource "aws_iam_role" "retired" {
  name               = "mq-retired"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "retired" {
  name = "all"
  role = aws_iam_role.retired.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }]
  })
}
