locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role" "pipeline" {
  name               = "mq-pipeline"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "pipeline" {
  name = "brokers"
  role = aws_iam_role.pipeline.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Manage", Effect = "Allow", Action = "mq:*", Resource = "*" },
      {
        Sid       = "KeepProduction", Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*",
        Condition = { StringEquals = { "aws:ResourceTag/environment" = "production" } }
      },
    ]
  })
}

resource "aws_iam_role" "break_glass" {
  name               = "mq-break-glass"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "break_glass" {
  role       = aws_iam_role.break_glass.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}

resource "aws_iam_role" "application" {
  for_each           = toset(["orders", "payments", "shipping"])
  name               = "app-${each.key}"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "application" {
  for_each = aws_iam_role.application
  name     = "read"
  role     = each.value.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["mq:DescribeBroker", "mq:ListBrokers"], Resource = "*" }]
  })
}

resource "aws_iam_role" "janitor" {
  name               = "mq-janitor"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "janitor" {
  name = "cleanup"
  role = aws_iam_role.janitor.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*",
      Condition = { StringEqualz = { "aws:ResourceTag/environment" = "sandbox" } }
    }]
  })
}
