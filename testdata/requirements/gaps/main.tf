# Principals that may create or delete brokers and lack what that needs: in ways that a policy of theirs mends, and in
# ways that none does.

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_subnet" "b" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.2.0/24"
}

resource "aws_security_group" "mq" {
  name_prefix = "mq-"
  vpc_id      = aws_vpc.main.id
}

# Its policy is the one that AWS gives: identity policies decide.
resource "aws_kms_key" "open" {
  description = "orders"
}

# Its policy lets nobody in but one role.
resource "aws_kms_key" "closed" {
  description = "billing"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "arn:aws:iam::123456789012:role/keys" } }]
  })
}

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  deployment_mode    = "ACTIVE_STANDBY_MULTI_AZ"
  subnet_ids         = [aws_subnet.a.id, aws_subnet.b.id]
  security_groups    = [aws_security_group.mq.id]
  tags               = { team = "orders" }

  encryption_options {
    kms_key_id        = aws_kms_key.open.arn
    use_aws_owned_key = false
  }

  user {
    username = "orders"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "billing" {
  broker_name         = "billing"
  engine_type         = "ActiveMQ"
  engine_version      = "5.18"
  host_instance_type  = "mq.m5.large"
  publicly_accessible = true

  encryption_options {
    kms_key_id        = aws_kms_key.closed.arn
    use_aws_owned_key = false
  }

  logs {
    general = true
  }

  user {
    username = "billing"
    password = var.mq_password
  }
}

resource "aws_mq_configuration" "events" {
  name           = "events"
  engine_type    = "RabbitMQ"
  engine_version = "3.13"
  data           = "aws.arns.assume_role_arn = ${aws_iam_role.broker.arn}"
}

resource "aws_mq_broker" "events" {
  broker_name         = "events"
  engine_type         = "RabbitMQ"
  engine_version      = "3.13"
  host_instance_type  = "mq.m5.large"
  publicly_accessible = true
  tags                = { price = "100 EUR" }

  configuration {
    id       = aws_mq_configuration.events.id
    revision = aws_mq_configuration.events.latest_revision
  }

  user {
    username = "events"
    password = var.mq_password
  }
}

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "123456789012" } }]
  })

  creates = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["mq:CreateBroker", "mq:DeleteBroker"], Resource = "*" }]
  })
}

resource "aws_iam_role" "broker" {
  name = "broker"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "mq.amazonaws.com" } }]
  })
}

# A role with a prefix, a user, a group, a permission set: mended by a policy of their own.
resource "aws_iam_role" "pipeline" {
  name_prefix        = "pipeline-"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "pipeline" {
  role   = aws_iam_role.pipeline.name
  policy = local.creates
}

resource "aws_iam_user" "eva" {
  name = "eva"
}

resource "aws_iam_user_policy" "eva" {
  user   = aws_iam_user.eva.name
  policy = local.creates
}

resource "aws_iam_group" "platform" {
  name = "platform"
}

resource "aws_iam_group_policy" "platform" {
  group  = aws_iam_group.platform.name
  policy = local.creates
}

resource "aws_ssoadmin_permission_set" "brokers" {
  name         = "brokers"
  instance_arn = "arn:aws:sso:::instance/ssoins-1111111111111111"
}

data "aws_iam_policy_document" "brokers" {
  statement {
    actions   = ["mq:CreateBroker", "mq:DeleteBroker"]
    resources = ["*"]
  }
}

resource "aws_ssoadmin_permission_set_inline_policy" "brokers" {
  instance_arn       = aws_ssoadmin_permission_set.brokers.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.brokers.arn
  inline_policy      = data.aws_iam_policy_document.brokers.json
}

resource "aws_ssoadmin_account_assignment" "brokers" {
  instance_arn       = aws_ssoadmin_permission_set.brokers.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.brokers.arn
  principal_id       = "11111111-2222-3333-4444-555555555555"
  principal_type     = "GROUP"
  target_id          = "123456789012"
  target_type        = "AWS_ACCOUNT"
}

# A role in a module, which knows nothing of the network.
module "team" {
  source = "./team"
  trust  = local.trust
  policy = local.creates
}

# A role with a boundary of its own, which takes a statement.
resource "aws_iam_policy" "own_boundary" {
  name = "own-boundary"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Brokers", Effect = "Allow", Action = "mq:*", Resource = "*" }]
  })
}

resource "aws_iam_role" "bounded" {
  name                 = "bounded"
  assume_role_policy   = local.trust
  permissions_boundary = aws_iam_policy.own_boundary.arn
}

resource "aws_iam_role_policy" "bounded" {
  role   = aws_iam_role.bounded.name
  policy = local.creates
}

# A boundary that two roles share: nothing is suggested for it.
resource "aws_iam_policy" "shared_boundary" {
  name = "shared-boundary"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Brokers", Effect = "Allow", Action = ["mq:*", "kms:*", "iam:PassRole"], Resource = "*" }]
  })
}

resource "aws_iam_role" "shared" {
  for_each             = toset(["one", "two"])
  name                 = "shared-${each.key}"
  assume_role_policy   = local.trust
  permissions_boundary = aws_iam_policy.shared_boundary.arn
}

resource "aws_iam_role_policy" "shared" {
  role   = aws_iam_role.shared["one"].name
  policy = local.creates
}

# The network is denied.
resource "aws_iam_role" "denied" {
  name               = "denied"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "denied" {
  role = aws_iam_role.denied.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*" },
      { Sid = "NoNetwork", Effect = "Deny", Action = "ec2:*NetworkInterface*", Resource = "*" },
    ]
  })
}
