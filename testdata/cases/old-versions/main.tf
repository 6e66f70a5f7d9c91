resource "aws_mq_broker" "a" {
  broker_name        = "dave"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { owner = "dave" }
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_user" "dave" {
  name = "dave"
  tags = { owner = "dave" }
}

resource "aws_iam_user" "erin" {
  name = "erin"
}

resource "aws_iam_group" "g" {
  name = "g"
}

resource "aws_iam_user_policy" "old" {
  user   = aws_iam_user.dave.name
  name   = "old"
  policy = <<EOT
{"Version": "2008-10-17", "Statement": [
  {"Effect": "Allow", "Action": "mq:RebootBroker", "Resource": "arn:aws:mq:*:*:broker:$${aws:username}:*"},
  {"Effect": "Allow", "Action": "mq:DeleteBroker", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/owner": "$${aws:username}"}}},
  {"Effect": "Allow", "Action": "mq:CreateBroker", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestTag/owner": "$${aws:username}"}}}
]}
EOT
}

resource "aws_iam_user_policy" "none" {
  user   = aws_iam_user.erin.name
  name   = "none"
  policy = jsonencode({ Statement = { Effect = "Allow", Action = "mq:*", Resource = "arn:aws:mq:*:*:broker:$${aws:username}:*" } })
}

resource "aws_iam_group_policy" "g" {
  group = aws_iam_group.g.name
  name  = "g"
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "mq:RebootBroker", Resource = "arn:aws:mq:*:*:broker:$${aws:username}:*" },
    { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*", Condition = { StringEquals = { "aws:ResourceTag/owner" = "$${aws:PrincipalTag/owner, 'nobody'}" } } },
    { Effect = "Deny", Action = "mq:DeleteBroker", Resource = aws_mq_broker.a.arn, Condition = { StringLike = { "aws:username" = "temp-*" } } },
  ] })
}

resource "aws_iam_group_membership" "g" {
  name  = "g"
  group = aws_iam_group.g.id
  users = [aws_iam_user.dave.id, aws_iam_user.erin.name, aws_iam_user.temp.name]
}

resource "aws_iam_user" "temp" {
  name = "temp-1"
  tags = { owner = "dave" }
}
