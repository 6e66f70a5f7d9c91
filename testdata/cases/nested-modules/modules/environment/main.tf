variable "name" {}
variable "queues" { type = set(string) }
variable "tier" {}
variable "mq_password" { sensitive = true }

locals {
  prefix = join("-", [var.name, var.tier])
}

module "queue" {
  source      = "../queue"
  for_each    = var.queues
  name        = "${local.prefix}-${each.value}"
  mq_password = var.mq_password
  labels = {
    env  = var.name
    tier = var.tier
  }
}

resource "aws_iam_role" "admin" {
  name                = "${var.name}-mq-admin"
  path                = "/env/${var.name}/"
  assume_role_policy  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  managed_policy_arns = concat([for q in module.queue : q.policy_arn], ["arn:aws:iam::aws:policy/AmazonMQReadOnlyAccess"])
}
