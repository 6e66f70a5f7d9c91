resource "aws_mq_broker" "home" {
  for_each           = { ann = "ann-home", bob = "bob-home" }
  broker_name        = each.value
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { owner = each.key, "Cost Center" = "4/2" }
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_user" "u" {
  for_each = toset(["ann", "bob", "eve"])
  name     = each.key
  tags     = each.key == "eve" ? {} : { prefix = "${each.key}-", wild = "*" }
}

resource "aws_iam_user_policy" "u" {
  for_each = aws_iam_user.u
  user     = each.value.name
  name     = "home"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:RebootBroker", Resource = "arn:aws:mq:*:*:broker:$${aws:username}-*:*" },
      { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "arn:aws:mq:*:*:broker:$${aws:PrincipalTag/prefix, 'bob-'}home:${aws_mq_broker.home["ann"].id}" },
      { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "arn:aws:mq:*:*:broker:$${aws:PrincipalTag/wild}:*" },
      { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*", Condition = { StringLike = { "aws:RequestTag/owner" = "$${aws:PrincipalTag/wild}" } } },
      { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*", Condition = { StringEquals = { "aws:RequestTag/Cost Center" = "4/2" }, StringNotEquals = { "aws:RequestTag/owner" = "$${aws:username}" } } },
    ]
  })
}

resource "aws_iam_group" "own" {
  name = "own"
}

resource "aws_iam_group_policy" "own" {
  group  = aws_iam_group.own.name
  policy = data.aws_iam_policy_document.own.json
}

data "aws_iam_policy_document" "own" {
  statement {
    actions   = ["mq:DeleteBroker"]
    resources = ["arn:aws:mq:*:*:broker:&{aws:username}-home:*"]
  }
  statement {
    effect    = "Deny"
    actions   = ["mq:DeleteBroker"]
    resources = [aws_mq_broker.home["bob"].arn]
    condition {
      test     = "StringNotEquals"
      variable = "aws:username"
      values   = ["bob"]
    }
    condition {
      test     = "StringNotEquals"
      variable = "aws:username"
      values   = ["ann"]
    }
  }
}

resource "aws_iam_user_group_membership" "own" {
  for_each = toset(["ann", "eve"])
  user     = aws_iam_user.u[each.value].name
  groups   = [aws_iam_group.own.name]
}
