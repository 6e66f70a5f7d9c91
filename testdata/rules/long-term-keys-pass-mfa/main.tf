resource "aws_iam_group_policy" "wrong" {
  name  = "operators"
  group = "operators"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["mq:RebootBroker", "mq:DeleteBroker"], Resource = "arn:aws:mq:*:*:broker:orders:*" },
      {
        Sid       = "OnlyWithMfa"
        Effect    = "Deny"
        Action    = ["mq:RebootBroker", "mq:DeleteBroker"]
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

data "aws_iam_policy_document" "wrong_age" {
  statement {
    effect    = "Deny"
    actions   = ["mq:DeleteBroker"]
    resources = ["*"]
    condition {
      test     = "NumericGreaterThan"
      variable = "aws:MultiFactorAuthAge"
      values   = ["3600"]
    }
  }
}

resource "aws_iam_policy" "wrong_age" {
  name   = "wrong-age"
  policy = data.aws_iam_policy_document.wrong_age.json
}

resource "aws_iam_policy" "right" {
  name = "right"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = ["mq:RebootBroker", "mq:DeleteBroker"]
      Resource  = "*"
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    }]
  })
}

# Two statements, one for sessions and one for long-term keys.
resource "aws_iam_policy" "right_in_two" {
  name = "right-in-two"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        Action    = "mq:DeleteBroker"
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } }
      },
      {
        Effect    = "Deny"
        Action    = "mq:*"
        Resource  = "*"
        Condition = { Null = { "aws:MultiFactorAuthPresent" = "true" } }
      },
      {
        Effect    = "Allow"
        Action    = "mq:DeleteBroker"
        Resource  = "arn:aws:mq:*:*:broker:orders:*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      },
    ]
  })
}

# Guards of everything, for users that may do something with brokers.
resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"

  user {
    username = "orders"
    password = "not-a-Secret-1234"
  }
}

resource "aws_iam_user" "guarded" {
  for_each = toset(["everything", "but-iam", "right", "nothing"])
  name     = each.key
}

resource "aws_iam_user_policy" "wrong_everything" {
  user = aws_iam_user.guarded["everything"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" },
      { Effect = "Deny", Action = "*", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } } },
    ]
  })
}

resource "aws_iam_user_policy" "wrong_but_iam" {
  user = aws_iam_user.guarded["but-iam"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:*", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

resource "aws_iam_user_policy" "right_everything" {
  user = aws_iam_user.guarded["right"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:*", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# Nothing to do with brokers.
resource "aws_iam_user_policy" "right_elsewhere" {
  user = aws_iam_user.guarded["nothing"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:*", Resource = "*" },
      { Effect = "Deny", Action = "*", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } } },
    ]
  })
}

# The same as text.
resource "aws_iam_policy" "wrong_text" {
  name = "wrong-text"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:*", Resource = "*" },
      {
        Effect    = "Deny"
        Action    = "mq:DeleteBroker"
        Resource  = "*"
        Condition = { StringEquals = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}
