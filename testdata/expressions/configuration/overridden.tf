data "aws_iam_policy_document" "overridden" {
  statement {
    sid       = "Old"
    actions   = ["mq:*"]
    resources = ["*"]
  }
  statement {
    sid       = "Older"
    actions   = ["*"]
    resources = ["*"]
  }
  policy_id = "kept"
}

resource "aws_iam_policy" "overridden" {
  name   = "overridden"
  policy = data.aws_iam_policy_document.overridden.json
}
