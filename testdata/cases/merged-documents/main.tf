resource "aws_mq_broker" "core" {
  broker_name        = "core"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { tier = "core" }
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "edge" {
  broker_name        = "edge"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  tags               = { tier = "edge" }
  user {
    username = "admin"
    password = var.mq_password
  }
}

locals {
  windows = {
    office = ["10.0.0.0/8", "192.168.0.0/16"]
    vpn    = ["203.0.113.0/25"]
  }
}

data "aws_iam_policy_document" "common" {
  policy_id = "common"
  statement {
    sid       = "Read"
    actions   = ["mq:List*", "mq:Describe*"]
    resources = ["*"]
  }
  statement {
    sid       = "Write"
    actions   = ["mq:RebootBroker", "mq:DeleteBroker"]
    resources = [aws_mq_broker.core.arn, aws_mq_broker.edge.arn]
  }
}

data "aws_iam_policy_document" "guard" {
  statement {
    sid       = "Guard"
    effect    = "Deny"
    actions   = ["mq:DeleteBroker"]
    resources = [aws_mq_broker.core.arn]
  }
}

# its own Write replaces that of the source
data "aws_iam_policy_document" "operator" {
  source_policy_documents = [data.aws_iam_policy_document.common.json, data.aws_iam_policy_document.guard.json]
  statement {
    sid       = "Write"
    actions   = ["mq:RebootBroker"]
    resources = [aws_mq_broker.edge.arn]
  }
}

# the override lifts the guard by the same sid
data "aws_iam_policy_document" "breakglass" {
  source_policy_documents = [data.aws_iam_policy_document.common.json, data.aws_iam_policy_document.guard.json]
  override_policy_documents = [
    data.aws_iam_policy_document.lift.json,
    data.aws_iam_policy_document.late.json,
  ]
}

data "aws_iam_policy_document" "lift" {
  statement {
    sid       = "Guard"
    effect    = "Deny"
    actions   = ["mq:DeleteBroker"]
    resources = [aws_mq_broker.edge.arn]
  }
  statement {
    sid       = "Make"
    actions   = ["mq:CreateBroker"]
    resources = [aws_mq_broker.edge.arn]
  }
}

data "aws_iam_policy_document" "late" {
  statement {
    sid       = "Make"
    actions   = ["mq:CreateBroker"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/tier"
      values   = ["edge"]
    }
  }
}

# two blocks of the same test and variable are one list
data "aws_iam_policy_document" "windows" {
  dynamic "statement" {
    for_each = local.windows
    iterator = window
    content {
      sid         = "From${title(window.key)}"
      not_actions = window.key == "vpn" ? ["mq:Create*", "mq:Delete*"] : ["mq:Create*"]
      resources   = [for b in [aws_mq_broker.core, aws_mq_broker.edge] : b.arn]
      dynamic "condition" {
        for_each = window.value
        content {
          test     = "IpAddress"
          variable = "aws:SourceIp"
          values   = [condition.value]
        }
      }
    }
  }
  statement {
    effect        = "Deny"
    actions       = ["mq:*"]
    not_resources = [aws_mq_broker.edge.arn, "*"]
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each           = local.documents
  name               = "merged-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

locals {
  documents = {
    operator   = data.aws_iam_policy_document.operator.json
    breakglass = data.aws_iam_policy_document.breakglass.json
    windows    = data.aws_iam_policy_document.windows.minified_json
  }
}

resource "aws_iam_role_policy" "this" {
  for_each = local.documents
  name     = each.key
  role     = aws_iam_role.this[each.key].name
  policy   = each.value
}
