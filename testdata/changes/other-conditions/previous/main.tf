locals {
  conditions = {
    loosened  = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    tightened = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    moved     = { IpAddress = { "aws:SourceIp" = "10.0.0.0/8" } }
    respelled = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    widened   = { IpAddress = { "aws:SourceIp" = "10.0.0.0/8" } }
  }
}

resource "aws_iam_user" "of" {
  for_each = local.conditions
  name     = each.key
}

resource "aws_iam_user_policy" "of" {
  for_each = local.conditions
  name     = "delete"
  user     = aws_iam_user.of[each.key].name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = aws_mq_broker.b.arn, Condition = each.value }]
  })
}
