# One policy that AWS manages is newer than the embedded set, one is mistyped, one is there.

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = "Mock-Passw0rd-12"
  }
}

locals {
  trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "newer" {
  name               = "newer"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "newer" {
  role       = aws_iam_role.newer.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQOperatorAccess"
}

resource "aws_iam_role" "mistyped" {
  name                 = "mistyped"
  assume_role_policy   = local.trust
  permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAcess"
}

resource "aws_iam_role_policy_attachment" "mistyped" {
  role       = aws_iam_role.mistyped.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}

resource "aws_iam_role" "reader" {
  name               = "reader"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "reader" {
  role       = aws_iam_role.reader.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQReadOnlyAccess"
}
