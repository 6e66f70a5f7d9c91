# Actions that do not exist, in a policy each.
locals {
  wrong = {
    messages = ["mq:SendMessage", "mq:ReceiveMessage", "mq:Connect"]
    tags     = ["mq:CreateTags", "mq:DeleteTag", "mq:TagResource", "mq:ListTagsForResource"]
    others   = ["mq:ModifyBroker", "mq:Frobnicate*"]
    service  = ["amazonmq:RebootBroker"]
  }
}

resource "aws_iam_policy" "wrong" {
  for_each = local.wrong
  name     = each.key
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = each.value, Resource = "*" }]
  })
}

data "aws_iam_policy_document" "right" {
  statement {
    sid       = "Work"
    actions   = ["MQ:rebootbroker", "mq:Describe*", "mq:ListTags", "sqs:SendMessage"]
    resources = ["*"]
  }
  statement {
    effect      = "Allow"
    not_actions = ["mq:SendMessage"]
    resources   = ["*"]
  }
}

resource "aws_iam_policy" "right" {
  name   = "right"
  policy = data.aws_iam_policy_document.right.json
}
