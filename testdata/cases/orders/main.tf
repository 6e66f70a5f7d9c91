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
  default   = "planted-Secret-4711"
}

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  user {
    username = "orders"
    password = var.mq_password
  }
  tags = { environment = "production" }
}

resource "aws_mq_broker" "sandbox" {
  broker_name        = "sandbox"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  user {
    username = "sandbox"
    password = var.mq_password
  }
  tags = { environment = "sandbox" }
}

# The operators may restart what is theirs, and delete it with a second factor.
resource "aws_iam_group" "operators" {
  name = "mq-operators"
}

resource "aws_iam_user" "ada" {
  name = "ada"
}

resource "aws_iam_group_membership" "operators" {
  name  = "mq-operators"
  group = aws_iam_group.operators.name
  users = [aws_iam_user.ada.name]
}

resource "aws_iam_group_policy" "operators" {
  name  = "operate"
  group = aws_iam_group.operators.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Restart"
        Effect   = "Allow"
        Action   = ["mq:RebootBroker", "mq:Describe*", "mq:List*"]
        Resource = aws_mq_broker.orders.arn
      },
      {
        Sid       = "DeleteWithMfa"
        Effect    = "Allow"
        Action    = "mq:DeleteBroker"
        Resource  = aws_mq_broker.orders.arn
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      },
    ]
  })
}

# The pipeline manages every broker, but production brokers are not deleted by machines.
data "aws_iam_policy_document" "pipeline" {
  statement {
    sid       = "Manage"
    actions   = ["mq:*"]
    resources = ["*"]
  }
  statement {
    sid       = "KeepProduction"
    effect    = "Deny"
    actions   = ["mq:DeleteBroker"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/environment"
      values   = ["production"]
    }
  }
}

resource "aws_iam_role" "pipeline" {
  name = "pipeline"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "codebuild.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "pipeline" {
  name   = "manage-brokers"
  role   = aws_iam_role.pipeline.id
  policy = data.aws_iam_policy_document.pipeline.json
}

# The application names a broker and may only look at it.
resource "aws_iam_role" "application" {
  name = "application"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "application" {
  role       = aws_iam_role.application.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQReadOnlyAccess"
}
