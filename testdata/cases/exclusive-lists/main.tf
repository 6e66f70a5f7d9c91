resource "aws_mq_broker" "a" {
  broker_name        = "alpha"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { owner = "red" }
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role" "r1" {
  name               = "runner-1"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "r2" {
  name               = "runner-2"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_user" "u" {
  for_each = toset(["kim", "lee", "max"])
  name     = each.key
}

resource "aws_iam_group" "ops" {
  name = "ops"
}

resource "aws_iam_group" "dev" {
  name = "dev"
}

resource "aws_iam_group_policy" "ops" {
  name   = "ops"
  group  = aws_iam_group.ops.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = aws_mq_broker.a.arn }] })
}

resource "aws_iam_group_policy" "dev" {
  name   = "dev"
  group  = aws_iam_group.dev.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "mq:RebootBroker", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } } }] })
}

resource "aws_iam_policy" "shared" {
  name   = "shared"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["mq:CreateBroker", "mq:DeleteBroker"], Resource = "*" }] })
}

resource "aws_iam_policy_attachment" "shared" {
  name       = "shared"
  policy_arn = aws_iam_policy.shared.arn
  roles      = [aws_iam_role.r2.name]
  users      = [aws_iam_user.u["kim"].name]
  groups     = [aws_iam_group.dev.name]
}

resource "aws_iam_group_membership" "ops" {
  name  = "ops"
  group = aws_iam_group.ops.name
  users = [aws_iam_user.u["lee"].name]
}

resource "aws_iam_user_group_membership" "max" {
  user   = aws_iam_user.u["max"].name
  groups = [aws_iam_group.dev.name, aws_iam_group.ops.name]
}
