# Auditors of another account look at everything and change nothing.
resource "aws_iam_role" "audit" {
  name               = "audit"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "audit" {
  for_each = toset([
    "arn:aws:iam::aws:policy/SecurityAudit",
    "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
    "arn:aws:iam::aws:policy/AmazonMQReadOnlyAccess",
  ])
  role       = aws_iam_role.audit.name
  policy_arn = each.key
}

resource "aws_iam_role_policy" "audit" {
  name = "brokers"
  role = aws_iam_role.audit.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Read", Effect = "Allow", Action = ["mq:List*", "mq:Describe*", "logs:FilterLogEvents"], Resource = "*" },
      { Sid = "NoChanges", Effect = "Deny", Action = ["mq:Create*", "mq:Update*", "mq:Delete*", "mq:Reboot*", "mq:Promote"], Resource = "*" },
    ]
  })
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
