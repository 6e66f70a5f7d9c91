# Data sources that are read during apply, and look up what the same plan makes.
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
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
resource "aws_mq_broker" "a" {
  broker_name        = "alpha"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  tags               = { Env = "prod", Team = "red" }
  user {
    username = "admin"
    password = "do-not-print-1"
  }
}
resource "aws_mq_broker" "b" {
  broker_name        = "alpha-beta"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  tags               = { Env = "dev", Team = "blue" }
  user {
    username = "admin"
    password = "do-not-print-1"
  }
}
locals {
  trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_policy" "p" {
  name   = "p15"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = aws_mq_broker.a.arn }] })
}
data "aws_iam_policy" "back" { arn = aws_iam_policy.p.arn }
resource "aws_iam_role" "r" {
  for_each           = toset(["back", "look", "byname", "broker", "owner", "of_aws"])
  name               = "d-${each.key}"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "back" {
  role   = aws_iam_role.r["back"].name
  policy = data.aws_iam_policy.back.policy
}
data "aws_iam_role" "look" {
  name       = aws_iam_role.r["look"].name
  depends_on = [aws_iam_role.r]
}
resource "aws_iam_role_policy" "look" {
  role   = data.aws_iam_role.look.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:CreateBroker", Resource = "*", Condition = { ArnEquals = { "aws:PrincipalArn" = data.aws_iam_role.look.arn } } }] })
}
resource "aws_iam_role_policy_attachment" "byid" {
  role       = data.aws_iam_role.look.id
  policy_arn = aws_iam_policy.p.arn
}
data "aws_mq_broker" "b" {
  broker_name = aws_mq_broker.b.broker_name
  depends_on  = [aws_mq_broker.b]
}
resource "aws_iam_role_policy" "broker" {
  role   = aws_iam_role.r["broker"].name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = data.aws_mq_broker.b.arn }] })
}
data "aws_mq_broker" "byid" { broker_id = aws_mq_broker.a.id }
resource "aws_iam_role_policy" "owner" {
  role   = aws_iam_role.r["owner"].name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = data.aws_mq_broker.byid.arn }] })
}

# Read during apply, as it waits for something: a policy of AWS stays what it is.
data "aws_iam_policy" "of_aws" {
  name       = "AmazonMQReadOnlyAccess"
  depends_on = [aws_iam_role.r]
}

resource "aws_iam_role_policy_attachment" "of_aws" {
  role       = aws_iam_role.r["of_aws"].name
  policy_arn = data.aws_iam_policy.of_aws.arn
}
