# Operators restart the brokers of production, signed in with MFA and from the office.
resource "aws_iam_group" "operators" {
  name = "mq-operators"
}

resource "aws_iam_user" "operator" {
  for_each = toset(["ada", "grace"])
  name     = each.key
}

resource "aws_iam_user_group_membership" "operators" {
  for_each = aws_iam_user.operator
  user     = each.value.name
  groups   = [aws_iam_group.operators.name]
}

resource "aws_iam_group_policy" "operators" {
  name  = "operate"
  group = aws_iam_group.operators.name
  policy = templatefile("${path.module}/operators.json.tftpl", {
    broker = aws_mq_broker.orders.arn
    office = ["203.0.113.0/24", "2001:db8::/32"]
  })
}

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  user {
    username = "orders"
    password = "planted-Secret-4711"
  }
  tags = { environment = "production" }
}
