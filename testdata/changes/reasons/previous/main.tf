# Tags change.
resource "aws_mq_broker" "tagged" {
  broker_name        = "tagged"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { team = "billing" }
  user {
    username = "admin"
    password = var.mq_password
  }
}

# Made anew under another name.
resource "aws_mq_broker" "renamed" {
  broker_name        = "plain"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.m5.large"
  user {
    username = "admin"
    password = var.mq_password
  }
}

locals {
  reboot = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }] })
  delete = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*" }] })
  by_tag = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect    = "Allow"
    Action    = ["mq:RebootBroker", "mq:DeleteBroker"]
    Resource  = "*"
    Condition = { StringEquals = { "aws:ResourceTag/team" = "shipping" } }
  }] })
  by_own_tag = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect    = "Allow"
    Action    = "mq:RebootBroker"
    Resource  = "*"
    Condition = { StringEquals = { "aws:PrincipalTag/level" = "senior" } }
  }] })
  unless_guarded = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*" },
    { Effect = "Deny", Action = "mq:*", Resource = "*", Condition = { StringEquals = { "aws:ResourceTag/team" = "shipping" } } },
  ] })
}

resource "aws_iam_role" "by_tag" {
  name               = "by-tag"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "by_tag" {
  name   = "by-tag"
  role   = aws_iam_role.by_tag.name
  policy = local.by_tag
}

resource "aws_iam_role" "unless_guarded" {
  name               = "unless-guarded"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "unless_guarded" {
  name   = "unless-guarded"
  role   = aws_iam_role.unless_guarded.name
  policy = local.unless_guarded
}

# Its own tag changes.
resource "aws_iam_user" "promoted" {
  name = "promoted"
  tags = { level = "junior" }
}
resource "aws_iam_user_policy" "promoted" {
  name   = "by-own-tag"
  user   = aws_iam_user.promoted.name
  policy = local.by_own_tag
}

# Pinned to the ARN that the broker has.
resource "aws_iam_role" "pinned" {
  name               = "pinned"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "pinned" {
  name = "pinned"
  role = aws_iam_role.pinned.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "arn:aws:mq:eu-west-1:123456789012:broker:plain:*" },
    { Effect = "Allow", Action = "mq:RebootBroker", Resource = aws_mq_broker.renamed.arn },
  ] })
}

resource "aws_iam_policy" "bound" {
  name   = "bound"
  policy = local.reboot
}
resource "aws_iam_policy" "both" {
  name   = "both"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["mq:RebootBroker", "mq:DeleteBroker"], Resource = "*" }] })
}
resource "aws_iam_policy" "narrowed" {
  name   = "narrowed"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["mq:RebootBroker", "mq:DeleteBroker"], Resource = "*" }] })
}

# Boundaries: one is set, one goes, one says something else, one takes the place of another.
resource "aws_iam_role" "bounded" {
  name               = "bounded"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachment" "bounded" {
  role       = aws_iam_role.bounded.name
  policy_arn = aws_iam_policy.both.arn
}
resource "aws_iam_user" "unbounded" {
  name                 = "unbounded"
  permissions_boundary = aws_iam_policy.bound.arn
}
resource "aws_iam_user_policy_attachment" "unbounded" {
  user       = aws_iam_user.unbounded.name
  policy_arn = aws_iam_policy.both.arn
}
resource "aws_iam_role" "tightened" {
  name                 = "tightened"
  assume_role_policy   = local.trust
  permissions_boundary = aws_iam_policy.narrowed.arn
}
resource "aws_iam_role_policy_attachment" "tightened" {
  role       = aws_iam_role.tightened.name
  policy_arn = aws_iam_policy.both.arn
}
resource "aws_iam_role" "switched" {
  name                 = "switched"
  assume_role_policy   = local.trust
  permissions_boundary = aws_iam_policy.bound.arn
}
resource "aws_iam_role_policy_attachment" "switched" {
  role       = aws_iam_role.switched.name
  policy_arn = aws_iam_policy.both.arn
}

# Groups: a user joins, a user leaves, a group gets a policy.
resource "aws_iam_group" "operators" {
  name = "operators"
}
resource "aws_iam_group_policy" "operators" {
  name   = "reboot"
  group  = aws_iam_group.operators.name
  policy = local.reboot
}
resource "aws_iam_group" "admins" {
  name = "admins"
}
resource "aws_iam_user" "joins" {
  name = "joins"
}
resource "aws_iam_user" "leaves" {
  name = "leaves"
}
resource "aws_iam_user" "admin" {
  name = "admin"
}
resource "aws_iam_group_membership" "operators" {
  name  = "operators"
  group = aws_iam_group.operators.name
  users = [aws_iam_user.leaves.name]
}
resource "aws_iam_user_group_membership" "admin" {
  user   = aws_iam_user.admin.name
  groups = [aws_iam_group.admins.name]
}

# Attached, detached; twice the same, of which one stays.
resource "aws_iam_role" "attached" {
  name               = "attached"
  assume_role_policy = local.trust
}
resource "aws_iam_role" "detached" {
  name               = "detached"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachment" "detached" {
  role       = aws_iam_role.detached.name
  policy_arn = aws_iam_policy.both.arn
}
resource "aws_iam_role_policy" "detached" {
  name   = "reboot"
  role   = aws_iam_role.detached.name
  policy = local.reboot
}

resource "aws_iam_role" "goes" {
  name               = "goes"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "goes" {
  name   = "delete"
  role   = aws_iam_role.goes.name
  policy = local.delete
}
