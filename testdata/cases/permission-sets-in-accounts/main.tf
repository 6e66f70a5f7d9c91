# One permission set in two accounts, another in one of them, with policies that are found by name in each account.

resource "aws_mq_broker" "a" {
  provider           = aws.a
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "b" {
  provider           = aws.b
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

data "aws_ssoadmin_instances" "this" {}

locals {
  instance = tolist(data.aws_ssoadmin_instances.this.arns)[0]
}

resource "aws_ssoadmin_permission_set" "operator" {
  name         = "Operator"
  instance_arn = local.instance
}

resource "aws_ssoadmin_permission_set_inline_policy" "operator" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.operator.arn
  inline_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" },
      { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "arn:aws:mq:*:222222222222:broker:*" },
      { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*", Condition = { StringEquals = { "aws:PrincipalAccount" = "111111111111" } } },
    ]
  })
}

resource "aws_ssoadmin_account_assignment" "operator" {
  for_each           = toset(["111111111111", "222222222222"])
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.operator.arn
  principal_id       = "11111111-2222-3333-4444-555555555555"
  principal_type     = "GROUP"
  target_id          = each.key
  target_type        = "AWS_ACCOUNT"
}

# Bounded by a policy that is the same in both accounts, and given one of AWS.
resource "aws_iam_policy" "bound_a" {
  provider = aws.a
  name     = "bound"
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", NotAction = "mq:DeleteBroker", Resource = "*" }] })
}

resource "aws_iam_policy" "bound_b" {
  provider = aws.b
  name     = "bound"
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", NotAction = "mq:DeleteBroker", Resource = "*" }] })
}

resource "aws_ssoadmin_permission_set" "bounded" {
  name         = "Bounded"
  instance_arn = local.instance
}

resource "aws_ssoadmin_managed_policy_attachment" "bounded" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.bounded.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}

resource "aws_ssoadmin_permissions_boundary_attachment" "bounded" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.bounded.arn
  permissions_boundary {
    customer_managed_policy_reference {
      name = aws_iam_policy.bound_a.name
    }
  }
}

resource "aws_ssoadmin_account_assignment" "bounded" {
  for_each           = toset(["111111111111", "222222222222"])
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.bounded.arn
  principal_id       = "11111111-2222-3333-4444-555555555555"
  principal_type     = "USER"
  target_id          = each.key
  target_type        = "AWS_ACCOUNT"
}

# In one account alone.
resource "aws_ssoadmin_permission_set" "single" {
  name         = "Single"
  instance_arn = local.instance
}

resource "aws_ssoadmin_managed_policy_attachment" "single" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.single.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}

resource "aws_ssoadmin_account_assignment" "single" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.single.arn
  principal_id       = "11111111-2222-3333-4444-555555555555"
  principal_type     = "USER"
  target_id          = "222222222222"
  target_type        = "AWS_ACCOUNT"
}
