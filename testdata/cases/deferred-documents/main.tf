resource "aws_mq_broker" "a" {
  broker_name        = "alpha"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "b" {
  broker_name        = "beta"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role" "ci" {
  name               = "ci"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["123456789012"]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [aws_mq_broker.a.id]
    }
  }
}

data "aws_iam_policy_document" "pending" {
  depends_on = [aws_mq_broker.a]
  statement {
    actions   = ["mq:RebootBroker"]
    resources = ["arn:aws:mq:*:*:broker:alpha:*"]
  }
}

data "aws_iam_policy_document" "chain" {
  source_policy_documents = [data.aws_iam_policy_document.pending.json]
  statement {
    actions   = ["mq:DeleteBroker"]
    resources = concat([aws_mq_broker.b.arn], aws_mq_broker.a[*].arn)
    condition {
      test     = "StringNotEquals"
      variable = "aws:PrincipalArn"
      values   = ["arn:aws:iam::123456789012:role/ci", aws_iam_role.ci.arn]
    }
  }
  statement {
    sid       = "Own"
    actions   = ["mq:Create*"]
    resources = ["*"]
    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = [aws_iam_role.ci.arn]
    }
  }
}

data "aws_iam_policy_document" "vars" {
  for_each = { a = aws_mq_broker.a.arn, b = aws_mq_broker.b.arn }
  version  = "2012-10-17"
  statement {
    actions   = each.key == "a" ? ["mq:CreateBroker", "mq:Reboot*"] : ["mq:Reboot*"]
    resources = [each.value]
  }
  statement {
    actions   = ["mq:DeleteBroker"]
    resources = ["arn:aws:mq:*:*:broker:&{aws:username}:*"]
  }
}

resource "aws_iam_role_policy" "ci" {
  role   = aws_iam_role.ci.name
  policy = data.aws_iam_policy_document.chain.json
}

resource "aws_iam_user" "u" {
  for_each = { a = "alpha", b = "beta" }
  name     = each.value
}

resource "aws_iam_user_policy" "u" {
  for_each = aws_iam_user.u
  user     = each.value.name
  policy   = data.aws_iam_policy_document.vars[each.key].json
}
