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

variable "mq_password" {
  type      = string
  sensitive = true
  default   = "not-a-Secret-1234"
}

resource "aws_mq_broker" "orders" {
  broker_name         = "orders"
  engine_type         = "ActiveMQ"
  engine_version      = "5.18"
  host_instance_type  = "mq.m5.large"
  publicly_accessible = true
  tags                = { team = "orders" }

  user {
    username = "orders"
    password = var.mq_password
  }
}

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "123456789012" } }]
  })
}

# May create the broker, and neither tag it nor make its network interfaces.
resource "aws_iam_role" "wrong_creator" {
  name               = "creator"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "creator" {
  name   = "create"
  role   = aws_iam_role.wrong_creator.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:CreateBroker", Resource = "*" }] })
}

# The network interfaces are denied.
resource "aws_iam_user" "wrong_denied" {
  name = "denied"
}

resource "aws_iam_user_policy_attachment" "denied" {
  user       = aws_iam_user.wrong_denied.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}

resource "aws_iam_user_policy" "denied" {
  name   = "no-network"
  user   = aws_iam_user.wrong_denied.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "ec2:*NetworkInterface*", Resource = "*" }] })
}

resource "aws_iam_role" "right_managed" {
  name               = "managed"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "right_managed" {
  role       = aws_iam_role.right_managed.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}

# Only reboots, which needs nothing else.
resource "aws_iam_role" "right_operator" {
  name               = "operator"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "right_operator" {
  name   = "reboot"
  role   = aws_iam_role.right_operator.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }] })
}
