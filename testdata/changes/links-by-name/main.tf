# Links whose ends, or themselves, get another name: what is undone is another link to AWS.
#
# kept, renamed: replaced, the new one made before the old one is destroyed, under another name. elsewhere: another
# address, and the policy under another name. forgotten: a policy is written under the name of one that was forgotten.
# listed: a list that compares attaches again what another one takes off before.
resource "aws_iam_policy" "p" {
  name_prefix = "ops-"
  description = "two"
  policy      = local.policy.all
  lifecycle { create_before_destroy = true }
}
resource "aws_iam_role" "kept" {
  name               = "kept"
  assume_role_policy = local.t
}
resource "aws_iam_role_policy_attachment" "kept" {
  role       = aws_iam_role.kept.name
  policy_arn = aws_iam_policy.p.arn
  lifecycle { create_before_destroy = true }
}
resource "aws_iam_role" "renamed" {
  name               = "renamed-two"
  assume_role_policy = local.t
  lifecycle { create_before_destroy = true }
}
resource "aws_iam_role_policy" "renamed" {
  name   = "i"
  role   = aws_iam_role.renamed.name
  policy = local.policy.del
  lifecycle { create_before_destroy = true }
}
resource "aws_iam_user" "renamed" {
  name = "user-two"
}
resource "aws_iam_user_policy" "renamed" {
  name   = "i"
  user   = aws_iam_user.renamed.name
  policy = local.policy.del
  lifecycle { create_before_destroy = true }
}
resource "aws_iam_policy" "other" {
  name   = "other-two"
  policy = local.policy.reb
}
resource "aws_iam_role" "elsewhere" {
  name               = "elsewhere"
  assume_role_policy = local.t
}
resource "aws_iam_role_policy_attachment" "elsewhere_two" {
  role       = aws_iam_role.elsewhere.name
  policy_arn = aws_iam_policy.other.arn
}
resource "aws_iam_role" "forgotten" {
  name               = "forgotten"
  assume_role_policy = local.t
}
removed {
  from = aws_iam_role_policy.forgotten
  lifecycle { destroy = false }
}
resource "aws_iam_role_policy" "written" {
  name   = "fp"
  role   = aws_iam_role.forgotten.name
  policy = local.policy.reb
}
resource "aws_iam_policy" "listed" {
  name   = "listed"
  policy = local.policy.reb
}
resource "aws_iam_policy" "also" {
  name   = "also"
  policy = local.policy.del
}
resource "aws_iam_role" "listed" {
  name                = "listed"
  assume_role_policy  = local.t
  managed_policy_arns = []
}
resource "aws_iam_role_policy_attachments_exclusive" "listed" {
  role_name   = aws_iam_role.listed.name
  policy_arns = [aws_iam_policy.listed.arn]
}
locals {
  t = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }] })
  policy = { for name, action in { all = "mq:*", del = "mq:DeleteBroker", reb = "mq:RebootBroker", none = "mq:DescribeBroker" } :
  name => jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = action, Resource = "*" }] }) }
}
