# Keys whose policies name the caller, let the account in, do neither, are the default, or are not shown.

locals {
  root    = "arn:aws:iam::123456789012:root"
  manages = { Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:role/admin" }, Action = "kms:*", Resource = "*" }

  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "123456789012" } }]
  })

  keys = {
    named  = [local.manages, { Effect = "Allow", Principal = { AWS = ["arn:aws:iam::123456789012:role/plain", "arn:aws:iam::123456789012:role/refused", "arn:aws:iam::123456789012:role/bounded", "arn:aws:iam::123456789012:user/una"] }, Action = ["kms:CreateGrant", "kms:DescribeKey"], Resource = "*" }]
    root   = [local.manages, { Effect = "Allow", Principal = { AWS = local.root }, Action = "kms:*", Resource = "*" }]
    nobody = [local.manages]
    # As the guide to KMS suggests: only through the service, grants only for AWS resources.
    service = [local.manages, { Effect = "Allow", Principal = { AWS = "*" }, Action = ["kms:CreateGrant", "kms:DescribeKey"], Resource = "*", Condition = { StringEquals = { "kms:CallerAccount" = "123456789012", "kms:ViaService" = "mq.eu-west-1.amazonaws.com" } } }]
    # Only for AWS resources: DescribeKey does not carry the key.
    grants  = [local.manages, { Effect = "Allow", Principal = { AWS = "*" }, Action = ["kms:CreateGrant", "kms:DescribeKey"], Resource = "*", Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } } }]
    refuses = [local.manages, { Effect = "Allow", Principal = { AWS = local.root }, Action = "kms:*", Resource = "*" }, { Effect = "Deny", Principal = { AWS = "arn:aws:iam::123456789012:role/allowed" }, Action = "kms:CreateGrant", Resource = "*" }]
  }
}

resource "aws_kms_key" "by_policy" {
  for_each = local.keys
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

# A new key without a policy lets the account in.
resource "aws_kms_key" "default" {}

# A policy of its own.
resource "aws_kms_key" "apart" {}

resource "aws_kms_key_policy" "apart" {
  key_id = aws_kms_key.apart.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.keys.nobody })
}

resource "aws_mq_broker" "by_key" {
  for_each = merge(
    { for name, key in aws_kms_key.by_policy : name => key.arn },
    {
      default = aws_kms_key.default.arn
      apart   = aws_kms_key.apart.arn
      # A key of another plan.
      not_shown = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    },
  )

  broker_name         = each.key
  engine_type         = "ActiveMQ"
  engine_version      = "5.18"
  host_instance_type  = "mq.m5.large"
  publicly_accessible = true

  encryption_options {
    use_aws_owned_key = false
    kms_key_id        = each.value
  }

  user {
    username = "orders"
    password = var.mq_password
  }
}

# AWS owns the key: nothing is needed.
resource "aws_mq_broker" "aws_owned" {
  broker_name         = "aws-owned"
  engine_type         = "ActiveMQ"
  engine_version      = "5.18"
  host_instance_type  = "mq.m5.large"
  publicly_accessible = true

  encryption_options {
    use_aws_owned_key = true
  }

  user {
    username = "orders"
    password = var.mq_password
  }
}

locals {
  create = { Effect = "Allow", Action = ["mq:*", "ec2:*"], Resource = "*" }
  kms    = { Effect = "Allow", Action = ["kms:CreateGrant", "kms:DescribeKey"], Resource = "*" }

  policies = {
    plain   = [local.create]
    allowed = [local.create, local.kms]
    # Named by a key policy, and denied.
    refused = [local.create, { Effect = "Deny", Action = "kms:CreateGrant", Resource = "*" }]
    # Only for Amazon MQ in this region.
    careful = [local.create, merge(local.kms, { Condition = { StringEquals = { "kms:ViaService" = "mq.eu-west-1.amazonaws.com" } } })]
  }
}

resource "aws_iam_role" "by_policy" {
  for_each           = local.policies
  name               = each.key
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "by_policy" {
  for_each = local.policies
  name     = each.key
  role     = aws_iam_role.by_policy[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

# Bounded: keys are out of bounds, which counts for a role that a key policy names.
resource "aws_iam_policy" "bound" {
  name   = "bound"
  policy = jsonencode({ Version = "2012-10-17", Statement = [local.create] })
}

resource "aws_iam_role" "bounded" {
  name                 = "bounded"
  assume_role_policy   = local.trust
  permissions_boundary = aws_iam_policy.bound.arn
}

resource "aws_iam_role_policy" "bounded" {
  name   = "bounded"
  role   = aws_iam_role.bounded.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.policies.allowed })
}

# And does not for a user.
resource "aws_iam_user" "una" {
  name                 = "una"
  permissions_boundary = aws_iam_policy.bound.arn
}

resource "aws_iam_user_policy" "una" {
  name   = "una"
  user   = aws_iam_user.una.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.policies.plain })
}
