variable "first" {}
variable "second" {}

module "inner" {
  source = "../inner"
  target = var.second
  other  = { arn = var.first }
}

output "first" {
  value = module.inner.other_arn
}

output "second" {
  value = module.inner.target
}

output "role_name" {
  value = module.inner.role.name
}
