terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = "do-not-print-1"
  }
}

# Nobody deletes; only one role changes policies of roles; one role assumes nothing; nobody makes functions.
resource "aws_organizations_policy" "rails" {
  name = "rails"
  content = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Deny", Action = "mq:DeleteBroker", Resource = "*" },
    { Effect = "Deny", Action = ["iam:PutRolePolicy", "iam:AttachRolePolicy"], Resource = "*", Condition = { ArnNotLike = { "aws:PrincipalArn" = "arn:aws:iam::*:role/admin-*" } } },
    { Effect = "Deny", Action = "sts:AssumeRole", Resource = "*", Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::*:role/refused" } } },
    { Effect = "Deny", Action = "lambda:*", Resource = "*" },
  ] })
}

resource "aws_organizations_policy_attachment" "rails" {
  policy_id = aws_organizations_policy.rails.id
  target_id = "123456789012"
}

locals {
  ec2 = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

# It may write its own policies, and the guard rail denies it.
resource "aws_iam_role" "put" {
  name               = "put"
  assume_role_policy = local.ec2
}
resource "aws_iam_role_policy" "put" {
  name   = "put"
  role   = aws_iam_role.put.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:PutRolePolicy", Resource = "*" }] })
}

# The exception: it may; what it writes deletes nothing all the same.
resource "aws_iam_role" "admin" {
  name               = "admin-roles"
  assume_role_policy = local.ec2
}
resource "aws_iam_role_policy" "admin" {
  name   = "admin"
  role   = aws_iam_role.admin.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:PutRolePolicy", Resource = aws_iam_role.admin.arn }] })
}

# The guard rail says nothing of versions.
resource "aws_iam_policy" "versions" {
  name   = "versions"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:CreatePolicyVersion", Resource = "arn:aws:iam::123456789012:policy/versions" }] })
}
resource "aws_iam_role" "versions" {
  name               = "versions"
  assume_role_policy = local.ec2
}
resource "aws_iam_role_policy_attachment" "versions" {
  role       = aws_iam_role.versions.name
  policy_arn = aws_iam_policy.versions.arn
}

# Three steps away from the operator.
resource "aws_iam_role" "first" {
  name               = "first"
  assume_role_policy = local.ec2
}
resource "aws_iam_role" "second" {
  name               = "second"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_role.first.arn } }] })
}
resource "aws_iam_role" "third" {
  name               = "third"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_role.second.arn } }] })
}
resource "aws_iam_role" "operator" {
  name               = "operator"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = [aws_iam_role.third.arn, aws_iam_role.refused.arn] } }, { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "operator" {
  name   = "operator"
  role   = aws_iam_role.operator.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
}

# The trust policy lets it in, the guard rail does not let it assume anything.
resource "aws_iam_role" "refused" {
  name               = "refused"
  assume_role_policy = local.ec2
}

# It passes the operator's role to a function that it may not make.
resource "aws_iam_role" "passes" {
  name               = "passes"
  assume_role_policy = local.ec2
}
resource "aws_iam_role_policy" "passes" {
  name   = "passes"
  role   = aws_iam_role.passes.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["iam:PassRole", "lambda:*"], Resource = "*" }] })
}

# It may change whom the operator trusts, and its boundary does not let it.
resource "aws_iam_policy" "fence" {
  name   = "fence"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["sts:*", "mq:*"], Resource = "*" }] })
}
resource "aws_iam_role" "fenced" {
  name                 = "fenced"
  assume_role_policy   = local.ec2
  permissions_boundary = aws_iam_policy.fence.arn
}
resource "aws_iam_role_policy" "fenced" {
  name   = "fenced"
  role   = aws_iam_role.fenced.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:UpdateAssumeRolePolicy", Resource = "*" }] })
}
# The same with no boundary, and a Deny on that role.
resource "aws_iam_role" "denied" {
  name               = "denied"
  assume_role_policy = local.ec2
}
resource "aws_iam_role_policy" "denied" {
  name   = "denied"
  role   = aws_iam_role.denied.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:UpdateAssumeRolePolicy", Resource = aws_iam_role.operator.arn }, { Effect = "Deny", Action = "*", Resource = aws_iam_role.operator.arn }] })
}
# The same with neither.
resource "aws_iam_role" "rewrites" {
  name               = "rewrites"
  assume_role_policy = local.ec2
}
resource "aws_iam_role_policy" "rewrites" {
  name   = "rewrites"
  role   = aws_iam_role.rewrites.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:UpdateAssumeRolePolicy", Resource = aws_iam_role.operator.arn }] })
}
