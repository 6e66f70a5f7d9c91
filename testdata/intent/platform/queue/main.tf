variable "name" {
  type = string
}

resource "aws_mq_broker" "this" {
  broker_name        = var.name
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  tags               = { team = var.name, "cost-center" = "$${none}" }

  user {
    username = "app"
    password = "not-a-real-secret-1"
  }
}

resource "aws_mq_broker" "spare" {
  broker_name        = "${var.name}-spare"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  tags               = { team = "${var.name}-spare" }

  user {
    username = "app"
    password = "not-a-real-secret-1"
  }
}

output "arn" {
  value = aws_mq_broker.this.arn
}
