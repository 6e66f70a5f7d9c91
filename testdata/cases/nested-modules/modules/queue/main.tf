variable "name" { type = string }
variable "labels" { type = map(string) }
variable "mq_password" {
  type      = string
  sensitive = true
}

resource "aws_mq_broker" "this" {
  broker_name        = var.name
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = var.labels
  user {
    username = "admin"
    password = var.mq_password
  }
}

data "aws_iam_policy_document" "operate" {
  statement {
    sid       = "Operate"
    actions   = ["mq:RebootBroker", "mq:DescribeBroker", "mq:UpdateBroker"]
    resources = [aws_mq_broker.this.arn]
  }
  dynamic "statement" {
    for_each = var.labels.tier == "gold" ? [] : [1]
    content {
      actions   = ["mq:DeleteBroker"]
      resources = [aws_mq_broker.this.arn]
    }
  }
}

resource "aws_iam_policy" "operate" {
  name   = "operate-${var.name}"
  policy = data.aws_iam_policy_document.operate.json
}

output "broker" {
  value = { arn = aws_mq_broker.this.arn, name = aws_mq_broker.this.broker_name }
}
output "policy_arn" {
  value = aws_iam_policy.operate.arn
}
