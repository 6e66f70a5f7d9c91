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

# Conditions that always hold, as no call has the key: what is meant to be limited is not.
resource "aws_iam_policy" "wrong_size" {
  name = "wrong-size"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "mq:CreateBroker"
      Resource  = "*"
      Condition = { StringNotEquals = { "mq:BrokerInstanceType" = "mq.m5.4xlarge" } }
    }]
  })
}

resource "aws_iam_policy" "wrong_if_there" {
  name = "wrong-if-there"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["mq:RebootBroker", "mq:DeleteBroker"]
      Resource  = "arn:aws:mq:*:*:broker:orders:*"
      Condition = { StringEqualsIfExists = { "mq:ResourceTag/team" = "orders" } }
    }]
  })
}

# Keys that some calls have, and a key that is for the other service of the statement.
resource "aws_iam_policy" "right_if_there" {
  name = "right-if-there"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = ["mq:CreateBroker", "mq:CreateTags", "mq:RebootBroker"]
        Resource  = "*"
        Condition = { StringEqualsIfExists = { "aws:RequestTag/team" = "orders" } }
      },
      {
        Effect    = "Allow"
        Action    = ["mq:RebootBroker", "ec2:CreateNetworkInterface"]
        Resource  = "*"
        Condition = { StringEqualsIfExists = { "ec2:Vpc" = "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0a1" } }
      },
    ]
  })
}
