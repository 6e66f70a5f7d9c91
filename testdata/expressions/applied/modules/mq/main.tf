variable "name" { type = string }
variable "engine" { type = string }
variable "password" {
  type      = string
  sensitive = true
}

resource "aws_mq_broker" "this" {
  broker_name        = var.name
  engine_type        = var.engine
  engine_version     = var.engine == "RabbitMQ" ? "3.13" : "5.18"
  host_instance_type = "mq.m5.large"
  user {
    username = "admin"
    password = var.password
  }
}

output "arn" {
  value = aws_mq_broker.this.arn
}

output "broker" {
  value     = { arn = aws_mq_broker.this.arn, id = aws_mq_broker.this.id, broker_name = aws_mq_broker.this.broker_name }
}
