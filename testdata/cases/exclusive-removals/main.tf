resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

locals {
  trust  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  reboot = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }] })
  delete = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*" }] })
  create = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:CreateBroker", Resource = "*" }] })
}

resource "aws_iam_policy" "reboot" {
  name   = "reboot"
  policy = local.reboot
}

resource "aws_iam_policy" "delete" {
  name   = "delete"
  policy = local.delete
}

resource "aws_iam_role" "r" {
  for_each           = toset(["listed", "beside", "twice", "late", "kept", "inline"])
  name               = each.key
  assume_role_policy = local.trust
}

resource "aws_iam_user" "u" {
  for_each = toset(["ann", "bob", "cy", "dee"])
  name     = each.key
}

resource "aws_iam_group" "ops" {
  name = "ops"
}

resource "aws_iam_group" "free" {
  name = "free"
}

resource "aws_iam_group_policy" "ops" {
  name   = "ops"
  group  = aws_iam_group.ops.name
  policy = local.create
}

resource "aws_iam_group_policy" "free" {
  name   = "free"
  group  = aws_iam_group.free.name
  policy = local.delete
}

# A list made before the attachment beside it: the next apply takes that away.
resource "aws_iam_policy_attachment" "reboot" {
  name       = "reboot"
  policy_arn = aws_iam_policy.reboot.arn
  roles      = [aws_iam_role.r["listed"].name]
}

resource "aws_iam_role_policy_attachment" "beside" {
  role       = aws_iam_role.r["beside"].name
  policy_arn = aws_iam_policy.reboot.arn
  depends_on = [aws_iam_policy_attachment.reboot]
}

resource "aws_iam_group_membership" "ops" {
  name  = "ops"
  group = aws_iam_group.ops.name
  users = [aws_iam_user.u["ann"].name]
}

resource "aws_iam_user_group_membership" "bob" {
  user       = aws_iam_user.u["bob"].name
  groups     = [aws_iam_group.ops.name, aws_iam_group.free.name]
  depends_on = [aws_iam_group_membership.ops]
}

# One link, held by two resources.
resource "aws_iam_role_policy_attachment" "twice" {
  role       = aws_iam_role.r["twice"].name
  policy_arn = aws_iam_policy.delete.arn
}

# What was given up is not detached.
# (aws_iam_user_policy_attachments_exclusive.cy is gone)

resource "aws_iam_role_policy_attachments_exclusive" "kept" {
  role_name   = aws_iam_role.r["kept"].name
  policy_arns = [aws_iam_policy.delete.arn]
}

# A list that is not changed does not see what the same apply attaches.
resource "aws_iam_role_policy_attachment" "kept" {
  role       = aws_iam_role.r["kept"].name
  policy_arn = aws_iam_policy.reboot.arn
}

resource "aws_iam_user_policy" "dee" {
  for_each = { reboot = local.reboot, delete = local.delete }
  name     = each.key
  user     = aws_iam_user.u["dee"].name
  policy   = each.value
}

resource "aws_iam_user_policies_exclusive" "dee" {
  user_name    = aws_iam_user.u["dee"].name
  policy_names = ["delete"]
}

resource "aws_iam_role_policy" "inline" {
  for_each = { reboot = local.reboot, delete = local.delete }
  name     = each.key
  role     = aws_iam_role.r["inline"].name
  policy   = each.value
}

resource "aws_iam_role_policies_exclusive" "inline" {
  role_name    = aws_iam_role.r["inline"].name
  policy_names = ["reboot"]
}

resource "aws_iam_group_policy" "free_more" {
  name   = "more"
  group  = aws_iam_group.free.name
  policy = local.reboot
}

resource "aws_iam_group_policies_exclusive" "free" {
  group_name   = aws_iam_group.free.name
  policy_names = ["more"]
}

# New beside the list.
resource "aws_iam_role_policy_attachment" "late" {
  role       = aws_iam_role.r["late"].name
  policy_arn = aws_iam_policy.reboot.arn
}

# Lists of its own, which the resources beside them contradict.
resource "aws_iam_role" "own" {
  name                = "own"
  assume_role_policy  = local.trust
  managed_policy_arns = [aws_iam_policy.delete.arn]
  inline_policy {}
}

resource "aws_iam_role_policy_attachment" "own" {
  role       = aws_iam_role.own.name
  policy_arn = aws_iam_policy.reboot_own.arn
}

resource "aws_iam_policy" "reboot_own" {
  name   = "reboot-own"
  policy = local.reboot
}

resource "aws_iam_role_policy" "own" {
  name   = "create"
  role   = aws_iam_role.own.name
  policy = local.create
}
