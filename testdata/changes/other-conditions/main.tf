# Who may delete a broker under conditions may do so after apply too, under other ones.

locals {
  conditions = {
    loosened  = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "true" } }
    tightened = { Bool = { "aws:MultiFactorAuthPresent" = "true" }, IpAddress = { "aws:SourceIp" = "10.0.0.0/8" } }
    moved     = { IpAddress = { "aws:SourceIp" = "192.168.0.0/16" } }
    respelled = { Bool = { "AWS:multifactorauthpresent" = ["true", "true"] } }
    widened   = { IpAddress = { "aws:SourceIp" = ["10.0.0.0/8", "172.16.0.0/12"] } }
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
