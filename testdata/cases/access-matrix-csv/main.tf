locals {
  rows   = csvdecode(file("access.csv"))
  queues = toset(distinct([for r in local.rows : r.broker if r.broker != "*"]))
  people = toset(distinct(local.rows[*].person))
  grants = { for r in local.rows : "${r.person}/${r.broker}" => r... }
  words  = { restart = "mq:RebootBroker", remove = "mq:DeleteBroker", make = "mq:CreateBroker" }
}

resource "aws_mq_broker" "q" {
  for_each           = local.queues
  broker_name        = each.key
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { name = each.key }
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_user" "p" {
  for_each = local.people
  name     = each.value
  path     = "/people/"
}

resource "aws_iam_user_policy" "p" {
  for_each = local.grants
  name     = replace(replace(each.key, "/", "-"), "*", "any")
  user     = aws_iam_user.p[split("/", each.key)[0]].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for r in each.value : merge({
      Effect   = contains(["deny", "never"], r.mode) ? "Deny" : "Allow"
      Action   = [for w in split("+", r.what) : lookup(local.words, w, "mq:${w}")]
      Resource = r.broker == "*" ? "*" : aws_mq_broker.q[r.broker].arn
    }, r.mode == "mfa" ? { Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } } : {})]
  })
}
