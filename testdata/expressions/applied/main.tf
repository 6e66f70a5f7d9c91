terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "password" {
  type      = string
  sensitive = true
  default   = "Mock-Passw0rd-12"
}

variable "environments" {
  type = map(object({
    engine = optional(string, "RabbitMQ")
    admins = optional(list(string), [])
  }))
  default = {
    dev  = {}
    prod = { admins = ["ops", "sre"] }
  }
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
data "aws_partition" "current" {}

resource "aws_mq_broker" "main" {
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  user {
    username = "admin"
    password = var.password
  }
  tags = { env = "prod" }
}

resource "aws_mq_broker" "optional" {
  count              = 1
  broker_name        = "optional"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.m5.large"
  user {
    username = "admin"
    password = var.password
  }
}

resource "aws_mq_broker" "absent" {
  count              = 0
  broker_name        = "absent"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.m5.large"
  user {
    username = "admin"
    password = var.password
  }
}

module "mq" {
  source   = "./modules/mq"
  for_each = var.environments
  name     = "${each.key}-events"
  engine   = each.value.engine
  password = var.password
}

locals {
  brokers = merge(
    { main = aws_mq_broker.main, optional = one(aws_mq_broker.optional) },
    { for env, mq in module.mq : "env-${env}" => mq.broker },
  )
  arns     = { for name, broker in local.brokers : name => broker.arn }
  absent   = try(aws_mq_broker.absent[0].arn, "arn:aws:mq:::none")
  by_name  = { for broker in values(local.brokers) : broker.broker_name => broker.id... }
  sorted   = sort([for arn in values(local.arns) : arn])
  prefixes = distinct([for arn in values(local.arns) : join(":", slice(split(":", arn), 0, 6))])
  wild     = [for arn in local.sorted : replace(arn, split(":", arn)[7], "*")]
  document = {
    Version = "2012-10-17"
    Statement = flatten([
      for env, settings in var.environments : [
        for admin in settings.admins : {
          Sid      = title("${env}${admin}")
          Effect   = "Allow"
          Action   = ["mq:RebootBroker"]
          Resource = module.mq[env].arn
        }
      ]
    ])
  }
}
