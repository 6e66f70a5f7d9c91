locals {
  o001 = 1 + 2 * 3 - 4 / 2
  o002 = 7 % 3
  o003 = -7 % 3
  o004 = 7 % -3
  o005 = 10 / 4
  o006 = 1 / 8
  o007 = -(2 + 3)
  o008 = - 1
  o009 = !true
  o010 = !false && true
  o011 = true || false && false
  o012 = 1 < 2
  o013 = 2 <= 2
  o014 = 3 > 4
  o015 = 4 >= 4
  o016 = 1 == 1.0
  o017 = "1" == 1
  o018 = 1 != 2
  o019 = "a" != "b"
  o020 = [1, 2] == [1, 2]
  o021 = { a = 1 } == { a = 1 }
  o022 = { a = 1 } == { a = 1, b = 2 }
  o023 = null == null
  o024 = "a" == null
  o025 = true == "true"
  o026 = tolist([1]) == tolist([1])
  o027 = "3" + 4
  o028 = "2" * "3"
  o029 = true ? 1 : 2
  o030 = false ? "a" : "b"
  o031 = true ? "a" : 1
  o032 = true ? 1 : "a"
  o033 = false ? 1 : true ? 2 : 3
  o034 = 1 < 2 ? "yes" : "no"
  o035 = true ? [] : ["a"]
  o036 = true ? null : "a"
  o037 = "true" ? 1 : 2
  o038 = (true ? { a = 1 } : { a = 2 }).a
  o039 = 1 + 1 == 2 && 3 * 3 == 9
  o040 = !(1 == 2) || false
  o041 = -1 + 2
  o042 = 1 - -1
  o043 = 0.1 + 0.2 == 0.3
  o044 = 1.10
  o045 = 3 * 1.5
  o046 = 5 / 2 * 2
  o047 = 2 - 3 * -1
  o048 = true && "true" == "true"
  o049 = try(true || [][0], "failed")
  o050 = !try(false && [][0], true)
  o051 = try([][0] || true, "failed")
  o052 = try(true || [], "failed")
  o053 = try([for x in [null, true] : "kept" if x == null || x], ["failed"])
  o054 = 10 % 0
  o055 = -1.5 % 0
  o056 = (false ? tolist(["b"]) : ["a"]) == tolist(["a"])
  o057 = (true ? ["a"] : toset(["b"])) == toset(["a"])
  o058 = (true ? ["a"] : toset(["b"])) == tolist(["a"])
  o059 = (true ? toset(["b", "a"]) : tolist(["b"])) == tolist(["a", "b"])
  o060 = (true ? tolist(["b"]) : toset(["b"])) == tolist(["b"])
  o061 = (true ? { a = "x" } : tomap({ a = "y" })) == tomap({ a = "x" })
  o062 = true ? { a = 1 } : tomap({ a = "y" })
  o063 = true ? [1] : ["a", "b"]
  o064 = true ? [1, true] : ["a"]
  o065 = true ? [{ a = [1] }] : [{ a = ["x"] }, { a = [] }]
  o066 = can(true ? "a" : [])
  o067 = can(true ? 1 : true)
  o068 = can(true ? {} : [])
  o069 = can(true ? [1, []] : ["a"])
  o070 = can(true ? { a = 1 } : { a = [] })
  o071 = can(true ? null : [])
  o072 = can(true ? { a = 1 } : { b = "x" })
  o073 = can(true ? [1] : [[]])
  o074 = [1e60, 1][1]
}
