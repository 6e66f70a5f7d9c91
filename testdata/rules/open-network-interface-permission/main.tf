resource "aws_iam_policy" "wrong" {
  name = "wrong"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*" },
      { Effect = "Allow", Action = ["ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission"], Resource = "*" },
    ]
  })
}

resource "aws_iam_policy" "wrong_wildcard" {
  name = "wrong-wildcard"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*" },
      { Sid = "Network", Effect = "Allow", Action = "ec2:*NetworkInterface*", Resource = "*" },
    ]
  })
}

# The policy of the Amazon MQ guide, and one for functions in a VPC.
resource "aws_iam_policy" "right" {
  name = "right"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*" },
      {
        Effect    = "Allow"
        Action    = ["ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterfacePermission"]
        Resource  = "*"
        Condition = { StringEquals = { "ec2:AuthorizedService" = "mq.amazonaws.com" } }
      },
    ]
  })
}

resource "aws_iam_policy" "right_elsewhere" {
  name = "right-elsewhere"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ec2:CreateNetworkInterface*", Resource = "*" }]
  })
}

# Conditions that limit nothing.
resource "aws_iam_policy" "wrong_conditions" {
  name = "wrong-conditions"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "mq:CreateBroker", Resource = "*" },
      {
        Effect    = "Allow"
        Action    = "ec2:CreateNetworkInterfacePermission"
        Resource  = "*"
        Condition = { StringEqualsIfExists = { "ec2:AuthorizedService" = "mq.amazonaws.com" } }
      },
      {
        Effect    = "Allow"
        Action    = "ec2:CreateNetworkInterfacePermission"
        Resource  = "*"
        Condition = { StringLike = { "ec2:AuthorizedService" = "*" } }
      },
    ]
  })
}
