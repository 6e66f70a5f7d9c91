# What the parser of Terraform takes and hcl-edit alone does not, or reads in another way.
locals {
  # An empty heredoc, with another of the same word after it.
  y001 = <<EOT
EOT
  y002 = <<-EOT
  EOT
  y003 = <<EOT
foo
EOT
  # A key that is repeated: the last one counts.
  y004 = { a = 1, a = 2 }
  y005 = { "a b" = 1, "a b" = 2, "a b" : 3, c = { "a b" = 4 } }
  y006 = { (local.y003) = 1, (local.y003) = 2 }
  y007 = { "${local.y003}" = 1, "${local.y003}" = 2 }
  y008 = { (lower("A")) = 1, (lower("A")) = 2, (upper("a")) = 3 }
  y009 = {
    Statement = {
      Condition = {
        StringEquals = { "aws:username" = "a" }
        StringEquals = { "aws:username" = "b" }
      }
    }
  }
  # Line breaks that are white space.
  y010 = { for k, v in { x = 1 } : k => v > 0
    ? "yes"
    : "no"
  }
  y011 = { for k, v in { x = 1, y = -1 }
    # a comment
    : k
    => v
    if v
    > 0
  }
  y012 = [for
    v
    in
    [1, 2]
    : v
    *
    2
  ]
  y013 = "${
    1
    + 1
    # a comment with }
  }"
  y014 = "%{ if true
    && true }a%{ else }b%{ endif }"
  y015 = (
    1 /* one */ + # and
    2 // two
    == 3
  )
  y016 = [1,
    2 # c
  , 3]
  y017 = max(
    1,
    2,
  )
  y018 = max(
    [
      1,
      3,
    ]...
  )
  y019 = [
    { a = 1 }, {
      b = 2
    },
  ][
    1
  ]["b"]
  # Escapes within directives of a quoted template.
  y020 = "%{ if true }say \"hi\"\n\u00e9%{ else }\\%{ endif }"
  y021 = "%{ for a in ["x", "y"] }${a}\t$${a}%%{a}\"%{ endfor }"
  # Words of heredocs at the start of other lines.
  y022 = <<EOT
EOT: not the end
  EOT, neither
EOT2
x EOT
EOT
  y023 = <<-EOT
      EOT. not the end
        x

      %{ if true ~}
      y
      %{ endif ~}
    EOT
  y024 = [<<A
EOT
A
    , <<-B
    ${<<C
inner
C
}
    B
  ]
  y025 = <<_é
_é!
_é
  # Numbers that are no 64-bit integers.
  y026 = tostring(100000000000000000000000001)
  y027 = tostring(0.123456789012345678)
  y028 = tostring(-9223372036854775809)
  y029 = tostring(1e30)
  y030 = -  3 - -2
  y031 = -{ a = 1 }.a
  # Splats and old indexes.
  y032 = [{ x = 1 }].*.x
  y033 = [{ x = 1 }].0.x
  y034 = [[[1, 2]]].0[0].1
  y035 = [{ x = [{ y = 1 }, { y = 2 }] }][*].x[*].y
  y036 = [{ x = [{ y = 1 }, { y = 2 }] }].*.x.0.y
  y037 = [{ x = ["a", "b"] }].*.x[0]
  y038 = [{ x = ["a", "b"] }][*].x[1]
  y039 = null[*]
  # Names.
  y040 = { true = 1, null = 2, false = 3, (1 + 1) = 4, "k" : 5, for-each = 6, format = 7, 8 = 9, in = 10 }
  y041 = { for for_x in ["a"] : for_x => for_x }
  y042 = [for formula in ["a"] : formula]
  y043 = { größe = 1, 変数-1 = 2 }.größe
  # Templates.
  y045 = "a$$${1}b%{if true}c%{endif}$${d}%%{e}$%$"
  y046 = "${"${"${1}"}"}"
  y047 = "a ${~ 1 ~} b ${ 2 ~} c"
  y048 = "${[for x in ["}", "{"] : "${x}\""][0]}"
  y049 = <<-EOT
    a	${ { a = "}" }.a }
  	b

      %{~ for x in [1, 2] }
      - ${x}
      %{~ endfor }
    EOT
  y050 = 1 + 2 * 3 - 4 / 2 % 3 == 5 && !false || true ? 1 < 2 ? "a" : "b" : "c"
  y051 = false ? "a" : true ? "b" : "c"
  y052 = "#not //a /*comment*/"
  y053 = <<EOT
# not // a /* comment */
EOT
  y054 = /* a
  comment */ 1
  y055 = { a = 1, b = 2 /* c */, # d
    c = 3 // e
    d = 4
    /* f */ e = 5 }
  y056 = { a : { b : 1 }, c : [] }
  y057 = [[], {}, "", [{}], { a = {} }]
  y058 = { for k, v in { a = 1, b = 1 } : v => k... }
  y059 = (((((((((((((((((((((1)))))))))))))))))))))
  y060 = !!!true
  y061 = 1 == 1 ? null : "x"
  y062 = { a = "x" }["a"]
  y063 = 5 / 2
  y064 = "\U0001F600\t\\n"
  y065 = [for x in [1, 2, 3] : x if x != 2]
  y066 = "100%"
  y067 = "$"
  y068 = { "${"a"}b" = 1 }
  y069 = 7 % 4
}
locals { y070 = 1 }
locals {
}
locals {}
