# People come through IAM Identity Center.
variable "instance_arn" {
  default = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
}

resource "aws_ssoadmin_permission_set" "operators" {
  name             = "BrokerOperators"
  instance_arn     = var.instance_arn
  session_duration = "PT4H"
}

resource "aws_ssoadmin_permission_set_inline_policy" "operators" {
  instance_arn       = var.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.operators.arn
  inline_policy      = data.aws_iam_policy_document.operators.json
}

data "aws_iam_policy_document" "operators" {
  statement {
    actions   = ["mq:ListBrokers", "mq:ListConfigurations", "cloudwatch:GetMetricData"]
    resources = ["*"]
  }
  statement {
    actions   = ["mq:DescribeBroker", "mq:RebootBroker", "mq:ListUsers", "mq:DescribeUser"]
    resources = ["arn:aws:mq:eu-west-1:*:broker:orders:*"]
  }
}

resource "aws_ssoadmin_permission_set" "auditors" {
  name         = "Auditors"
  instance_arn = var.instance_arn
}

resource "aws_ssoadmin_managed_policy_attachment" "auditors" {
  instance_arn       = var.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.auditors.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/AmazonMQReadOnlyAccess"
}

resource "aws_ssoadmin_account_assignment" "people" {
  for_each           = { operators = aws_ssoadmin_permission_set.operators.arn, auditors = aws_ssoadmin_permission_set.auditors.arn }
  instance_arn       = var.instance_arn
  permission_set_arn = each.value
  principal_id       = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
  principal_type     = "GROUP"
  target_id          = "123456789012"
  target_type        = "AWS_ACCOUNT"
}

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  user {
    username = "orders"
    password = "planted-Secret-4711"
  }
  tags = { environment = "production" }
}
