variable "name" {
  type = string
}

variable "extra" {
  type    = object({ size = number, kind = optional(string, "std") })
  default = { size = 9 }
}

locals {
  upper = upper(var.name)
}

output "name" {
  value = var.name
}

output "all" {
  value = { upper = local.upper, extra = var.extra }
}

output "derived" {
  value = "${local.upper}/${var.extra.kind}/${var.extra.size}"
}

output "path" {
  value = path.module
}
