provider "aws" { region = "eu-west-1" }
resource "aws_mq_broker" "m" {
  broker_name        = "m"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = "sup3rs3cretpw"
  }
}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "r" {
  for_each = { reboot = "Reboot" }
  name     = each.key
  role     = aws_iam_role.r.name
  policy   = jsonencode({ Version = "2012-10-17", Statement = { Effect = "Allow", Action = "mq:${each.value}Broker", Resource = aws_mq_broker.m.arn } })
}
