resource "aws_mq_broker" "b" {
  for_each           = toset(["in", "out"])
  broker_name        = each.value
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { for k in ["name"] : k => each.value }
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_policy" "b" {
  for_each = aws_mq_broker.b
  name     = "broker-${each.key}"
  path     = "/brokers/"
  policy   = <<-EOT
  {
    "Version": "2012-10-17",
    "Statement": {
      "Effect": "Allow",
      "Action": ${jsonencode(each.key == "in" ? ["mq:RebootBroker", "mq:DeleteBroker"] : ["mq:RebootBroker"])},
      "Resource": "${each.value.arn}"
    }
  }
  EOT
}

resource "aws_iam_role" "r" {
  for_each           = toset(["x", "y"])
  name               = each.key
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

locals {
  pairs = { for p in setproduct(["in", "out"], ["x", "y"]) : join("+", p) => { policy = p[0], role = p[1] } if !(p[0] == "out" && p[1] == "y") }
}

resource "aws_iam_role_policy_attachment" "pair" {
  for_each   = local.pairs
  role       = each.value.role
  policy_arn = aws_iam_policy.b[each.value.policy].arn
}

resource "aws_iam_group" "all" {
  name = "all"
}

resource "aws_iam_group_policy_attachment" "all" {
  count      = 2
  group      = aws_iam_group.all.name
  policy_arn = values(aws_iam_policy.b)[count.index].arn
}
