# In an emergency, with MFA signed in within the hour, everything may be done to brokers; else nothing.
resource "aws_iam_role" "break_glass" {
  name                 = "mq-break-glass"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "break_glass" {
  name = "emergency"
  role = aws_iam_role.break_glass.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Everything"
        Effect    = "Allow"
        Action    = "mq:*"
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" }, NumericLessThan = { "aws:MultiFactorAuthAge" = "3600" } }
      },
    ]
  })
}

resource "aws_iam_policy" "guardrail" {
  name = "mq-guardrail"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DeleteOnlyInAnEmergency"
        Effect    = "Deny"
        Action    = "mq:DeleteBroker"
        Resource  = "*"
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = aws_iam_role.break_glass.arn } }
      },
      {
        Sid       = "OnlyWithMfa"
        Effect    = "Deny"
        NotAction = ["iam:ListMFADevices", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

resource "aws_iam_user" "on_call" {
  name = "on-call"
}

resource "aws_iam_user_policy_attachment" "on_call" {
  user       = aws_iam_user.on_call.name
  policy_arn = aws_iam_policy.guardrail.arn
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
