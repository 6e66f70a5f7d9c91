# Each of the shapes that people write, in a policy each.
variable "account" {
  default = "123456789012"
}

locals {
  wrong = {
    slash           = "arn:aws:mq:eu-west-1:${var.account}:broker/*"
    id_as_name      = "arn:aws:mq:eu-west-1:${var.account}:broker:b-*"
    no_name         = "arn:aws:mq:eu-west-1:${var.account}:broker:b-12345678-1234-1234-1234-123456789abc"
    no_id           = "arn:aws:mq:eu-west-1:${var.account}:broker:orders"
    instance        = "arn:aws:ec2:eu-west-1:${var.account}:broker/i-0123456789abcdef0"
    configuration   = "arn:aws:mq:eu-west-1:${var.account}:configuration:orders"
    hyphen          = "arn:aws:mq:eu-west-1:${var.account}:broker:orders‑eu:*"
    nowhere         = "arn:aws:mq:::broker:orders:*"
    unknown_in_it   = "arn:aws:mq:eu-west-1:${var.account}:broker/orders/${aws_mq_broker.orders.id}"
    another_service = "arn:aws:sqs:eu-west-1:${var.account}:orders"
  }
}

resource "aws_iam_policy" "wrong" {
  for_each = local.wrong
  name     = each.key
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:ListBrokers", Resource = "*" },
      { Effect = "Allow", Action = ["mq:RebootBroker", "mq:UpdateConfiguration"], Resource = each.value },
    ]
  })
}

resource "aws_iam_policy" "right" {
  name = "right"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = ["mq:RebootBroker", "mq:UpdateConfiguration", "sqs:SendMessage"]
        Resource = [
          aws_mq_broker.orders.arn,
          "arn:aws:mq:eu-west-1:${var.account}:broker:orders-*:*",
          "arn:aws:mq:eu-west-1:${var.account}:broker:*:b-*",
          "arn:aws:mq:eu-west-1:${var.account}:configuration:*",
          "arn:aws:sqs:eu-west-1:${var.account}:orders",
          "arn:aws:mq:eu-west-1:${var.account}:broker:$${aws:PrincipalTag/team}:*",
        ]
      },
    ]
  })
}

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  user {
    username = "orders"
    password = "planted-Secret-4711"
  }
  tags = { environment = "production" }
}
