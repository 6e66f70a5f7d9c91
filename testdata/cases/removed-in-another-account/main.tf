terraform { 
  required_providers { 
    aws = { 
      source = "hashicorp/aws" 
      version = "5.100.0" 
    } 
  } 
}
provider "aws" {
  region = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id = true
  skip_metadata_api_check = true
  allowed_account_ids = []
}
provider "aws" {
  alias = "b"
  region = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id = true
  skip_metadata_api_check = true
}
resource "aws_iam_role" "a" {
  name = "ops"
  assume_role_policy = jsonencode({Version="2012-10-17",Statement=[]})
}
resource "aws_iam_role" "b" {
  provider = aws.b
  name = "ops"
  assume_role_policy = jsonencode({Version="2012-10-17",Statement=[]})
}
resource "aws_iam_role_policy_attachment" "a" {
  role = "ops"
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}
resource "aws_mq_broker" "a" {
  broker_name = "a"
  engine_type = "ActiveMQ"
  engine_version = "5.18"
  host_instance_type = "mq.m5.large"
  user { 
    username = "shipping" 
    password = "Mock-Passw0rd-12" 
  }
}
resource "aws_mq_broker" "b" {
  provider = aws.b
  broker_name = "b"
  engine_type = "ActiveMQ"
  engine_version = "5.18"
  host_instance_type = "mq.m5.large"
  user { 
    username = "shipping" 
    password = "Mock-Passw0rd-12" 
  }
}
