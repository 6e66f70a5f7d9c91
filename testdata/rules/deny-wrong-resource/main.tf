data "aws_iam_policy_document" "wrong" {
  statement {
    sid       = "NoNewBrokers"
    effect    = "Deny"
    actions   = ["mq:CreateBroker"]
    resources = ["arn:aws:mq:*:*:*"]
  }
  statement {
    sid       = "HandsOff"
    effect    = "Deny"
    actions   = ["mq:CreateBroker", "mq:DeleteBroker"]
    resources = [aws_mq_broker.orders.arn]
  }
}

resource "aws_iam_policy" "wrong" {
  name   = "wrong"
  policy = data.aws_iam_policy_document.wrong.json
}

resource "aws_iam_policy" "right" {
  name = "right"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Deny", Action = "mq:CreateBroker", Resource = "*" },
      { Effect = "Deny", Action = "mq:*", Resource = aws_mq_broker.orders.arn },
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
