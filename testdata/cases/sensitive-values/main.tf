variable "broker_name" {
  type      = string
  sensitive = true
  default   = "skunkworks"
}

variable "office" {
  type      = list(string)
  sensitive = true
  default   = ["198.51.100.0/24"]
}

resource "aws_mq_broker" "secret" {
  broker_name        = var.broker_name
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "open" {
  broker_name        = "open"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role" "by_name" {
  name               = "by-name"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "by_name" {
  name   = "by_name"
  role   = aws_iam_role.by_name.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["mq:RebootBroker"], Resource = "arn:aws:mq:*:*:broker:${var.broker_name}:*" }] })
}

resource "aws_iam_role" "by_arn" {
  name               = "by-arn"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "by_arn" {
  name   = "by_arn"
  role   = aws_iam_role.by_arn.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["mq:DeleteBroker"], Resource = aws_mq_broker.secret.arn }, { Effect = "Allow", Action = "mq:RebootBroker", Resource = nonsensitive(replace(aws_mq_broker.open.arn, "open", "*")) }] })
}

resource "aws_iam_role" "office" {
  name               = "office"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "office" {
  name   = "office"
  role   = aws_iam_role.office.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { IpAddress = { "aws:SourceIp" = var.office } } }, { Effect = "Allow", Action = "mq:CreateBroker", Resource = sensitive("*") }] })
}
