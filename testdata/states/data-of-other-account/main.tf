variable "on" {
  type    = bool
  default = true
}
resource "aws_mq_broker" "a" {
  broker_name        = "one"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = "secretpassword123"
  }
}
data "aws_iam_role" "ext" { name = "ext" }
resource "aws_iam_role_policy" "ext_b" {
  provider = aws.b
  name     = "i"
  role     = "ext"
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }] })
}
resource "aws_iam_role_policy_attachment" "ext_b" {
  provider   = aws.b
  role       = "ext2"
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}
resource "aws_iam_role" "keep" {
  provider           = aws.b
  name               = "keep"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role" "ext2" {
  name               = "ext2m"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "eu-west-1"
}
provider "aws" {
  alias  = "b"
  region = "eu-west-1"
  assume_role { role_arn = "arn:aws:iam::222222222222:role/deploy" }
}
