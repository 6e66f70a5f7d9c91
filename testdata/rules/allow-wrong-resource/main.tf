resource "aws_iam_policy" "wrong_create" {
  name = "wrong-create"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:DescribeBroker", Resource = "*" },
      {
        Sid      = "Create"
        Effect   = "Allow"
        Action   = ["mq:CreateBroker", "mq:ListBrokers", "mq:RebootBroker"]
        Resource = aws_mq_broker.orders.arn
      },
    ]
  })
}

data "aws_iam_policy_document" "configurations" {
  statement {
    actions   = ["mq:UpdateConfiguration", "mq:DescribeConfiguration", "mq:UpdateBroker"]
    resources = ["${aws_mq_broker.orders.arn}", "arn:aws:mq:*:*:broker:*"]
  }
}

resource "aws_iam_policy" "wrong_configurations" {
  name   = "wrong-configurations"
  policy = data.aws_iam_policy_document.configurations.json
}

resource "aws_iam_policy" "wrong_brokers" {
  name = "wrong-brokers"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "mq:RebootBroker", Resource = "arn:aws:mq:*:*:configuration:*" }
  })
}

# Wildcards bring along what cannot be limited; that is how one broker is given to somebody.
resource "aws_iam_policy" "right" {
  name = "right"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["mq:*", "mq:List*"], Resource = aws_mq_broker.orders.arn },
      { Effect = "Allow", Action = ["mq:CreateBroker", "mq:ListBrokers"], Resource = "*" },
      { Effect = "Allow", Action = ["mq:CreateBroker", "mq:DeleteBroker"], Resource = ["arn:aws:mq:*:*:broker:orders:*", "*"] },
      { Effect = "Allow", Action = "mq:CreateBroker", NotResource = "arn:aws:mq:*:*:broker:orders:*" },
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
