terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "name" {}
variable "mq_password" {
  sensitive = true
}
data "aws_region" "here" {}

resource "aws_mq_broker" "this" {
  broker_name        = var.name
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_policy" "this" {
  name   = "${var.name}-${data.aws_region.here.name}"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = data.aws_region.here.name == "eu-north-1" ? "mq:RebootBroker" : "mq:DeleteBroker", Resource = aws_mq_broker.this.arn }] })
}
output "policy_arn" {
  value = aws_iam_policy.this.arn
}
