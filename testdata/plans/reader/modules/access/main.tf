variable "policy" {}

variable "role" {}

variable "password" {
  sensitive = true
}

resource "aws_iam_role_policy" "this" {
  name   = "read"
  role   = var.role
  policy = var.policy
}

resource "aws_iam_user" "robot" {
  name = "robot"
  tags = { key = var.password }
}

output "policy_id" {
  value = aws_iam_role_policy.this.id
}
