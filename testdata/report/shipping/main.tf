resource "aws_mq_broker" "main" {
  broker_name        = "shipping"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"

  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role_policy" "operator" {
  name = "mq-operator"
  role = aws_iam_role.operator.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Restart"
        Effect   = "Allow"
        Action   = ["mq:RebootBroker", "mq:DescribeBroker"]
        Resource = aws_mq_broker.main.arn
      },
      {
        # looks right, grants nothing: CreateBroker has no resource type
        Sid      = "Create"
        Effect   = "Allow"
        Action   = "mq:CreateBroker"
        Resource = "arn:aws:mq:eu-west-1:*:broker:shipping:*"
      },
      {
        Sid       = "Delete"
        Effect    = "Allow"
        Action    = "mq:DeleteBroker"
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      },
    ]
  })
}

resource "aws_iam_role" "operator" {
  name = "mq-operator"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
