variable "instances" {
  type    = number
  default = 3
}

variable "primary" {
  type    = string
  default = null
}

variable "extra_actions" {
  type    = list(string)
  default = []
}

locals {
  arns    = aws_mq_broker.node[*].arn
  first   = one(slice(local.arns, 0, 1))
  rest    = slice(local.arns, 1, length(local.arns))
  default = coalesce(var.primary, try(local.arns[7], null), local.arns[2])
  access = {
    first   = { arns = [local.first], actions = ["mq:RebootBroker"] }
    rest    = { arns = local.rest, actions = concat(["mq:DeleteBroker"], var.extra_actions) }
    default = { arns = [local.default], actions = [for a in ["reboot", "delete"] : format("mq:%sBroker", title(a))] }
    none    = { arns = [], actions = [] }
    even    = { arns = [for i, a in local.arns : a if i % 2 == 0], actions = ["mq:*"] }
    flat    = { arns = flatten([[local.first], [[local.default]]]), actions = distinct(["mq:RebootBroker", "mq:RebootBroker"]) }
  }
}

resource "aws_mq_broker" "node" {
  count              = var.instances
  broker_name        = "node-${count.index}"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { index = tostring(count.index) }
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role" "access" {
  for_each           = { for k, v in local.access : k => v if length(v.arns) > 0 }
  name               = "access-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "access" {
  for_each = aws_iam_role.access
  role     = each.value.id
  name     = each.key
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for arn in local.access[each.key].arns : {
      Effect   = "Allow"
      Action   = local.access[each.key].actions
      Resource = arn
    }]
  })
}

resource "aws_iam_policy" "each" {
  count  = length(aws_mq_broker.node)
  name   = "node-${count.index}"
  policy = data.aws_iam_policy_document.each[count.index].json
}

data "aws_iam_policy_document" "each" {
  count = var.instances
  statement {
    effect    = count.index == 0 ? "Deny" : "Allow"
    actions   = ["mq:RebootBroker"]
    resources = [aws_mq_broker.node[count.index].arn]
  }
}

resource "aws_iam_user" "operator" {
  count = 2
  name  = format("operator-%02d", count.index)
}

resource "aws_iam_user_policy_attachment" "operator" {
  count      = 4
  user       = aws_iam_user.operator[floor(count.index / 2)].name
  policy_arn = element(aws_iam_policy.each[*].arn, count.index % 2 + floor(count.index / 2))
}
