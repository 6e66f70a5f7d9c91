variable "name" { type = string }
variable "brokers" { type = list(string) }
variable "staging" { type = string }
variable "trust" { type = string }

resource "aws_iam_role" "ci" {
  count              = 2
  name               = "ci-${var.name}-${count.index}"
  assume_role_policy = var.trust
}

data "aws_iam_policy_document" "ci" {
  statement {
    actions   = ["mq:CreateBroker"]
    resources = ["*"]
  }

  statement {
    actions   = ["mq:UpdateBroker"]
    resources = var.brokers
  }

  statement {
    actions   = ["mq:DeleteBroker"]
    resources = [var.staging]
  }
}

resource "aws_iam_role_policy" "ci" {
  count  = 2
  name   = "ci"
  role   = aws_iam_role.ci[count.index].name
  policy = data.aws_iam_policy_document.ci.json
}
