provider "aws" {
  region = "us-west-2"
  default_tags {
    tags = {
      CostCenter = "4711"
      team       = "platform"
    }
  }
}

variable "teams" {
  type    = list(string)
  default = ["red", "blue"]
}

resource "aws_mq_broker" "red" {
  broker_name        = "red-bus"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { team = "red", Env = "prod" }
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "blue" {
  broker_name        = "blue-bus"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { team = "blue", Env = "dev" }
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "plain" {
  broker_name        = "plain-bus"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role" "member" {
  for_each           = toset(var.teams)
  name               = "${each.value}-member"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  tags               = { team = each.value }
}

resource "aws_iam_role" "untagged" {
  name               = "only-default-tags"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_policy" "abac" {
  name = "abac"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OwnTeam"
        Effect    = "Allow"
        Action    = ["mq:RebootBroker", "mq:DeleteBroker"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:ResourceTag/team" = "$${aws:PrincipalTag/team}" } }
      },
      {
        Sid      = "CreateTagged"
        Effect   = "Allow"
        Action   = "mq:CreateBroker"
        Resource = "*"
        Condition = {
          StringEquals                = { "aws:RequestTag/TEAM" = "$${aws:principaltag/team}" }
          "ForAllValues:StringEquals" = { "aws:TagKeys" = ["CostCenter", "team", "Env"] }
          "ForAnyValue:StringLike"    = { "aws:TagKeys" = ["E?v", "x*"] }
        }
      },
      {
        Sid       = "NoProdDelete"
        Effect    = "Deny"
        Action    = "mq:DeleteBroker"
        Resource  = "*"
        Condition = { StringLikeIfExists = { "aws:ResourceTag/env" = ["pr*"] }, Null = { "aws:ResourceTag/Env" = false } }
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "member" {
  for_each   = aws_iam_role.member
  role       = each.value.name
  policy_arn = aws_iam_policy.abac.arn
}

resource "aws_iam_role_policy_attachment" "untagged" {
  role       = aws_iam_role.untagged.name
  policy_arn = aws_iam_policy.abac.arn
}

resource "aws_iam_group" "abac" {
  name = "abac"
}

resource "aws_iam_group_policy_attachment" "abac" {
  group      = aws_iam_group.abac.name
  policy_arn = aws_iam_policy.abac.arn
}

resource "aws_iam_user" "guide" {
  name = "guide"
  tags = { squad = "blue" }
}

resource "aws_iam_user_policy" "guide" {
  name = "by-the-guide"
  user = aws_iam_user.guide.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:*", Resource = "*" },
      { Effect = "Deny", Action = "mq:RebootBroker", Resource = "*", Condition = { StringEquals = { "mq:ResourceTag/team" = "red" } } },
      { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { StringNotEquals = { "aws:ResourceTag/CostCenter" = ["4711", "4712"] } } },
      { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*", Condition = { StringNotEqualsIgnoreCase = { "aws:ResourceTag/Team" = "PLATFORM" } } },
    ]
  })
}
