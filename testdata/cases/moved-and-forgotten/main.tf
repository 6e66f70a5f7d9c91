resource "aws_mq_broker" "renamed" {
  broker_name        = "old-name"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

moved {
  from = aws_mq_broker.original
  to   = aws_mq_broker.renamed
}

moved {
  from = aws_iam_role.worker
  to   = module.worker.aws_iam_role.this
}

removed {
  from = aws_iam_role.orphan
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_role_policy.orphan
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_mq_broker.handed_over
  lifecycle {
    destroy = false
  }
}

module "worker" {
  source     = "./worker"
  broker_arn = aws_mq_broker.renamed.arn
}

resource "aws_iam_user" "stays" {
  name = "stays"
}

resource "aws_iam_user_policy" "stays" {
  name   = "stays"
  user   = aws_iam_user.stays.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["mq:DeleteBroker"], Resource = "*" }] })
}
