variable "trust" {
  type = string
}

variable "policy" {
  type = string
}

resource "aws_iam_role" "deploy" {
  name               = "team-deploy"
  assume_role_policy = var.trust
}

resource "aws_iam_role_policy" "deploy" {
  role   = aws_iam_role.deploy.name
  policy = var.policy
}
