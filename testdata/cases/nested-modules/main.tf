variable "environments" {
  type = map(object({
    queues = list(string)
    tier   = optional(string, "standard")
  }))
  default = {
    prod = { queues = ["orders", "billing"], tier = "gold" }
    test = { queues = ["orders"] }
  }
}

module "env" {
  source      = "./modules/environment"
  for_each    = var.environments
  name        = each.key
  queues      = toset(each.value.queues)
  tier        = each.value.tier
  mq_password = var.mq_password
}

resource "aws_iam_role" "auditor" {
  name               = "auditor"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

# one statement per environment, from a map of maps
resource "aws_iam_role_policy" "auditor" {
  name = "restart-gold"
  role = aws_iam_role.auditor.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for e, m in module.env : {
      Sid      = "Env${title(e)}"
      Effect   = "Allow"
      Action   = m.tier == "gold" ? ["mq:RebootBroker"] : ["mq:*"]
      Resource = values(m.brokers)[*].arn
    }]
  })
}

resource "aws_iam_user" "lead" {
  for_each = module.env
  name     = "lead-${each.key}"
}

resource "aws_iam_user_policy_attachment" "lead" {
  for_each   = module.env
  user       = aws_iam_user.lead[each.key].name
  policy_arn = each.value.operator_policies["orders"]
}
