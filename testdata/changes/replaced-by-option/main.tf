locals {
  all    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
  reboot = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }] })
}
resource "aws_iam_group" "g" {
  name = "g"
}
resource "aws_iam_group_policy" "g" {
  name   = "p"
  group  = aws_iam_group.g.name
  policy = local.all
}
resource "aws_iam_user" "m" {
  name          = "m"
  force_destroy = true
}
resource "aws_iam_user" "n" {
  name          = "n"
  force_destroy = true
}
resource "aws_iam_user" "direct" {
  name          = "direct"
  force_destroy = true
}
resource "aws_iam_user_policy" "direct" {
  name   = "p"
  user   = aws_iam_user.direct.name
  policy = local.all
}
resource "aws_iam_user_group_membership" "m" {
  user   = aws_iam_user.m.name
  groups = [aws_iam_group.g.name]
}
resource "aws_iam_group" "h" {
  name = "h"
}
resource "aws_iam_group_policy" "h" {
  name   = "p"
  group  = aws_iam_group.h.name
  policy = local.all
}
resource "aws_iam_group_membership" "h" {
  name  = "h"
  group = aws_iam_group.h.name
  users = [aws_iam_user.n.name]
}
# boundary policy renamed
resource "aws_iam_policy" "bound" {
  name   = "bound-2"
  policy = local.reboot
}
resource "aws_iam_role" "bounded" {
  name                 = "bounded"
  assume_role_policy   = local.trust
  permissions_boundary = aws_iam_policy.bound.arn
}
resource "aws_iam_role_policy" "bounded" {
  name   = "p"
  role   = aws_iam_role.bounded.name
  policy = local.all
}
# boundary only known after apply through a name prefix
resource "aws_iam_policy" "prefix" {
  name_prefix = "other-"
  policy      = local.reboot
}
resource "aws_iam_role" "prefixed" {
  name                 = "prefixed"
  assume_role_policy   = local.trust
  permissions_boundary = aws_iam_policy.prefix.arn
}
resource "aws_iam_role_policy" "prefixed" {
  name   = "p"
  role   = aws_iam_role.prefixed.name
  policy = local.all
}
resource "aws_iam_policy_attachment" "all" {
  name       = "x"
  policy_arn = aws_iam_policy.x.arn
  users      = [aws_iam_user.direct.name]
}
resource "aws_iam_policy" "x" {
  name   = "x"
  policy = local.reboot
}
