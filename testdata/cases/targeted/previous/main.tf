locals {
  trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_mq_broker" "old" {
  broker_name        = "old"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role" "operator" {
  name               = "operator"
  assume_role_policy = local.trust
  tags               = { version = "1" }
}

resource "aws_iam_policy" "reboot" {
  name   = "reboot"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }] })
}

resource "aws_iam_role_policy_attachment" "operator" {
  role       = aws_iam_role.operator.name
  policy_arn = aws_iam_policy.reboot.arn
}

resource "aws_iam_user" "ada" {
  name = "ada"
  tags = { version = "1" }
}

resource "aws_iam_group" "ops" {
  name = "ops"
}

resource "aws_iam_group_policy" "ops" {
  name   = "ops"
  group  = aws_iam_group.ops.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*" }] })
}

resource "aws_iam_user_group_membership" "ada" {
  user   = aws_iam_user.ada.name
  groups = [aws_iam_group.ops.name]
}

resource "aws_iam_user_policy" "ada" {
  name   = "create"
  user   = aws_iam_user.ada.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:CreateBroker", Resource = "*" }] })
}

# Not in the plan: it is not listed.
resource "aws_iam_role" "elsewhere" {
  name               = "elsewhere"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "elsewhere" {
  role       = aws_iam_role.elsewhere.name
  policy_arn = aws_iam_policy.reboot.arn
}
