resource "aws_mq_broker" "q" {
  broker_name        = "q-main"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role" "emptied" {
  name               = "emptied"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  inline_policy {}
}

resource "aws_iam_role" "detached" {
  name                = "detached"
  assume_role_policy  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  managed_policy_arns = []
}

# what was attached by hand stays
resource "aws_iam_role" "byhand" {
  name               = "byhand"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

locals {
  inline = {
    reboot = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = aws_mq_broker.q.arn }] })
    create = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:CreateBroker", Resource = "*" }] })
  }
}

resource "aws_iam_role" "dynamic" {
  name               = "dynamic"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  dynamic "inline_policy" {
    for_each = local.inline
    content {
      name   = inline_policy.key
      policy = inline_policy.value
    }
  }
  managed_policy_arns = [aws_iam_policy.delete.arn]
}

resource "aws_iam_policy" "delete" {
  name   = "delete"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["mq:DeleteBroker"], Resource = aws_mq_broker.q.arn }] })
}

resource "aws_iam_role" "kept" {
  name               = "kept"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy_attachments_exclusive" "kept" {
  role_name   = aws_iam_role.kept.name
  policy_arns = [aws_iam_policy.delete.arn]
}

resource "aws_iam_role_policies_exclusive" "kept" {
  role_name    = aws_iam_role.kept.name
  policy_names = []
}
