resource "aws_iam_policy" "wrong" {
  name   = "wrong"
  policy = data.aws_iam_policy_document.reboot.json
}

resource "aws_iam_policy" "right" {
  name   = "right"
  policy = data.aws_iam_policy_document.reboot.json
}

resource "aws_iam_role_policy_attachment" "right" {
  role       = "operators"
  policy_arn = aws_iam_policy.right.arn
}

# Reading gives nobody power.
resource "aws_iam_policy" "right_reading" {
  name = "right-reading"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["mq:Describe*", "mq:List*"], Resource = "*" }]
  })
}

data "aws_iam_policy_document" "reboot" {
  statement {
    actions   = ["mq:RebootBroker", "mq:DescribeBroker"]
    resources = [aws_mq_broker.orders.arn]
  }
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
