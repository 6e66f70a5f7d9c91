resource "aws_organizations_policy" "no_delete" {
  name    = "no-delete"
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { StringNotLike = { "aws:PrincipalArn" = "arn:aws:iam::*:user/breaker" } } }] })
}

resource "aws_organizations_policy_attachment" "no_delete" {
  policy_id = aws_organizations_policy.no_delete.id
  target_id = aws_organizations_organizational_unit.workloads.id
}

resource "aws_organizations_policy" "mfa" {
  name    = "mfa"
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "mq:RebootBroker", Resource = "*", Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } } }] })
}

resource "aws_organizations_policy_attachment" "mfa" {
  policy_id = aws_organizations_policy.mfa.id
  target_id = aws_organizations_organization.this.roots[0].id
}
