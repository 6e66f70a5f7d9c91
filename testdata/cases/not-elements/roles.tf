resource "aws_iam_role" "all_but_iam" {
  name               = "all-but-iam"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "all_but_iam" {
  name   = "all_but_iam"
  role   = aws_iam_role.all_but_iam.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", NotAction = ["iam:*", "organizations:*"], Resource = "*" }] })
}

resource "aws_iam_role" "all_but_delete" {
  name               = "all-but-delete"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "all_but_delete" {
  name   = "all_but_delete"
  role   = aws_iam_role.all_but_delete.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", NotAction = ["mq:Delete*"], Resource = "*" }] })
}

resource "aws_iam_role" "all_but_a" {
  name               = "all-but-a"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "all_but_a" {
  name   = "all_but_a"
  role   = aws_iam_role.all_but_a.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", NotResource = aws_mq_broker.a.arn }] })
}

resource "aws_iam_role" "guard_a" {
  name               = "guard-a"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "guard_a" {
  name   = "guard_a"
  role   = aws_iam_role.guard_a.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }, { Effect = "Deny", Action = ["mq:*"], NotResource = ["${aws_mq_broker.b.arn}"] }] })
}

resource "aws_iam_role" "guard_reads" {
  name               = "guard-reads"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "guard_reads" {
  name   = "guard_reads"
  role   = aws_iam_role.guard_reads.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }, { Effect = "Deny", NotAction = ["mq:Describe*", "mq:List*", "mq:RebootBroker"], Resource = [aws_mq_broker.a.arn] }] })
}

resource "aws_iam_role" "boundary_like" {
  name               = "boundary-like"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "boundary_like" {
  name   = "boundary_like"
  role   = aws_iam_role.boundary_like.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }, { Effect = "Deny", NotAction = ["mq:RebootBroker"], NotResource = "arn:aws:mq:eu-west-1:123456789012:broker:orders-*:*" }] })
}

resource "aws_iam_role" "star_not" {
  name               = "star-not"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "star_not" {
  name   = "star_not"
  role   = aws_iam_role.star_not.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "mq:*", NotResource = "*" }, { Effect = "Allow", Action = "mq:RebootBroker", Resource = [for x in [aws_mq_broker.a, aws_mq_broker.b] : x.arn if x.broker_name != "orders"] }] })
}
