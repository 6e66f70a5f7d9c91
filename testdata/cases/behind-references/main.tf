variable "geography" { default = "eu" }
variable "access" { default = { reader = "admin", admin = "reader" } }
variable "emergency" { default = false }
variable "who" { default = "reader" }
variable "roles" {
  default = { alpha = { policy = "reader" }, beta = { policy = "admin" } }
}

locals {
  trust = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  user {
    username = "shipping"
    password = "Mock-Passw0rd-12"
  }
}

resource "aws_iam_policy" "p" {
  for_each = { reader = "mq:RebootBroker", admin = "mq:*" }
  name     = "mq-${each.key}"
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = each.value, Resource = "*" }] })
}

# A key that is looked up.
resource "aws_iam_role" "team" {
  for_each           = var.access
  name               = "team-${each.key}"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "team" {
  for_each   = var.access
  role       = aws_iam_role.team[each.key].name
  policy_arn = aws_iam_policy.p[var.access[each.key]].arn
}

# The same resource twice, by a written and by a looked-up key.
resource "aws_iam_role" "on_call" {
  name               = "on-call"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "on_call" {
  role       = aws_iam_role.on_call.name
  policy_arn = var.emergency ? aws_iam_policy.p["admin"].arn : aws_iam_policy.p[var.who].arn
}

# Values under other keys.
resource "aws_iam_role" "rekeyed" {
  for_each           = var.roles
  name               = each.key
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "rekeyed" {
  for_each   = { for name, role in var.roles : name => aws_iam_policy.p[role.policy].arn }
  role       = aws_iam_role.rekeyed[each.key].name
  policy_arn = each.value
}

# A list with something written out, of unknown length; and another region than the variable alone tells.
data "aws_iam_policy_document" "regional" {
  statement {
    actions   = ["mq:RebootBroker", "mq:DeleteBroker"]
    resources = ["arn:aws:mq:eu-west-1:*:broker:*"]
  }
  statement {
    effect    = "Deny"
    actions   = ["mq:DeleteBroker"]
    resources = compact([aws_iam_role.team["admin"].arn, "arn:aws:mq:*:*:broker:orders:*"])
  }
}

resource "aws_iam_role" "regional" {
  name               = "regional"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "regional" {
  name   = "mq"
  role   = aws_iam_role.regional.id
  policy = data.aws_iam_policy_document.regional.json
}

# Conditions, which the plan shows in an order of its own.
resource "aws_iam_role" "guest" {
  name               = "guest"
  assume_role_policy = local.trust
}

resource "aws_iam_role" "operator" {
  name               = "operator"
  assume_role_policy = local.trust
}

data "aws_iam_policy_document" "operator" {
  statement {
    actions   = ["mq:RebootBroker"]
    resources = ["*"]
    condition {
      test     = "StringNotEquals"
      variable = "aws:PrincipalArn"
      values   = [aws_iam_role.guest.arn]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = [aws_iam_role.operator.arn]
    }
  }
}

resource "aws_iam_role_policy" "operator" {
  name   = "mq"
  role   = aws_iam_role.operator.id
  policy = data.aws_iam_policy_document.operator.json
}
