locals {
  t    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }] })
  full = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
  ro   = "arn:aws:iam::aws:policy/AmazonMQReadOnlyAccess"
  del  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*" }] })
  reb  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }] })
  cre  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:CreateBroker", Resource = "*" }] })
}
resource "aws_iam_role" "r" {
  for_each           = toset(["a", "b", "c", "d", "i", "k"])
  name               = each.key
  assume_role_policy = local.t
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = local.del
}
resource "aws_iam_user" "u" {
  for_each = toset(["u1", "u2"])
  name     = each.key
}
resource "aws_iam_group" "g" { name = "g" }
resource "aws_iam_group_policy" "g" {
  group  = aws_iam_group.g.name
  policy = local.reb
}
resource "terraform_data" "x" { input = 1 }
resource "aws_iam_role_policy_attachment" "c" {
  role       = aws_iam_role.r["c"].name
  policy_arn = local.full
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.x]
  }
}
resource "aws_iam_role_policy_attachment" "d" {
  role       = aws_iam_role.r["d"].name
  policy_arn = local.full
  lifecycle {
    replace_triggered_by = [terraform_data.x]
  }
}
resource "aws_iam_role_policy" "i" {
  role   = aws_iam_role.r["i"].name
  name   = "i"
  policy = local.del
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.x]
  }
}

resource "aws_iam_policy_attachment" "x" {
  name       = "x"
  policy_arn = aws_iam_policy.p.arn
  roles      = ["a"]
  depends_on = [aws_iam_role.r]
}
resource "aws_iam_policy_attachment" "y" {
  name       = "y"
  policy_arn = aws_iam_policy.p.arn
  roles      = ["b"]
  depends_on = [aws_iam_role.r]
}
resource "aws_iam_group_membership" "m1" {
  name       = "m1"
  group      = aws_iam_group.g.name
  users      = ["u1"]
  depends_on = [aws_iam_user.u]
}
resource "aws_iam_group_membership" "m2" {
  name       = "m2"
  group      = aws_iam_group.g.name
  users      = ["u2"]
  depends_on = [aws_iam_user.u]
}
resource "aws_iam_role_policy_attachment" "k" {
  role       = aws_iam_role.r["k"].name
  policy_arn = local.full
}
