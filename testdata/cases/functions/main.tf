resource "aws_mq_broker" "main" {
  broker_name        = title("main")
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = zipmap(["Env", "Owner"], ["Prod", "ana"])
  user {
    username = "admin"
    password = var.mq_password
  }
}

locals {
  arn    = aws_mq_broker.main.arn
  acts   = { for k in ["reboot", "delete"] : k => "mq:${title(k)}Broker" }
  packed = base64encode(jsonencode({ list = values(local.acts) }))
  nets   = [for i in range(3) : cidrsubnet("10.0.0.0/8", 8, i)]
  m      = merge({ a = 1 }, { b = 2 })
  stmts = [
    { sid = "A", act = local.acts["reboot"], res = local.arn },
    { sid = "B", act = local.acts.delete, res = startswith("mq-x", "mq") ? local.arn : "none" },
  ]
}

resource "aws_iam_role" "encode" {
  name               = "encode"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "encode" {
  name   = "encode"
  role   = aws_iam_role.encode.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = jsondecode(base64decode(local.packed)).list, Resource = local.arn }] })
}

resource "aws_iam_role" "sorted" {
  name               = "sorted"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "sorted" {
  name   = "sorted"
  role   = aws_iam_role.sorted.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = element(sort(values(local.acts)), 1), Resource = local.arn }, { Effect = "Allow", Action = reverse(sort(values(local.acts)))[1], Resource = format("%s", local.arn), Condition = { IpAddress = { "aws:SourceIp" = local.nets } } }] })
}

resource "aws_iam_role" "lookups" {
  name               = "lookups"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "lookups" {
  name   = "lookups"
  role   = aws_iam_role.lookups.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = lookup(local.acts, "reboot", "none"), Resource = coalesce("", local.arn) }, { Effect = "Allow", Action = try(local.acts.missing, local.acts["delete"]), Resource = try(tolist([])[0], local.arn) }] })
}

resource "aws_iam_role" "regexes" {
  name               = "regexes"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "regexes" {
  name   = "regexes"
  role   = aws_iam_role.regexes.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:${join("", regex("^(mq):(Reboot)(.*)$", "mq:RebootBroker")[*])}", Resource = local.arn }, { Effect = "Allow", Action = "mq:${regex("Delete\\w+", "mq:DeleteBroker")}", Resource = local.arn }, { Effect = "Allow", Action = replace("mq:Create-Broker", "/-/", ""), Resource = "*" }] })
}

resource "aws_iam_role" "conds" {
  name               = "conds"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "conds" {
  name   = "conds"
  role   = aws_iam_role.conds.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [merge({ Effect = "Allow", Action = "mq:RebootBroker", Resource = "*" }, length(local.m) > 1 ? { Condition = { StringEquals = { "aws:ResourceTag/Env" = "Prod" } } } : {}), { for k, v in { Effect = "Allow", Action = "mq:DeleteBroker", Resource = local.arn, Condition = null } : k => v if v != null }] })
}

resource "aws_iam_role" "splat" {
  name               = "splat"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "splat" {
  name   = "splat"
  role   = aws_iam_role.splat.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [for s in local.stmts : { Sid = s.sid, Effect = "Allow", Action = s.act, Resource = s.res }] })
}

resource "aws_iam_role" "heredoc" {
  name               = "heredoc"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "heredoc" {
  name = "heredoc"
  role = aws_iam_role.heredoc.id
  policy = <<-JSON
    ${jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:RebootBroker", Resource = chomp(<<EOT
${local.arn}
EOT
) }] })}
  JSON
}

resource "aws_iam_role" "chunks" {
  name               = "chunks"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "chunks" {
  name   = "chunks"
  role   = aws_iam_role.chunks.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = flatten(chunklist(values(local.acts), 1)), Resource = compact(["", local.arn, ""]) }, { Effect = "Allow", Action = [for a in setunion(toset(values(local.acts)), ["mq:CreateBroker"]) : a if !strcontains(a, "Reboot")], Resource = setsubtract(["*", "x"], ["x"]), Condition = { NumericLessThan = { "aws:MultiFactorAuthAge" = tostring(max(1, 2, 3) * 100) } } }] })
}
