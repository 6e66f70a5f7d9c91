locals {
  wrong = {
    own_key      = { actions = ["mq:RebootBroker"], key = "mq:ResourceTag/team" }
    instance     = { actions = ["mq:CreateBroker"], key = "mq:BrokerInstanceType" }
    no_resource  = { actions = ["mq:CreateBroker", "mq:DeleteBroker"], key = "aws:ResourceTag/team" }
    no_tags      = { actions = ["mq:RebootBroker"], key = "aws:RequestTag/team" }
    no_such_key  = { actions = ["mq:*"], key = "aws:MultiFactorAuth" }
    of_ec2       = { actions = ["mq:CreateBroker", "ec2:CreateNetworkInterfacePermission"], key = "ec2:AuthorizedService" }
    service_call = { actions = ["mq:DeleteBroker"], key = "aws:SourceAccount" }
  }
}

resource "aws_iam_policy" "wrong" {
  for_each = local.wrong
  name     = each.key
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = each.value.actions
      Resource  = "*"
      Condition = { StringEquals = { (each.value.key) = "orders" } }
    }]
  })
}

data "aws_iam_policy_document" "right" {
  statement {
    actions   = ["mq:*"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/team"
      values   = ["orders"]
    }
  }
  statement {
    actions   = ["mq:CreateBroker"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/team"
      values   = ["orders"]
    }
    condition {
      test     = "StringNotEquals"
      variable = "mq:BrokerInstanceType"
      values   = ["mq.m5.4xlarge"]
    }
  }
  statement {
    actions   = ["mq:DeleteBroker"]
    resources = ["*"]
    condition {
      test     = "StringEqualsIfExists"
      variable = "aws:RequestTag/team"
      values   = ["orders"]
    }
    condition {
      test     = "StringEquals"
      variable = "saml:aud"
      values   = ["https://signin.aws.amazon.com/saml"]
    }
  }
}

resource "aws_iam_policy" "right" {
  name   = "right"
  policy = data.aws_iam_policy_document.right.json
}
