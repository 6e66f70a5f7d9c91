locals {
  reboot = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }] })
  delete = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*" }] })
  all    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
}
# list positions shift by one
variable "policies" {
  default = ["reboot", "delete", "create"]
}
resource "aws_iam_policy" "p" {
  for_each = { reboot = "mq:RebootBroker", delete = "mq:DeleteBroker", create = "mq:CreateBroker" }
  name     = each.key
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = each.value, Resource = "*" }] })
}
resource "aws_iam_role" "shifted" {
  name               = "shifted"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachment" "shifted" {
  count      = length(var.policies)
  role       = aws_iam_role.shifted.name
  policy_arn = aws_iam_policy.p[var.policies[count.index]].arn
}
# policy version: document changed, by inline and managed, deny added
resource "aws_iam_policy" "edited" {
  name   = "edited"
  policy = local.all
}
resource "aws_iam_group" "g" {
  name = "g"
}
resource "aws_iam_group_policy_attachment" "g" {
  group      = aws_iam_group.g.name
  policy_arn = aws_iam_policy.edited.arn
}
resource "aws_iam_user" "m" {
  name = "m"
}
resource "aws_iam_user_group_membership" "m" {
  user   = aws_iam_user.m.name
  groups = [aws_iam_group.g.name]
}
# policy replaced: new description
resource "aws_iam_policy" "described" {
  name        = "described"
  description = "one"
  policy      = local.reboot
}
resource "aws_iam_role" "described" {
  name               = "described"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachment" "described" {
  role       = aws_iam_role.described.name
  policy_arn = aws_iam_policy.described.arn
}
# inline policy renamed
resource "aws_iam_role_policy" "described" {
  name   = "one"
  role   = aws_iam_role.described.name
  policy = local.delete
}
# data source through depends_on on something changing
data "aws_iam_policy_document" "deferred" {
  statement {
    actions   = ["mq:RebootBroker"]
    resources = [aws_mq_broker.orders.arn]
  }
  depends_on = [aws_iam_policy.edited]
}
resource "aws_iam_role" "deferred" {
  name               = "deferred"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "deferred" {
  name   = "p"
  role   = aws_iam_role.deferred.name
  policy = data.aws_iam_policy_document.deferred.json
}
# role given up by managed_policy_arns = [] 
resource "aws_iam_role" "emptied" {
  name                = "emptied"
  assume_role_policy  = local.trust
  managed_policy_arns = [aws_iam_policy.p["reboot"].arn]
}
resource "aws_iam_role" "given_up" {
  name                = "given-up"
  assume_role_policy  = local.trust
  managed_policy_arns = [aws_iam_policy.p["reboot"].arn]
}
# same policy through group and direct; direct goes
resource "aws_iam_user" "twice" {
  name = "twice"
}
resource "aws_iam_user_group_membership" "twice" {
  user   = aws_iam_user.twice.name
  groups = [aws_iam_group.h.name]
}
resource "aws_iam_group" "h" {
  name = "h"
}
resource "aws_iam_group_policy_attachment" "h" {
  group      = aws_iam_group.h.name
  policy_arn = aws_iam_policy.p["delete"].arn
}
resource "aws_iam_user_policy_attachment" "twice" {
  user       = aws_iam_user.twice.name
  policy_arn = aws_iam_policy.p["delete"].arn
}
# a group that goes
resource "aws_iam_group" "going" {
  name = "going"
}
resource "aws_iam_group_policy" "going" {
  name   = "p"
  group  = aws_iam_group.going.name
  policy = local.all
}
resource "aws_iam_user" "left" {
  name = "left"
}
resource "aws_iam_user_group_membership" "left" {
  user   = aws_iam_user.left.name
  groups = [aws_iam_group.going.name]
}
# exclusive list of names of inline policies
resource "aws_iam_role" "names" {
  name               = "names"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "names" {
  for_each = { keep = local.reboot, drop = local.delete }
  name     = each.key
  role     = aws_iam_role.names.name
  policy   = each.value
}
