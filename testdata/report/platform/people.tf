resource "aws_iam_group" "operators" {
  name = "mq-operators"
}

resource "aws_iam_group_policy" "operators" {
  name   = "operate"
  group  = aws_iam_group.operators.name
  policy = data.aws_iam_policy_document.operators.json
}

data "aws_iam_policy_document" "operators" {
  statement {
    sid       = "RebootWithSecondFactor"
    actions   = ["mq:RebootBroker", "mq:DescribeBroker"]
    resources = [aws_mq_broker.orders.arn, aws_mq_broker.payments.arn]

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
  }
}

resource "aws_iam_user" "people" {
  for_each = toset(["ada", "grace", "linus"])
  name     = each.key
}

resource "aws_iam_user_group_membership" "people" {
  for_each = { ada = ["mq-operators"], grace = ["mq-operators", "security-auditors"] }
  user     = aws_iam_user.people[each.key].name
  groups   = each.value

  depends_on = [aws_iam_group.operators]
}

resource "aws_iam_user_policy" "linus" {
  name = "own-sandbox"
  user = aws_iam_user.people["linus"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["mq:RebootBroker", "mq:DeleteBroker"]
      Resource  = [for broker in aws_mq_broker.sandbox : broker.arn]
      Condition = { IpAddress = { "aws:SourceIp" = ["10.0.0.0/8"] } }
    }]
  })
}
