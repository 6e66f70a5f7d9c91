locals {
  reboot = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }] })
  delete = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*" }] })
  no_delete = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }, { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*" }] })
}
resource "aws_iam_policy" "reboot" {
  name   = "reboot"
  policy = local.reboot
}
resource "aws_iam_policy" "delete" {
  name   = "delete"
  policy = local.delete
}

# An exclusive list that does not change, of a role that is made anew.
resource "aws_iam_role" "listed" {
  name               = "listed"
  path               = "/new/"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachments_exclusive" "listed" {
  role_name   = aws_iam_role.listed.name
  policy_arns = [aws_iam_policy.reboot.arn]
}
# A list that changes too: it compares with what is there.
resource "aws_iam_role" "relisted" {
  name               = "relisted"
  path               = "/new/"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachments_exclusive" "relisted" {
  role_name   = aws_iam_role.relisted.name
  policy_arns = [aws_iam_policy.reboot.arn, aws_iam_policy.delete.arn]
}
# The older list adds only what it has not named before.
resource "aws_iam_role" "member" {
  name               = "member"
  path               = "/new/"
  assume_role_policy = local.trust
}
resource "aws_iam_role" "stays" {
  name               = "stays"
  assume_role_policy = local.trust
}
resource "aws_iam_role" "added" {
  name               = "added"
  path               = "/new/"
  assume_role_policy = local.trust
}
resource "aws_iam_policy_attachment" "delete" {
  name       = "delete"
  policy_arn = aws_iam_policy.delete.arn
  roles      = [aws_iam_role.member.name, aws_iam_role.stays.name, aws_iam_role.added.name]
}
# Lists of its own are made anew with it.
resource "aws_iam_role" "own" {
  name                = "own"
  path                = "/new/"
  assume_role_policy  = local.trust
  managed_policy_arns = [aws_iam_policy.reboot.arn]
  inline_policy {
    name   = "delete"
    policy = local.delete
  }
}
# An inline policy that says something else is written to the new role.
resource "aws_iam_role" "rewritten" {
  name               = "rewritten"
  path               = "/new/"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "rewritten" {
  name   = "p"
  role   = aws_iam_role.rewritten.name
  policy = local.delete
}
# A boundary is part of the role.
resource "aws_iam_role" "bounded" {
  name                 = "bounded"
  path                 = "/new/"
  assume_role_policy   = local.trust
  permissions_boundary = aws_iam_policy.reboot.arn
}
resource "aws_iam_role_policy" "bounded" {
  name   = "p"
  role   = aws_iam_role.bounded.id
  policy = local.no_delete
}

# Groups that the plan does not show, and boundaries.
resource "aws_iam_user" "hidden_group" {
  name = "hidden-group"
}
resource "aws_iam_user_group_membership" "hidden_group" {
  user   = aws_iam_user.hidden_group.name
  groups = ["elsewhere"]
}
resource "aws_iam_user" "hidden_group_denied" {
  name = "hidden-group-denied"
}
resource "aws_iam_user_policy" "hidden_group_denied" {
  name   = "p"
  user   = aws_iam_user.hidden_group_denied.name
  policy = local.no_delete
}
resource "aws_iam_user_group_membership" "hidden_group_denied" {
  user   = aws_iam_user.hidden_group_denied.name
  groups = ["elsewhere"]
}
resource "aws_iam_role" "hidden_bound" {
  name                 = "hidden-bound"
  assume_role_policy   = local.trust
  permissions_boundary = "arn:aws:iam::123456789012:policy/elsewhere"
}
resource "aws_iam_role_policy" "hidden_bound" {
  name   = "p"
  role   = aws_iam_role.hidden_bound.name
  policy = local.no_delete
}
# A group that others are members of too.
resource "aws_iam_group" "shared" {
  name = "shared"
}
resource "aws_iam_group_policy" "shared" {
  name   = "p"
  group  = aws_iam_group.shared.name
  policy = local.reboot
}
resource "aws_iam_group_membership" "shared" {
  name  = "shared"
  group = aws_iam_group.shared.name
  users = [aws_iam_user.hidden_group.name]
}
resource "aws_iam_user" "count" {
  count = 1
  name  = "counted-${count.index}"
}
resource "aws_iam_user_policy_attachment" "count" {
  count      = 1
  user       = aws_iam_user.count[count.index].name
  policy_arn = aws_iam_policy.delete.arn
}
