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
variable "x" {
  type    = string
  default = null
}
resource "aws_iam_role" "mpa" {
  name                = var.x
  name_prefix         = var.x == null ? "m-" : null
  assume_role_policy  = local.trust
  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonMQFullAccess"]
}
resource "aws_iam_role" "mpau" {
  name                = var.x
  assume_role_policy  = local.trust
  managed_policy_arns = [aws_iam_policy.p.arn]
}
resource "aws_iam_policy" "p" {
  name   = var.x
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = aws_mq_broker.a.arn }] })
}
resource "aws_iam_role" "try" {
  name               = try(var.x, "z")
  assume_role_policy = local.trust
  inline_policy {
    name   = "f"
    policy = local.full
  }
}
resource "aws_iam_role" "deny" {
  name                = var.x != null ? "${var.x}-role" : null
  assume_role_policy  = local.trust
  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonMQFullAccess"]
  inline_policy {
    name   = "f"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "mq:DeleteBroker", Resource = aws_mq_broker.a.arn }] })
  }
}
resource "aws_iam_policy_attachment" "pa" {
  name       = "pa"
  roles      = [aws_iam_role.deny.name]
  policy_arn = aws_iam_policy.p.arn
}
resource "aws_iam_role" "single" {
  name               = var.x
  assume_role_policy = local.trust
}
resource "aws_iam_role_policies_exclusive" "single" {
  role_name    = aws_iam_role.single.name
  policy_names = []
}
resource "aws_iam_role_policy_attachments_exclusive" "single" {
  role_name   = aws_iam_role.single.name
  policy_arns = ["arn:aws:iam::aws:policy/AmazonMQFullAccess"]
}
resource "aws_iam_instance_profile" "p" {
  name = var.x
  role = aws_iam_role.single.name
}
