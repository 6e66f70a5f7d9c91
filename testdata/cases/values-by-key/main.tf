resource "aws_mq_broker" "a" {
  broker_name        = "a"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  auto_minor_version_upgrade = true
  user {
    username = "admin"
    password = "Mock-Passw0rd-12"
  }

}
resource "aws_mq_broker" "b" {
  broker_name        = "b"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  auto_minor_version_upgrade = true
  user {
    username = "admin"
    password = "Mock-Passw0rd-12"
  }

}
resource "aws_mq_broker" "c" {
  broker_name        = "c"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  auto_minor_version_upgrade = true
  user {
    username = "admin"
    password = "Mock-Passw0rd-12"
  }

}
provider "aws" { region = "eu-west-1" }
module "slice" {
  source = "./m"
  name = "slice"
  arns = slice([aws_mq_broker.a.arn, aws_mq_broker.b.arn, aws_mq_broker.c.arn], 0, 2)
}
module "swap" {
  source = "./m"
  name = "swap"
  arns = [aws_mq_broker.a.arn != "" ? aws_mq_broker.b.arn : aws_mq_broker.a.arn, "${aws_mq_broker.a.arn}x"]
}
module "one" {
  source = "./m"
  name = "one"
  arns = [element([aws_mq_broker.a.arn, aws_mq_broker.b.arn], 1)]
}
module "cnt" {
  source = "./m"
  count = 2
  name = "cnt${count.index}"
  arns = [[aws_mq_broker.a.arn, aws_mq_broker.b.arn][count.index], "arn:aws:mq:*:*:configuration:*"]
}
module "each" {
  source = "./m"
  for_each = { a = aws_mq_broker.a, b = aws_mq_broker.b }
  name = "each${each.key}"
  arns = [each.value.arn, "${each.value.arn}*"]
}
module "each2" {
  source = "./m"
  for_each = { a = [aws_mq_broker.a.arn], b = [aws_mq_broker.b.arn, aws_mq_broker.c.arn] }
  name = "eachh${each.key}"
  arns = each.value
}
