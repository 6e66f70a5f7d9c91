locals {
  policies = {
    direct     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = aws_mq_broker.main.arn }] })
    flat       = jsonencode(local.document)
    all        = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = values(local.arns) }] })
    sorted     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = concat(local.wild, [local.absent]) }] })
    set        = jsonencode({ Version = "2012-10-17", Statement = [for arn in toset(values(local.arns)) : { Effect = "Deny", Action = "mq:DeleteBroker", Resource = [arn, "${arn}/*"] }] })
    splat      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = concat(aws_mq_broker.optional[*].arn, aws_mq_broker.absent[*].arn, values(module.mq)[*].arn) }] })
    legacy     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "${element(concat(aws_mq_broker.optional.*.arn, [""]), 0)}" }] })
    built      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = format("arn:%s:mq:%s:%s:broker:%s:%s", data.aws_partition.current.partition, data.aws_region.current.name, data.aws_caller_identity.current.account_id, aws_mq_broker.main.broker_name, aws_mq_broker.main.id) }] })
    parsed     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = join(":", [for index, part in split(":", aws_mq_broker.main.arn) : index == 4 ? "*" : part]) }] })
    functions  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = provider::aws::arn_build("aws", "mq", provider::aws::arn_parse(aws_mq_broker.main.arn).region, provider::aws::arn_parse(aws_mq_broker.main.arn).account_id, provider::aws::arn_parse(aws_mq_broker.main.arn).resource) }] })
    file       = replace(file("${path.module}/files/policy.json"), "arn:aws:mq:::REPLACE_ME", aws_mq_broker.main.arn)
    template   = templatefile("${path.module}/templates/policy.json.tftpl", { brokers = local.brokers, verbs = ["Reboot", "Delete"], region = data.aws_region.current.name })
    yaml       = jsonencode(yamldecode(templatefile("${path.module}/templates/policy.yaml.tftpl", { arns = local.arns })))
    heredoc    = <<-EOT
      {
        "Version": "2012-10-17",
        "Statement": [
          %{for name, arn in local.arns~}
          {"Sid": "${replace(title(name), "-", "")}", "Effect": "Allow", "Action": "mq:RebootBroker", "Resource": "${arn}"},
          %{endfor~}
          {"Effect": "Deny", "Action": "mq:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "${data.aws_region.current.name}"}}}
        ]
      }
    EOT
    merged     = jsonencode(merge(jsondecode(file("${path.module}/files/policy.json")), { Statement = concat(jsondecode(file("${path.module}/files/policy.json")).Statement, [{ Effect = "Deny", Action = "mq:DeleteBroker", NotResource = [aws_mq_broker.main.arn] }]) }))
    condition  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { ArnEquals = { "aws:ResourceArn" = [aws_mq_broker.main.arn, local.arns["env-dev"]] } } }] })
    keyed      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { StringEquals = { "aws:PrincipalTag/${aws_mq_broker.main.id}" = "x" } } }] })
    lookups    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = lookup({ for broker in values(local.brokers) : broker.broker_name => broker.arn }, "orders", "*") }] })
    grouped    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = [for id in local.by_name["dev-events"] : "arn:aws:mq:*:*:broker:*:${id}"] }] })
    ternary    = aws_mq_broker.main.broker_name == "orders" ? jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = aws_mq_broker.main.arn != "" ? "${aws_mq_broker.main.arn}" : "*" }] }) : "{}"
    coalesced  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = coalesce(one(aws_mq_broker.absent[*].arn), one(aws_mq_broker.optional[*].arn), "*") }] })
    trimmed    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "${trimsuffix(aws_mq_broker.main.arn, aws_mq_broker.main.id)}*" }] })
    lowered    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = lower("${aws_mq_broker.main.arn}:X") }] })
    zipped     = jsonencode({ Version = "2012-10-17", Statement = [for name, arn in zipmap(keys(local.brokers), values(local.brokers)[*].arn) : { Sid = replace(name, "/[^a-zA-Z]/", ""), Effect = "Allow", Action = "mq:*", Resource = arn }] })
    listed     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = formatlist("%s", tolist(values(local.arns))) }] })
    product    = jsonencode({ Version = "2012-10-17", Statement = [for pair in setproduct(["mq:RebootBroker", "mq:DeleteBroker"], values(local.arns)) : { Effect = "Allow", Action = pair[0], Resource = pair[1] }] })
    prefix     = jsonencode({ Version = "2012-10-17", Statement = [for prefix in local.prefixes : { Effect = "Allow", Action = "mq:*", Resource = "${prefix}:*" }] })
    regexed    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "${regex("^(.*):[^:]+$", aws_mq_broker.main.arn)[0]}:*" }] })
    regexnamed = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "arn:aws:mq:*:*:broker:${regex(":broker:(?P<name>[^:]+):", aws_mq_broker.main.arn).name}:*" }] })
    regexpl    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = replace(aws_mq_broker.main.arn, "/:[0-9]{12}:/", ":*:") }] })
    tail       = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "arn:aws:mq:*:*:broker:*:${reverse(split(":", aws_mq_broker.main.arn))[0]}" }] })
  }
}

