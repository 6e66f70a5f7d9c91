resource "aws_iam_role" "wrong_operators" {
  name               = "operators"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "operators" {
  role       = aws_iam_role.wrong_operators.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}

resource "aws_iam_role" "wrong_admin" {
  name                = "admin"
  assume_role_policy  = data.aws_iam_policy_document.trust.json
  managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}

resource "aws_iam_role" "right" {
  name               = "auditors"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "auditors" {
  for_each   = toset(["AmazonMQReadOnlyAccess", "ReadOnlyAccess"])
  role       = aws_iam_role.right.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
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

# A boundary leaves nothing of it.
resource "aws_iam_role" "right_bounded" {
  name                 = "right-bounded"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = "arn:aws:iam::aws:policy/AmazonMQReadOnlyAccess"
}

resource "aws_iam_role_policy_attachment" "right_bounded" {
  role       = aws_iam_role.right_bounded.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonMQFullAccess"
}
