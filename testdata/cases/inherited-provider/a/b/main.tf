resource "aws_iam_user" "deep" { name = "deep-user" }
resource "aws_mq_broker" "this" {
  broker_name        = "deep"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  user {
    username = "admin"
    password = "Mock-Passw0rd-12"
  }
}
output "user" { value = aws_iam_user.deep.name }
output "arn" { value = aws_mq_broker.this.arn }
