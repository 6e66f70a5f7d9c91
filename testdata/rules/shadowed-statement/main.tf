resource "aws_iam_policy" "wrong" {
  name = "wrong"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Reboot", Effect = "Allow", Action = "mq:RebootBroker", Resource = aws_mq_broker.orders.arn },
      { Sid = "Nothing", Effect = "Deny", Action = ["mq:Re*", "mq:Delete*"], Resource = "*" },
    ]
  })
}

# What denies it is another policy, which the only holder has too.
resource "aws_iam_role" "frozen" {
  name               = "frozen"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "wrong_frozen" {
  role = aws_iam_role.frozen.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = "arn:aws:mq:*:*:broker:orders:*" }]
  })
}

resource "aws_iam_role_policy" "right_freeze" {
  role = aws_iam_role.frozen.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Freeze", Effect = "Deny", NotAction = "mq:Describe*", Resource = "*" }]
  })
}

resource "aws_iam_policy" "right" {
  name = "right"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:*", Resource = "arn:aws:mq:*:*:broker:*" },
      { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*" },
      { Effect = "Allow", Action = "mq:RebootBroker", Resource = "arn:aws:mq:*:*:broker:*" },
      { Effect = "Deny", Action = "mq:RebootBroker", Resource = "arn:aws:mq:*:*:broker:production:*" },
      { Effect = "Allow", Action = "mq:UpdateBroker", Resource = "arn:aws:mq:*:*:broker:orders:*" },
      {
        Effect    = "Deny"
        Action    = "mq:UpdateBroker"
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
      { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*" },
      { Effect = "Deny", Action = "mq:CreateBroker", Resource = "arn:aws:mq:*:*:*" },
    ]
  })
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  user {
    username = "orders"
    password = "planted-Secret-4711"
  }
  tags = { environment = "production" }
}
