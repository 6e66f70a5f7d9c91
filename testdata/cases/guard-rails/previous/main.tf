# Three accounts: the one that manages the organization, one two units deep, one in the root.

locals {
  trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  all   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
}

resource "aws_mq_broker" "management" {
  broker_name        = "management"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role" "management" {
  name               = "management"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "management" {
  name   = "all"
  role   = aws_iam_role.management.name
  policy = local.all
}

module "payments" {
  source      = "./account"
  providers   = { aws = aws.payments }
  name        = "payments"
  trust       = local.trust
  policy      = local.all
  mq_password = var.mq_password
}

module "sandbox" {
  source      = "./account"
  providers   = { aws = aws.sandbox }
  name        = "sandbox"
  trust       = local.trust
  policy      = local.all
  mq_password = var.mq_password
}
