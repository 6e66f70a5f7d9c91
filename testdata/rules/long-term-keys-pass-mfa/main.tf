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
