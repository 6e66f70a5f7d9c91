terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region                      = var.region
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  default_tags {
    tags = local.tags
  }
}

variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "teams" {
  description = "Who may do what."
  type = map(object({
    actions  = optional(list(string), ["mq:DescribeBroker"])
    deny     = optional(bool, false)
    networks = optional(set(string), [])
    tags     = optional(map(string))
  }))
  default = {
    ops = {
      actions  = ["mq:RebootBroker", "mq:DescribeBroker"]
      networks = ["10.0.0.0/8", "192.168.0.0/16"]
    }
    dev = {}
    audit = {
      actions = ["mq:List*"]
      deny    = true
      tags    = { auditor = "yes" }
    }
  }
}

variable "secret_tag" {
  type      = string
  sensitive = true
  default   = "hush"
}

locals {
  account = "123456789012"
  tags    = { managed-by = "terraform" }
  arns = {
    for name in ["orders", "invoices"] :
    name => join(":", ["arn", "aws", "mq", var.region, local.account, "broker", name, "*"])
  }
  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
  pairs = { for pair in setproduct(keys(var.teams), keys(local.arns)) : join("/", pair) => { team = pair[0], arn = local.arns[pair[1]] } }
  people = csvdecode(file("${path.module}/policies/people.csv"))
  access = yamldecode(file("${path.module}/policies/access.yaml"))
}

resource "aws_iam_role" "team" {
  for_each           = var.teams
  name               = "team-${each.key}"
  assume_role_policy = local.trust
  tags               = merge(each.value.tags, { team = title(each.key) }, each.key == "ops" ? { secret = var.secret_tag } : {})
}

data "aws_iam_policy_document" "team" {
  for_each = var.teams

  statement {
    sid       = "Use${title(each.key)}"
    effect    = each.value.deny ? "Deny" : "Allow"
    actions   = each.value.actions
    resources = values(local.arns)

    dynamic "condition" {
      for_each = length(each.value.networks) > 0 ? [each.value.networks] : []
      content {
        test     = "IpAddress"
        variable = "aws:SourceIp"
        values   = condition.value
      }
    }
  }

  dynamic "statement" {
    for_each = { for name, arn in local.arns : name => arn if each.key != "audit" }
    iterator = broker
    content {
      sid           = "Keep${broker.key}"
      effect        = "Deny"
      not_actions   = ["mq:Describe*", "mq:List*"]
      not_resources = [broker.value, "${broker.value}&{aws:username}"]

      dynamic "condition" {
        for_each = toset(["a", "b"])
        content {
          test     = "StringNotEquals"
          variable = "aws:PrincipalTag/${broker.key}"
          values   = [condition.key, upper(condition.value)]
        }
      }
    }
  }
}

data "aws_iam_policy_document" "merged" {
  source_policy_documents = [for team, document in data.aws_iam_policy_document.team : document.json if team == "ops"]
  override_policy_documents = [
    templatefile("${path.module}/templates/override.json.tftpl", {
      sid     = "UseOps"
      actions = ["mq:DeleteBroker"]
      arns    = local.arns
    }),
  ]
  version = "2012-10-17"

  statement {
    actions   = ["mq:CreateBroker"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.account}:root"]
    }
  }
}

resource "aws_iam_policy" "team" {
  for_each = data.aws_iam_policy_document.team
  name     = "team-${each.key}"
  policy   = each.value.minified_json
}

resource "aws_iam_policy" "merged" {
  name   = "merged"
  policy = data.aws_iam_policy_document.merged.json
}

resource "aws_iam_role_policy" "pair" {
  for_each = local.pairs
  name     = replace(each.key, "/", "-")
  role     = aws_iam_role.team[each.value.team].name
  policy   = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        %{~for action in distinct(concat(var.teams[each.value.team].actions, ["mq:DescribeBroker"]))~}
        {"Effect": "Allow", "Action": "${action}", "Resource": "${each.value.arn}"},
        %{~endfor~}
        {"Effect": "Deny", "Action": "mq:DeleteUser", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "*/$${aws:username}"}}}
      ]
    }
  EOT
}

resource "aws_iam_role" "counted" {
  count              = 3
  name               = format("counted-%02d", count.index + 1)
  assume_role_policy = data.aws_iam_policy_document.trust[count.index % 2].json
  path               = count.index == 0 ? "/" : "/n/${count.index}/"

  dynamic "inline_policy" {
    for_each = slice(["a", "b", "c"], 0, count.index)
    content {
      name = "inline-${inline_policy.value}"
      policy = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "arn:aws:mq:*:*:broker:${inline_policy.key}:*" }]
      })
    }
  }
}

data "aws_iam_policy_document" "trust" {
  count = 2
  statement {
    actions = ["sts:AssumeRole"]
    dynamic "principals" {
      for_each = count.index == 0 ? { Service = ["ec2.amazonaws.com", "lambda.amazonaws.com"] } : { AWS = ["*"] }
      content {
        type        = principals.key
        identifiers = principals.value
      }
    }
  }
}

resource "aws_iam_user" "person" {
  for_each = { for person in local.people : person.login => person if person.active == "true" }
  name     = each.key
  path     = "/${lower(each.value.team)}/"
  tags     = { for key, value in each.value : title(key) => value if key != "active" }
}

resource "aws_iam_user_policy" "person" {
  for_each = aws_iam_user.person
  name     = "own"
  user     = each.value.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for entry in local.access.rules : merge(
        {
          Effect   = entry.effect
          Action   = [for verb in entry.verbs : "mq:${verb}Broker"]
          Resource = try(entry.resource, "*")
        },
        lookup(entry, "mfa", false) ? { Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } } : {},
      )
      if contains(entry.teams, local.by_login[each.key].team)
    ]
  })
}

locals {
  by_login = { for person in local.people : person.login => person }
}

module "service" {
  source   = "./modules/role"
  for_each = toset(["billing", "shipping"])
  name     = "svc-${each.key}"
  brokers  = [for name, arn in local.arns : { name = name, arn = arn } if startswith(name, substr(each.value, 0, 1)) || each.value == "billing"]
  extra = {
    documents = [data.aws_iam_policy_document.merged.json]
  }
}

module "shared" {
  source  = "./modules/role"
  count   = 1
  name    = "shared"
  brokers = []
}

output "roles" {
  value = { for key, service in module.service : key => service.role.name }
}

resource "aws_iam_group" "from_modules" {
  for_each = { for key, service in module.service : key => service.role.name }
  name     = "${each.value}-group-${module.shared[0].names[0]}"
}
