resource "aws_iam_policy" "pinned" {
  name   = "pinned"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = [aws_mq_broker.main.arn, aws_mq_broker.stays.arn] }] })
  lifecycle {
    ignore_changes = [policy]
  }
}

resource "aws_iam_policy" "follows" {
  name   = "follows"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["mq:RebootBroker", "mq:DeleteBroker"], Resource = aws_mq_broker.main.arn }, { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "arn:aws:mq:*:*:broker:main:*" }] })
}

resource "aws_iam_role" "pinned" {
  name                = "pinned"
  assume_role_policy  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  managed_policy_arns = [aws_iam_policy.pinned.arn]
}

resource "aws_iam_role" "follows" {
  name                = "follows"
  assume_role_policy  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  managed_policy_arns = [aws_iam_policy.follows.arn]
}

resource "aws_mq_broker" "stays" {
  broker_name        = "stays"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "main" {
  broker_name        = "main"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { gen = "1" }
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role" "tagged" {
  name               = "tagged"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "tagged" {
  name   = "tagged"
  role   = aws_iam_role.tagged.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*", Condition = { StringEquals = { "aws:ResourceTag/gen" = "2" } } }] })
}
