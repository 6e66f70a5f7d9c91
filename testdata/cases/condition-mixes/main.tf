resource "aws_mq_broker" "main" {
  broker_name        = "main"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { env = "prod" }
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role" "a_or_b" {
  name               = "a-or-b"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "a_or_b" {
  name   = "a_or_b"
  role   = aws_iam_role.a_or_b.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } }, { Effect = "Allow", Action = "mq:RebootBroker", Resource = "*", Condition = { IpAddress = { "aws:SourceIp" = "10.0.0.0/8" } } }, { Effect = "Allow", Action = "mq:RebootBroker", Resource = "*", Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }, NotIpAddressIfExists = { "aws:SourceIp" = "10.0.0.0/8" } } }, { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } }, { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } } }] })
}

resource "aws_iam_role" "and_not" {
  name               = "and-not"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "and_not" {
  name   = "and_not"
  role   = aws_iam_role.and_not.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { StringEquals = { "aws:SourceVpce" = ["vpce-1", "vpce-2"] } } }, { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { StringNotEquals = { "aws:SourceVpce" = "vpce-1" } } }, { Effect = "Deny", Action = "mq:RebootBroker", Resource = "*", Condition = { StringNotEquals = { "aws:SourceVpce" = "vpce-3" } } }] })
}

resource "aws_iam_role" "windows" {
  name               = "windows"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "windows" {
  name   = "windows"
  role   = aws_iam_role.windows.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*", Condition = { DateGreaterThanEquals = { "aws:CurrentTime" = "2027-01-01T00:00:00Z" } } }, { Effect = "Allow", Action = "mq:RebootBroker", Resource = "*", Condition = { DateLessThan = { "aws:CurrentTime" = "2027-01-01T00:00:00Z" } } }, { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*", Condition = { DateEquals = { "aws:CurrentTime" = "2027-01-01T00:00:00Z" } } }, { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { NumericEquals = { "aws:EpochTime" = "1798761600" } } }] })
}

resource "aws_iam_role" "nested_nets" {
  name               = "nested-nets"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "nested_nets" {
  name   = "nested_nets"
  role   = aws_iam_role.nested_nets.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { IpAddress = { "aws:SourceIp" = ["10.0.0.0/9", "10.128.0.0/9"] } } }, { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { IpAddress = { "aws:SourceIp" = "10.0.0.0/8" } } }, { Effect = "Deny", Action = "mq:RebootBroker", Resource = "*", Condition = { IpAddress = { "aws:SourceIp" = ["10.0.0.0/10", "10.64.0.0/10", "10.128.0.0/10"] } } }] })
}

resource "aws_iam_role" "likes" {
  name               = "likes"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "likes" {
  name   = "likes"
  role   = aws_iam_role.likes.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { StringLike = { "aws:UserAgent" = "aws-*" } } }, { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { StringLike = { "aws:UserAgent" = "*" } } }, { Effect = "Deny", Action = "mq:RebootBroker", Resource = "*", Condition = { StringNotLike = { "aws:UserAgent" = "*cli*" } } }] })
}

resource "aws_iam_role" "multi" {
  name               = "multi"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "multi" {
  name   = "multi"
  role   = aws_iam_role.multi.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*", Condition = { "ForAnyValue:StringEquals" = { "aws:TagKeys" = ["env"] } } }, { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*", Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["x"] } } }, { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*", Condition = { "ForAllValues:StringNotEquals" = { "aws:TagKeys" = ["x"] }, "ForAnyValue:StringNotLike" = { "aws:TagKeys" = ["y*"] } } }] })
}

resource "aws_iam_role" "ages" {
  name               = "ages"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "ages" {
  name   = "ages"
  role   = aws_iam_role.ages.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*", Condition = { NumericLessThan = { "aws:MultiFactorAuthAge" = "100" } } }, { Effect = "Allow", Action = "mq:RebootBroker", Resource = "*", Condition = { NumericGreaterThanEquals = { "aws:MultiFactorAuthAge" = "100" } } }, { Effect = "Allow", Action = "mq:RebootBroker", Resource = "*", Condition = { Null = { "aws:MultiFactorAuthAge" = "true" } } }, { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*", Condition = { NumericNotEquals = { "aws:MultiFactorAuthAge" = "100" } } }] })
}

resource "aws_iam_role" "issue" {
  name               = "issue"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "issue" {
  name   = "issue"
  role   = aws_iam_role.issue.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { DateLessThan = { "aws:TokenIssueTime" = "2027-01-01T00:00:00Z" } } }, { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { DateGreaterThan = { "aws:TokenIssueTime" = "2026-06-01T00:00:00Z" } } }, { Effect = "Deny", Action = "mq:CreateBroker", Resource = "*", Condition = { DateLessThanIfExists = { "aws:TokenIssueTime" = "2027-01-01T00:00:00Z" } } }] })
}
