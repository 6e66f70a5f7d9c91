terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

# Some lines further down than before, and under other names.

module "team" {
  source = "./team"
}

moved {
  from = aws_mq_broker.orders
  to   = aws_mq_broker.main["orders"]
}

moved {
  from = aws_iam_role.ci
  to   = module.team.aws_iam_role.deploy
}

moved {
  from = aws_iam_role_policy.ci
  to   = module.team.aws_iam_role_policy.deploy
}

resource "aws_mq_broker" "main" {
  for_each           = toset(["orders"])
  broker_name        = each.key
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"

  user {
    username = "app"
    password = "not-a-real-secret-1"
  }
}
