resource "aws_organizations_policy" "no_delete" {
  name    = "no-delete"
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { StringNotLike = { "aws:PrincipalArn" = "arn:aws:iam::*:user/breaker" } } }] })
}

resource "aws_organizations_policy_attachment" "no_delete" {
  policy_id = aws_organizations_policy.no_delete.id
  target_id = aws_organizations_account.sandbox.id
}

resource "aws_organizations_policy" "mfa" {
  name    = "mfa"
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "mq:RebootBroker", Resource = "*", Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } } }] })
}

resource "aws_organizations_policy_attachment" "mfa" {
  policy_id = aws_organizations_policy.mfa.id
  target_id = aws_organizations_organization.this.roots[0].id
}

# A list of what is allowed beside FullAWSAccess bounds nothing.
resource "aws_organizations_policy" "few" {
  name    = "few"
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["mq:Describe*", "mq:List*"], Resource = "*" }, { Effect = "Deny", Action = "mq:CreateBroker", Resource = "*" }] })
}

resource "aws_organizations_policy_attachment" "few" {
  policy_id = aws_organizations_policy.few.id
  target_id = aws_organizations_organizational_unit.production.id
}

# It names what is attached there by AWS itself.
data "aws_organizations_policies_for_target" "production" {
  target_id = aws_organizations_organizational_unit.production.id
  filter    = "SERVICE_CONTROL_POLICY"
}

resource "aws_organizations_policy" "tags" {
  name    = "tags"
  type    = "TAG_POLICY"
  content = jsonencode({ tags = { team = { tag_key = { "@@assign" = "team" } } } })
}

resource "aws_organizations_policy_attachment" "tags" {
  policy_id = aws_organizations_policy.tags.id
  target_id = aws_organizations_organization.this.roots[0].id
}
