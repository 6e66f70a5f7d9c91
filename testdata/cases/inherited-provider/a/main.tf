module "b" { source = "./b" }
output "user" { value = module.b.user }
output "arn" { value = module.b.arn }
