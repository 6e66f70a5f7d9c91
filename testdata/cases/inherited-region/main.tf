provider "aws" {
  region = "eu-west-1"
}
module "stack" {
  source = "./stack"
}
resource "aws_iam_role" "ops" {
  name               = "ops"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "ops" {
  role = aws_iam_role.ops.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "mq:RebootBroker", Resource = "arn:aws:mq:eu-west-1:*:broker:orders:*" },
    { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*", Condition = { StringEquals = { "aws:RequestedRegion" = "eu-west-1" } } },
    { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*", Condition = { StringEquals = { "aws:RequestedRegion" = ["us-east-1"] } } },
  ] })
}
