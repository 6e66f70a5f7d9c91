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
locals {
  roles    = toset(["ops", "audit"])
  role_ids = { for k, r in aws_iam_role.this : k => r.id }
  actions  = { ops = "mq:*", audit = "mq:Describe*" }
}
resource "aws_iam_role" "this" {
  for_each           = local.roles
  name               = each.key
  assume_role_policy = jsonencode({Version="2012-10-17",Statement=[]})
}
resource "aws_iam_role_policy" "this" {
  for_each = local.roles
  name     = "mq"
  role     = local.role_ids[each.key]
  policy   = jsonencode({Version="2012-10-17",Statement=[{Effect="Allow",Action=local.actions[each.key],Resource="*"}]})
}
