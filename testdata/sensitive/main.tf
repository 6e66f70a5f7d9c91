# Sensitive values in every place of a policy and of what names it. Each holds the word PLANTED, or is one of three
# numbers that are searched for too.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

variable "word" {
  type      = string
  sensitive = true
  default   = "PLANTED1"
}

variable "age" {
  type      = number
  sensitive = true
  default   = 8675309
}

variable "address" {
  type      = string
  sensitive = true
  default   = "198.18.77.66"
}

variable "account" {
  type      = string
  sensitive = true
  default   = "424242424242"
}

locals {
  ec2 = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })

  conditions = {
    agent    = { StringNotEquals = { "aws:UserAgent" = var.word } }
    like     = { StringLike = { "aws:UserAgent" = ["a*", "*${var.word}"] } }
    age      = { NumericLessThan = { "aws:MultiFactorAuthAge" = var.age } }
    address  = { IpAddress = { "aws:SourceIp" = var.address } }
    tag      = { StringEquals = { "aws:RequestTag/${var.word}" = "x" } }
    resource = { StringEquals = { "aws:ResourceTag/${var.word}" = "x" } }
    key      = { StringEquals = { "mq:${var.word}" = "x" } }
    nokey    = { StringNotEquals = { "aws:${var.word}" = "x" } }
    org      = { StringEquals = { "aws:PrincipalOrgID" = var.word } }
    variable = { StringEquals = { "aws:SourceIdentity" = "$${aws:PrincipalTag/${var.word}}" } }
    broken   = { StringEquals = { "aws:SourceIdentity" = "$${ ${var.word}}" } }
    boolean  = { Bool = { "aws:SecureTransport" = var.word } }
    all      = { "ForAllValues:StringEquals" = { "aws:CalledVia" = [var.word] } }
    twice    = { "ForAllValues:StringEquals" = { "aws:TagKeys" = [var.word, "Team"] } }
    operator = { (var.word) = { "aws:SourceIdentity" = "x" } }
  }
}

resource "aws_mq_broker" "orders" {
  broker_name                = "orders"
  engine_type                = "ActiveMQ"
  engine_version             = "5.18"
  host_instance_type         = "mq.t3.micro"
  auto_minor_version_upgrade = true

  user {
    username = "PLANTEDuser"
    password = "PLANTEDpassword1"
  }

  tags = { env = "prod" }
}

resource "aws_mq_broker" "hushed" {
  broker_name                = "hushed-${var.word}"
  engine_type                = "RabbitMQ"
  engine_version             = "3.13"
  host_instance_type         = "mq.t3.micro"
  auto_minor_version_upgrade = true

  user {
    username = "admin"
    password = "PLANTEDpassword2"
  }

  tags = { env = var.word, (nonsensitive("Team")) = var.word }
}

resource "aws_iam_role" "of" {
  for_each           = local.conditions
  name               = each.key
  assume_role_policy = local.ec2
}

resource "aws_iam_role_policy" "of" {
  for_each = local.conditions
  role     = aws_iam_role.of[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = ["mq:RebootBroker", "mq:CreateBroker"]
        Resource  = ["*", "arn:aws:mq:eu-west-1:${var.account}:broker:${var.word}"]
        Condition = each.value
      },
      {
        Effect    = "Deny"
        Action    = ["mq:DeleteBroker"]
        Resource  = ["*"]
        Condition = each.value
      },
    ]
  })
}

data "aws_iam_policy_document" "deferred" {
  policy_id = var.word

  statement {
    sid       = var.word
    actions   = ["mq:RebootBroker"]
    resources = [aws_mq_broker.orders.arn]

    condition {
      test     = "StringLike"
      variable = "aws:UserAgent"
      values   = [var.word]
    }
  }
}

resource "aws_iam_policy" "deferred" {
  name   = "deferred-${var.word}"
  policy = data.aws_iam_policy_document.deferred.json
}

resource "aws_iam_role" "hushed" {
  name = "hushed-${var.word}"
  path = "/${var.word}/"
  tags = { Team = var.word }

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "*" }
        Condition = { StringEquals = { "sts:ExternalId" = var.word } }
      },
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = ["arn:aws:iam::${var.account}:root", "arn:aws:iam::123456789012:user/${var.word}"] }
      },
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRoleWithWebIdentity"
        Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
        Condition = {
          StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
          StringLike   = { "token.actions.githubusercontent.com:sub" = "repo:${var.word}*" }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "hushed" {
  name = "hushed-${var.word}"
  role = aws_iam_role.hushed.name

  policy = jsonencode({
    Version = "2012-10-17"
    Id      = var.word
    Statement = [
      { Effect = "Allow", Action = "mq:*", Resource = "*" },
      { Sid = var.word, Effect = "Allow", Action = "mq:${var.word}", Resource = "arn:aws:mq:eu-west-1:123456789012:${var.word}" },
      { Effect = "Deny", Action = ["mq:RebootBroker"], Resource = "${aws_mq_broker.orders.arn}${var.word}" },
      { Effect = var.word, Action = ["mq:RebootBroker"], Resource = "*" },
      { (var.word) = "x", Effect = "Allow", Action = ["mq:RebootBroker"], Resource = "*" },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "deferred" {
  role       = aws_iam_role.hushed.name
  policy_arn = aws_iam_policy.deferred.arn
}

resource "aws_iam_role_policy_attachment" "elsewhere" {
  role       = aws_iam_role.hushed.name
  policy_arn = "arn:aws:iam::aws:policy/${var.word}"
}

resource "aws_iam_role_policy_attachment" "outside" {
  role       = "outside-${var.word}"
  policy_arn = aws_iam_policy.deferred.arn
}

resource "aws_iam_group" "hushed" {
  name = "group-${var.word}"
}

resource "aws_iam_user" "ada" {
  name = "ada"
}

resource "aws_iam_user_group_membership" "ada" {
  user   = aws_iam_user.ada.name
  groups = [aws_iam_group.hushed.name, "other-${var.word}"]
}

resource "aws_iam_user_policy" "ada" {
  user   = aws_iam_user.ada.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:*", Resource = "*" }] })
}
