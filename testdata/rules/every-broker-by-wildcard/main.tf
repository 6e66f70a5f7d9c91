# The role of a node of a cluster: whatever runs there holds it.
resource "aws_iam_role" "node" {
  name               = "eks-node"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = "platform"
  node_group_name = "workers"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = ["subnet-0123456789abcdef0"]
  scaling_config {
    desired_size = 2
    max_size     = 3
    min_size     = 1
  }
}

resource "aws_iam_policy" "wrong" {
  name = "wrong"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }]
  })
}

resource "aws_iam_role_policy_attachment" "node" {
  role       = aws_iam_role.node.name
  policy_arn = aws_iam_policy.wrong.arn
}

resource "aws_iam_role_policy" "wrong_in_region" {
  role = aws_iam_role.node.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Reboot", Effect = "Allow", Action = ["mq:Describe*", "mq:Reboot*"], Resource = "arn:aws:mq:eu-west-1:*:broker:*" }]
  })
}

# Nobody has it here.
resource "aws_iam_policy" "wrong_for_others" {
  name = "wrong-for-others"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:DeleteBroker", Resource = "*" }]
  })
}

resource "aws_iam_role_policy" "right" {
  role = aws_iam_role.node.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["mq:Describe*", "mq:List*", "mq:CreateBroker"], Resource = "*" },
      { Effect = "Allow", Action = "mq:*", Resource = aws_mq_broker.orders.arn },
      { Effect = "Allow", Action = "mq:RebootBroker", Resource = "arn:aws:mq:*:*:broker:orders-*:*" },
      {
        Effect    = "Allow"
        Action    = "mq:DeleteBroker"
        Resource  = "*"
        Condition = { StringEquals = { "aws:ResourceTag/team" = "orders" } }
      },
    ]
  })
}

# A boundary gives nothing.
resource "aws_iam_policy" "right_boundary" {
  name = "right-boundary"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "mq:*", Resource = "*" }]
  })
}

resource "aws_iam_role" "bounded" {
  name                 = "bounded"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = aws_iam_policy.right_boundary.arn
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
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

# A tag that a broker must not have leaves nearly all, and one that may be anything leaves all that have it.
resource "aws_iam_role_policy" "wrong_tags" {
  role = aws_iam_role.wide.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "mq:RebootBroker"
        Resource  = "*"
        Condition = { StringNotEquals = { "aws:ResourceTag/environment" = "test" } }
      },
      {
        Effect    = "Allow"
        Action    = "mq:RebootBroker"
        Resource  = "*"
        Condition = { StringLike = { "aws:ResourceTag/environment" = "*" } }
      },
    ]
  })
}

resource "aws_iam_role" "wide" {
  name               = "wide"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
