resource "aws_iam_policy" "wrong" {
  name = "wrong"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:RebootBroker", Resource = "arn:aws:mq:eu-west-1:*:broker:oders:*" },
      { Effect = "Deny", Action = "mq:DeleteBroker", Resource = ["arn:aws:mq:us-east-1:*:broker:orders:*", aws_mq_broker.orders.arn] },
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
        Action = "mq:RebootBroker"
        Resource = [
          aws_mq_broker.orders.arn,
          "arn:aws:mq:*:*:broker:ord*",
          "arn:aws:mq:*:*:broker:$${aws:PrincipalTag/team}:*",
          "arn:aws:mq:eu-west-1:*:broker:*",
          "arn:aws:mq:eu-west-1:*:configuration:*",
        ]
      },
      { Effect = "Allow", Action = "mq:DeleteBroker", NotResource = "arn:aws:mq:*:*:broker:production:*" },
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
