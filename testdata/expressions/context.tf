variable "plain" {
  default = "from default"
}

variable "typed" {
  type = object({
    size = number
    tags = optional(map(string), {})
    name = optional(string)
    on   = optional(bool, true)
    deep = optional(object({ x = optional(string, "dx"), y = number }))
    list = optional(list(object({ a = string, b = optional(number, 7) })), [{ a = "z" }])
  })
  default = {
    size = "3"
    deep = { y = "4" }
    junk = 1
  }
}

variable "defaulted" {
  type    = list(string)
  default = [1, "a", true]
}

variable "numbers" {
  type    = map(number)
  default = { a = "1", b = 2.50 }
}

variable "as_set" {
  type    = set(string)
  default = ["b", "a", "b"]
}

variable "map_of_objects" {
  type = map(object({
    host = string
    port = optional(number, 5671)
  }))
  default = {
    y = { host = "hy", port = "1" }
    x = { host = "hx" }
  }
}

variable "tuple" {
  type    = tuple([string, number])
  default = [1, "2"]
}

variable "any" {
  type    = any
  default = { a = [1, "x"] }
}

variable "nullable" {
  type     = string
  default  = "d"
  nullable = false
}

variable "bools" {
  type    = list(bool)
  default = ["true", false]
}

locals {
  tmpl   = "<$${x}>"
  obj    = { present = "p", list = ["a", "b"] }
  nested = { a = { b = [{ c = "deep" }] } }
  chain1 = "c"
  chain2 = "${local.chain1}-2"
  chain3 = [local.chain2, local.chain1]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for name in ["x", "y"] : {
        Effect   = "Allow"
        Action   = ["mq:*"]
        Resource = "arn:aws:mq:eu-west-1:123456789012:broker:${name}:*"
      }
    ]
  })
  fn_args = format("%s/%s", [for k, v in local.obj : k]...)
}

module "child" {
  source = "./modules/child"
  name   = "kid"
}

module "many" {
  source   = "./modules/child"
  for_each = { a = "one", b = "two" }
  name     = "${each.key}-${each.value}"
}

module "counted" {
  source = "./modules/child"
  count  = 2
  name   = "n${count.index}"
  extra  = { size = count.index }
}

module "none" {
  source = "./modules/child"
  count  = 0
  name   = "never"
}

module "deep" {
  source = "./modules/parent"
}
