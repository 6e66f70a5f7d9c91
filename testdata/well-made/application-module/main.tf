# An application brings its own broker, the roles that run it, and the rights of its team.
module "orders" {
  source = "./application"
  name   = "orders"
  team   = "checkout"
}

module "invoices" {
  source = "./application"
  name   = "invoices"
  team   = "billing"
}
