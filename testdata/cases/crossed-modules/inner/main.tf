variable "target" {}
variable "other" {
  type = object({ arn = string })
}

resource "aws_iam_role" "this" {
  name               = "inner"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["mq:RebootBroker"]
    resources = [var.target]
  }
  statement {
    actions   = ["mq:DeleteBroker"]
    resources = [var.other.arn]
  }
}

resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.this.json
}

output "target" {
  value = var.target
}

output "other_arn" {
  value = var.other.arn
}

output "role" {
  value = aws_iam_role.this
}
