# Orders of sorted ARNs, types of collections, and conversions that fail: what they decide is certain before apply.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

variable "frozen" {
  type    = list(string)
  default = []
}

variable "by_number" {
  type    = bool
  default = true
}

resource "aws_mq_broker" "of" {
  for_each           = toset(["orders", "billing", "logs"])
  broker_name        = each.key
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"

  user {
    username = "admin"
    password = "not-a-real-password-1"
  }
}

locals {
  arns   = sort([for broker in aws_mq_broker.of : broker.arn])
  orders = aws_mq_broker.of["orders"]

  statements = {
    # The names stand before the ids: billing is first, orders is last.
    by_index = [for index, arn in local.arns : { Effect = index == 0 ? "Deny" : "Allow", Action = "mq:RebootBroker", Resource = arn }]
    by_chunk = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = chunklist(local.arns, 2)[1] }]
    by_name  = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = values({ for arn in local.arns : arn => arn })[1] }]
    by_set   = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = tolist(toset(local.arns))[0] }]
    by_count = [{ Effect = length(toset(local.arns)) == 3 ? "Allow" : "Deny", Action = "mq:RebootBroker", Resource = local.arns }]

    # The id of a broker is no number, and no truth.
    by_number = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = can(tonumber(local.orders.id)) ? "*" : local.orders.arn }]
    by_truth  = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = can(tobool(local.orders.id)) ? "*" : local.orders.arn }]
    by_trial  = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = try("${local.orders.arn}${tonumber(local.orders.id)}", local.arns[0]) }]

    # A list never equals a tuple, a map no object, a set no list.
    by_list   = [{ Effect = var.frozen != [] ? "Allow" : "Deny", Action = "mq:RebootBroker", Resource = local.orders.arn }]
    by_tuple  = [{ Effect = ["a"] == ["a"] ? "Allow" : "Deny", Action = "mq:RebootBroker", Resource = local.orders.arn }]
    by_map    = [{ Effect = tomap({ a = "1" }) == { a = "1" } ? "Deny" : "Allow", Action = "mq:RebootBroker", Resource = local.orders.arn }]
    by_branch = [{ Effect = jsonencode(var.by_number ? [1] : ["a"]) == "[\"1\"]" ? "Allow" : "Deny", Action = "mq:RebootBroker", Resource = local.orders.arn }]

    # Characters are what a reader takes for one.
    by_length = [{ Effect = length("Zoe\u0301") == 3 ? "Allow" : "Deny", Action = "mq:RebootBroker", Resource = local.orders.arn }]
  }
}

resource "aws_iam_role" "of" {
  for_each = toset(concat(keys(local.statements), ["by_template"]))
  name     = each.key

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "of" {
  for_each = local.statements
  role     = aws_iam_role.of[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role_policy" "by_template" {
  role   = aws_iam_role.of["by_template"].name
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        %{~for index, arn in local.arns~}
        %{if index > 0},%{endif}
        { "Effect": "%{if index == 1}Deny%{else}Allow%{endif}", "Action": "mq:DeleteBroker", "Resource": "${arn}" }
        %{~endfor~}
      ]
    }
  EOT
}
