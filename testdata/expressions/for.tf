locals {
  f001 = [for x in [1, 2, 3] : x * 2]
  f002 = [for i, x in ["a", "b"] : "${i}${x}"]
  f003 = [for x in [1, 2, 3] : x if x != 2]
  f004 = { for x in ["a", "b"] : x => upper(x) }
  f005 = { for i, x in ["a", "b"] : x => i }
  f006 = { for k, v in { a = 1, b = 2 } : v => k }
  f007 = { for k, v in { a = 1, b = 2 } : k => v if v > 1 }
  f008 = { for x in ["ab", "ac", "bd"] : substr(x, 0, 1) => x... }
  f009 = [for k, v in { b = 1, a = 2 } : k]
  f010 = [for x in toset(["b", "a", "b"]) : x]
  f011 = [for k, v in toset(["b", "a"]) : "${k}=${v}"]
  f012 = [for x in [[1, 2], [3]] : [for y in x : y + 1]]
  f013 = flatten([for x in ["a", "b"] : [for y in [1, 2] : "${x}${y}"]])
  f014 = [for x in [] : x]
  f015 = { for x in [] : x => x }
  f016 = [for o in [{ n = "a", v = 1 }, { n = "b", v = 2 }] : o.n if o.v == 2]
  f017 = [for s in ["a", "b"] : { name = s, list = [s] }]
  f018 = { for s in ["b", "a"] : s => { x = s } }
  f019 = [for x in tomap({ a = 1 }) : x]
  f020 = [for x in ["1", "2"] : tonumber(x)]
  f021 = { for n in [1, 2] : n => n }
  f022 = { for b in [true] : b => 1 }
  f023 = [{ a = 1 }, { a = 2 }][*].a
  f024 = [{ a = { b = 1 } }, { a = { b = 2 } }][*].a.b
  f025 = [{ a = [1, 2] }, { a = [3] }][*].a[0]
  f026 = [{ a = 1 }, { a = 2 }].*.a
  f027 = [{ a = [1, 2] }, { a = [3] }].*.a[0]
  f028 = { a = 1 }[*].a
  f029 = null[*]
  f030 = "x"[*]
  f031 = [][*].a
  f032 = [[1, 2], [3]][*][0]
  f033 = toset(["a"])[*]
  f034 = [{ l = [{ n = 1 }, { n = 2 }] }, { l = [] }][*].l[*].n
  f035 = [for i in range(3) : i]
  f036 = { for k, v in { a = { on = true }, b = { on = false } } : k => v if v.on }
  f037 = [for k, v in { x = "1" } : { (k) = v }]
  f038 = { for p in [{ k = "a", v = 1 }, { k = "a", v = 2 }, { k = "b", v = 3 }] : p.k => p.v... }
  f039 = merge([for k, v in { a = 1, b = 2 } : { (k) = v }]...)
  f040 = concat([for x in ["a", "b"] : [x, upper(x)]]...)
}
