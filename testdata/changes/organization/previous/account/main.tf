terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" { type = string }
variable "trust" { type = string }
variable "policy" { type = string }
variable "mq_password" {
  type      = string
  sensitive = true
}

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

resource "aws_iam_role" "operator" {
  name               = "operator"
  assume_role_policy = var.trust
}

resource "aws_iam_role_policy" "operator" {
  name   = "all"
  role   = aws_iam_role.operator.name
  policy = var.policy
}
