resource "aws_mq_broker" "a" {
  
  broker_name        = "a"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.m5.large"
  user {
    username = "admin"
    password = "Mock-Passw0rd-12"
  }
  tags = { env = "dev" }
}
locals {
  trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  full  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
  ronly = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }] })
}
resource "aws_iam_policy" "p" {
  for_each = toset(["RebootBroker", "DeleteBroker"])
  name     = each.key
  policy   = local.ronly
}
resource "aws_iam_role" "r" {
  for_each            = toset(["inrep", "inupd"])
  name                = each.key
  assume_role_policy  = local.trust
  inline_policy {
    name   = "f"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = aws_mq_broker.a.arn }] })
  }
}
resource "aws_iam_role_policy" "inrep" {
  role   = aws_iam_role.r["inrep"].id
  name   = "xDeleteBroker"
  policy = local.ronly
}
resource "aws_iam_role_policy" "inupd" {
  role   = aws_iam_role.r["inupd"].id
  name   = "x"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "DeleteBroker", Effect = "Allow", Action = "mq:*", Resource = "*" }] })
}
resource "aws_iam_role" "att" {
  name                = "att"
  assume_role_policy  = local.trust
  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonMQApiReadOnlyAccess"]
}
resource "aws_iam_role_policy_attachment" "att" {
  role       = aws_iam_role.att.name
  policy_arn = aws_iam_policy.p["DeleteBroker"].arn
}
resource "aws_iam_role" "pa" {
  count              = 2
  name               = "pa${count.index}"
  assume_role_policy = local.trust
}
resource "aws_iam_policy_attachment" "pa" {
  name       = "pa"
  users      = [aws_iam_user.u[1].name]
  policy_arn = aws_iam_policy.p["DeleteBroker"].arn
}
resource "aws_iam_role_policy_attachment" "pa" {
  role       = aws_iam_role.pa[1].name
  policy_arn = aws_iam_policy.p["DeleteBroker"].arn
}
resource "aws_iam_user" "u" {
  count = 3
  name  = "u${count.index}"
}
