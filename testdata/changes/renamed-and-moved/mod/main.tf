variable "trust" { type = string }
resource "aws_iam_role" "this" {
  name               = "refactored"
  assume_role_policy = var.trust
}
resource "aws_iam_role_policy" "this" {
  name   = "p"
  role   = aws_iam_role.this.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:Reboot*", Resource = "*" }] })
}
