resource "aws_mq_broker" "q" {
  for_each           = toset(["a", "b", "c"])
  broker_name        = each.key
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role" "r" {
  for_each           = aws_mq_broker.q
  name               = "r-${each.value.broker_name}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "r" {
  for_each = aws_mq_broker.q
  role     = aws_iam_role.r[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = [for k, b in aws_mq_broker.q : b.arn if k != each.key] }] })
}
