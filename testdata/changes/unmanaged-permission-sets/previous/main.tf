locals {
  all = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
}
# Permission sets that the plan does not manage: by a literal ARN, and by a data source that is read during apply.
data "aws_ssoadmin_instances" "this" {}
locals { instance = tolist(data.aws_ssoadmin_instances.this.arns)[0] }
resource "aws_ssoadmin_account_assignment" "literal" {
  instance_arn       = local.instance
  permission_set_arn = "arn:aws:sso:::permissionSet/ssoins-1111222233334444/ps-aaaabbbbccccdddd"
  principal_id       = "11111111-2222-3333-4444-555555555555"
  principal_type     = "GROUP"
  target_id          = "123456789012"
  target_type        = "AWS_ACCOUNT"
}
