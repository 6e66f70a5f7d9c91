resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_organizational_unit" "prod" {
  name      = "prod"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_account" "prod" {
  name      = "prod"
  email     = "prod@example.com"
  parent_id = aws_organizations_organizational_unit.prod.id
}

# At the unit: nobody deletes, but those who break the glass.
resource "aws_organizations_policy" "unit" {
  name = "unit"
  content = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect    = "Deny"
    Action    = ["mq:DeleteBroker", "mq:RebootBroker"]
    Resource  = "*"
    Condition = { ArnNotLike = { "aws:PrincipalArn" = ["arn:aws:iam::*:role/break-glass/*", "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Excepted_*"] } }
  }] })
}
resource "aws_organizations_policy_attachment" "unit" {
  policy_id = aws_organizations_policy.unit.id
  target_id = aws_organizations_organizational_unit.prod.id
}

# At the root: nobody creates.
resource "aws_organizations_policy" "root" {
  name    = "root"
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "mq:CreateBroker", Resource = "*" }] })
}

locals {
  trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  all   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
}

resource "aws_mq_broker" "orders" {
  provider           = aws.prod
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}
resource "aws_iam_role" "ops" {
  provider           = aws.prod
  name               = "ops"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "ops" {
  provider = aws.prod
  name     = "all"
  role     = aws_iam_role.ops.name
  policy   = local.all
}
resource "aws_iam_role" "glass" {
  provider           = aws.prod
  name               = "emergency"
  path               = "/break-glass/"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "glass" {
  provider = aws.prod
  name     = "all"
  role     = aws_iam_role.glass.name
  policy   = local.all
}
# In the account that manages the organization, with no broker.
resource "aws_iam_role" "management" {
  name               = "management"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy" "management" {
  name   = "all"
  role   = aws_iam_role.management.name
  policy = local.all
}

data "aws_ssoadmin_instances" "this" {}

locals {
  instance = tolist(data.aws_ssoadmin_instances.this.arns)[0]
}

# Assigned before and after; the exception for it comes.
resource "aws_ssoadmin_permission_set" "excepted" {
  name         = "Excepted"
  instance_arn = local.instance
}
resource "aws_ssoadmin_permission_set_inline_policy" "excepted" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.excepted.arn
  inline_policy      = local.all
}
resource "aws_ssoadmin_account_assignment" "excepted" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.excepted.arn
  principal_id       = "11111111-2222-3333-4444-555555555555"
  principal_type     = "GROUP"
  target_id          = aws_organizations_account.prod.id
  target_type        = "AWS_ACCOUNT"
}
# Its policies change.
resource "aws_ssoadmin_permission_set" "edited" {
  name         = "Edited"
  instance_arn = local.instance
}
resource "aws_ssoadmin_permission_set_inline_policy" "edited" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.edited.arn
  inline_policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["mq:CreateBroker", "mq:RebootBroker"], Resource = "*" }] })
}
resource "aws_ssoadmin_account_assignment" "edited" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.edited.arn
  principal_id       = "11111111-2222-3333-4444-555555555555"
  principal_type     = "GROUP"
  target_id          = aws_organizations_account.prod.id
  target_type        = "AWS_ACCOUNT"
}
# Comes to nobody before; after to the account.
resource "aws_ssoadmin_permission_set" "assigned" {
  name         = "Assigned"
  instance_arn = local.instance
}
resource "aws_ssoadmin_managed_policy_attachment" "assigned" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.assigned.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}
# The assignment goes.
resource "aws_ssoadmin_permission_set" "withdrawn" {
  name         = "Withdrawn"
  instance_arn = local.instance
}
resource "aws_ssoadmin_permission_set_inline_policy" "withdrawn" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.withdrawn.arn
  inline_policy      = local.all
}
# In the account that manages the organization: no service control policy binds it, and no broker is there.
resource "aws_ssoadmin_account_assignment" "elsewhere" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.assigned.arn
  principal_id       = "11111111-2222-3333-4444-555555555555"
  principal_type     = "USER"
  target_id          = "123456789012"
  target_type        = "AWS_ACCOUNT"
}
resource "aws_ssoadmin_account_assignment" "assigned" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.assigned.arn
  principal_id       = "11111111-2222-3333-4444-555555555555"
  principal_type     = "USER"
  target_id          = aws_organizations_account.prod.id
  target_type        = "AWS_ACCOUNT"
}
