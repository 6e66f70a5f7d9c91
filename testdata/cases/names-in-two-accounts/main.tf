provider "aws" {
  region  = "eu-west-1"
  profile = "prod"
}
provider "aws" {
  alias   = "dev"
  region  = "eu-west-1"
  profile = "dev"
}
resource "aws_mq_broker" "prod" {
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
resource "aws_mq_broker" "dev" {
  broker_name        = "orders2"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  auto_minor_version_upgrade = true
  user {
    username = "admin"
    password = "Mock-Passw0rd-12"
  }
  provider = aws.dev
}
resource "aws_iam_role" "prod" {
  name = "prod-ops"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  permissions_boundary = aws_iam_policy.bprod.arn
}
resource "aws_iam_role" "dev" {
  name = "dev-ops"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  provider = aws.dev
  permissions_boundary = aws_iam_policy.bdev.arn
}
resource "aws_iam_policy" "prod" {
  name = "mq"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = aws_mq_broker.prod.arn }] })
}
resource "aws_iam_policy" "dev" {
  provider = aws.dev
  name = "mq"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
}
resource "aws_iam_role_policy_attachment" "prod" {
  role = aws_iam_role.prod.name
  policy_arn = aws_iam_policy.prod.arn
}
resource "aws_iam_role_policy_attachment" "dev" {
  provider = aws.dev
  role = aws_iam_role.dev.name
  policy_arn = aws_iam_policy.dev.arn
}
resource "aws_iam_policy" "bprod" {
  name = "boundary"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["mq:RebootBroker", "mq:CreateBroker"], Resource = "*" }] })
}
resource "aws_iam_policy" "bdev" {
  provider = aws.dev
  name = "boundary"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
}
