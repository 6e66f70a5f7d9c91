variable "name" {
  type = string
}

variable "brokers" {
  type = list(object({
    name = string
    arn  = string
    size = optional(string, "small")
  }))
  nullable = false
}

variable "extra" {
  type = object({
    documents = optional(list(string), [])
    boundary  = optional(string)
  })
  default = {}
}

locals {
  names = [for broker in var.brokers : "${broker.name}:${broker.size}"]
}

data "aws_iam_policy_document" "this" {
  source_policy_documents = length(var.extra.documents) > 0 ? var.extra.documents : null
  dynamic "statement" {
    for_each = var.brokers
    content {
      sid       = "B${statement.key}"
      actions   = ["mq:RebootBroker"]
      resources = [statement.value.arn]
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = var.name
  permissions_boundary = var.extra.boundary
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "this" {
  count  = length(var.brokers) > 0 ? 1 : 0
  name   = "brokers"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.this.json
}

module "inner" {
  source = "../broker"
  for_each = {
    for index, broker in var.brokers : broker.name => merge(broker, { index = index })
  }
  broker = each.value
}

output "role" {
  value = aws_iam_role.this
}

output "names" {
  value = concat([for inner in module.inner : inner.label], ["none"])
}
