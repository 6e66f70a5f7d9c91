# Policies alone, for brokers and roles of other configurations.
variable "account" {
  default = "123456789012"
}

locals {
  brokers = {
    orders   = { region = "eu-west-1", id = "b-1234a5b6-78cd-901e-2fa3-bcd4e5f6a7b8" }
    invoices = { region = "eu-central-1", id = "b-2234a5b6-78cd-901e-2fa3-bcd4e5f6a7b8" }
  }
}

data "aws_iam_policy_document" "operate" {
  for_each = local.brokers
  statement {
    sid       = "Operate"
    actions   = ["mq:DescribeBroker", "mq:RebootBroker", "mq:UpdateBroker"]
    resources = ["arn:aws:mq:${each.value.region}:${var.account}:broker:${each.key}:${each.value.id}"]
  }
  statement {
    sid       = "List"
    actions   = ["mq:ListBrokers"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [each.value.region]
    }
  }
}

resource "aws_iam_policy" "operate" {
  for_each = local.brokers
  name     = "mq-operate-${each.key}"
  path     = "/brokers/"
  policy   = data.aws_iam_policy_document.operate[each.key].json
}

output "policies" {
  value = { for name, policy in aws_iam_policy.operate : name => policy.arn }
}
