variable "op" {}
resource "aws_mq_broker" "b" {
  broker_name        = "b"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = "sup3rs3cretpw"
  }
}
resource "aws_iam_role" "op" {
  name               = "operator"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_policy" "op" {
  name   = "operator"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:${var.op}Broker", Resource = "*" }] })
}
resource "aws_iam_role_policy_attachment" "op" {
  role       = aws_iam_role.op.name
  policy_arn = aws_iam_policy.op.arn
}
