provider "aws" {
  region = "eu-north-1"
}

provider "aws" {
  alias  = "dr"
  region = var.dr_region
  default_tags {
    tags = { site = "dr" }
  }
}

variable "dr_region" {
  default = "eu-south-1"
}

module "primary" {
  source      = "./mq"
  name        = "store"
  mq_password = var.mq_password
}

module "secondary" {
  source      = "./mq"
  name        = "store"
  mq_password = var.mq_password
  providers = {
    aws = aws.dr
  }
}

resource "aws_iam_role" "north" {
  name               = "north"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "dr" {
  name               = "dr"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "any" {
  name               = "any"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "north" {
  name   = "north"
  role   = aws_iam_role.north.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*", Condition = { StringEquals = { "aws:RequestedRegion" = "eu-north-1" } } }] })
}

resource "aws_iam_role_policy" "dr" {
  name = "dr"
  role = aws_iam_role.dr.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "mq:RebootBroker", Resource = "arn:aws:mq:${var.dr_region}:*:broker:store:*" },
    { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*", Condition = { StringLike = { "aws:ResourceTag/site" = "d?" } } },
    { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*", Condition = { StringNotLike = { "aws:RequestedRegion" = ["eu-north-*", "us-*"] } } },
  ] })
}

resource "aws_iam_role_policy_attachment" "any" {
  for_each   = { a = module.primary.policy_arn, b = module.secondary.policy_arn }
  role       = aws_iam_role.any.name
  policy_arn = each.value
}
