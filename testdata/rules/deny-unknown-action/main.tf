resource "aws_iam_policy" "wrong_whole" {
  name   = "wrong-whole"
  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Action": "mq:DescribeBroker", "Resource": "*"},
        {
          "Sid": "NoRestarts",
          "Effect": "Deny",
          "Action": "mq:RestartBroker",
          "Resource": "*"
        }
      ]
    }
  JSON
}

resource "aws_iam_policy" "wrong_part" {
  name = "wrong-part"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = ["mq:DeleteBroker", "mq:UntagResource"], Resource = "*" }]
  })
}

resource "aws_iam_policy" "right" {
  name = "right"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = ["mq:RebootBroker", "mq:DeleteTags"], Resource = "*" }]
  })
}
