resource "aws_iam_role" "mfa" {
  name               = "mfa"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "mfa" {
  name   = "mfa"
  role   = aws_iam_role.mfa.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = aws_mq_broker.main.arn, Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } }] })
}

resource "aws_iam_role" "mfa_age" {
  name               = "mfa-age"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "mfa_age" {
  name   = "mfa_age"
  role   = aws_iam_role.mfa_age.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = aws_mq_broker.main.arn, Condition = { NumericLessThan = { "aws:MultiFactorAuthAge" = "3600" } } }, { Effect = "Allow", Action = "mq:DeleteBroker", Resource = aws_mq_broker.main.arn, Condition = { NumericGreaterThanEqualsIfExists = { "aws:MultiFactorAuthAge" = "100" } } }] })
}

resource "aws_iam_role" "mfa_deny_bool" {
  name               = "mfa-deny-bool"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "mfa_deny_bool" {
  name   = "mfa_deny_bool"
  role   = aws_iam_role.mfa_deny_bool.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }, { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } } }] })
}

resource "aws_iam_role" "mfa_deny_ifexists" {
  name               = "mfa-deny-ifexists"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "mfa_deny_ifexists" {
  name   = "mfa_deny_ifexists"
  role   = aws_iam_role.mfa_deny_ifexists.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }, { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } } }] })
}

resource "aws_iam_role" "mfa_contradiction" {
  name               = "mfa-contradiction"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "mfa_contradiction" {
  name   = "mfa_contradiction"
  role   = aws_iam_role.mfa_contradiction.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } }, { Effect = "Deny", Action = "mq:*", Resource = "*", Condition = { Null = { "aws:MultiFactorAuthPresent" = "false" } } }] })
}

resource "aws_iam_role" "net" {
  name               = "net"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "net" {
  name   = "net"
  role   = aws_iam_role.net.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { IpAddress = { "aws:SourceIp" = ["10.0.0.0/8", "2001:db8::/32"] } } }, { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { NotIpAddress = { "aws:SourceIp" = "10.1.0.0/16" } } }] })
}

resource "aws_iam_role" "net_never" {
  name               = "net-never"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "net_never" {
  name   = "net_never"
  role   = aws_iam_role.net_never.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { IpAddress = { "aws:SourceIp" = "10.0.0.0/8" } } }, { Effect = "Deny", Action = "mq:*", Resource = "*", Condition = { IpAddress = { "aws:SourceIp" = "0.0.0.0/0" } } }] })
}

resource "aws_iam_role" "net_all" {
  name               = "net-all"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "net_all" {
  name   = "net_all"
  role   = aws_iam_role.net_all.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { IpAddress = { "aws:SourceIp" = "10.0.0.0/8" } } }, { Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { NotIpAddress = { "aws:SourceIp" = "10.0.0.0/8" } } }] })
}

resource "aws_iam_role" "endpoint" {
  name               = "endpoint"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "endpoint" {
  name   = "endpoint"
  role   = aws_iam_role.endpoint.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }, { Effect = "Deny", Action = ["mq:DeleteBroker", "mq:CreateBroker"], Resource = "*", Condition = { StringNotEqualsIfExists = { "aws:SourceVpce" = ["vpce-1", "vpce-2"] }, Null = { "aws:SourceVpce" = "false" } } }] })
}
