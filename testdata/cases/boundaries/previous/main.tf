resource "aws_mq_broker" "main" {
  broker_name        = "main"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  tags               = { stage = "live" }
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_iam_user" "freed" {
  name                 = "freed"
  permissions_boundary = "arn:aws:iam::aws:policy/AmazonMQReadOnlyAccess"
}

resource "aws_iam_user" "newly" {
  name = "newly"
}

resource "aws_iam_group" "admins" {
  name = "admins"
}

resource "aws_iam_group_policy_attachment" "admins" {
  group      = aws_iam_group.admins.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_group_membership" "admins" {
  name  = "admins"
  group = aws_iam_group.admins.name
  users = [aws_iam_user.freed.name, aws_iam_user.newly.name]
}
