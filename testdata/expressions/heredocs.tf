locals {
  h001 = <<EOT
plain
  indented
EOT
  h002 = <<-EOT
    flush
      more
    ${"x"} y
  EOT
  h003 = <<-EOT
    %{ for i in [1, 2] ~}
      x${i}
    %{ endfor ~}
    z
  EOT
  h004 = <<EOT
%{ for i in [1,2] ~}
   x${i}


  w
%{ endfor ~}
   z
EOT
  h005 = <<EOT
{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": "mq:*", "Resource": "${"arn"}:$${aws:username}"}]
}
EOT
  h006 = jsondecode(<<EOT
{"a": ${jsonencode(["x", 1])}}
EOT
  )
  h007 = [<<A
one
A
    , <<B
two
B
  ]
  h008 = <<-EOT
    %{ if true }
    x
      y
    %{ endif }
    EOT
  h009 = <<EOT
EOT
  h010 = <<EOT

EOT
  h011 = <<-EOT

      a

    b
  EOT
  h012 = <<EOT
backslash \n \" stays
%{ if true ~}
 left
%{ else ~}
 right
%{ endif ~}
EOT
  h013 = <<-EOT
  ${join("\n  ", ["a", "b"])}
    c
  EOT
  h014 = {
    x = <<EOT
v
EOT
    y = 2
  }
  h015 = <<EOT
%{ for k, v in { a = 1, b = 2 } }${k}=${v}
%{ endfor }end
EOT
  h016 = upper(<<-EOT
    text
    EOT
  )
  h017 = <<-EOT
    a %{~ if true ~}   b   %{~ endif ~}
      c
  EOT
  h018 = { for k, v in { x = { a = true, b = true } } : k => v.a
  && v.b }
  h019 = [for k in [1, 2, 3] : k if k != 1
  && k != 2]
  h020 = (true
    ? "multi"
    : "line")
  h021 = [
    1, # one
    2, // two
    /* three */ 3
  ]
  h022 = {
    a = 1 # c
    // comment
    b = 2, c = 3
    "d" : 4
  }
  h023 = merge(
    { a = 1 },
    {
      b = 2
    },
  )
  h024 = "${
    1 + 1
  }"
  h025 = <<EOT
tab	and "quotes"
EOT
  h026 = <<-EOT
	tabbed
	  more
	EOT
  h027 = trimspace(<<-EOT
    ${jsonencode({
    a = 1
})}
    EOT
)
}
