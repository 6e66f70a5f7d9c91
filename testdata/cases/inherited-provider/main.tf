provider "aws" {
  region = "eu-west-1"
  assume_role { role_arn = "arn:aws:iam::111111111111:role/deploy" }
}
module "a" { source = "./a" }
resource "aws_iam_user_policy" "x" {
  name = "mq"
  user   = module.a.user
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["mq:CreateBroker", "mq:RebootBroker"], Resource = "*" }] })
}
