resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY", "TAG_POLICY"]
}

resource "aws_organizations_organizational_unit" "workloads" {
  name      = "workloads"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_organizational_unit" "production" {
  name      = "production"
  parent_id = aws_organizations_organizational_unit.workloads.id
}

resource "aws_organizations_account" "payments" {
  name      = "payments"
  email     = "payments@example.com"
  parent_id = aws_organizations_organizational_unit.production.id
}

resource "aws_organizations_account" "sandbox" {
  name  = "sandbox"
  email = "sandbox@example.com"
  # It stands in the root.
  depends_on = [aws_organizations_organization.this]
}
