resource "aws_iam_policy" "merged" {
  name        = "merged-by-override"
  description = "overridden ${var.region}"
}

locals {
  tags = { managed-by = "override" }
}

data "aws_iam_policy_document" "overridden" {
  statement {
    sid       = "New"
    actions   = ["mq:List*"]
    resources = ["*"]
  }
}
