module "inner" {
  source = "../child"
  name   = "inner of ${basename(path.module)}"
}

output "name" {
  value = module.inner.name
}
