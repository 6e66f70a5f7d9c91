# Values whose types are known before they are, and values beside others of other types. A test takes the locals whose
# names begin with `of_` for unknown: what is certain of the others must be what Terraform gives with these.
variable "no_string" {
  type    = string
  default = null
}

variable "no_bool" {
  type    = bool
  default = null
}

variable "no_list" {
  type    = list(string)
  default = null
}

variable "empty_list" {
  type    = list(string)
  default = []
}

variable "empty_numbers" {
  type    = set(number)
  default = []
}

variable "partly" {
  type    = object({ name = string, on = optional(bool), list = optional(list(string)) })
  default = { name = "n" }
}

variable "shown" {
  default = { list = ["a", 1], text = "t", no = null }
}

locals {
  of_string = "text"
  of_number = 7
  of_digits = "42"
  of_bool   = true
  of_list   = tolist(["x", "y"])
  of_tuple  = ["x", 2]
  of_set    = toset(["y", "x"])
  of_object = { a = "x", b = "2" }
  of_map    = tomap({ a = "x", k = "y" })
  of_null   = null

  k001 = true ? 0.5 : local.of_string
  k002 = true ? 0.5 : local.of_number
  k003 = "${true ? 0.5 : local.of_string}/*"
  k004 = jsonencode(true ? 0.5 : local.of_digits)
  k005 = (true ? 1 : local.of_digits) == 1
  k006 = (true ? 1 : local.of_digits) == 2
  k007 = (true ? 1 : local.of_digits) + 1
  k008 = true ? ["b", "a", "b"] : local.of_set
  k009 = true ? ["b", "a", "b"] : local.of_list
  k010 = (true ? ["b", "a"] : local.of_set) == ["b", "a"]
  k011 = true ? [1, 2] : local.of_list
  k012 = true ? [1, 2] : local.of_tuple
  k013 = true ? { a = 1, b = true } : local.of_map
  k014 = true ? { a = 1, b = "x" } : local.of_object
  k015 = tolist([1, local.of_digits])[0]
  k016 = tolist([1, local.of_number])[0]
  k017 = toset([true, local.of_string])
  k018 = coalesce(10, local.of_digits)
  k019 = "arn:${coalesce(10, local.of_digits)}:"
  k020 = merge(tomap({ a = 3 }), tomap({ b = local.of_digits }))
  k021 = lookup(tomap({ a = 3, b = local.of_digits }), "c", 0.5)
  k022 = lookup(tomap({ a = 3, b = local.of_number }), "c", 0.5)
  k023 = flatten(true ? [[1, 2], [local.of_digits]] : [])
  k024 = (false ? local.of_object.b : 100)
  k025 = false ? (false ? local.of_tuple[1] : 1) : 3
  k026 = setproduct(["a", "b"], [local.of_digits, 2])
  k027 = jsonencode(local.of_string)
  k028 = jsonencode(local.of_number)
  k029 = jsondecode(jsonencode(local.of_number)) == local.of_number
  k030 = jsonencode(local.of_digits) == local.of_digits
  k031 = tostring(local.of_null) == null
  k032 = tolist(local.of_null) == null
  k033 = coalesce(tostring(local.of_null), "x")
  k034 = !(local.of_string == "text") != ["a", "b"]
  k035 = (local.of_string == "text") == "true"
  k036 = (local.of_number > 3) == (local.of_string == "text")
  k037 = (local.of_number + 1) == "8"
  k038 = contains([local.of_number + 1], "8")
  k039 = (local.of_string == "text") == { a = 1 }
  k040 = can(local.of_string)
  k041 = can(local.of_object.a)
  k042 = can(local.of_tuple[2])
  k043 = try(local.of_set.*.a, "no")
  k044 = try(local.of_tuple.*.a, "no")
  k045 = try(local.of_set[*], "no")
  k046 = can(tolist(values(local.of_object)))
  k047 = can(true ? { a = ["x"] } : { a = local.of_string })
  k048 = try([1, true][0] == 1 ? local.of_string : 5, "no")
  k049 = true ? (true ? 1 : local.of_digits) : "x"

  k101 = false ? var.no_string : true
  k103 = can(false ? var.no_bool : 5)
  k104 = can(true ? { a = 1 } : var.no_bool)
  k105 = coalesce(var.no_string, 5)
  k106 = false ? var.no_list : [1, 2]
  k107 = [false ? var.partly.list : [1, 2], false ? var.partly.on : "x"]
  k108 = can(tonumber(var.no_bool))
  k109 = can(tobool(var.no_string))
  k110 = can(tolist(var.no_string))
  k111 = can(tomap(var.no_list))
  k112 = can(merge(var.no_string, { a = 1 }))
  k113 = can(merge(null, { a = 1 }))
  k114 = can(tostring(var.no_list))
  k115 = false ? var.empty_list : [1, 2]
  k116 = false ? var.empty_numbers : ["1"]
  k117 = false ? setintersection(toset(["x"]), toset([])) : [3, 1, 2]
  k118 = var.empty_list == tolist([])
  k119 = var.empty_list == var.empty_list
  k120 = toset([]) == toset([])
  k121 = toset(var.empty_list) == toset([])
  k122 = toset(var.empty_list) == setsubtract(toset(["a"]), toset(["a"]))
  k123 = toset(var.empty_list) == var.empty_numbers
  k124 = compact([""]) == split(",", "") ? "same" : "other"
  k125 = compact([""]) == var.empty_list
  k126 = toset([["a"], [null]]) == toset([[null], ["a"]])
  k127 = toset([{ a = 1 }, { a = 2 }]) == toset([{ a = 2 }, { a = 3 }])
  k128 = true ? { a = "x", b = 2 } : var.shown
  k129 = false ? var.shown : { a = "x", b = 2 }
  k130 = true ? { k = null, l = [1] } : { name = "a", arn = "b" }
  k131 = true ? { k = null, l = 1 } : { name = "a", arn = "b" }
  k132 = can(true ? { l = [1] } : { name = "a", arn = "b" })
  k133 = tomap({ a = var.shown, b = var.shown })
  k134 = can([for x in toset([]) : x if var.no_bool])
  k135 = can([for x in [] : x if x])
  k136 = can([for x in [] : x if "a"])
  k137 = can({ for k, v in {} : k => v if v.a })
  k138 = true ? 5 : [][0] + 1
  k139 = true ? 5 : "${[][0]}x"
  k141 = can(true ? 5 : [][0] == 1)
  k142 = true ? ["a", 1] : [][0]
  k143 = pow(2, -1)
  k144 = pow(0.1, -7)
  k145 = pow(7, 25)
  k146 = pow(3, 34)
  k147 = pow(-2, 3)
  k148 = pow(9, 0.5)
  k149 = pow(1.5, 3)
  k150 = parseint("a", 62)
  k151 = parseint("A", 62)
  k152 = parseint("A", 36)
  k153 = parseint("zZ", 62)
  k154 = can(parseint("a", 10))
  k155 = parseint("-1f", 16)
  k156 = textencodebase64("text", "UTF-8")
  k157 = textencodebase64("é", "utf-8")
  k158 = textdecodebase64("w6k=", "UTF-8")
  k159 = !true != null
  k160 = !false == true
  k161 = !false && false
  k162 = -1 + 2 == 1
  k163 = "${-1}" == "-1"
  k200 = "x${-0}"
  k201 = "x${0 * -1}"
  k202 = "x${-0 + 0}"
  k203 = "x${-0 - 0}"
  k204 = "x${0 / -2}"
  k205 = "x${abs(-0)}"
  k206 = "x${ceil(-0.5)}"
  k207 = "x${-1 % 0.5}"
  k208 = "x${max(-0, 0)}"
  k209 = "x${min(0, -0)}"
  k210 = "x${-(-0)}"
  k211 = "x${tonumber("-0")}"
  k212 = jsonencode(-0)
  k213 = "x${sum([-0])}"
  k214 = "x${-0 % 3}"
  k215 = format("%d", -0)
  k216 = "x${-0 + -0}"
  k217 = "x${parseint("-0", 10)}"
  k218 = -0 == 0
  k219 = "x${0 % -3}"
  k220 = yamlencode(-0)
  k221 = "x${jsondecode("-0")}"
  k222 = "x${yamldecode("-0")}"
  k223 = [format("%g", -0), format("%v", -0), format("%.1f", -0), format("%+d", -0), format("%e", -0)]
  k224 = toset([0, -0])
}
