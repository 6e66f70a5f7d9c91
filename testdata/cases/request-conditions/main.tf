resource "aws_mq_broker" "main" {
  broker_name        = "main"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { env = "prod" }
  user {
    username = "admin"
    password = var.mq_password
  }
}
