resource "aws_iam_policy" "reboot" {
  name   = "reboot"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }] })
}
locals { delete = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*" }] }) }

# deleted, attachments by literal name stay
resource "aws_iam_role_policy_attachment" "gone" {
  role       = "gone"
  policy_arn = aws_iam_policy.reboot.arn
}
# renamed by replacement, attachments by literal name stay
resource "aws_iam_role" "renamed" {
  name               = "new-lit"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachment" "renamed" {
  role       = "old-lit"
  policy_arn = aws_iam_policy.reboot.arn
  depends_on = [aws_iam_role.renamed]
}
# user renamed in place, links by literal
resource "aws_iam_user" "ann" {
  name = "anna"
}
resource "aws_iam_user_policy" "ann" {
  name   = "delete"
  user   = "ann"
  policy = local.delete
  depends_on = [aws_iam_user.ann]
}
resource "aws_iam_user_policy_attachment" "ann" {
  user       = "ann"
  policy_arn = aws_iam_policy.reboot.arn
  depends_on = [aws_iam_user.ann]
}
resource "aws_iam_group" "ops" {
  name = "ops"
}
resource "aws_iam_group_policy_attachment" "ops" {
  group      = aws_iam_group.ops.name
  policy_arn = aws_iam_policy.reboot.arn
}
resource "aws_iam_user_group_membership" "ann" {
  user   = "ann"
  groups = [aws_iam_group.ops.name]
  depends_on = [aws_iam_user.ann]
}
# forgotten role, attachment stays by literal
resource "aws_iam_role_policy_attachment" "forgotten" {
  role       = "forgotten"
  policy_arn = aws_iam_policy.reboot.arn
}
# forgotten attachment
resource "aws_iam_role" "kept" {
  name               = "kept"
  assume_role_policy = local.trust
}
# same link under another address
resource "aws_iam_role" "readdressed" {
  name               = "readdressed"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "after" {
  name   = "delete"
  role   = aws_iam_role.readdressed.name
  policy = local.delete
}
resource "aws_iam_role_policy_attachment" "after" {
  role       = aws_iam_role.readdressed.name
  policy_arn = aws_iam_policy.reboot.arn
}
# moved
resource "aws_iam_role" "second" {
  name               = "moved"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "second" {
  name   = "delete"
  role   = aws_iam_role.second.name
  policy = local.delete
}
# a policy forgotten while attached
resource "aws_iam_role" "of_forgotten" {
  name               = "of-forgotten"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachment" "of_forgotten" {
  role       = aws_iam_role.of_forgotten.name
  policy_arn = "arn:aws:iam::123456789012:policy/forgotten"
}
removed {
  from = aws_iam_role.forgotten
  lifecycle {
    destroy = false
  }
}
removed {
  from = aws_iam_role_policy_attachment.kept
  lifecycle {
    destroy = false
  }
}
removed {
  from = aws_iam_role_policy.kept
  lifecycle {
    destroy = false
  }
}
removed {
  from = aws_iam_policy.forgotten
  lifecycle {
    destroy = false
  }
}
moved {
  from = aws_iam_role.first
  to = aws_iam_role.second
}
moved {
  from = aws_iam_role_policy.first
  to = aws_iam_role_policy.second
}
