# Every team handles the brokers that carry its tag, and tags what it creates.
resource "aws_iam_role" "team" {
  for_each           = toset(["checkout", "billing"])
  name               = "team-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = { team = each.key }
}

data "aws_iam_policy_document" "own_brokers" {
  statement {
    sid       = "CreateTagged"
    actions   = ["mq:CreateBroker", "mq:CreateConfiguration"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/team"
      values   = ["&{aws:PrincipalTag/team}"]
    }
    condition {
      test     = "ForAllValues:StringEquals"
      variable = "aws:TagKeys"
      values   = ["team", "environment", "Name"]
    }
  }
  statement {
    sid       = "TagOnCreation"
    actions   = ["mq:CreateTags"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/team"
      values   = ["&{aws:PrincipalTag/team}"]
    }
  }
  statement {
    sid       = "Own"
    actions   = ["mq:*"]
    resources = ["arn:aws:mq:*:*:broker:*", "arn:aws:mq:*:*:configuration:*"]
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/team"
      values   = ["&{aws:PrincipalTag/team}"]
    }
  }
  statement {
    sid       = "List"
    actions   = ["mq:List*", "mq:DescribeBrokerEngineTypes", "mq:DescribeBrokerInstanceOptions"]
    resources = ["*"]
  }
  statement {
    sid       = "TeamTagStays"
    effect    = "Deny"
    actions   = ["mq:CreateTags", "mq:DeleteTags"]
    resources = ["*"]
    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "aws:TagKeys"
      values   = ["team"]
    }
    condition {
      test     = "Null"
      variable = "aws:ResourceTag/team"
      values   = ["false"]
    }
  }
}

resource "aws_iam_policy" "own_brokers" {
  name   = "own-brokers"
  policy = data.aws_iam_policy_document.own_brokers.json
}

resource "aws_iam_role_policy_attachment" "team" {
  for_each   = aws_iam_role.team
  role       = each.value.name
  policy_arn = aws_iam_policy.own_brokers.arn
}

resource "aws_mq_broker" "checkout" {
  broker_name        = "checkout"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  user {
    username = "checkout"
    password = "planted-Secret-4711"
  }
  tags = { team = "checkout", environment = "production" }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:root"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = ["o-a1b2c3d4e5"]
    }
  }
}