resource "aws_iam_policy" "p" {
  for_each = local.policies
  name     = each.key
  policy   = each.value
}

data "aws_iam_policy_document" "plain" {
  statement {
    sid       = "A"
    actions   = ["mq:RebootBroker"]
    resources = [aws_mq_broker.main.arn]
  }
}

data "aws_iam_policy_document" "doc" {
  source_policy_documents   = [data.aws_iam_policy_document.plain.json, local.policies.direct]
  override_policy_documents = [jsonencode({ Statement = [{ Sid = "B", Effect = "Deny", Action = "mq:*", Resource = aws_mq_broker.optional[0].arn }] })]

  statement {
    sid       = "B"
    actions   = ["mq:DeleteBroker"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = local.brokers
    content {
      sid           = "Own${replace(title(statement.key), "-", "")}"
      effect        = statement.key == "main" ? "Deny" : "Allow"
      actions       = ["mq:*"]
      not_resources = statement.key == "main" ? [statement.value.arn] : null
      resources     = statement.key == "main" ? null : [statement.value.arn, "${statement.value.arn}&{aws:username}"]

      condition {
        test     = "ArnLike"
        variable = "aws:PrincipalArn"
        values   = ["arn:aws:iam::${split(":", statement.value.arn)[4]}:role/${statement.value.broker_name}-*"]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:ResourceTag/id"
        values   = [statement.value.id]
      }
    }
  }
}

resource "aws_iam_role" "r" {
  name = "role"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" }, Condition = { ArnEquals = { "aws:SourceArn" = aws_mq_broker.main.arn } } }]
  })

  inline_policy {
    name   = "static"
    policy = data.aws_iam_policy_document.plain.minified_json
  }

  dynamic "inline_policy" {
    for_each = { for name, arn in local.arns : name => arn if startswith(name, "env-") }
    content {
      name   = inline_policy.key
      policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = inline_policy.value }] })
    }
  }
}

resource "aws_iam_user" "u" {
  count = 2
  name  = "user-${count.index}"
}

resource "aws_iam_user_policy" "u" {
  count  = length(aws_iam_user.u)
  name   = "own"
  user   = aws_iam_user.u[count.index].name
  policy = count.index == 0 ? data.aws_iam_policy_document.doc.json : replace(data.aws_iam_policy_document.doc.json, "Deny", "Allow")
}

resource "aws_iam_group" "g" {
  name = "group"
}

resource "aws_iam_group_policy" "g" {
  for_each = { for index, broker in [aws_mq_broker.main, aws_mq_broker.optional[0]] : tostring(index) => broker }
  name     = each.value.broker_name
  group    = aws_iam_group.g.name
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "S${each.key}", Effect = "Allow", Action = "mq:*", Resource = each.value.arn }] })
}

resource "terraform_data" "arn" {
  input = aws_mq_broker.main.arn
}

resource "aws_iam_group_policy" "data" {
  name   = "data"
  group  = aws_iam_group.g.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = terraform_data.arn.output }] })
}

module "access" {
  source = "./modules/access"
  brokers = {
    for name, broker in local.brokers : name => {
      arn  = broker.arn
      name = broker.broker_name
    }
  }
  principal = { role = aws_iam_role.r.name }
  documents = [data.aws_iam_policy_document.plain.json]
}

module "grants" {
  source    = "./modules/grants"
  for_each  = { for name in ["reboot", "delete"] : name => local.arns["main"] }
  verb      = title(each.key)
  arn       = each.value
  user      = aws_iam_user.u[each.key == "reboot" ? 0 : 1]
  workspace = terraform.workspace
}

output "policies" {
  value = module.access.policies
}
