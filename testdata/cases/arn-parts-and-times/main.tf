provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

resource "aws_mq_broker" "orders" {
  broker_name        = "orders"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = "sup3rs3cretpw"
  }
}

# Read during apply: its parts are those of the ARN.
data "aws_arn" "orders" {
  arn = aws_mq_broker.orders.arn
}

resource "aws_iam_user" "neighbour" {
  name = "neighbour"
}

resource "aws_iam_user_policy" "neighbour" {
  user = aws_iam_user.neighbour.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "mq:RebootBroker"
        Resource = "arn:${data.aws_arn.orders.partition}:mq:${data.aws_arn.orders.region}:${data.aws_arn.orders.account}:broker:orders:*"
      },
      {
        Effect   = "Allow"
        Action   = "mq:DeleteBroker"
        Resource = "arn:aws:mq:us-east-1:${data.aws_arn.orders.account}:${data.aws_arn.orders.resource}"
      },
    ]
  })
}

resource "aws_iam_user" "guest" {
  name = "guest"
}

resource "aws_iam_user_policy" "guest" {
  user = aws_iam_user.guest.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = {
      Effect    = "Allow"
      Action    = "mq:RebootBroker"
      Resource  = aws_mq_broker.orders.arn
      Condition = { DateLessThan = { "aws:CurrentTime" = timeadd(plantimestamp(), "24h") } }
    }
  })
}

# Whatever the account is: a member is a user, and never this role.
resource "aws_iam_group" "staff" {
  name = "staff"
}

resource "aws_iam_group_policy" "staff" {
  group = aws_iam_group.staff.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["mq:RebootBroker", "mq:DeleteBroker"], Resource = aws_mq_broker.orders.arn },
      {
        Effect    = "Deny"
        Action    = "mq:DeleteBroker"
        Resource  = "*"
        Condition = { ArnNotLike = { "aws:PrincipalArn" = "arn:aws:iam::*:role/break-glass" } }
      },
    ]
  })
}
