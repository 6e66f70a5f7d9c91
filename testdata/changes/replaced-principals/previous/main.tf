resource "aws_iam_policy" "reboot" {
  name   = "reboot"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }] })
}
locals { delete = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*" }] }) }

# Made anew under another path: its name, and so the attachments, stay as they are in the plan.
resource "aws_iam_role" "moved_path" {
  name               = "moved-path"
  path               = "/"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachment" "moved_path" {
  role       = aws_iam_role.moved_path.name
  policy_arn = aws_iam_policy.reboot.arn
}
resource "aws_iam_role_policy" "moved_path" {
  name   = "delete"
  role   = aws_iam_role.moved_path.name
  policy = local.delete
}

# The same, but by id: known after apply, so that the attachments are made anew.
resource "aws_iam_role" "by_id" {
  name               = "by-id"
  path               = "/"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachment" "by_id" {
  role       = aws_iam_role.by_id.id
  policy_arn = aws_iam_policy.reboot.arn
}
resource "aws_iam_role_policy" "by_id" {
  name   = "delete"
  role   = aws_iam_role.by_id.id
  policy = local.delete
}

resource "aws_iam_role" "renamed" {
  name               = "old"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachment" "renamed" {
  role       = aws_iam_role.renamed.name
  policy_arn = aws_iam_policy.reboot.arn
}

resource "aws_iam_user" "ann" {
  name = "ann"
}
resource "aws_iam_user_policy" "ann" {
  name   = "delete"
  user   = aws_iam_user.ann.name
  policy = local.delete
}
resource "aws_iam_user_policy_attachment" "ann" {
  user       = aws_iam_user.ann.name
  policy_arn = aws_iam_policy.reboot.arn
}
resource "aws_iam_group" "ops" {
  name = "ops"
}
resource "aws_iam_group_policy_attachment" "ops" {
  group      = aws_iam_group.ops.name
  policy_arn = aws_iam_policy.reboot.arn
}
resource "aws_iam_user" "bob" {
  name = "bob"
}
resource "aws_iam_user_group_membership" "bob" {
  user   = aws_iam_user.bob.name
  groups = [aws_iam_group.ops.name]
}
