resource "aws_mq_broker" "maybe" {
  count              = var.with_standby ? 1 : 0
  broker_name        = "maybe"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "main" {
  broker_name        = "main"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

variable "with_standby" {
  type    = bool
  default = true
}

variable "limits" {
  type    = object({ region = optional(string), mfa = optional(bool, true) })
  default = {}
}

locals {
  standby = one(aws_mq_broker.maybe[*].arn)
  arns    = compact([aws_mq_broker.main.arn, local.standby])
  guard   = var.limits.mfa ? { Bool = { "aws:MultiFactorAuthPresent" = "true" } } : {}
  where   = var.limits.region == null ? {} : { StringEquals = { "aws:RequestedRegion" = var.limits.region } }
}

resource "aws_iam_role" "both" {
  name               = "both"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "both" {
  name   = "both"
  role   = aws_iam_role.both.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = local.arns, Condition = merge(local.guard, local.where) }] })
}

resource "aws_iam_role" "standby" {
  name               = "standby"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "standby" {
  name   = "standby"
  role   = aws_iam_role.standby.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = var.with_standby ? aws_mq_broker.maybe[0].arn : aws_mq_broker.main.arn }] })
}

resource "aws_iam_role" "first" {
  name               = "first"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "first" {
  name   = "first"
  role   = aws_iam_role.first.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = try(aws_mq_broker.maybe[1].arn, aws_mq_broker.main.arn) }, { Effect = "Allow", Action = can(aws_mq_broker.maybe[0].id) ? "mq:RebootBroker" : "mq:CreateBroker", Resource = "*" }] })
}

resource "aws_iam_role" "present" {
  name               = "present"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "present" {
  name   = "present"
  role   = aws_iam_role.present.id
  policy = aws_mq_broker.main.id != "" ? jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }] }) : jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*" }] })
}

resource "aws_iam_role" "length" {
  name               = "length"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "length" {
  name   = "length"
  role   = aws_iam_role.length.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = length(aws_mq_broker.maybe) == 1 ? ["mq:CreateBroker"] : ["mq:DeleteBroker"], Resource = "*" }] })
}
