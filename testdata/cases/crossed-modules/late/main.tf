variable "arn" {}
variable "role" {}

resource "aws_iam_role_policy" "deny" {
  role = var.role
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "mq:RebootBroker", Resource = replace(var.arn, "alpha", "*") }, { Effect = "Allow", Action = "mq:DeleteBroker", Resource = var.arn }]
  })
}
