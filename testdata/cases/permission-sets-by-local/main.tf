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
  instance = "arn:aws:sso:::instance/ssoins-1111111111111111"
  sets = {
    ops  = { managed = ["arn:aws:iam::aws:policy/AmazonMQFullAccess"] }
    safe = { managed = ["arn:aws:iam::aws:policy/AmazonMQFullAccess", "arn:aws:iam::aws:policy/AWSDenyAll"] }
  }
  arns = { for k, s in aws_ssoadmin_permission_set.this : k => s.arn }
  links = { for l in flatten([for k, s in local.sets : [for m in s.managed : { set = k, arn = m }]]) : "${l.set}-${basename(l.arn)}" => l }
}
resource "aws_ssoadmin_permission_set" "this" {
  for_each     = local.sets
  name         = each.key
  instance_arn = local.instance
}
resource "aws_ssoadmin_managed_policy_attachment" "this" {
  for_each           = local.links
  instance_arn       = local.instance
  permission_set_arn = local.arns[each.value.set]
  managed_policy_arn = each.value.arn
}
resource "aws_ssoadmin_account_assignment" "ops" {
  for_each           = local.sets
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.this[each.key].arn
  principal_id       = "aaaaaaaa-1111-2222-3333-444444444444"
  principal_type     = "GROUP"
  target_id          = "123456789012"
  target_type        = "AWS_ACCOUNT"
}
