terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "actions" {}
resource "aws_mq_broker" "b" {
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  auto_minor_version_upgrade = true
  user {
    username = "admin"
    password = "Mock-Passw0rd-12"
  }

}
resource "aws_iam_role" "r" {
  name = "ops"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })

}
resource "aws_iam_user" "u" { name = "ci" }
resource "aws_iam_user_policy" "u" {
  name = "mq"
  user = aws_iam_user.u.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = var.actions, Resource = "*" }] })
}
resource "aws_iam_policy" "p" {
  name = "mq"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = var.actions, Resource = aws_mq_broker.b.arn }] })
}
resource "aws_iam_role_policy_attachment" "r" {
  role = aws_iam_role.r.name
  policy_arn = aws_iam_policy.p.arn
}
