# The plan makes the service-linked role: nobody else has to.

resource "aws_iam_service_linked_role" "mq" {
  aws_service_name = "mq.amazonaws.com"
}

resource "aws_mq_broker" "rabbit" {
  broker_name         = "rabbit"
  engine_type         = "RabbitMQ"
  engine_version      = "3.13"
  host_instance_type  = "mq.m5.large"
  publicly_accessible = true

  user {
    username = "orders"
    password = var.mq_password
  }
}

resource "aws_iam_user" "plain" {
  name = "plain"
}

resource "aws_iam_user_policy" "plain" {
  name   = "plain"
  user   = aws_iam_user.plain.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
}
