resource "aws_iam_policy" "wrong" {
  name = "wrong"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OwnUnit"
      Effect    = "Allow"
      Action    = "mq:RebootBroker"
      Resource  = "arn:aws:mq:*:*:broker:orders:*"
      Condition = { "ForAllValues:StringLike" = { "aws:PrincipalOrgPaths" = "o-a1b2c3d4e5/*" } }
    }]
  })
}

data "aws_iam_policy_document" "wrong_tags" {
  statement {
    actions   = ["mq:CreateBroker"]
    resources = ["*"]
    condition {
      test     = "ForAllValues:StringEquals"
      variable = "aws:TagKeys"
      values   = ["team", "environment"]
    }
  }
}

resource "aws_iam_policy" "wrong_tags" {
  name   = "wrong-tags"
  policy = data.aws_iam_policy_document.wrong_tags.json
}

resource "aws_iam_policy" "right" {
  name = "right"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "mq:RebootBroker"
        Resource = "arn:aws:mq:*:*:broker:orders:*"
        Condition = {
          "ForAllValues:StringLike" = { "aws:PrincipalOrgPaths" = "o-a1b2c3d4e5/*" }
          Null                      = { "aws:PrincipalOrgPaths" = "false" }
        }
      },
      {
        Effect   = "Allow"
        Action   = "mq:CreateBroker"
        Resource = "*"
        Condition = {
          "ForAllValues:StringEquals" = { "aws:TagKeys" = ["team"] }
          StringEquals                = { "aws:RequestTag/team" = "orders" }
        }
      },
      {
        Effect    = "Deny"
        Action    = "mq:CreateTags"
        Resource  = "*"
        Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["locked"] } }
      },
    ]
  })
}
