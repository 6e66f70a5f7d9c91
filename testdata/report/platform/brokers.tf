resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  tags               = { environment = "production", team = "orders" }

  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "payments" {
  broker_name        = "payments"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.m5.large"
  tags               = { environment = "production", team = "payments" }

  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "sandbox" {
  for_each           = toset(["blue", "green"])
  broker_name        = "sandbox-${each.key}"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  tags               = { environment = "sandbox" }

  user {
    username = "admin"
    password = var.mq_password
  }
}
