terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "PLANTED-access-key"
  secret_key                  = "PLANTED-secret-key"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true

  default_tags {
    tags = { owner = "platform" }
  }
}

variable "broker_password" {
  type      = string
  default   = "PLANTED-password-1"
  sensitive = true
}

variable "team_secret" {
  type      = map(string)
  default   = { value = "PLANTED-team-secret" }
  sensitive = true
}

variable "engine" {
  type    = string
  default = "ActiveMQ"
}

resource "aws_mq_configuration" "main" {
  name           = "orders"
  engine_type    = var.engine
  engine_version = "5.18"
  data           = "<broker><!-- PLANTED-configuration --></broker>"
}

resource "aws_mq_broker" "main" {
  broker_name        = "orders"
  engine_type        = var.engine
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  subnet_ids         = [aws_subnet.a.id]

  configuration {
    id       = aws_mq_configuration.main.id
    revision = aws_mq_configuration.main.latest_revision
  }

  user {
    username = "admin"
    password = var.broker_password
  }

  user {
    username = "reader"
    password = "PLANTED-password-2"
  }

  ldap_server_metadata {
    hosts                    = ["ldap.example.com"]
    role_base                = "ou=r"
    role_search_matching     = "(m={0})"
    service_account_username = "svc"
    service_account_password = "PLANTED-password-3"
    user_base                = "ou=u"
    user_search_matching     = "(u={0})"
  }

  tags = { env = "production", password = "tag", note = var.team_secret.value }
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

data "aws_iam_policy_document" "known" {
  statement {
    actions   = ["mq:Describe*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "unknown" {
  statement {
    actions   = ["mq:RebootBroker"]
    resources = [aws_mq_broker.main.arn, "arn:aws:mq:*:*:broker:other:*"]
  }
}

resource "aws_iam_role" "ops" {
  for_each           = toset(["day", "night.shift"])
  name               = each.key
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })

  inline_policy {
    name   = "reboot"
    policy = data.aws_iam_policy_document.unknown.json
  }
}

module "access" {
  source   = "./modules/access"
  count    = 1
  policy   = data.aws_iam_policy_document.known.json
  password = "PLANTED-password-4"
  role     = aws_iam_role.ops["day"].name
}

output "token" {
  value     = "PLANTED-output"
  sensitive = true
}
