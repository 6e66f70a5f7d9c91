resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_organizational_unit" "guarded" {
  name      = "guarded"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_organizational_unit" "open" {
  name      = "open"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_account" "edited" {
  name      = "edited"
  email     = "edited@example.com"
  parent_id = aws_organizations_organizational_unit.open.id
}

resource "aws_organizations_account" "released" {
  name      = "released"
  email     = "released@example.com"
  parent_id = aws_organizations_organizational_unit.open.id
}

resource "aws_organizations_account" "bound" {
  name      = "bound"
  email     = "bound@example.com"
  parent_id = aws_organizations_organizational_unit.open.id
}

resource "aws_organizations_account" "moved" {
  name      = "moved"
  email     = "moved@example.com"
  parent_id = aws_organizations_organizational_unit.open.id
}

resource "aws_organizations_policy" "of_unit" {
  name    = "of_unit"
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = ["mq:DeleteBroker"], Resource = "*" }] })
}

resource "aws_organizations_policy_attachment" "of_unit" {
  policy_id = aws_organizations_policy.of_unit.id
  target_id = aws_organizations_organizational_unit.guarded.id
}

resource "aws_organizations_policy" "edited" {
  name    = "edited"
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = ["mq:DeleteBroker"], Resource = "*" }] })
}

resource "aws_organizations_policy_attachment" "edited" {
  policy_id = aws_organizations_policy.edited.id
  target_id = aws_organizations_account.edited.id
}

resource "aws_organizations_policy" "released" {
  name    = "released"
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = ["mq:RebootBroker"], Resource = "*" }] })
}

resource "aws_organizations_policy_attachment" "released" {
  policy_id = aws_organizations_policy.released.id
  target_id = aws_organizations_account.released.id
}

resource "aws_organizations_policy" "bound" {
  name    = "bound"
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = ["mq:RebootBroker"], Resource = "*" }] })
}

locals {
  trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  all   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
}

module "edited" {
  source      = "./account"
  providers   = { aws = aws.edited }
  name        = "edited"
  trust       = local.trust
  policy      = local.all
  mq_password = var.mq_password
}

module "released" {
  source      = "./account"
  providers   = { aws = aws.released }
  name        = "released"
  trust       = local.trust
  policy      = local.all
  mq_password = var.mq_password
}

module "bound" {
  source      = "./account"
  providers   = { aws = aws.bound }
  name        = "bound"
  trust       = local.trust
  policy      = local.all
  mq_password = var.mq_password
}

module "moved" {
  source      = "./account"
  providers   = { aws = aws.moved }
  name        = "moved"
  trust       = local.trust
  policy      = local.all
  mq_password = var.mq_password
}
