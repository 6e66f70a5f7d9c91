variable "name" { type = string }
variable "team" { type = string }

locals {
  tags = { application = var.name, team = var.team }
}

resource "aws_mq_broker" "this" {
  broker_name        = var.name
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.m5.large"
  deployment_mode    = "CLUSTER_MULTI_AZ"
  user {
    username = var.name
    password = "planted-Secret-4711"
  }
  tags = local.tags
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "task" {
  name               = "${var.name}-task"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = local.tags
}

data "aws_iam_policy_document" "task" {
  statement {
    sid       = "FindBroker"
    actions   = ["mq:DescribeBroker"]
    resources = [aws_mq_broker.this.arn]
  }
  statement {
    sid       = "Password"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["arn:aws:secretsmanager:*:*:secret:${var.name}/*"]
  }
}

resource "aws_iam_role_policy" "task" {
  name   = "broker"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.task.json
}

resource "aws_iam_role" "operator" {
  name               = "${var.name}-operator"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "operator" {
  name = "operate"
  role = aws_iam_role.operator.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Look"
        Effect   = "Allow"
        Action   = ["mq:ListBrokers", "mq:ListConfigurations", "mq:DescribeBrokerEngineTypes"]
        Resource = "*"
      },
      {
        Sid      = "Operate"
        Effect   = "Allow"
        Action   = ["mq:DescribeBroker", "mq:DescribeUser", "mq:ListUsers", "mq:RebootBroker", "mq:UpdateBroker"]
        Resource = aws_mq_broker.this.arn
      },
    ]
  })
}

output "broker" { value = aws_mq_broker.this.arn }
