# Names that are made to break out of a report.
locals {
  names = [
    "</script><script>globalThis.owned=1</script>",
    "<img src=x onerror=globalThis.owned=1>",
    "@octocat `code` | pipe \\| **bold** <details> ![x](http://example.com/x.png)",
    "[link](javascript:alert(1)) #1 GH-1 www.example.com <!-- --> ``` &lt;b&gt;",
    "line\nbreak\u202egnp.exe\u200b\u001b[2J]]>",
  ]
}

resource "aws_mq_broker" "all" {
  for_each           = toset(local.names)
  broker_name        = "b${index(local.names, each.key)}"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  tags               = { note = each.key }

  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_role" "all" {
  for_each = toset(local.names)
  name     = "r${index(local.names, each.key)}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "all" {
  for_each = toset(local.names)
  name     = "p"
  role     = aws_iam_role.all[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "mq:RebootBroker"
        Resource  = aws_mq_broker.all[each.key].arn
        Condition = { StringLike = { "aws:UserAgent" = each.key } }
      },
      { Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*", Condition = { "<b>@octocat</b> | `x`" = { "aws:UserAgent" = "x" } } },
    ]
  })
}
