resource "aws_iam_role" "wrong_pipeline" {
  name               = "pipeline"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_iam_role_policy" "pipeline" {
  name = "pipeline"
  role = aws_iam_role.wrong_pipeline.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Manage", Effect = "Allow", Action = ["mq:UpdateBroker", "mq:DeleteBroker"], Resource = aws_mq_broker.orders.arn }]
  })
}

# Could delete it before, and can still.
resource "aws_iam_role" "right" {
  name               = "platform"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_iam_role_policy" "right" {
  name = "platform"
  role = aws_iam_role.right.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["mq:DeleteBroker"], Resource = [aws_mq_broker.orders.arn, "arn:aws:mq:*:*:broker:new:*"] }]
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
}

resource "aws_mq_broker" "new" {
  broker_name        = "new"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  user {
    username = "new"
    password = "planted-Secret-4711"
  }
}
