# Written once from the ARN that the broker had, and kept as it was.
resource "aws_iam_policy" "wrong" {
  name = "wrong"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Reboot", Effect = "Allow", Action = "mq:RebootBroker", Resource = aws_mq_broker.orders.arn }]
  })
  lifecycle { ignore_changes = [policy] }
}

resource "aws_iam_policy" "wrong_guard" {
  name = "wrong-guard"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "mq:DeleteBroker", Resource = aws_mq_broker.orders.arn }]
  })
  lifecycle { ignore_changes = [policy] }
}

resource "aws_iam_policy" "right" {
  name = "right"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = aws_mq_broker.orders.arn }]
  })
}

resource "aws_iam_policy" "right_by_name" {
  name = "right-by-name"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "arn:aws:mq:*:*:broker:orders:*" }]
  })
}

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  user {
    username = "orders"
    password = "planted-Secret-4711"
  }
}
