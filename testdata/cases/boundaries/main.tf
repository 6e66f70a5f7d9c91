resource "aws_mq_broker" "main" {
  broker_name        = "main"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { stage = "live" }
  user {
    username = "admin"
    password = var.mq_password
  }
}

data "aws_iam_policy" "power" {
  name = "PowerUserAccess"
}

resource "aws_iam_policy" "fence" {
  name = "fence"
  path = "/boundary/"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Own", Effect = "Allow", Action = "mq:*", Resource = [aws_mq_broker.main.arn, "${aws_mq_broker.main.arn}/*"] },
      { Sid = "NotAtNight", Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { DateGreaterThan = { "aws:CurrentTime" = "2030-01-01T00:00:00Z" } } },
    ]
  })
}

resource "aws_iam_role" "readonly" {
  name                 = "bounded-readonly"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  permissions_boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
  managed_policy_arns  = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}

resource "aws_iam_role" "power" {
  name                 = "bounded-power"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  permissions_boundary = data.aws_iam_policy.power.arn
  managed_policy_arns  = ["arn:aws:iam::aws:policy/AmazonMQFullAccess"]
}

resource "aws_iam_user" "fenced" {
  name                 = "fenced"
  permissions_boundary = aws_iam_policy.fence.arn
}

resource "aws_iam_user" "freed" {
  name = "freed"
}

resource "aws_iam_user" "newly" {
  name                 = "newly"
  permissions_boundary = aws_iam_policy.fence.arn
}

resource "aws_iam_group" "admins" {
  name = "admins"
}

resource "aws_iam_group_policy_attachment" "admins" {
  group      = aws_iam_group.admins.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_group_membership" "admins" {
  name  = "admins"
  group = aws_iam_group.admins.name
  users = [aws_iam_user.fenced.name, aws_iam_user.freed.name, aws_iam_user.newly.name]
}
