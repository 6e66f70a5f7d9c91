variable "verb" { type = string }
variable "arn" { type = string }
variable "user" { type = any }
variable "workspace" { type = string }

resource "aws_iam_user_policy" "this" {
  name = "grant-${lower(var.verb)}"
  user = var.user.name
  policy = <<EOF
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "mq:${var.verb}Broker",
    "Resource": ["${var.arn}", "arn:aws:mq:*:*:broker:${var.workspace}-$${aws:username}:*"]
  }
}
EOF
}
