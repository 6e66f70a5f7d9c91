variable "brokers" {
  type = map(object({
    arn  = string
    name = string
    verbs = optional(set(string), ["Reboot", "Describe"])
  }))
}
variable "principal" {
  type = object({ role = optional(string), user = optional(string) })
}
variable "documents" {
  type    = list(string)
  default = []
}

locals {
  statements = [
    for name, broker in var.brokers : {
      Sid      = "N${index(keys(var.brokers), name)}"
      Effect   = "Allow"
      Action   = [for verb in broker.verbs : format("mq:%sBroker", verb)]
      Resource = broker.arn
    }
  ]
}

data "aws_iam_policy_document" "combined" {
  source_policy_documents = concat(var.documents, [jsonencode({ Version = "2012-10-17", Statement = local.statements })])
}

resource "aws_iam_role_policy" "this" {
  count  = var.principal.role != null ? 1 : 0
  name   = "access"
  role   = var.principal.role
  policy = data.aws_iam_policy_document.combined.json
}

resource "aws_iam_policy" "each" {
  for_each = var.brokers
  name     = "each-${each.key}"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for statement in local.statements : statement if statement.Resource == each.value.arn]
  })
}

output "policies" {
  value = [for policy in aws_iam_policy.each : policy.arn]
}
