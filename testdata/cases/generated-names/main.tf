resource "aws_mq_broker" "main" {
  broker_name        = "telemetry"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role" "worker" {
  name_prefix        = "telemetry-"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "fixed" {
  name               = "telemetry-fixed"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "nameless" {
  description        = "x"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_instance_profile" "worker" {
  name = "telemetry"
  role = aws_iam_role.worker.name
}

resource "aws_iam_policy" "restart" {
  name_prefix = "restart-"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = aws_mq_broker.main.arn }]
  })
}

resource "aws_iam_role_policy_attachment" "worker" {
  role       = aws_iam_instance_profile.worker.role
  policy_arn = aws_iam_policy.restart.arn
}

# the role by a piece of its ARN
resource "aws_iam_role_policy_attachment" "fixed" {
  role       = element(split("/", aws_iam_role.fixed.arn), 1)
  policy_arn = aws_iam_policy.restart.id
}

resource "aws_iam_role_policy" "worker" {
  name_prefix = "delete-"
  role        = aws_iam_role.worker.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*", Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::*:role/telemetry-*" } } },
      { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*", Condition = { ArnEquals = { "aws:PrincipalArn" = aws_iam_role.worker.arn } } },
    ]
  })
}

resource "aws_iam_role_policy" "nameless" {
  role = aws_iam_role.nameless.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:*", Resource = "*" },
      { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { StringNotEquals = { "aws:PrincipalArn" = aws_iam_role.worker.arn } } },
      { Effect = "Deny", Action = "mq:RebootBroker", Resource = "*", Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::*:role/terraform-*" } } },
    ]
  })
}
