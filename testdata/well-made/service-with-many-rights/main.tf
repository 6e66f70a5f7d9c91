# A service uses a broker among much else.
resource "aws_iam_role" "service" {
  name               = "service"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Queues"
    actions   = ["sqs:SendMessage", "sqs:ReceiveMessage", "sns:Publish"]
    resources = ["arn:aws:sqs:*:*:service-*", "arn:aws:sns:*:*:service-*"]
  }
  statement {
    sid       = "Objects"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["arn:aws:s3:::service-bucket/*"]
  }
}

data "aws_iam_policy_document" "service" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid = "Mixed"
    actions = [
      "mq:DescribeBroker", "mq:RebootBroker", "sqs:GetQueueAttributes", "kms:Decrypt", "logs:PutLogEvents",
    ]
    resources = [
      aws_mq_broker.orders.arn,
      "arn:aws:sqs:*:*:service-*",
      "arn:aws:kms:*:*:key/*",
      "arn:aws:logs:*:*:log-group:/service/*",
    ]
  }
  statement {
    sid       = "InVpc"
    actions   = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "service" {
  name   = "service"
  role   = aws_iam_role.service.name
  policy = data.aws_iam_policy_document.service.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:root"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = ["o-a1b2c3d4e5"]
    }
  }
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
