variable "name" {}
variable "arns" { type = list(string) }
variable "extra" { default = null }
resource "aws_iam_user" "u" { name = var.name }
resource "aws_iam_user_policy" "u" {
  user   = aws_iam_user.u.name
  name   = "p"
  policy = data.aws_iam_policy_document.d.json
}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["mq:DeleteBroker"]
    resources = var.arns
  }
}
